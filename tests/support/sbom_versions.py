"""Two versions of one model's bill of materials, as another tool or ours could write them."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

Document = dict[str, Any]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def file(name: str, content: str, role: str = "", **more: Any) -> Document:
    """A file component with a digest of its content."""
    properties = {"aiverify:role": role, **more.pop("properties", {})}
    return {
        "type": "file",
        "bom-ref": f"file:{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": digest(content)}],
        "properties": [{"name": key, "value": value} for key, value in properties.items() if value],
        **more,
    }


def package(name: str, version: str, kind: str = "pypi", **more: Any) -> Document:
    return {
        "type": "library",
        "bom-ref": f"{kind}/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:{kind}/{name}@{version}",
        **more,
    }


def base(name: str, revision: str, root: str) -> Document:
    return {
        "type": "machine-learning-model",
        "name": name,
        "version": revision,
        "purl": f"pkg:huggingface/{name}@{revision}",
        "properties": [{"name": "aiverify:root-digest", "value": f"sha256:{digest(root)}"}],
    }


def part(name: str, kind: str, content: str) -> Document:
    return {
        "type": "data",
        "bom-ref": f"{kind}:{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": digest(content)}],
        "data": [{"type": "configuration", "name": name}],
        "properties": [{"name": "aiverify:part", "value": kind}],
    }


def named(pairs: dict[str, str | list[str]]) -> list[Document]:
    """Properties; a list gives one name several values."""
    return [
        {"name": name, "value": value}
        for name, values in pairs.items()
        for value in ([values] if isinstance(values, str) else values)
    ]


def document(root: Document, components: list[Document], **more: Any) -> Document:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{digest(repr(root))[:32]}",
        "version": 1,
        "metadata": {
            "timestamp": "2025-01-01T00:00:00Z",
            "tools": {"components": [{"type": "application", "name": "some-tool"}]},
            "component": {
                "type": "machine-learning-model",
                "bom-ref": "artifact:chat",
                "name": "acme/chat",
                **root,
            },
        },
        "components": components,
        **more,
    }


def old_version() -> Document:
    """The first version of a fine-tuned model with an adapter's settings."""
    llama = base("meta-llama/Llama-3.2-1B", "aaaa", "llama")
    return document(
        {
            "version": "1.0.0",
            "licenses": [{"license": {"id": "MIT"}}],
            "supplier": {"name": "Acme"},
            "tags": ["chat"],
            "pedigree": {"ancestors": [llama]},
            "properties": named(
                {
                    "aiverify:root-digest": f"sha256:{digest('one')}",
                    "aiverify:parameters": "1000",
                    "aiverify:dtype:bf16": "1000",
                    "aiverify:adapter:r": "8",
                    "aiverify:adapter:alpha": "16",
                    "aiverify:adapter:target": ["q_proj", "v_proj"],
                    "aiverify:source:licence": "README.md#license",
                    "acme:ticket": "17",
                }
            ),
            "modelCard": {
                "modelParameters": {
                    "task": "text-generation",
                    "architectureFamily": "llama",
                    "datasets": [
                        {"ref": "dataset:chats"},
                        {"type": "dataset", "name": "acme/logs"},
                    ],
                },
                "quantitativeAnalysis": {
                    "performanceMetrics": [
                        {"type": "accuracy", "value": "0.61", "slice": "arc_easy"},
                        {"type": "perplexity", "value": "9.5", "slice": "wiki"},
                    ]
                },
                "considerations": {
                    "technicalLimitations": ["It invents facts."],
                    "ethicalConsiderations": [{"name": "It repeats what it read."}],
                },
            },
        },
        [
            file("README.md", "card one", "doc"),
            file("model.safetensors", "weights one", "weight"),
            file("config.json", "config", "weight.config"),
            file("notes.txt", "notes", "doc"),
            file("modeling.py", "code one", "code"),
            file("optimizer.pt", "state", "weight", properties={"aiverify:state": "clean"}),
            part("chat template default", "chat-template", "template one"),
            part("tokenizer.json", "tokenizer", "tokens"),
            {**llama, "bom-ref": "model:llama"},
            {"type": "data", "bom-ref": "dataset:chats", "name": "acme/chats"},
            package("requests", "2.30.0"),
            package("torch", "2.10.0"),
            package("jinja2", "3.1.4"),
            package("left-pad", "1.3.0", "npm"),
            package("libc6", "2.36-9", "deb"),
        ],
        vulnerabilities=[
            {
                "id": "GHSA-old",
                "affects": [{"ref": "pypi/requests@2.30.0"}],
                "analysis": {"state": "in_triage"},
                "ratings": [{"severity": "high", "method": "CVSSv31"}],
            },
            {"id": "GHSA-gone", "affects": [{"ref": "pypi/jinja2@3.1.4"}]},
        ],
    )


def new_version() -> Document:
    """The next one, in which something of every kind changed."""
    made = copy.deepcopy(old_version())
    llama = base("meta-llama/Llama-3.2-1B", "bbbb", "llama two")
    root = made["metadata"]["component"]
    made["serialNumber"] = "urn:uuid:00000000-0000-0000-0000-000000000000"
    made["metadata"]["timestamp"] = "2025-06-01T00:00:00Z"
    made["metadata"]["tools"] = {"components": [{"type": "application", "name": "other-tool"}]}
    root["version"] = "1.1.0"
    root["licenses"] = [{"license": {"name": "llama3.2"}}]
    root["pedigree"] = {"ancestors": [llama]}
    root["properties"] = named(
        {
            "aiverify:root-digest": f"sha256:{digest('two')}",
            "aiverify:parameters": "1200",
            "aiverify:dtype:bf16": "1000",
            "aiverify:dtype:f32": "200",
            "aiverify:adapter:r": "16",
            "aiverify:adapter:alpha": "16",
            "aiverify:adapter:target": ["k_proj", "q_proj"],
            "aiverify:source:licence": "LICENSE",
            "acme:ticket": "18",
        }
    )
    card = root["modelCard"]
    card["modelParameters"] = {
        "task": "text-classification",
        "architectureFamily": "llama",
        "datasets": [{"ref": "dataset:chats"}],
    }
    card["quantitativeAnalysis"]["performanceMetrics"][0]["value"] = "0.64"
    card["quantitativeAnalysis"]["performanceMetrics"][1]["value"] = "10"
    card["considerations"]["technicalLimitations"] = ["It invents facts.", "It is slow."]
    made["components"] = [
        file("README.md", "card two", "doc"),
        file("model.safetensors", "weights two", "weight"),
        file("config.json", "config", "weight.config"),
        file("docs/notes.txt", "notes", "doc"),
        file("modeling.py", "code two", "code"),
        file("optimizer.pt", "state", "weight", properties={"aiverify:state": "flagged"}),
        part("chat template default", "chat-template", "template two"),
        part("tokenizer.json", "tokenizer", "tokens"),
        {**llama, "bom-ref": "model:llama"},
        {
            "type": "data",
            "bom-ref": "dataset:chats",
            "name": "acme/chats",
            "licenses": [{"license": {"id": "CC-BY-4.0"}}],
        },
        package("requests", "2.31.0"),
        package("torch", "2.9.0"),
        package("pillow", "11.0.0"),
        package("left-pad", "1.3.0", "npm"),
        package("libc6", "2.36-10", "deb"),
    ]
    made["vulnerabilities"] = [
        {
            "id": "GHSA-old",
            "affects": [{"ref": "pypi/requests@2.31.0"}],
            "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
            "ratings": [{"severity": "high", "method": "CVSSv31"}],
        },
        {"id": "GHSA-new", "affects": [{"ref": "pypi/torch@2.9.0"}]},
    ]
    return made

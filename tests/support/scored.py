"""CycloneDX documents to rate, and single ratings of them."""

from __future__ import annotations

import hashlib
from typing import Any

from aiverify.sbom.scoring.interface import Rating, Status
from aiverify.sbom.scoring.score import score

Document = dict[str, Any]

PARAMETERS = "/metadata/component/modelCard/modelParameters"


def rating_of(document: Document, element: str) -> Rating:
    """What a document gets for one element."""
    [found] = [item.rating for item in score(document).rated if item.element.id == element]
    return found


def status_of(document: Document, element: str) -> Status:
    return rating_of(document, element).status


def filled(document: Document) -> set[str]:
    """The elements that a document says."""
    return {item.element.id for item in score(document).rated if item.rating.status.filled}


def about_model(*components: Document, **fields: Any) -> Document:
    """A document about a model with these fields, and the other components."""
    subject = {"type": "machine-learning-model", "bom-ref": "m", "name": "tiny", **fields}
    return {"metadata": {"component": subject}, "components": list(components)}


def about_data(**fields: Any) -> Document:
    """A document about a dataset with these fields."""
    return {"metadata": {"component": {"type": "data", "bom-ref": "d", "name": "chats", **fields}}}


def carded(**parameters: Any) -> Document:
    """A document about a model whose card has these parameters."""
    return about_model(modelCard={"modelParameters": parameters})


def named(**pairs: str) -> list[Document]:
    """Properties, with underscores for the spaces in their names."""
    return [{"name": name.replace("_", " "), "value": value} for name, value in pairs.items()]


def hashes(text: str, alg: str = "SHA-256") -> list[Document]:
    return [{"alg": alg, "content": hashlib.sha256(text.encode()).hexdigest()}]


def identified(kind: str, name: str, **more: Any) -> Document:
    """A component of which is known what is asked of all."""
    return {
        "type": kind,
        "bom-ref": name,
        "name": name,
        "version": "1.0",
        "purl": f"pkg:generic/{name}@1.0",
        "supplier": {"name": "Acme"},
        "description": f"What {name} is.",
        "hashes": hashes(name),
        "licenses": [{"license": {"id": "MIT"}}],
        "externalReferences": [{"type": "website", "url": f"https://acme.dev/{name}"}],
        "releaseNotes": {"type": "major", "timestamp": "2025-01-01T00:00:00Z"},
        **more,
    }


def complete() -> Document:
    """A document, as any tool could write it, that says all that any of the lists asks for."""
    model = identified(
        "machine-learning-model",
        "tiny",
        modelCard={
            "modelParameters": {
                "approach": {"type": "supervised"},
                "task": "text-generation",
                "datasets": [{"ref": "chats"}],
                "inputs": [{"format": "text"}],
                "outputs": [{"format": "text"}],
            },
            "quantitativeAnalysis": {
                "performanceMetrics": [
                    {"type": "accuracy", "value": "0.61"},
                    {"type": "adversarial robustness", "value": "0.4"},
                ]
            },
        },
        properties=named(
            data_flow="prompts come in, and answers go out",
            data_usage="prompts are not kept",
            application_area="customer support",
            security_controls="a filter on prompts",
            compliance="ISO 42001",
        ),
    )
    chats = identified(
        "data",
        "chats",
        data=[
            {
                "type": "dataset",
                "name": "chats",
                "contents": {
                    "url": "https://acme.dev/chats.zip",
                    "properties": named(content="chats in English", rows="1000"),
                },
                "classification": "internal",
                "governance": {"owners": [{"organization": {"name": "Acme"}}]},
            }
        ],
    )
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "metadata": {
            "timestamp": "2025-01-02T03:04:05Z",
            "lifecycles": [{"phase": "build"}],
            "authors": [{"name": "Ada"}],
            "tools": {"components": [{"type": "application", "name": "tool", "version": "2.1"}]},
            "component": model,
        },
        "components": [
            {"type": "file", "bom-ref": "w", "name": "w.safetensors", "hashes": hashes("w")},
            chats,
            identified("library", "torch"),
            identified(
                "device",
                "gpu",
                externalReferences=[{"type": "security-contact", "url": "mailto:psirt@acme.dev"}],
            ),
        ],
        "dependencies": [
            {"ref": "tiny", "dependsOn": ["w", "chats", "torch"]},
            {"ref": "torch", "dependsOn": ["gpu"]},
        ],
        "compositions": [{"aggregate": "complete", "assemblies": ["tiny"]}],
        "vulnerabilities": [{"id": "CVE-2025-1", "affects": [{"ref": "torch"}]}],
        "signature": {"algorithm": "ES256", "value": "c2lnbmF0dXJl"},
    }

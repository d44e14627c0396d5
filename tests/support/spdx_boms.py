"""Bills of materials as people will read them in SPDX: a model, an adapter, a program, data."""

from __future__ import annotations

from aiverify.core.description import Metric
from aiverify.core.digest import Digest
from aiverify.sbom.bom import (
    Bom,
    Component,
    Considerations,
    Dataset,
    Means,
    ModelCard,
    Origin,
    Port,
    Property,
    Reference,
    Sort,
)
from aiverify.sbom.licences import Form, Licence
from aiverify.sbom.vulnerability import Affects, Analysis, Effect, Rating, Vulnerability

SERIAL = "urn:uuid:0e3f1f62-44a9-5c2b-9d4c-6a2f1c3b7a10"
TIMESTAMP = "2025-01-01T00:00:00Z"
COMMIT = "4e20de362430cd3b72f300e6b0f18e50e7166e08"

REQUESTS, IDNA = "package:pkg:pypi/requests@2.19.0", "package:pkg:pypi/idna@unreleased"
"""The libraries of the program, by their refs."""

GHSA = "GHSA-x84v-xcm2-53pg"
"""What the first of them is vulnerable to."""


def file(name: str, role: str) -> Component:
    return Component(
        ref=f"file:{name}",
        sort=Sort.FILE,
        name=name,
        digest=Digest.of(name.encode()),
        properties=(
            Property("aiverify:size", str(len(name))),
            Property("aiverify:role", role),
        ),
        needs=(),
    )


def package(name: str, version: str, sort: Sort = Sort.LIBRARY, **more: object) -> Component:
    purl = f"pkg:pypi/{name}@{version}"
    return Component(f"package:{purl}", sort, name, version, purl, **more)


def llama() -> Bom:
    """A fine-tuned model of which its card says nearly everything."""
    torch, numpy = package("torch", "2.6.0", Sort.FRAMEWORK), package("numpy", "2.2.0", needs=())
    return Bom(
        root=Component(
            ref="artifact:example/tiny-llama",
            sort=Sort.MODEL,
            name="example/tiny-llama",
            version="1.0.0",
            description="A small model that chats.",
            supplier="Example Org",
            authors=("A. Author", "B. Author"),
            licences=(Licence(Form.NAME, "llama3.2"),),
            tags=("chat",),
            references=(
                Reference("website", "https://example.org/tiny-llama"),
                Reference("vcs", "https://example.org/tiny-llama.git", "main"),
                Reference("model-card", "https://example.org/tiny-llama/README.md"),
                Reference("rfc-9116", "https://example.org/security.txt"),
            ),
            properties=(
                Property("aiverify:kind", "model"),
                Property("aiverify:parameters", "1235814400"),
                Property("aiverify:context-length", "131072"),
                Property("aiverify:warning", "two\nlines and a \\"),
            ),
            origins=(
                Origin("name", "--name", Means.GIVEN),
                Origin("licence", "README.md#license"),
                Origin("input", "README.md#pipeline_tag", Means.INFERRED),
                Origin("aiverify:parameters", "model.safetensors", Means.INFERRED),
            ),
            needs=(torch.ref,),
        ),
        files=(
            file("README.md", "doc"),
            file("config.json", "weight.config"),
            file("model.safetensors", "weight"),
            file("weights.enc", "doc"),
        ),
        bases=(
            Component(
                ref=f"model:meta-llama/Llama-3.2-1B@{COMMIT}",
                sort=Sort.MODEL,
                name="meta-llama/Llama-3.2-1B",
                version=COMMIT,
                purl=f"pkg:huggingface/meta-llama/Llama-3.2-1B@{COMMIT}",
                origins=(Origin("name", "README.md#base_model"),),
            ),
        ),
        datasets=(
            Component(
                ref="dataset:example/chats",
                sort=Sort.DATA,
                name="example/chats",
                licences=(Licence(Form.ID, "CC-BY-4.0"), Licence(Form.NAME, "other")),
                data=Dataset(
                    description="Chats of testers.",
                    classification="TLP:GREEN",
                    sensitive=("names",),
                    owners=("Owner",),
                    stewards=("Steward",),
                    custodians=("Custodian",),
                    url="https://example.org/chats",
                ),
                properties=(Property("aiverify:size", "0"),),
            ),
            Component("dataset:arc_easy", Sort.DATA, "arc_easy", data=Dataset()),
        ),
        parts=(
            Component(
                ref="part:chat-template",
                sort=Sort.DATA,
                name="chat template",
                digest=Digest.of(b"{{ messages }}"),
                data=Dataset(kind="configuration"),
            ),
        ),
        packages=(torch, numpy),
        card=card(),
        unread=frozenset({"file:weights.enc"}),
        properties=(Property("aiverify:osv:date", "2025-01-01"),),
        author="Example Author",
    )


def card() -> ModelCard:
    return ModelCard(
        approach="supervised",
        task="text-generation",
        family="llama",
        architecture="LlamaForCausalLM",
        inputs=(Port("text", means=Means.INFERRED),),
        outputs=(Port("float32[batch, 128256]", "logits"),),
        metrics=(
            Metric("accuracy", "0.612", "Accuracy", "text-generation", "arc_easy"),
            Metric("perplexity", "7.1"),
            Metric("perplexity", "7.2"),
        ),
        considerations=Considerations(
            users=("Testers.",),
            use_cases=("For tests only.",),
            limitations=("It knows little.",),
            tradeoffs=("Small rather than right.",),
            ethics=("It repeats what it read.",),
            fairness=("It speaks English alone.",),
        ),
        properties=(Property("aiverify:co2:grams", "12"),),
    )


def lora() -> Bom:
    """An adapter on a base of which the digest is known."""
    digest = str(Digest.of(b"llama"))
    return Bom(
        root=Component(
            ref="artifact:tiny-lora",
            sort=Sort.MODEL,
            name="tiny-lora",
            licences=(Licence(Form.ID, "Apache-2.0"),),
            properties=(
                Property("aiverify:kind", "adapter"),
                Property("aiverify:adapter:type", "LORA"),
                Property("aiverify:adapter:r", "8"),
                Property("aiverify:adapter:alpha", "16"),
                Property("aiverify:adapter:target", "q_proj"),
                Property("aiverify:adapter:target", "v_proj"),
                Property("aiverify:adapter:fitting-pairs", "2"),
            ),
        ),
        files=(
            file("adapter_config.json", "weight.config"),
            file("adapter_model.safetensors", "weight"),
        ),
        bases=(
            Component(
                ref=f"model:example/tiny-llama#{digest}",
                sort=Sort.MODEL,
                name="example/tiny-llama",
                properties=(Property("aiverify:root-digest", digest),),
            ),
        ),
        card=ModelCard(),
    )


def component() -> Bom:
    """A program with a library in which there is a vulnerability."""
    library, other = package("requests", "2.19.0"), package("idna", "unreleased")
    return Bom(
        root=Component("artifact:runner", Sort.APPLICATION, "runner", "b1"),
        files=(file("runner.bin", "code"),),
        packages=(library, other),
        vulnerabilities=(vulnerability(library.ref, other.ref),),
        unread=frozenset({"file:runner.bin"}),
        phase="operations",
    )


def dataset() -> Bom:
    """A directory of data."""
    return Bom(
        root=Component(
            ref="artifact:chats",
            sort=Sort.DATA,
            name="chats",
            licences=(Licence(Form.EXPRESSION, "MIT OR Apache-2.0"),),
            data=Dataset(classification="internal"),
        ),
        files=(file("data.parquet", "dataset"),),
        phase="discovery",
    )


def vulnerability(first: str, *others: str) -> Vulnerability:
    """One that the first component has, and of which nobody could tell for the others."""
    return Vulnerability(
        id=GHSA,
        affects=(
            Affects(first, "2.19.0", Effect.AFFECTED, ("2.20.0",)),
            *(
                Affects(ref, "unreleased", Effect.UNKNOWN, reason="it cannot be compared")
                for ref in others
            ),
        ),
        aliases=("CVE-2018-18074",),
        database="GitHub Advisory Database",
        url=f"https://example.org/{GHSA}",
        summary="Credentials are sent to another host.",
        detail="After a redirect, they are.",
        ratings=(
            Rating("CVSSv31", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "high", 7.5, "NVD"),
            Rating("CVSSv4", "CVSS:4.0/AV:N", "info", 0.0),
            Rating("CVSSv2", "AV:N/AC:L/Au:N/C:P/I:N/A:N", "", 5.0),
            Rating("CVSSv3", "CVSS:3.0/AV:N", "high"),
            Rating("other", "", "medium"),
        ),
        cwes=(522,),
        advisories=("https://example.org/advisory",),
        published="2018-10-29T19:06:46.123456Z",
        updated="yesterday",
        analysis=Analysis(
            "exploitable", "", ("update",), "It is reachable.", "vex.json#/vulnerabilities/0"
        ),
        warnings=("a range was left out",),
    )

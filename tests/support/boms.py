"""Bills of materials: one in which every field says something, and any at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from hypothesis import strategies as st

from aiverify.core.description import Metric
from aiverify.core.digest import ALGORITHMS, Digest
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
from aiverify.sbom.cyclonedx import words
from aiverify.sbom.cyclonedx.version import SpecVersion
from aiverify.sbom.fields import FIELDS
from aiverify.sbom.licences import classify, classify_all
from aiverify.sbom.vulnerability import Affects, Analysis, Effect, Rating, Vulnerability

SERIAL = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
TIME = "2025-01-01T00:00:00Z"


def small(**fields) -> Bom:
    """A model of one file, and what else is given."""
    root = Component("artifact:m", Sort.MODEL, "m")
    file = Component("file:m.bin", Sort.FILE, "m.bin", digest=Digest.of(b""), needs=())
    return replace(Bom(root, (file,)), **fields)


def full() -> Bom:
    """Every field of every value."""
    root = Component(
        ref="artifact:tiny",
        sort=Sort.MODEL,
        name="tiny",
        version="1.0",
        purl="pkg:huggingface/example/tiny@1.0",
        description="A model.\nOf two lines.",
        supplier="Example Ltd.",
        authors=("Ada", "Grace"),
        licences=classify_all(["mit or apache-2.0", "llama3.2", "MIT"]),
        tags=("chat", "<small>"),
        references=(
            Reference("model-card", "https://example.org/tiny", "its card"),
            Reference("citation", "https://doi.org/10.1/2"),
        ),
        properties=(Property("aiverify:parameters", "12"), Property("aiverify:empty", "")),
        origins=(
            Origin("licence", "README.md#license"),
            Origin("licence", "LICENSE", Means.INFERRED),
            Origin("supplier", "--supplier", Means.GIVEN),
            Origin("aiverify:parameters", "model.safetensors"),
            Origin("aiverify:emission", "README.md#co2"),
            Origin("version", "https://example.org/tiny"),
            Origin("base", "README.md#base_model"),
        ),
    )
    files = (
        file("README.md", needs=()),
        file("LICENSE", needs=()),
        replace(file("model.safetensors", needs=()), origins=(Origin("digest", "the manifest"),)),
        file("a # b", needs=()),
        file("strange.enc"),
    )
    base = Component(
        "model:base@1#sha256:ab", Sort.MODEL, "base", origins=(Origin("name", "README.md#base"),)
    )
    dataset = Component(
        "dataset:d",
        Sort.DATA,
        "d",
        data=Dataset(
            "dataset",
            "What it is.",
            "public",
            ("names", "faces"),
            ("Owner",),
            ("Steward",),
            ("Custodian", "Another"),
            "https://example.org/d?a=1&b=2",
        ),
        needs=(),
    )
    template = Component(
        "part:t",
        Sort.DATA,
        "chat template",
        digest=Digest.of(b"t"),
        data=Dataset("configuration"),
        needs=("file:README.md", "file:nowhere"),
    )
    packages = (
        Component(
            "package:pkg:pypi/a@1", Sort.LIBRARY, "a", "1", "pkg:pypi/a@1", needs=("framework:f",)
        ),
        Component("package:pkg:golang/g@1", Sort.LIBRARY, "g", "1", "pkg:golang/g@1"),
        Component("framework:f", Sort.FRAMEWORK, "f"),
    )
    return Bom(
        root=root,
        files=files,
        bases=(base,),
        datasets=(dataset,),
        parts=(template,),
        packages=packages,
        card=card(),
        vulnerabilities=(vulnerability(), Vulnerability("GHSA-1", ()), Vulnerability("GHSA-1", ())),
        unread=frozenset({"file:strange.enc"}),
        properties=(Property("aiverify:osv:digest", "sha256:00"),),
        author="Ada <ada@example.org>",
    )


def file(name: str, needs: tuple[str, ...] | None = None) -> Component:
    """A file of made-up bytes."""
    digest = Digest.of(name.encode())
    return Component(f"file:{quote(name)}", Sort.FILE, name, digest=digest, needs=needs)


def card() -> ModelCard:
    """A card that says everything."""
    return ModelCard(
        approach="supervised",
        task="text-generation",
        family="llama",
        architecture="LlamaForCausalLM",
        inputs=(Port("int64[batch]", "tokens"), Port("text", means=Means.INFERRED)),
        outputs=(Port("text", means=Means.GIVEN),),
        metrics=(
            Metric("accuracy", "0.6", "Accuracy (norm)", "question-answering", "arc", "test", True),
            Metric("accuracy", "0.7", "accuracy", "question-answering"),
            Metric("", "0.8", "F1", dataset="arc"),
            Metric("", ""),
        ),
        considerations=Considerations(
            ("Users.",), ("Uses.",), ("Limits.",), ("Trade.",), ("Ethics.",), ("Fair.", "Not.")
        ),
        properties=(Property("aiverify:emission", "12 kg"),),
    )


def vulnerability() -> Vulnerability:
    """A vulnerability of which everything is known."""
    return Vulnerability(
        "PYSEC-1",
        (
            Affects("package:pkg:pypi/a@1", "1", Effect.AFFECTED, ("1.1", "2.0")),
            Affects("package:pkg:pypi/a@1", "", Effect.UNKNOWN, reason="no version"),
            Affects("framework:f", "", Effect.UNKNOWN),
            Affects("package:gone", "3", Effect.AFFECTED, ("4",)),
        ),
        aliases=("CVE-2025-1", "X-1"),
        database="PyPA",
        url="https://example.org/PYSEC-1",
        summary="It breaks.",
        detail="It breaks\nbadly.",
        ratings=(
            Rating("CVSSv31", "CVSS:3.1/AV:N", "high", 0.0, "NVD"),
            Rating("guess", severity="awful", score=1e-7),
        ),
        cwes=(79, 0),
        advisories=("https://example.org/a b", "http://[::1"),
        published="2025-01-01T00:00:00Z",
        updated="yesterday",
        analysis=Analysis(
            "not_affected", "code_not_reachable", ("update", "pray"), "Never called.", "v.json#/0"
        ),
        warnings=("a bound could not be read",),
    )


HOSTILE = (
    "",
    "\0",
    "\x1b[31m",
    "\r\n\t ",
    "\"'&<>]]>",
    "a#b%2f%/\\",
    "\u202e\u2028\ufffe\ufeff",
    "\ud800",
    "\udc80\ud83d",
    "\U0001f600\U0010ffff",
    "\\ud800",
)
"""Texts that a file name, YAML or JSON can hold and that break things."""

texts = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=6)
"""Short ones: whoever holds an IRI to its grammar takes long for a long one."""

urls = texts | st.builds("http://a/{}".format, texts) | st.builds("{}:{}".format, texts, texts)
times = texts | st.sampled_from(
    ["2025-02-30T00:00:00Z", "2024-02-29t23:59:59.123456789+14:00", "0000-01-01T00:00:00Z"]
)
licences = texts | st.sampled_from(["mit", "MIT OR Apache-2.0", "llama3.2"])


def several(values: st.SearchStrategy, most: int = 2) -> st.SearchStrategy:
    """A tuple of a few."""
    return st.lists(values, max_size=most).map(tuple)


def words_or_not(known: frozenset[str]) -> st.SearchStrategy[str]:
    """A word of the standard, or any."""
    return st.sampled_from(sorted(known)) | texts


properties = st.builds(Property, texts, texts)
origins = st.builds(Origin, st.sampled_from(sorted(FIELDS)) | texts, texts, st.sampled_from(Means))
datasets = st.builds(
    Dataset,
    words_or_not(words.DATA_KINDS),
    texts,
    texts,
    several(texts),
    several(texts),
    several(texts),
    several(texts),
    urls,
)
components = st.builds(
    Component,
    ref=st.just(""),
    sort=st.sampled_from(Sort),
    name=texts,
    version=texts | st.sampled_from(["v" * 1024, "v" * 1025, "\0" * 1000]),
    purl=texts | st.sampled_from(["pkg:pypi/a@1", "pkg:golang/a@1"]),
    digest=st.none() | st.sampled_from([Digest.of(b"", name) for name in ALGORITHMS]),
    description=texts,
    supplier=texts,
    authors=several(texts),
    licences=several(licences.filter(str.strip).map(classify)),
    tags=several(texts),
    data=st.none() | datasets,
    references=several(
        st.builds(Reference, words_or_not(words.REFERENCES[SpecVersion.V1_7]), urls, texts)
    ),
    properties=several(properties),
    origins=several(origins),
    needs=st.none() | several(st.sampled_from(["c:0", "c:1", "c:2", "artifact:0", "gone"]), 4),
)
ports = st.builds(Port, texts, texts, st.sampled_from(Means))
cards = st.builds(
    ModelCard,
    words_or_not(words.APPROACHES),
    texts,
    texts,
    texts,
    several(ports),
    several(ports),
    several(st.builds(Metric, *[texts] * 6, st.none() | st.booleans())),
    st.builds(Considerations, *[several(texts)] * 6),
    several(properties),
)
vulnerabilities = st.builds(
    Vulnerability,
    id=texts,
    affects=several(
        st.builds(
            Affects,
            st.sampled_from(["c:0", "c:1", "artifact:0", "gone"]),
            texts,
            st.sampled_from(Effect),
            several(texts),
            texts,
        ),
        4,
    ),
    aliases=several(texts | st.builds("CVE-{}".format, texts)),
    database=texts,
    url=urls,
    summary=texts,
    detail=texts,
    ratings=several(
        st.builds(
            Rating,
            words_or_not(words.METHODS),
            texts,
            words_or_not(words.SEVERITIES),
            st.none() | st.floats(),
            texts,
        )
    ),
    cwes=several(st.integers()),
    advisories=several(urls),
    published=times,
    updated=times,
    analysis=st.none()
    | st.builds(
        Analysis,
        words_or_not(words.STATES),
        words_or_not(words.JUSTIFICATIONS),
        several(words_or_not(words.RESPONSES)),
        texts,
        texts,
    ),
    warnings=several(texts),
)


@st.composite
def boms(draw: Callable) -> Bom:
    """Any bill whose refs are percent-encoded. In some, a ref comes twice."""
    groups = [draw(several(components)) for _ in range(5)]
    numbers = iter(range(100))
    share = draw(st.sampled_from([1, 1, 2]))
    files, parts, bases, data, packages = (
        tuple(replace(item, ref=f"c:{next(numbers) // share}") for item in group)
        for group in groups
    )
    return Bom(
        root=replace(draw(components), ref="artifact:0"),
        files=files,
        parts=parts,
        bases=bases,
        datasets=data,
        packages=packages,
        card=draw(st.none() | cards),
        vulnerabilities=draw(several(vulnerabilities)),
        unread=draw(st.frozensets(st.sampled_from(["c:0", "c:1", "gone"]))),
        properties=draw(several(properties)),
        author=draw(texts),
        phase=draw(words_or_not(words.PHASES)),
    )

"""The artifact itself: its identity, and what is known of it as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.describe import model_weights
from aiverify.core.description import Description, Stated
from aiverify.core.facts import FileFacts
from aiverify.core.fields import Fields
from aiverify.core.fit import pairs_in
from aiverify.sbom.bom import Component, Means, Origin, Property, Reference, Sort
from aiverify.sbom.composing import purl, tensors
from aiverify.sbom.composing.adapters import of_adapter
from aiverify.sbom.composing.refs import MAX_VERSION, ref, short_version
from aiverify.sbom.composing.told import Told, given, origins, said, together, told
from aiverify.sbom.licences import classify_all
from aiverify.sbom.properties import KIND, ROOT_DIGEST

SORTS = {Kind.COMPONENT: Sort.APPLICATION, Kind.DATASET: Sort.DATA}
"""What an artifact is that is no model."""

MAX_DESCRIPTION = 2000
"""Characters of the card's prose that describe the artifact in short."""

DESCRIPTIONS = (
    "model description",
    "model summary",
    "dataset description",
    "dataset summary",
    "description",
    "summary",
    "overview",
)
"""Headings whose prose says in short what the artifact is; the first that is there counts."""


TITLES = ("model card for ", "dataset card for ")
"""How the title of a card begins. What comes below is what the artifact is, in short."""

FACT = re.compile(r"^[ \t]*[-*+][ \t]+\*\*[^*\n]{1,100}\*\*.*$\n?", re.MULTILINE)
"""A line such as `- **Developed by:** name`, which has a field of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever has the bill written says: who wrote it, and who gives the artifact out."""

    author: str = ""
    supplier: str = ""
    name: bool = False
    version: bool = False
    """Whether the artifact's name and version are theirs as well."""


def root(
    artifact: Artifact,
    description: Description,
    files: Sequence[FileFacts],
    asked: Asked,
    warnings: Sequence[str],
    *,
    fits: bool,
) -> Component:
    """The artifact. `fits` where it is an adapter that was held against its base."""
    facts = together(_told(artifact, description, files, fits=fits))
    prose = _in_short(description, artifact.name)
    main = _main(artifact, files)
    named_by = None if asked.name else _card_that_named(artifact, description)
    hub = purl.of_artifact(artifact.name, artifact.version, by_its_card=named_by is not None)
    if len(artifact.version) > MAX_VERSION:
        warnings = (*warnings, f"a version of {len(artifact.version)} characters was left out")
    return Component(
        ref=ref("artifact", artifact.name),
        sort=SORTS.get(artifact.kind, Sort.MODEL),
        name=artifact.name,
        version=short_version(artifact.version or main.version),
        purl=hub or main.purl,
        description=said(prose),
        supplier=asked.supplier or said(description.supplier),
        authors=tuple(item.value for item in description.authors),
        licences=classify_all(licence.value for licence in description.licences),
        tags=tuple(tag.value for tag in description.tags),
        references=tuple(Reference(kind, item.value) for kind, item in description.references),
        properties=(*facts.properties, *(Property("aiverify:warning", it) for it in warnings)),
        origins=tuple(
            dict.fromkeys(
                (
                    *_origins(artifact, description, prose, asked),
                    *(() if artifact.version else main.origins),
                    *(origins("purl", (named_by,), Means.INFERRED) if hub else ()),
                    *facts.origins,
                )
            )
        ),
    )


def _told(
    artifact: Artifact, description: Description, files: Sequence[FileFacts], *, fits: bool
) -> Iterator[Told]:
    yield Told(
        (
            Property(KIND, artifact.kind.value),
            Property(ROOT_DIGEST, str(artifact.manifest.root)),
            Property("aiverify:digest:kind", "oms-root"),
        )
    )
    yield given(size=str(artifact.manifest.size))
    yield Told(tuple(Property("aiverify:format", name) for name in description.formats))
    yield told("aiverify:stated-name", description.name)
    yield told("aiverify:library", description.library)
    yield told("aiverify:parameters", description.parameters, Means.INFERRED)
    for dtype, count in sorted(description.dtypes.items()):
        yield Told((Property(f"aiverify:dtype:{dtype}", str(count)),))
    counted = [tensor for item in model_weights(files) for tensor in item.facts.tensors]
    yield tensors.of_tensors(counted) + tensors.of_groups(counted)
    yield from _quantization(files)
    yield told("aiverify:context-length", description.context_length)
    yield told("aiverify:vocabulary", description.vocabulary)
    yield of_adapter(description.adapter, pairs_in(files) if description.adapter else 0, fits=fits)
    for language in description.languages:
        yield told("aiverify:language", language)


def _quantization(files: Sequence[FileFacts]) -> Iterator[Told]:
    """What the configuration says of quantization, whatever the tensors are."""
    for item in files:
        if item.facts.format != "hf_config" or "/" in item.name:
            continue
        config = Fields(item.facts.values, f"{item.name}#/", []).inner("quantization_config")
        if method := config.text("quant_method"):
            stated = Stated(method, config.source("quant_method"))
            yield told("aiverify:quantization:method", stated)
        for key in ("bits", "w_bit"):
            bits = config.integer(key)
            if bits is not None:
                yield told("aiverify:quantization:bits", Stated(bits, config.source(key)))


@dataclass(frozen=True, slots=True)
class _Main:
    """The module that a program was built from."""

    version: str = ""
    purl: str = ""
    origins: tuple[Origin, ...] = ()


def _main(artifact: Artifact, files: Sequence[FileFacts]) -> _Main:
    """What a program's build says that it is, where the artifact is that one program."""
    if artifact.kind is not Kind.COMPONENT or len(files) != 1:
        return _Main()
    module = Fields(files[0].facts.values, f"{files[0].name}#/", []).inner("go").inner("main")
    version = short_version(module.text("version"))
    if version == "(devel)":
        version = ""
    stated = (Origin("version", module.source("version")),) if version else ()
    return _Main(version, purl.of_go(module.text("path"), version), stated)


def _in_short(description: Description, name: str) -> Stated[str] | None:
    """The prose that says what the artifact is, without the facts that are listed below it."""
    sections = description.sections
    headings = (*(it for it in DESCRIPTIONS if it in sections), *_titles(sections, name))
    if not headings:
        return None
    section = sections[headings[0]]
    prose = FACT.sub("", section.value).strip()
    return Stated(prose[:MAX_DESCRIPTION], section.source) if prose else None


def _titles(headings: Iterable[str], name: str) -> Iterator[str]:
    """Headings that are the card's title, or the artifact's name alone."""
    whole = name.lower()
    names = {whole, whole.rpartition("/")[2]}
    return (it for it in headings if it in names or it.startswith(TITLES))


def _origins(
    artifact: Artifact, description: Description, prose: Stated[str] | None, asked: Asked
) -> Iterator[Origin]:
    if asked.name:
        yield Origin("name", "--name", Means.GIVEN)
    else:
        yield from origins("name", (_card_that_named(artifact, description),))
    if asked.version:
        yield Origin("version", "--version", Means.GIVEN)
    if asked.supplier:
        yield Origin("supplier", "--supplier", Means.GIVEN)
    else:
        yield from origins("supplier", (description.supplier,))
    yield from origins("description", (prose,))
    yield from origins("author", description.authors)
    yield from origins("licence", description.licences)
    yield from origins("tag", description.tags)
    yield from origins("reference", (item for _, item in description.references))


def _card_that_named(artifact: Artifact, description: Description) -> Stated[str] | None:
    name = description.name
    return name if name and name.value == artifact.name else None

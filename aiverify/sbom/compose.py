"""Facts to bill of materials."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import BaseReference, Description
from aiverify.core.facts import FileFacts, State
from aiverify.core.fit import pairs_in
from aiverify.core.manifest import Entry
from aiverify.sbom import properties, purl
from aiverify.sbom.ancestry import Ancestor, trace
from aiverify.sbom.bom import Bom, Component, Sort
from aiverify.sbom.card import model_card
from aiverify.sbom.licences import classify_all

MAX_VERSION = 1024
"""Characters that a version may have (CycloneDX 1.6, `version`)."""


def compose(
    artifact: Artifact,
    description: Description,
    files: Sequence[FileFacts],
    *,
    base: BaseReference | None = None,
) -> Bom:
    """The bill of materials of an artifact.

    The manifest alone decides which files there are; `files` says what is in them. `base`
    is the base model that was at hand, and that the artifact fits: its digest pins the
    ancestor that the files name.
    """
    known = {facts.name: facts for facts in files}
    ancestry = trace(artifact, description.base_models, base)
    is_model = artifact.kind is not Kind.COMPONENT
    return Bom(
        root=_root(artifact, description, ancestry.warnings, pairs_in(files) if base else 0),
        files=tuple(_file(entry, known.get(entry.name)) for entry in artifact.manifest.entries),
        bases=tuple(_base(ancestor) for ancestor in ancestry.ancestors),
        datasets=_datasets(description),
        card=model_card(description) if is_model else None,
        unread=frozenset(
            _file_ref(entry.name)
            for entry in artifact.manifest.entries
            if entry.name not in known or known[entry.name].state is State.UNREAD
        ),
    )


def _root(
    artifact: Artifact, description: Description, left_out: tuple[str, ...], pairs: int
) -> Component:
    warnings = description.warnings + left_out
    if len(artifact.version) > MAX_VERSION:
        warnings += (f"a version of {len(artifact.version)} characters was left out",)
    return Component(
        ref=f"artifact:{_quoted(artifact.name)}",
        sort=Sort.APPLICATION if artifact.kind is Kind.COMPONENT else Sort.MODEL,
        name=artifact.name,
        version=_version(artifact.version),
        purl=purl.of_artifact(artifact.name, artifact.version),
        licences=classify_all(licence.value for licence in description.licences),
        tags=tuple(tag.value for tag in description.tags),
        properties=properties.of_artifact(artifact, description, warnings, pairs),
    )


def _file(entry: Entry, known: FileFacts | None) -> Component:
    return Component(
        ref=_file_ref(entry.name),
        sort=Sort.FILE,
        name=entry.name,
        digest=entry.digest,
        properties=properties.of_file(entry, known),
    )


def _base(ancestor: Ancestor) -> Component:
    base = ancestor.base
    pins = (("@", base.revision), ("#", base.digest))
    pinned = "".join(f"{mark}{_quoted(pin)}" for mark, pin in pins if pin)
    return Component(
        ref=f"model:{_quoted(base.name)}{pinned}",
        sort=Sort.MODEL,
        name=base.name,
        version=_version(base.revision),
        purl=purl.of_base(base.name, base.revision),
        properties=properties.of_base(ancestor),
    )


def _datasets(description: Description) -> tuple[Component, ...]:
    sources: dict[str, dict[str, None]] = {}
    for dataset in description.datasets:
        sources.setdefault(dataset.value, {})[dataset.source] = None
    return tuple(
        Component(
            ref=f"dataset:{_quoted(name)}",
            sort=Sort.DATA,
            name=name,
            properties=properties.of_sources(tuple(places)),
        )
        for name, places in sources.items()
        if name
    )


def _file_ref(name: str) -> str:
    return f"file:{_quoted(name)}"


def _quoted(text: str) -> str:
    """Text as part of a ref: safe in a URL, and never the same for two texts."""
    return quote(text, safe="/:", errors="surrogatepass")


def _version(text: str) -> str:
    return text if len(text) <= MAX_VERSION else ""

"""Facts to bill of materials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import BaseReference, Description
from aiverify.core.facts import FileFacts, State
from aiverify.sbom.bom import Bom, Component, Origin
from aiverify.sbom.composing import lineage
from aiverify.sbom.composing.ancestry import trace
from aiverify.sbom.composing.card import Carded, model_card
from aiverify.sbom.composing.dataset import described
from aiverify.sbom.composing.files import of_file
from aiverify.sbom.composing.packages import packages
from aiverify.sbom.composing.parts import parts
from aiverify.sbom.composing.refs import file_ref
from aiverify.sbom.composing.root import Asked, root

MODELS = frozenset({Kind.MODEL, Kind.ADAPTER})


def compose(
    artifact: Artifact,
    description: Description,
    files: Sequence[FileFacts],
    *,
    base: BaseReference | None = None,
    datasets: Sequence[Component] = (),
    asked: Asked | None = None,
) -> Bom:
    """The bill of materials of an artifact.

    The manifest alone decides which files there are; `files` says what is in them. `base`
    is the base model that was at hand, and that the artifact fits: its digest pins the
    ancestor that the files name. `datasets` were at hand as well.
    """
    asked = asked or Asked()
    known = {facts.name: facts for facts in files}
    ancestry = trace(artifact, description.base_models, base)
    warnings = (*description.warnings, *ancestry.warnings)
    whole = root(artifact, description, files, asked, warnings, fits=base is not None)
    if artifact.kind is Kind.DATASET:
        whole = described(whole, description, files)
    carded = model_card(description, files) if artifact.kind in MODELS else None
    bases = tuple(lineage.of_base(ancestor) for ancestor in ancestry.ancestors)
    trained_on = lineage.of_datasets(description, datasets)
    return Bom(
        root=_with_lineage(whole, carded, bases, trained_on),
        files=tuple(of_file(entry, known.get(entry.name)) for entry in artifact.manifest.entries),
        bases=bases,
        datasets=trained_on,
        parts=_apart(parts(artifact, files), bases),
        packages=packages(files, description),
        card=carded.card if carded else None,
        unread=frozenset(
            file_ref(entry.name)
            for entry in artifact.manifest.entries
            if entry.name not in known or known[entry.name].state is State.UNREAD
        ),
        author=asked.author,
    )


def _apart(parts: Iterable[Component], bases: Iterable[Component]) -> tuple[Component, ...]:
    """Each part once: two adapters may have one base, which may be the artifact's as well."""
    known = {item.ref for item in bases}
    unique = {item.ref: item for item in parts}
    return tuple(item for item in unique.values() if item.ref not in known)


def _with_lineage(
    whole: Component,
    carded: Carded | None,
    bases: Sequence[Component],
    datasets: Sequence[Component],
) -> Component:
    """The artifact, with the places that speak of its card, base models and datasets."""
    places = {
        Origin(field, origin.source, origin.means): None
        for field, components in (("base", bases), ("dataset", datasets))
        for component in components
        for origin in component.origins
        if origin.field == "name"
    }
    stated = carded.origins if carded else ()
    return replace(whole, origins=(*whole.origins, *stated, *places))

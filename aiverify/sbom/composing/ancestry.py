"""Base models: what the files state of them, joined with the one that was at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiverify.core.artifact import Artifact
from aiverify.core.description import BaseReference, Stated
from aiverify.core.names import printable


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A base model and who says so. `called` is the name it bore when it was at hand."""

    base: BaseReference
    sources: tuple[str, ...] = ()
    called: str = ""


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The base models, each once, and one sentence for each that was left out."""

    ancestors: tuple[Ancestor, ...]
    warnings: tuple[str, ...] = ()


def trace(
    artifact: Artifact, stated: Sequence[Stated[BaseReference]], at_hand: BaseReference | None
) -> Ancestry:
    """Join the statements about base models; the base at hand pins the one it belongs to.

    An artifact is never its own ancestor, and a base without a name is left out: neither
    could be looked up by anybody.
    """
    declared = _sifted(artifact, _joined(stated))
    if not at_hand:
        return declared
    joined = _sifted(artifact, _pinned(declared.ancestors, at_hand))
    return replace(joined, warnings=declared.warnings + joined.warnings)


def _sifted(artifact: Artifact, found: Sequence[Ancestor]) -> Ancestry:
    refusals = [(ancestor, _refusal(artifact, ancestor.base)) for ancestor in found]
    return Ancestry(
        tuple(ancestor for ancestor, refusal in refusals if not refusal),
        tuple(refusal for _, refusal in refusals if refusal),
    )


def _joined(stated: Sequence[Stated[BaseReference]]) -> list[Ancestor]:
    """Each name once for every revision or digest that is stated for it."""
    by_name: dict[str, list[Stated[BaseReference]]] = {}
    for statement in stated:
        by_name.setdefault(statement.value.name, []).append(statement)
    return [ancestor for group in by_name.values() for ancestor in _merged(group)]


def _merged(group: Sequence[Stated[BaseReference]]) -> list[Ancestor]:
    """One name's statements: those that pin nothing only repeat those that do."""
    bare = BaseReference(group[0].value.name)
    pinned = {statement.value: None for statement in group if statement.value != bare}
    return [Ancestor(reference, _sources(group, reference, bare)) for reference in pinned or [bare]]


def _sources(group: Sequence[Stated[BaseReference]], *references: BaseReference) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.source for item in group if item.value in references))


def _pinned(found: Sequence[Ancestor], at_hand: BaseReference) -> list[Ancestor]:
    """The base at hand is the one stated by its name, or the only one that is stated."""
    named = [ancestor for ancestor in found if ancestor.base.name == at_hand.name]
    candidates = named or found
    if len(candidates) != 1 or _conflict(candidates[0].base, at_hand):
        repeated = any(ancestor.base == at_hand for ancestor in found)
        return [*found] if repeated else [*found, Ancestor(at_hand)]
    stated = candidates[0]
    joined = Ancestor(
        replace(
            stated.base,
            revision=stated.base.revision or at_hand.revision,
            digest=stated.base.digest or at_hand.digest,
        ),
        stated.sources,
        called="" if named else at_hand.name,
    )
    return [joined if ancestor is stated else ancestor for ancestor in found]


def _conflict(stated: BaseReference, at_hand: BaseReference) -> bool:
    pairs = ((stated.revision, at_hand.revision), (stated.digest, at_hand.digest))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def _refusal(artifact: Artifact, base: BaseReference) -> str:
    """Why this cannot be an ancestor of the artifact, or empty."""
    if not base.name:
        return "a base model without a name was left out of the pedigree"
    is_itself = base.name == artifact.name or base.digest == str(artifact.manifest.root)
    if is_itself:
        return f"the base model {printable(base.name)} is the artifact itself and was left out"
    return ""

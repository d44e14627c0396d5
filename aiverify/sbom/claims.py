"""Whether what an SBOM claims of an artifact is denied by what the artifact's files state."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aiverify.core import rules
from aiverify.core.artifact import Artifact
from aiverify.core.description import Description
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.sbom.composing.ancestry import trace
from aiverify.sbom.licences import Licence, classify_all
from aiverify.sbom.reading import Located, items, member, text
from aiverify.sbom.unicode import encodable

SHOWN = 3
"""Names that a message lists: an SBOM may have any number, and each finding repeats them."""
MAX_SHOWN_NAME = 200
"""Characters of each of them that are shown."""


def contradictions(
    root: Located, artifact: Artifact, description: Description
) -> Iterator[Finding]:
    """Compare the root component's claims with the files. Silence on a side denies nothing."""
    yield from _licences(root, description)
    yield from _bases(root, artifact, description)


def _licences(root: Located, description: Description) -> Iterator[Finding]:
    """Every licence on one side must be on the other: one left out is one not heeded."""
    claimed = classify_all(_claimed_licences(root))
    stated = classify_all(licence.value for licence in description.licences)
    if claimed and stated and _keys(claimed) != _keys(stated):
        sources = ", ".join(dict.fromkeys(licence.source for licence in description.licences))
        yield rules.sboms.CONTRADICTS.found(
            f"the SBOM gives the licence {_listed(claimed)}; "
            f"{printable(sources)} says {_listed(stated)}",
            place=member(root, "licenses").place,
        )


def _claimed_licences(root: Located) -> Iterator[str]:
    for choice in items(root, "licenses"):
        yield text(choice, "expression")
        yield text(member(choice, "license"), "id")
        yield text(member(choice, "license"), "name")


def _bases(root: Located, artifact: Artifact, description: Description) -> Iterator[Finding]:
    """Every base model that the files name must be an ancestor.

    Others may be there as well: a pedigree can go back further than the files do.
    """
    pedigree = member(root, "pedigree")
    claimed = {name for item in items(pedigree, "ancestors") for name in _names(item)}
    if not claimed:
        return
    listed = _few(claimed)
    for ancestor in trace(artifact, description.base_models, None).ancestors:
        if encodable(ancestor.base.name) not in claimed:
            yield rules.sboms.CONTRADICTS.found(
                f"the SBOM names the base model {listed}; "
                f"{printable(', '.join(ancestor.sources))} says {printable(ancestor.base.name)}",
                place=member(pedigree, "ancestors").place,
            )


def _names(component: Located) -> Iterator[str]:
    """A component's name, which some tools split into a group and the rest."""
    name, group = text(component, "name"), text(component, "group")
    if name:
        yield f"{group}/{name}" if group else name


def _few(names: Collection[str]) -> str:
    shown = ", ".join(printable(name[:MAX_SHOWN_NAME]) for name in sorted(names)[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown


def _keys(licences: tuple[Licence, ...]) -> set[str]:
    return {licence.key for licence in licences}


def _listed(licences: tuple[Licence, ...]) -> str:
    return ", ".join(printable(licence.text) for licence in licences)

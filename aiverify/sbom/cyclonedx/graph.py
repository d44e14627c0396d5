"""What depends on what, and how much of that and of the rest is known to be complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Bom
from aiverify.sbom.cyclonedx.values import given


def dependencies(bom: Bom) -> list[Json]:
    """The artifact depends on everything, unless it says on what; the others as they say.

    What has no entry has dependencies that nobody knows (`dependency`): that is how
    CycloneDX says so. An entry that needs nothing has an empty list: the schema asks for none,
    but readers fall over its absence. A need that the bill does not list is left out.
    """
    known = {bom.root.ref, *(component.ref for component in bom.components)}
    everything = (component.ref for component in bom.components)
    needs = everything if bom.root.needs is None else bom.root.needs
    return [
        _entry(bom.root.ref, needs, known),
        *(
            _entry(component.ref, component.needs, known)
            for component in bom.components
            if component.needs is not None
        ),
    ]


def _entry(ref: str, needs: Iterable[str], known: Set[str]) -> Json:
    wanted = dict.fromkeys(need for need in needs if need in known and need != ref)
    return {"ref": ref, "dependsOn": list(wanted)}


def compositions(bom: Bom, vulnerabilities: Sequence[str]) -> list[Json]:
    """What may be relied on as complete: that the artifact has these files and no others.

    Whether the files name every base model, dataset and package, what those and the files
    that nobody looked into consist of, and whether the vulnerabilities by these refs are all
    that there are, is unknown.
    """
    unread = [file.ref for file in bom.files if file.ref in bom.unread]
    read = [file.ref for file in bom.files if file.ref not in bom.unread]
    others = bom.components[len(bom.files) :]
    return [
        {"aggregate": "complete", "assemblies": [bom.root.ref, *read]},
        {
            "aggregate": "unknown",
            **given(
                {
                    "assemblies": unread + [component.ref for component in others],
                    "dependencies": [bom.root.ref, *_untold(bom)],
                    "vulnerabilities": list(vulnerabilities),
                }
            ),
        },
    ]


def _untold(bom: Bom) -> list[str]:
    return [component.ref for component in bom.components if component.needs is None]

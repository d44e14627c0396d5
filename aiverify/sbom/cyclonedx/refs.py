"""What things are called within a document: each has a `bom-ref` of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from aiverify.sbom.allotment import Allotment
from aiverify.sbom.bom import Bom, Component
from aiverify.sbom.vulnerability import Vulnerability

UNNAMED = "unnamed"


def with_distinct_refs(bom: Bom) -> Bom:
    """The bill, with a number behind the ref of every component that comes second under it.

    A bill is to have each ref once, but it is made from what strangers wrote, and a document
    that has one twice is invalid. What refers to it means the first.
    """
    refs = [component.ref for component in (bom.root, *bom.components)]
    if all(refs) and len(set(refs)) == len(refs):
        return bom
    allotted = Allotment("~")

    def distinct(components: Sequence[Component]) -> tuple[Component, ...]:
        names = [allotted.name(component.ref or UNNAMED) for component in components]
        return tuple(map(_called, components, names))

    [root], files = distinct([bom.root]), distinct(bom.files)
    also_unread = (
        file.ref for file, was in zip(files, bom.files, strict=True) if was.ref in bom.unread
    )
    return replace(
        bom,
        root=root,
        files=files,
        parts=distinct(bom.parts),
        bases=distinct(bom.bases),
        datasets=distinct(bom.datasets),
        packages=distinct(bom.packages),
        unread=bom.unread.union(also_unread),
    )


def refs_of(vulnerabilities: Sequence[Vulnerability]) -> list[str]:
    """A ref for each, in their order: two databases may use one name."""
    allotted = Allotment("#")
    return [
        allotted.name(f"vulnerability:{quote(item.id, safe='/:', errors='surrogatepass')}")
        for item in vulnerabilities
    ]


def _called(component: Component, ref: str) -> Component:
    return replace(component, ref=ref)

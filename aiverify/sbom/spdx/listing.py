"""Every component of a bill beside the IRI of its element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aiverify.sbom.bom import Bom, Component
from aiverify.sbom.spdx.components import add_component
from aiverify.sbom.spdx.graph import Graph


@dataclass(frozen=True, slots=True)
class Placed:
    """A component and its element's IRI."""

    component: Component
    iri: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A bill's components by what they are to the artifact. `refs` gives the IRI of each ref."""

    root: Placed
    files: tuple[Placed, ...]
    parts: tuple[Placed, ...]
    bases: tuple[Placed, ...]
    datasets: tuple[Placed, ...]
    packages: tuple[Placed, ...]
    refs: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Placed]:
        """All of them, the artifact first."""
        yield self.root
        yield from self.files + self.parts + self.bases + self.datasets + self.packages


def list_components(graph: Graph, bom: Bom) -> Listing:
    """Add every component of a bill."""
    root = Placed(bom.root, add_component(graph, bom.root, card=bom.card))
    listing = Listing(
        root=root,
        files=_place(graph, bom.files, bom.unread),
        parts=_place(graph, bom.parts),
        bases=_place(graph, bom.bases),
        datasets=_place(graph, bom.datasets),
        packages=_place(graph, bom.packages),
    )
    for placed in listing:
        listing.refs.setdefault(placed.component.ref, placed.iri)
    return listing


def _place(
    graph: Graph, components: Iterable[Component], unread: frozenset[str] = frozenset()
) -> tuple[Placed, ...]:
    return tuple(
        Placed(component, add_component(graph, component, unread=component.ref in unread))
        for component in components
    )

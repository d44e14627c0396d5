"""How the components belong together (SPDX 3.0.1, Core, RelationshipType).

Every relationship says whether it is complete. The artifact's files are: the manifest lists
them all. Whether a card names every base model and dataset, and a lock every package, and
what those or a file that nobody looked into consist of, is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aiverify.sbom.bom import Bom, Sort
from aiverify.sbom.spdx.components import MODEL, class_of, property_of
from aiverify.sbom.spdx.graph import COMPLETE, NO_ASSERTION, NOTHING, UNKNOWN, Graph
from aiverify.sbom.spdx.listing import Listing, Placed

ALL_FILES = "All files that there are."
INSIDE = "What was found within the files."
"""Parts are contained a second time, so that what is complete has to be said in words."""


def add_relations(graph: Graph, bom: Bom, listing: Listing) -> None:
    """Add what joins a bill's components."""
    root = listing.root.iri
    graph.relate(root, "contains", _iris(listing.files), COMPLETE, more={"comment": ALL_FILES})
    graph.relate(root, "contains", _iris(listing.parts), NO_ASSERTION, more={"comment": INSIDE})
    graph.relate(root, "hasDataFile", list(_weights(bom, listing)), _of_weights(bom))
    _add_origin(graph, bom, listing)
    _add_needs_of_root(graph, listing)
    for placed in _but_root(listing):
        _add_needs(graph, listing, placed)
    unopened = [file for file in listing.files if file.component.ref in bom.unread]
    for placed in (*unopened, *listing.bases, *listing.datasets):
        graph.relate(placed.iri, "contains", [UNKNOWN], NO_ASSERTION)


def _add_origin(graph: Graph, bom: Bom, listing: Listing) -> None:
    """What the artifact was made from. Of a model it is said even where nobody knows."""
    root = listing.root
    bases, datasets = _iris(listing.bases), _iris(listing.datasets)
    if class_of(root.component, bom.card) == MODEL:
        graph.relate(root.iri, "descendantOf", bases or [UNKNOWN], NO_ASSERTION)
        graph.relate(root.iri, "trainedOn", datasets or [UNKNOWN], NO_ASSERTION)
        graph.relate(root.iri, "testedOn", list(_tested(bom, listing)), NO_ASSERTION)
    else:
        graph.relate(root.iri, "descendantOf", bases, NO_ASSERTION)
        relation = "descendantOf" if root.component.sort is Sort.DATA else "other"
        graph.relate(root.iri, relation, datasets, NO_ASSERTION)


def _add_needs_of_root(graph: Graph, listing: Listing) -> None:
    """What the artifact depends on beyond what it holds and was made from.

    An adapter is of no use without its base, while a model that was made from another one
    has no need of it.
    """
    root = listing.root
    told = root.component.needs
    needed = _iris(listing.packages) if told is None else list(_resolved(listing, told))
    if property_of(root.component, "aiverify:kind") == "adapter":
        needed = [*_iris(listing.bases), *needed]
        elsewhere = _iris(listing.files + listing.parts + listing.datasets)
    else:
        elsewhere = _iris(listing.files + listing.parts + listing.datasets + listing.bases)
    known = {*elsewhere, root.iri}
    targets = [iri for iri in needed if iri not in known]
    graph.relate(root.iri, "dependsOn", targets or [UNKNOWN], NO_ASSERTION)


def _add_needs(graph: Graph, listing: Listing, placed: Placed) -> None:
    """What any other component depends on, if that is known: nothing is an answer too.

    Of files it would be said of every one.
    """
    told = placed.component.needs
    if told is None or (not told and placed.component.sort is Sort.FILE):
        return
    needed = list(_resolved(listing, told))
    completeness = NO_ASSERTION if told else COMPLETE
    targets = needed or [UNKNOWN if told else NOTHING]
    graph.relate(placed.iri, "dependsOn", targets, completeness)


def _resolved(listing: Listing, refs: Iterable[str]) -> Iterator[str]:
    return (listing.refs[ref] for ref in refs if ref in listing.refs)


def _weights(bom: Bom, listing: Listing) -> Iterator[str]:
    """The files that were found to hold the model itself."""
    for placed in listing.files:
        known = placed.component.ref not in bom.unread
        if known and property_of(placed.component, "aiverify:role") == "weight":
            yield placed.iri


def _of_weights(bom: Bom) -> str:
    return NO_ASSERTION if bom.unread else COMPLETE


def _tested(bom: Bom, listing: Listing) -> Iterator[str]:
    """The datasets by whose name a metric was measured."""
    names = {metric.dataset for metric in bom.card.metrics} if bom.card else set()
    return (placed.iri for placed in listing.datasets if placed.component.name in names)


def _but_root(listing: Listing) -> Iterator[Placed]:
    return (placed for placed in listing if placed is not listing.root)


def _iris(group: Sequence[Placed]) -> list[str]:
    return [placed.iri for placed in group]

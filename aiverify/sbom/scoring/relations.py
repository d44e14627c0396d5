"""Checks of what depends on what, and of what a document says of its own gaps."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.sbom.reading import Located, items, text
from aiverify.sbom.scoring.document import Document, Thing
from aiverify.sbom.scoring.interface import Rating
from aiverify.sbom.scoring.judging import declared, found, missing, over, review
from aiverify.sbom.scoring.words import quoted

_ELSEWHERE = "urn:cdx:"
"""How a BOM-Link begins: it leads into another document."""

_VAGUE = ("unknown", "not_specified")

_AGGREGATES = frozenset(
    (
        "complete",
        "incomplete",
        "incomplete_first_party_only",
        "incomplete_first_party_proprietary_only",
        "incomplete_first_party_opensource_only",
        "incomplete_third_party_only",
        "incomplete_third_party_proprietary_only",
        "incomplete_third_party_opensource_only",
        *_VAGUE,
    )
)


def dependencies(document: Document) -> Rating:
    """Every component stands in a relationship, and every reference leads somewhere."""
    if document.repeated:
        shown = ", ".join(map(quoted, document.repeated[:3]))
        return review(f"several things have the same bom-ref: {shown}")
    used = dict(_used(document.root))
    dangling = {ref: place for ref, place in used.items() if _dangles(document, ref)}
    if dangling:
        shown = ", ".join(map(quoted, list(dangling)[:3]))
        lead = "leads" if len(dangling) == 1 else "lead"
        said = f"{len(dangling)} of {len(used)} references {lead} nowhere: {shown}"
        return review(said, *dangling.values())
    joined = frozenset(used)

    def related(_: Document, thing: Thing) -> Rating:
        if thing.ref in joined:
            return found("its relationships are stated, and lead somewhere", thing.place)
        if _is_nested(thing) or next(thing.at("components[]"), None):
            return found("it is part of another component, or has parts", thing.place)
        return missing("no relationship of it is stated", thing.place)

    return over(document, document.components, related, "component", "a stated relationship")


def _is_nested(thing: Thing) -> bool:
    return thing.place.removeprefix("/metadata").count("/component") > 1


def _dangles(document: Document, ref: str) -> bool:
    return ref not in document.refs and not ref.startswith(_ELSEWHERE)


def _used(root: Located) -> Iterator[tuple[str, str]]:
    """Every reference of the graph, with where it stands."""
    for entry in items(root, "dependencies"):
        if ref := text(entry, "ref"):
            yield ref, f"{entry.place}/ref"
        for item in (*items(entry, "dependsOn"), *items(entry, "provides")):
            if isinstance(item.value, str) and item.value:
                yield item.value, item.place


def coverage(document: Document) -> Rating:
    """Whether the document says that what it lists is all there is."""
    stated = list(_compositions(document))
    if not stated:
        return missing("nothing says whether the list is complete")
    rest = [item for item in stated if text(item, "aggregate") != "complete"]
    if rest:
        said = quoted(text(rest[0], "aggregate"))
        return review(
            f"{len(rest)} of {len(stated)} compositions say otherwise than complete: {said}",
            *(item.place for item in rest),
        )
    return declared(document, "all compositions say complete", *(item.place for item in stated))


def unknowns(document: Document) -> Rating:
    """Whether the document tells what nobody knows from what it withholds."""
    stated = list(_compositions(document))
    if not stated:
        return missing("nothing tells what is unknown from what is withheld")
    places = tuple(item.place for item in stated)
    if all(text(item, "aggregate") == "not_specified" for item in stated):
        return review("all compositions say only not_specified", *places)
    said = ", ".join(sorted({text(item, "aggregate") for item in stated}))
    vague = [item for item in stated if text(item, "aggregate").startswith("incomplete")]
    if vague:
        return review(
            f"compositions say {said}, not whether what is left out is unknown or withheld",
            *(item.place for item in vague),
        )
    return declared(document, f"compositions say {said}", *places)


def _compositions(document: Document) -> Iterator[Located]:
    for item in items(document.root, "compositions"):
        if text(item, "aggregate") in _AGGREGATES:
            yield item

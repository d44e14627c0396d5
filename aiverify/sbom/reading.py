"""Reading a JSON document that anybody may have written, and knowing where one is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiverify.core.description import BaseReference
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.sbom.properties import GIVEN_NAME, ROOT_DIGEST


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the JSON pointer to it (RFC 6901)."""

    value: Json
    place: str


def member(parent: Located, key: str) -> Located:
    """A member of an object; None where there is none, or where the parent is no object."""
    value = parent.value.get(key) if isinstance(parent.value, Mapping) else None
    return Located(value, f"{parent.place}/{key}")


def items(parent: Located, key: str) -> Iterator[Located]:
    """The items of an array in an object; none where it is missing or no array."""
    array = member(parent, key)
    if isinstance(array.value, Sequence) and not isinstance(array.value, str):
        for index, value in enumerate(array.value):
            yield Located(value, f"{array.place}/{index}")


def text(parent: Located, key: str) -> str:
    """A string in an object; empty where it is missing or no string."""
    value = member(parent, key).value
    return value if isinstance(value, str) else ""


def components(document: Located) -> Iterator[Located]:
    """Every component below a document or component, however deep they are nested."""
    pending = [items(document, "components")]
    while pending:
        component = next(pending[-1], None)
        if component is None:
            pending.pop()
        else:
            yield component
            pending.append(items(component, "components"))


def root_of(document: Json) -> Located:
    """The component that a CycloneDX document is about."""
    return member(member(Located(document, ""), "metadata"), "component")


def properties(component: Located, name: str) -> Iterator[Located]:
    """Every property of a component that has a name."""
    return (item for item in items(component, "properties") if text(item, "name") == name)


def property_text(component: Located, name: str) -> str:
    """The first property of that name, or empty."""
    return next((text(item, "value") for item in properties(component, name)), "")


def base_at_hand(document: Mapping[str, Json]) -> BaseReference | None:
    """The base model that was at hand when one of our documents was written, if it was."""
    digest = base_digest(document)
    if not digest:
        return None
    ancestor = next(items(member(root_of(document), "pedigree"), "ancestors"))
    name = property_text(ancestor, GIVEN_NAME) or text(ancestor, "name")
    return BaseReference(name=name, digest=digest)


def base_digest(document: Mapping[str, Json]) -> str:
    """The root digest that a CycloneDX document gives for the base model, `sha256:<hex>`.

    Empty unless the pedigree has exactly one ancestor with exactly one valid digest: with
    two of either, nobody could say which base is meant.
    """
    ancestors = list(items(member(root_of(document), "pedigree"), "ancestors"))
    digests = {
        text(item, "value") for ancestor in ancestors for item in properties(ancestor, ROOT_DIGEST)
    }
    return _valid(digests.pop()) if len(ancestors) == len(digests) == 1 else ""


def _valid(digest: str) -> str:
    try:
        return str(Digest.parse(digest))
    except MalformedError:
        return ""

"""Any tool's document as names with values, wherever its format lets them stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote


class Pair(NamedTuple):
    """A name and the value that stands under it, in lower case both.

    `place` is the document's file with a JSON pointer (RFC 6901) into it.
    """

    name: str
    value: str
    place: str


@dataclass(frozen=True)
class Subject:
    """One thing that a document speaks of: a component, an ancestor, an SPDX element."""

    content: dict[str, Any]
    place: str
    ancestors: tuple[Subject, ...] = ()

    @property
    def name(self) -> str:
        """Its name with its group, in lower case."""
        parts = (str(self.content.get("group") or ""), str(self.content.get("name") or ""))
        return "/".join(part for part in parts if part).lower()

    @property
    def version(self) -> str:
        """Its version, in lower case, without Go's `v`."""
        said = self.content.get("version") or self.content.get("software_packageVersion") or ""
        return str(said).lower().removeprefix("v")

    @property
    def purls(self) -> list[Pair]:
        """Its own package URLs."""
        found = [
            (key, str(self.content[key]))
            for key in ("purl", "software_packageUrl")
            if self.content.get(key)
        ]
        found += [
            ("externalIdentifier", str(item.get("identifier")))
            for item in self.content.get("externalIdentifier") or []
            if item.get("externalIdentifierType") == "packageUrl"
        ]
        return [Pair(key, purl, f"{self.place}/{key}") for key, purl in found]

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All that is said of it, but not what is said of things within it."""
        outside = {"components", "pedigree"}
        own = {key: value for key, value in self.content.items() if key not in outside}
        return tuple(pairs(own, self.place))


@dataclass(frozen=True)
class Document:
    """A document by what it says that it is."""

    name: str
    content: dict[str, Any]

    @property
    def standard(self) -> str:
        """`CycloneDX`, `SPDX`, or nothing for anything else."""
        if self.content.get("bomFormat") == "CycloneDX":
            return "CycloneDX"
        return "SPDX" if "@graph" in self.content else ""

    @property
    def version(self) -> str:
        """Of the standard."""
        if self.standard == "CycloneDX":
            return str(self.content.get("specVersion"))
        elements = self.content.get("@graph") or []
        said = (str(item["specVersion"]) for item in elements if "specVersion" in item)
        return next(said, "")

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """Everything that it lists."""
        if self.standard == "SPDX":
            listed = enumerate(self.content["@graph"])
            return tuple(Subject(item, f"{self.name}#/@graph/{at}") for at, item in listed)
        root = self.content.get("metadata", {}).get("component")
        place = f"{self.name}#/metadata/component"
        roots = [_with_ancestors(root, place), *_components(root, place)] if root else []
        return (*roots, *_components(self.content, f"{self.name}#"))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All that it says."""
        return tuple(pairs(self.content, f"{self.name}#"))


@dataclass(frozen=True)
class Evidence:
    """All documents that one tool wrote of one directory."""

    documents: tuple[Document, ...]

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(subject for document in self.documents for subject in document.subjects)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple(pair for document in self.documents for pair in document.pairs)

    def where(self, test: Callable[[Pair], bool]) -> str:
        """The place of the first pair that passes; nothing if none does."""
        return next((pair.place for pair in self.pairs if test(pair)), "")

    def saying(self, text: str) -> str:
        """The place of the first value that is this text or holds it, however it is wrapped."""
        wanted = text.lower()
        return self.where(lambda pair: wanted in " ".join(pair.value.split()))

    def subject(self, test: Callable[[Subject], bool]) -> str:
        """The place of the first subject that passes; nothing if none does."""
        return next((subject.place for subject in self.subjects if test(subject)), "")

    def of(self, standard: str) -> Iterator[Document]:
        """Its documents in one standard."""
        return (document for document in self.documents if document.standard == standard)


def pairs(value: Any, place: str, name: str = "") -> Iterator[Pair]:
    """Every value with its name; that of a property is the property's own.

    A text that is JSON is looked into as well, as some formats have no other place.
    """
    if isinstance(value, dict):
        label = value.get("name") or value.get("key")
        for key, item in value.items():
            inner = f"{place}/{key.replace('~', '~0').replace('/', '~1')}"
            yield from pairs(item, inner, str(label) if key == "value" and label else key)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from pairs(item, f"{place}/{number}", name)
    elif value is not None:
        text = str(value)
        yield Pair(name.lower(), text.lower(), place)
        if text.lstrip()[:1] in ("{", "["):
            try:
                held = json.loads(text)
            except ValueError:
                return
            yield from (pair._replace(place=place) for pair in pairs(held, place, name))


def named_by(purl: str) -> str:
    """The namespace and name of a package URL, in lower case; nothing if it is encoded twice."""
    if "%25" in purl:
        return ""
    path = purl.partition("?")[0].partition("/")[2]
    return unquote(path.rpartition("@")[0] or path).lower()


def _components(content: dict[str, Any], place: str) -> Iterator[Subject]:
    """Components, and those within them."""
    listed: Sequence[dict[str, Any]] = content.get("components") or []
    for number, item in enumerate(listed):
        yield _with_ancestors(item, f"{place}/components/{number}")
        yield from _components(item, f"{place}/components/{number}")


def _with_ancestors(content: dict[str, Any], place: str) -> Subject:
    ancestors = content.get("pedigree", {}).get("ancestors") or []
    return Subject(
        content,
        place,
        tuple(
            Subject(ancestor, f"{place}/pedigree/ancestors/{number}")
            for number, ancestor in enumerate(ancestors)
        ),
    )

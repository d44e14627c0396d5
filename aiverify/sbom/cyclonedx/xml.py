"""A CycloneDX document in XML: the same content as in JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import is_visible
from aiverify.errors import MalformedError
from aiverify.sbom.cyclonedx.shapes import SHAPES, TEXT, Child, Shape
from aiverify.sbom.cyclonedx.xmltext import escaped

NAMESPACE = "http://cyclonedx.org/schema/bom/"

_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}

_DOUBTFUL = re.compile("[^ !#-%'-;=?-~]")
"""What has to be looked at: most texts are ASCII alone, and quick to write."""


def to_xml(document: Mapping[str, Json]) -> bytes:
    r"""A document that `encode` made, as indented UTF-8.

    Characters that cannot be seen, or that a reader would take for layout, are character
    references, so that whatever parses the XML has the very text; a reader that goes by the
    schema makes spaces of line breaks where its type is `normalizedString`. XML has nothing
    for control characters: they are escaped in plain sight, NUL as `\u0000`.

    Raises:
        MalformedError: the document has something that `encode` does not write.
    """
    version = document.get("specVersion")
    writer = _Writer()
    namespace = f' xmlns="{NAMESPACE}{_text(version)}"'
    writer.element("bom", SHAPES["bom"], document, namespace)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *writer.lines, ""]
    return "\n".join(lines).encode("utf-8")


@dataclass(slots=True)
class _Writer:
    """Lines of XML, each an element's start, its end, or all of it."""

    lines: list[str] = field(default_factory=list)
    indent: str = ""

    def element(self, name: str, shape: Shape, value: Json, attributes: str = "") -> None:
        """An element for an object, or for a string that an attribute holds whole."""
        if shape.whole:
            value = {shape.whole: value}
        members = _members(value, shape, name)
        attributes += _attributes(members, shape.attributes)
        if shape.text:
            self._leaf(name, members.get(shape.text, ""), attributes)
        else:
            self._open(name, attributes)
            self._children(shape, members)
            self._close(name, attributes)

    def _children(self, shape: Shape, members: Mapping[str, Json]) -> None:
        for child in shape.children:
            if child.key in members:
                attributes = _attributes(members, child.beside)
                self._child(child, members[child.key], attributes)

    def _child(self, child: Child, value: Json, attributes: str) -> None:
        if child.item or child.bare:
            self._open(child.element, attributes)
            for item in _items(value):
                self._item(child, item)
            self._close(child.element, attributes)
            return
        for item in _items(value):
            self._one(child.element, child.shape, item, attributes)

    def _item(self, child: Child, value: Json) -> None:
        if child.bare:
            shape = SHAPES[child.shape]
            self._children(shape, _members(value, shape, child.element))
        else:
            self._one(child.item, child.shape, value)

    def _one(self, name: str, shape: str, value: Json, attributes: str = "") -> None:
        if shape == TEXT:
            self._leaf(name, value, attributes)
        else:
            self.element(name, SHAPES[shape], value, attributes)

    def _leaf(self, name: str, value: Json, attributes: str) -> None:
        text = _text(value)
        end = f">{text}</{name}>" if text else "/>"
        self.lines.append(f"{self.indent}<{name}{attributes}{end}")

    def _open(self, name: str, attributes: str) -> None:
        self.lines.append(f"{self.indent}<{name}{attributes}>")
        self.indent += "  "

    def _close(self, name: str, attributes: str) -> None:
        self.indent = self.indent[:-2]
        start = f"{self.indent}<{name}{attributes}>"
        if self.lines[-1] == start:
            self.lines[-1] = f"{start[:-1]}/>"
        else:
            self.lines.append(f"{self.indent}</{name}>")


def _members(value: Json, shape: Shape, name: str) -> Mapping[str, Json]:
    """The members of an object, each of which the shape has a place for."""
    if not isinstance(value, Mapping):
        raise MalformedError(f"{name} is no object, and XML has no place for it")
    if not shape.keys.issuperset(value):
        strange = next(key for key in value if key not in shape.keys)
        raise MalformedError(f"{name} has {strange!r}, and XML has no place for it")
    return value


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else (value,)


def _attributes(members: Mapping[str, Json], keys: Sequence[str]) -> str:
    return "".join(f' {key}="{_text(members[key])}"' for key in keys if key in members)


def _text(value: Json) -> str:
    """A value's text as markup; `decimal` and `boolean` of XML Schema where it is no string."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise MalformedError(f"XML has no text for {kind(value)}")
    return _DOUBTFUL.sub(lambda match: _markup(match[0]), escaped(value))


def _markup(char: str) -> str:
    if is_visible(char) and char not in _MARKUP:
        return char
    return _MARKUP.get(char) or f"&#x{ord(char):x};"

"""YAML's events turned into plain values, with every tag that would build something noted."""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import configs
from aiverify.core.yamlvalue import LOADER
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.loading.modules import Standing, standing

MAX_DEPTH = 100

CORE = "tag:yaml.org,2002:"
PYTHON = f"{CORE}python/"

BUILDS = ("!apply:", "!module:", "!name:", "!new:")
"""Tags by which HyperPyYAML imports and calls what follows."""

TRUE = frozenset({"true", "yes", "on", "y"})
"""What some loader reads as true."""


def documents(text: str, found: Found) -> list[Json]:
    """The values of all documents in a stream, as far as they have no tag or alias.

    Nothing is constructed by tag: all scalars are texts, but those that are true. A key that is
    no text, and an alias of a collection, count as empty.

    Raises:
        MalformedError: it is not YAML, or nested deeper than `MAX_DEPTH`.
    """
    try:
        return list(_values(yaml.parse(text, Loader=LOADER), found))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MalformedError(f"line {line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise MalformedError("not YAML") from error


class _Open:
    """A collection that has not ended: its items so far, keys among them in a mapping."""

    def __init__(self, *, is_mapping: bool) -> None:
        self._is_mapping = is_mapping
        self.items: list[Json] = []

    def value(self) -> Json:
        if not self._is_mapping:
            return self.items
        keys = [key if isinstance(key, str) else "" for key in self.items[::2]]
        return dict(zip(keys, self.items[1::2], strict=False))


class _Stream:
    """Collections that are open, innermost last, and the texts that have an anchor."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._open: list[_Open] = []
        self._anchors: dict[str, Json] = {}

    def take(self, event: Event) -> None:
        """One event more."""
        if isinstance(event, DocumentStartEvent):
            self._open = [_Open(is_mapping=False)]
        elif isinstance(event, CollectionStartEvent):
            _note_tag(event, self._found)
            self._open.append(_Open(is_mapping=isinstance(event, MappingStartEvent)))
            if len(self._open) > MAX_DEPTH:
                raise MalformedError(f"line {_line(event)}: nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, CollectionEndEvent):
            self._add(self._open.pop().value())
        elif isinstance(event, ScalarEvent):
            _note_tag(event, self._found)
            self._anchors[event.anchor or ""] = _scalar(event)
            self._add(_scalar(event))
        elif isinstance(event, AliasEvent):
            self._add(self._anchors.get(event.anchor or ""))

    def ended(self) -> bool:
        """Whether a document is complete."""
        return len(self._open) == 1 and bool(self._open[0].items)

    def document(self) -> Json:
        """The document that ended."""
        return self._open.pop().items[0]

    def _add(self, value: Json) -> None:
        self._open[-1].items.append(value)


def _values(events: Iterator[Event], found: Found) -> Iterator[Json]:
    stream = _Stream(found)
    for event in events:
        stream.take(event)
        if stream.ended():
            yield stream.document()


def _scalar(event: ScalarEvent) -> Json:
    text: str = event.value
    return True if event.implicit[0] and text.lower() in TRUE else text


def _note_tag(event: ScalarEvent | CollectionStartEvent, found: Found) -> None:
    tag: str | None = event.tag
    if tag is None or tag == "!":
        return
    place = f"line {_line(event)}"
    if _runs(tag):
        found.add(configs.YAML, f"has the tag {shown(tag)}", place)
    elif not tag.startswith(CORE):
        message = f"has the tag {shown(tag)}, which some loader may know"
        found.add(configs.YAML, message, place, Severity.WARNING)


def _runs(tag: str) -> bool:
    """Whether a tag has some loader call what is named in it."""
    if tag.startswith(BUILDS):
        return standing(tag.partition(":")[2]) is Standing.DANGEROUS
    return "python/" in tag or "ruby/" in tag


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

"""YAML as aiverify reads it: as JSON, with no tags, no aliases and no type that JSON lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError

MAX_DEPTH = 20
"""Nesting that a document may have; the results in a model card need seven levels."""

MAX_DOCUMENTS = 1000
"""Documents that a stream may have."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Plain scalars as YAML 1.2 reads them (core schema, 10.3.2): `no` is a language and not a
# boolean, and a date is text. What JSON has no number for stays text too.
NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})")
FLOAT = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,2})?"
)


def parse(text: str, what: str, first_line: int = 1) -> dict[str, Json]:
    """Parse a mapping.

    `what` names the text in errors; `first_line` is the number of its first line in its file.

    Events are turned into values one by one, and never into Python objects by tag, so
    nothing is constructed, and a small text stays a small value.

    Raises:
        MalformedError: with the line, when it is not YAML, not a mapping, has a key twice,
            an alias or a tag, or is nested too deep.
    """
    events = iter(yaml.parse(text, Loader=LOADER))
    try:
        value = _document(events, _Place(what, first_line))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else first_line
        raise MalformedError(f"line {line}: {what} is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise MalformedError(f"line {first_line}: {what} is not YAML") from error
    if not isinstance(value, dict):
        raise MalformedError(f"line {first_line}: {what} is not a mapping")
    return value


def parse_all(text: str, what: str) -> tuple[dict[str, Json], ...]:
    """Parse the mappings of a stream of documents; those that are empty are left out.

    Raises:
        MalformedError: as `parse`, or there are more than `MAX_DOCUMENTS`.
    """
    place = _Place(what, 1)
    found: list[dict[str, Json]] = []
    events = iter(yaml.parse(text, Loader=LOADER))
    try:
        for event in events:
            if not isinstance(event, DocumentStartEvent):
                continue
            value = _node(next(events), events, place, 0)
            if value is None:
                continue
            if not isinstance(value, dict):
                raise _refused(event, place, "a document that is no mapping")
            if len(found) >= MAX_DOCUMENTS:
                raise _refused(event, place, f"more than {MAX_DOCUMENTS} documents")
            found.append(value)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MalformedError(f"line {line}: {what} is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise MalformedError(f"line 1: {what} is not YAML") from error
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Place:
    """What is being read, and the number of its first line."""

    what: str
    first_line: int


def _document(events: Iterator[Event], place: _Place) -> Json:
    value: Json = {}
    documents = 0
    for event in events:
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(event, place, "a second document")
            value = _node(next(events), events, place, 0)
    return value


def _node(event: Event, events: Iterator[Event], place: _Place, depth: int) -> Json:
    if isinstance(event, AliasEvent):
        raise _refused(event, place, "an alias")
    if getattr(event, "tag", None) is not None:
        raise _refused(event, place, "a tag")
    if depth > MAX_DEPTH:
        raise _refused(event, place, f"more than {MAX_DEPTH} levels")
    if isinstance(event, ScalarEvent):
        return _scalar(event, place)
    if isinstance(event, SequenceStartEvent):
        return [_node(item, events, place, depth + 1) for item in _until(events, SequenceEndEvent)]
    return _mapping(events, place, depth)


def _mapping(events: Iterator[Event], place: _Place, depth: int) -> dict[str, Json]:
    members: dict[str, Json] = {}
    for event in _until(events, MappingEndEvent):
        if not isinstance(event, ScalarEvent) or event.tag is not None:
            raise _refused(event, place, "a key that is no plain text")
        key = event.value
        if key in members:
            raise _refused(event, place, f"the key {printable(key)!r} twice")
        members[key] = _node(next(events), events, place, depth + 1)
    return members


def _until(events: Iterator[Event], end: type[Event]) -> Iterator[Event]:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _scalar(event: ScalarEvent, place: _Place) -> Json:
    text: str = event.value
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise _refused(event, place, "a lone surrogate")
    if not event.implicit[0]:  # quoted, or a block
        return text
    if text in NULL:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


def _refused(event: Event, place: _Place, found: str) -> MalformedError:
    line = place.first_line + (event.start_mark.line if event.start_mark else 0)
    return MalformedError(f"line {line}: {place.what} has {found}, which is not allowed")

"""An OSV record: a glance at each, and all of those that matter (OSV schema 1.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json, kind, load_object
from aiverify.core.moments import parse as moment
from aiverify.errors import MalformedError
from aiverify.sbom.advisories.packages import Key, Package, package_of

MAX_SIZE = 8 << 20
"""Bytes of a record. The largest that is published, of a kernel, is a tenth of that."""

MAX_ALIASES = 1000
"""Names of one vulnerability that are taken in."""

EVENTS = ("introduced", "fixed", "last_affected", "limit")

_ID = re.compile("[!-~]{1,200}")
"""What a vulnerability may be called: ids are a prefix and an entry of letters and digits."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What is asked of every record: when it was changed, and which packages it names."""

    modified: str
    names: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A version at which something changes. `kind` is one of `EVENTS`."""

    kind: str
    version: str


@dataclass(frozen=True, slots=True)
class Range:
    """Versions between events. `fault` says why they cannot be read, where they cannot."""

    kind: str
    events: tuple[Event, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Affected:
    """What a record says of one package."""

    package: Package
    ranges: tuple[Range, ...]
    versions: frozenset[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A record whose id and packages can be read. The rest of it is in `document`."""

    id: str
    modified: str
    is_withdrawn: bool
    aliases: tuple[str, ...]
    affected: tuple[Affected, ...]
    document: Mapping[str, Json]
    where: str


def glance(data: bytes) -> Glance:
    """Look at a record as quickly as one can that has to be valid JSON.

    Raises:
        MalformedError: it is no OSV record; the message does not name it.
    """
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedError("it is not UTF-8") from error
    except RecursionError as error:
        raise MalformedError("it is nested too deeply") from error
    except ValueError as error:
        raise MalformedError("it is not valid JSON") from error
    if not isinstance(value, dict):
        raise MalformedError(f"it is {kind(value)}, not an object")
    _id(value)
    modified = value.get("modified")
    names = [name for package in _packages(value) for name in package.names]
    return Glance(modified if isinstance(modified, str) else "", tuple(names))


def read(data: bytes, where: str) -> Record:
    """Read a record. What is wrong with single packages stands at these.

    Raises:
        MalformedError: it is no OSV record.
    """
    value = load_object(data, where)
    modified = value.get("modified")
    withdrawn = value.get("withdrawn")
    return Record(
        id=_id(value),
        modified=modified if isinstance(modified, str) else "",
        # What is no time withdraws nothing: a mistake must not hide a vulnerability.
        is_withdrawn=isinstance(withdrawn, str) and moment(withdrawn) is not None,
        aliases=tuple(dict.fromkeys(filter(_is_id, _texts(value.get("aliases")))))[:MAX_ALIASES],
        affected=tuple(_affected(item) for item in items(value)),
        document=value,
        where=where,
    )


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def _id(value: Mapping[str, Json]) -> str:
    found = value.get("id")
    if not isinstance(found, str) or not _is_id(found):
        raise MalformedError("it has no id, as every OSV record has")
    return found


def _is_id(value: Json) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _packages(value: Mapping[str, Json]) -> Iterator[Package]:
    for item in items(value):
        package = item.get("package")
        if package is not None and not isinstance(package, Mapping):
            raise MalformedError(f"a package in it is {kind(package)}, not an object")
        if package is not None:
            yield package_of(package)


def items(value: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """The entries of what a record affects.

    Raises:
        MalformedError: they are no array of objects.
    """
    affected = value.get("affected")
    if affected is None:
        return
    if not isinstance(affected, list):
        raise MalformedError(f"what it affects is {kind(affected)}, not an array")
    for item in affected:
        if not isinstance(item, Mapping):
            raise MalformedError(f"one of what it affects is {kind(item)}, not an object")
        yield item


def _affected(item: Mapping[str, Json]) -> Affected:
    package = item.get("package")
    named = package_of(package) if isinstance(package, Mapping) else Package(())
    ranges, versions = item.get("ranges"), item.get("versions")
    fault = ""
    if not isinstance(ranges, list | None):
        fault = f"its ranges are {kind(ranges)}, not an array"
    elif not isinstance(versions, list | None) or not all(
        isinstance(version, str) for version in versions or ()
    ):
        fault = "its versions are not an array of strings"
    return Affected(
        named,
        tuple(map(_range, ranges)) if isinstance(ranges, list) else (),
        frozenset(_texts(versions)),
        fault,
    )


def _range(value: Json) -> Range:
    if not isinstance(value, Mapping):
        return Range("", (), f"a range is {kind(value)}, not an object")
    stated, listed = value.get("type"), value.get("events")
    named = stated if isinstance(stated, str) else ""
    if not isinstance(listed, list):
        return Range(named, (), f"a range's events are {kind(listed)}, not an array")
    events: list[Event] = []
    for item in listed:
        found = _event(item)
        if not found:
            return Range(named, (), "a range has an event that states no single version")
        events.append(found)
    if not any(event.kind == "introduced" for event in events):
        return Range(named, (), "a range does not say which version introduced it")
    return Range(named, tuple(events))


def _event(value: Json) -> Event | None:
    if not isinstance(value, Mapping):
        return None
    stated = [key for key in EVENTS if key in value]
    version = value.get(stated[0]) if len(stated) == 1 else None
    return Event(stated[0], version) if isinstance(version, str) else None


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))

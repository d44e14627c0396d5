"""Go's build information: which modules a program was built from, and how (`debug/buildinfo`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.elf import segments
from aiverify.formats.elf.image import Image
from aiverify.formats.interface import Source
from aiverify.formats.sources import Window

MAGIC = b"\xff Go buildinf:"
SECTION = b".go.buildinfo"
HEADER, ALIGNMENT = 32, 16
IN_PLACE, BIG_ENDIAN = 2, 1
"""Flags: strings stand behind the header (Go 1.18 and later) and not behind pointers."""

SENTINEL = 16
"""Bytes around the modules that mark them in memory."""

MAX_SEARCHED = 1 << 20
MAX_VERSION = 256
MAX_MODULES = 4 << 20
MAX_SHOWN = 200
MAX_FOUND = 20
"""Modules of one kind that are told of."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module, and the one that was used in its place."""

    path: str
    version: str = ""
    sum: str = ""
    replacement: Module | None = None

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        values: dict[str, Json] = {"path": self.path, "version": self.version, "sum": self.sum}
        if self.replacement:
            values["replaced_by"] = self.replacement.to_json()
        return values

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of whoever built the program."""
        return self.path.startswith((".", "/"))


@dataclass(frozen=True, slots=True)
class GoBuild:
    """What a program written in Go says of itself."""

    version: str
    path: str = ""
    main: Module | None = None
    modules: tuple[Module, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        return {
            "version": self.version,
            "path": self.path,
            "main": self.main.to_json() if self.main else None,
            "modules": [module.to_json() for module in self.modules],
            "settings": dict(self.settings),
        }

    def findings(self) -> Iterator[Finding]:
        """Where the source that it was built from is not one that others have."""
        if self.settings.get("vcs.modified") == "true":
            message = "it was built from a working tree with changes that no revision holds"
            yield rules.programs.GO_SOURCE.found(message, place="vcs.modified")
        local = (item for item in self.modules if item.replacement and item.replacement.is_local)
        for module in islice(local, MAX_FOUND):
            name = printable(module.path[:MAX_SHOWN])
            message = f"its module {name} was replaced by a folder of whoever built it"
            yield rules.programs.GO_SOURCE.found(message, place=name)


def read_go_build(image: Image) -> GoBuild | None:
    """What Go's linker wrote into a program, or None where that did not link it.

    Raises:
        MalformedError: there is something of the kind, and it cannot be followed.
    """
    blob = _found(image)
    if blob is None:
        return None
    head = blob.read_at(0, HEADER)
    if head[15] & IN_PLACE:
        strings: tuple[bytes, bytes] | None = _strings_in_place(blob)
    else:
        strings = _strings_by_pointer(image, head)
    if strings is None:
        return None
    version, modules = strings
    return _parsed(version.decode("utf-8", "replace"), _unmarked(modules))


def _found(image: Image) -> Window | None:
    """The header and what follows: in a section of its own, or somewhere in the first data."""
    section = image.sections.named(SECTION)
    if section is not None:
        return _searched(image, section.offset, section.size)
    both = segments.WRITE | segments.RUN
    for segment in image.segments.of_kind(segments.LOAD):
        if segment.flags & both == segments.WRITE:
            return _searched(image, segment.offset, segment.stored)
    return None


def _searched(image: Image, offset: int, size: int) -> Window | None:
    data = image.source.read_at(offset, min(size, MAX_SEARCHED))
    at = data.find(MAGIC)
    while at >= 0 and (at % ALIGNMENT or at + HEADER > size):
        at = data.find(MAGIC, at + 1)
    return Window(image.source, offset + at, size - at) if at >= 0 else None


def _strings_in_place(blob: Source) -> tuple[bytes, bytes]:
    cursor = Cursor(blob, HEADER)
    return _string(cursor, MAX_VERSION), _string(cursor, MAX_MODULES)


def _string(cursor: Cursor, limit: int) -> bytes:
    """A string behind its length, seven bits a byte."""
    size = 0
    for shift in range(0, 35, 7):
        byte = cursor.integer(1)
        size |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return cursor.take(_bounded(size, limit))


def _strings_by_pointer(image: Image, head: bytes) -> tuple[bytes, bytes] | None:
    """The strings of older programs. Where a loader fills the pointers in, they are not known."""
    size = head[14]
    if size not in (4, 8):
        raise MalformedError(f"Go's build information has pointers of {size} bytes")
    version, modules = (_number(image, head[at : at + size]) for at in (16, 16 + size))
    if not version:
        return None
    return (
        _pointed(image, version, size, MAX_VERSION),
        _pointed(image, modules, size, MAX_MODULES) if modules else b"",
    )


def _pointed(image: Image, address: int, size: int, limit: int) -> bytes:
    """The string that Go's pair of pointer and length at an address speaks of."""
    pair = image.source.read_at(image.segments.place(address, 2 * size), 2 * size)
    data, length = _number(image, pair[:size]), _bounded(_number(image, pair[size:]), limit)
    if not length:
        return b""
    return image.source.read_at(image.segments.place(data, length), length)


def _number(image: Image, data: bytes) -> int:
    return int.from_bytes(data, image.header.order)


def _bounded(size: int, limit: int) -> int:
    if size > limit:
        raise MalformedError(f"Go's build information has a string of {size} bytes")
    return size


def _unmarked(modules: bytes) -> str:
    if len(modules) <= 2 * SENTINEL or modules[-SENTINEL - 1 : -SENTINEL] != b"\n":
        return ""
    return modules[SENTINEL:-SENTINEL].decode("utf-8", "replace")


def _parsed(version: str, text: str) -> GoBuild:
    """The lines of the build information; what later versions add to them is passed over."""
    found = GoBuild(version)
    modules: list[Module] = []
    settings: dict[str, str] = {}
    for line in text.split("\n"):
        word, _, rest = line.partition("\t")
        if word == "path":
            found = replace(found, path=rest)
        elif word == "mod":
            found = replace(found, main=_module(rest))
        elif word == "dep":
            modules.append(_module(rest))
        elif word == "=>" and modules:
            modules[-1] = replace(modules[-1], replacement=_module(rest))
        elif word == "build":
            key, _, value = rest.partition("=")
            settings[_unquoted(key)] = _unquoted(value)
    return replace(found, modules=tuple(modules), settings=settings)


def _module(text: str) -> Module:
    path, version, checksum, *_ = (*text.split("\t"), "", "", "")
    return Module(path, version, checksum)


_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)")

_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unquoted(text: str) -> str:
    """A key or value without the quotes that Go puts around one with blanks (`strconv.Quote`)."""
    if len(text) < 2 or text[0] != text[-1] or text[0] not in '"`':
        return text
    return text[1:-1] if text[0] == "`" else _ESCAPE.sub(_unescaped, text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    if len(escape) == 1:
        return _LETTERS.get(escape, escape)
    code = int(escape[1:], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

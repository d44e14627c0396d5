"""A tar archive from its first header to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.interface import Source
from aiverify.formats.tarring.extension import MAX_BYTES, Extension, of_records, records
from aiverify.formats.tarring.header import BLOCK, Header, parse
from aiverify.formats.trailing import trailing

MAX_HEADERS = 200_000
LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL = b"L", b"K", b"x", b"g"
OVERRIDES = (b"path", b"size", b"linkpath")
NOTHING = Extension()


@dataclass(frozen=True, slots=True)
class Item:
    """A member. `start` is where its bytes are; `sparse` says that they are not its content."""

    name: str
    header: Header
    start: int
    size: int
    sparse: bool


@dataclass
class Walk:
    """The steps through an archive, and what was found on the way."""

    source: Source
    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def run(self) -> None:
        """List all members.

        Raises:
            MalformedError: a header is broken, or leads outside the file.
        """
        position, extension = 0, NOTHING
        for _ in range(MAX_HEADERS):
            header = self._header(position)
            if header is None:
                self._end(position)
                return
            extension, position = self._step(header, position + BLOCK, extension)
        raise MalformedError(f"the archive has more than {MAX_HEADERS} headers")

    def _header(self, position: int) -> Header | None:
        """The header at a position, or None at the end mark."""
        if self.source.size - position < BLOCK:
            raise MalformedError("the archive ends without its end mark")
        block = self.source.read_at(position, BLOCK)
        return parse(block, position) if block.strip(b"\0") else None

    def _step(self, header: Header, start: int, extension: Extension) -> tuple[Extension, int]:
        """Take in one header; what it says of the next one, and where that is."""
        if header.kind in {LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL}:
            end = self._after(header.name, start, header.size)
            return self._extended(header, self._body(start, header.size), extension), end
        size = header.size if extension.size is None else extension.size
        name = (extension.name or header.name).decode("utf-8", "replace")
        if size and not header.is_file and (header.is_folder or header.is_link):
            raise MalformedError(
                f"{printable(name[:200])} is no file and has {size} bytes: programs differ in "
                "where they go on"
            )
        if size != header.size:
            self._differs(name, header.size, size)
        sparse = extension.sparse or header.kind == b"S"
        self.items.append(Item(name, header, start, size, sparse))
        return NOTHING, self._after(name.encode(), start, size)

    def _extended(self, header: Header, body: bytes, before: Extension) -> Extension:
        if header.kind == LONG_NAME:
            return Extension(body.partition(b"\0")[0], before.size, before.sparse)
        if header.kind == LONG_LINK:
            return before
        found = records(body)
        if header.kind == PAX_GLOBAL:
            if any(key in found for key in OVERRIDES):
                message = "one record gives all members a name, size or link"
                self.findings.append(rules.containers.MISMATCH.found(message))
            return before
        new = of_records(found)
        return Extension(new.name or before.name, new.size, new.sparse or before.sparse)

    def _differs(self, name: str, told: int, size: int) -> None:
        """A size that only PAX can hold stands there alone; any other is told twice."""
        if told:
            shown = printable(name[:200])
            message = f"{shown} has {told} bytes by its header, and {size} by its PAX record"
            self.findings.append(rules.containers.MISMATCH.found(message, place=name))
        elif size < 1 << 33:
            shown = printable(name[:200])
            message = f"{shown} is empty by its header, and has {size} bytes by its PAX record"
            self.findings.append(rules.containers.MISMATCH.found(message, place=name))

    def _body(self, start: int, size: int) -> bytes:
        if size > MAX_BYTES:
            raise MalformedError(f"an extended header has {size} bytes")
        return self.source.read_at(start, size)

    def _after(self, name: bytes, start: int, size: int) -> int:
        end = start + size + -size % BLOCK
        if end > self.source.size:
            shown = printable(name[:200].decode("utf-8", "replace"))
            raise MalformedError(
                f"the member {shown} says it has {size} bytes, and the archive ends before them"
            )
        return end

    def _end(self, position: int) -> None:
        """Some programs stop at the first block of zeros, others go on after it."""
        self.findings.extend(trailing(self.source, position, "archive"))


def walk(source: Source) -> tuple[list[Item], list[Finding]]:
    """An archive's members, and what is wrong with its structure.

    Raises:
        MalformedError: it cannot be followed to its end.
    """
    steps = Walk(source)
    steps.run()
    return steps.items, steps.findings


def name_findings(items: list[Item]) -> Iterator[Finding]:
    """Names that lead out, links, and names that are given twice."""
    seen: set[str] = set()
    for item in items:
        shown = printable(item.name[:200])
        plain = item.name.removeprefix("./").rstrip("/")
        if not item.header.is_folder:
            if plain.casefold() in seen:
                message = f"two members are named {shown}"
                yield rules.containers.DUPLICATE.found(message, place=item.name)
            seen.add(plain.casefold())
        if leads_out(plain) and plain not in ("", "."):
            message = f"the member {shown} has a name that is not a plain path"
            yield rules.containers.NAME.found(message, place=item.name)
        if item.header.is_link:
            message = f"the member {shown} is a link or a special file"
            yield rules.containers.LINK.found(message, place=item.name)


def leads_out(name: str) -> bool:
    """Whether a name is absolute, goes up, or means something else on Windows."""
    parts = name.split("/")
    return name.startswith("/") or ".." in parts or "\\" in name or name[1:2] == ":"

"""How an archive's members lie in it: one after another, with nothing between them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.errors import MalformedError
from aiverify.formats.found import shown
from aiverify.formats.interface import Source
from aiverify.formats.zipping.entry import DESCRIPTOR, Entry

DESCRIPTOR_MAGIC = b"PK\x07\x08"

LENGTHS = (12, 16, 20, 24)
"""Bytes of the record that may stand behind a member (4.3.9)."""

WIDEST = 0xFFFFFFFF


def check(source: Source, entries: Sequence[Entry], directory: int) -> Iterator[Finding]:
    """Members follow one another from the first byte to the directory.

    Raises:
        MalformedError: two share bytes, or one reaches into the directory.
    """
    position = 0
    before: Entry | None = None
    for entry in sorted(entries, key=lambda entry: entry.header):
        if entry.header < position:
            raise MalformedError(f"the member {shown(entry.name)} overlaps the one before it")
        yield from _gap(source, before, position, entry.header)
        before, position = entry, entry.start + entry.packed
    if position > directory:
        raise MalformedError("the archive's last member reaches into its directory")
    yield from _gap(source, before, position, directory)


def _gap(source: Source, before: Entry | None, begin: int, end: int) -> Iterator[Finding]:
    """Between two members stands the record that the first announced, or nothing."""
    size = end - begin
    if before and before.flags & DESCRIPTOR and size in LENGTHS:
        if source.read_at(begin, size) not in _records(before):
            yield _unrepeated(before)
        return
    if size:
        where = f"behind the member {shown(before.name)}" if before else "at the start"
        message = f"{size} bytes {where} belong to no member"
        yield rules.containers.HIDDEN.found(message, place=f"byte {begin}")
    if before and before.late:
        yield _unrepeated(before)


def _unrepeated(entry: Entry) -> Finding:
    message = f"{shown(entry.name)}: the record behind it does not repeat its size"
    return rules.containers.MISMATCH.found(message, place=shown(entry.name))


def _records(entry: Entry) -> Iterator[bytes]:
    """The record behind a member, in each of the forms that it may have."""
    yield from _marked(struct.pack("<IQQ", entry.crc, entry.packed, entry.size))
    if max(entry.packed, entry.size) <= WIDEST:
        yield from _marked(struct.pack("<III", entry.crc, entry.packed, entry.size))


def _marked(record: bytes) -> tuple[bytes, bytes]:
    return record, DESCRIPTOR_MAGIC + record

"""Object headers (IV.A): the messages that say what an object is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.store import COST, NotFollowed, Record, Store

HEADER, BLOCK = b"OHDR", b"OCHK"
CHECKSUM = 4

SHARED = 0x02
"""The message stands elsewhere, and this one says where."""

MUST_UNDERSTAND = 0x80
"""A program that does not know the message must not read the object."""

SHAREABLE = (0x01, 0x03, 0x05, 0x0B, 0x0C)
"""Messages that may stand elsewhere. Of others, programs pass over the flag that says so."""

COMMITTED = (0, 2)
"""Kinds of sharing by which a message stands in another object's header (IV.A.2)."""


class Kind(IntEnum):
    """Messages by their number (IV.A.2)."""

    NIL = 0x00
    DATASPACE = 0x01
    LINK_INFO = 0x02
    DATATYPE = 0x03
    OLD_FILL = 0x04
    FILL = 0x05
    LINK = 0x06
    EXTERNAL_FILES = 0x07
    LAYOUT = 0x08
    BOGUS = 0x09
    GROUP_INFO = 0x0A
    FILTERS = 0x0B
    ATTRIBUTE = 0x0C
    COMMENT = 0x0D
    OLD_MODIFIED = 0x0E
    SHARED_TABLE = 0x0F
    CONTINUATION = 0x10
    SYMBOL_TABLE = 0x11
    MODIFIED = 0x12
    TREE_SIZES = 0x13
    DRIVER = 0x14
    ATTRIBUTE_INFO = 0x15
    REFERENCES = 0x16
    FREE_SPACE = 0x17
    CACHE_IMAGE = 0x18


KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `kind` is its number, which may be none of ours."""

    kind: int
    flags: int
    data: bytes


def messages(store: Store, address: int | None) -> list[Message]:
    """All messages of the object at an address, those in its continuations included.

    Raises:
        MalformedError: there is no header, or its parts refer to one another in a circle.
        NotFollowed: it is too large.
    """
    start = store.check(address, 8)
    newer = store.read(start, len(HEADER)) == HEADER
    first, tracked = _newer(store, start) if newer else (_older(store, start), False)
    found: list[Message] = []
    waiting, seen = [first], set[int]()
    while waiting:
        for message in _split(waiting.pop(), newer=newer, tracked=tracked):
            store.spend(COST)
            found.append(message)
            if message.kind == Kind.CONTINUATION:
                waiting.append(_continued(store, message, seen, newer=newer))
    return found


def resolved(store: Store, message: Message) -> Message:
    """A message itself, where it stands elsewhere.

    Raises:
        MalformedError: it does not stand there.
        NotFollowed: it stands in a heap of the whole file.
    """
    if not message.flags & SHARED or message.kind not in SHAREABLE:
        return message
    data = pointed(store, message.kind, message.data)
    return replace(message, flags=message.flags & ~SHARED, data=data)


def pointed(store: Store, kind: int, pointer: bytes) -> bytes:
    """The body of the message that a shared message (IV.A.2.b) points at.

    Raises:
        MalformedError: it is not there.
        NotFollowed: it stands in a heap of the whole file.
    """
    record = Record(store, pointer)
    version = record.expect("a shared message", 1, 2, 3)
    sharing = record.integer(1)
    if version == 1:
        record.skip(6 + store.length_size)
    elif sharing not in COMMITTED:
        raise NotFollowed("messages in a heap that the whole file shares")
    for message in messages(store, record.address()):
        if message.kind == kind and not message.flags & SHARED:
            return message.data
    raise MalformedError("a shared message points at an object that does not have it")


def _older(store: Store, start: int) -> Record:
    """Version 1 (IV.A.1.a): the size of the first block, after which padding follows."""
    record = store.record(start, 16)
    record.expect("an object header", 1)
    record.skip(7)
    return store.record(start + 16, record.integer(4))


def _newer(store: Store, start: int) -> tuple[Record, bool]:
    """Version 2 (IV.A.1.b), and whether its messages carry the order of their creation."""
    record = store.record(start, min(64, store.end - start), HEADER)
    record.expect("an object header", 2)
    flags = record.integer(1)
    record.skip((16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0))
    size = record.integer(1 << (flags & 3))
    return store.record(start + record.position, size), bool(flags & 0x04)


def _continued(store: Store, message: Message, seen: set[int], *, newer: bool) -> Record:
    """The block that a continuation (IV.A.2.q) points at."""
    pointer = Record(store, message.data)
    address, size = pointer.address(), pointer.length()
    if address is None or address in seen:
        raise MalformedError("an object header's parts refer to one another in a circle")
    seen.add(address)
    if not newer:
        return store.record(address, size)
    block = store.record(address, size, BLOCK)
    return Record(store, block.take(max(block.left - CHECKSUM, 0)))


def _split(block: Record, *, newer: bool, tracked: bool) -> Iterator[Message]:
    """The messages of one block. What is too short for another one is a gap."""
    prefix = (6 if tracked else 4) if newer else 8
    while block.left >= prefix:
        kind = block.integer(1 if newer else 2)
        size, flags = block.integer(2), block.integer(1)
        block.skip(prefix - (4 if newer else 5))
        yield Message(kind, flags, block.take(size))

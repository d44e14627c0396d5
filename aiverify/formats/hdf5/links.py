"""Link messages (IV.A.2.g): a name, and what it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aiverify.formats.hdf5.store import Record, Store, terminated, text

SOFT, EXTERNAL = 1, 64


class Way(Enum):
    """How a link leads to what it stands for."""

    HARD = "hard"
    SOFT = "soft"
    EXTERNAL = "external"
    USER = "user-defined"


@dataclass(frozen=True, slots=True)
class Link:
    """A name in a group. A hard link has an address, and every other one a target in words."""

    name: str
    way: Way
    address: int | None = None
    target: str = ""


def parsed(store: Store, data: bytes) -> Link:
    """The link that a message states.

    Raises:
        MalformedError: the message breaks off, or is of a version that does not exist.
    """
    record = Record(store, data)
    record.expect("a link", 1)
    flags = record.integer(1)
    kind = record.integer(1) if flags & 0x08 else 0
    record.skip((8 if flags & 0x04 else 0) + (1 if flags & 0x10 else 0))
    name = text(record.take(record.integer(1 << (flags & 3))))
    if kind == 0:
        return Link(name, Way.HARD, record.address())
    value = record.take(record.integer(2))
    if kind == SOFT:
        return Link(name, Way.SOFT, target=text(value))
    if kind == EXTERNAL:
        return Link(name, Way.EXTERNAL, target=_outside(value))
    return Link(name, Way.USER, target=f"class {kind}")


def _outside(value: bytes) -> str:
    """File and object of an external link, behind a byte of version and flags."""
    file = terminated(value, 1)
    return f"{text(terminated(value, 2 + len(file)))} in {text(file)}"

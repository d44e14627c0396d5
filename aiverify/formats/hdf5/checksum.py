"""Bob Jenkins's lookup3, the checksum of HDF5's newer structures."""

from __future__ import annotations

MASK = 0xFFFFFFFF


def lookup3(data: bytes) -> int:
    """The checksum of some bytes."""
    a = b = c = (0xDEADBEEF + len(data)) & MASK
    last = max(len(data) - 1, 0) // 12 * 12
    for at in range(0, last, 12):
        a, b, c = _mix(*_added(a, b, c, data[at : at + 12]))
    tail = data[last:]
    return _final(*_added(a, b, c, tail.ljust(12, b"\0"))) if tail else c


def _added(a: int, b: int, c: int, block: bytes) -> tuple[int, int, int]:
    words = [int.from_bytes(block[at : at + 4], "little") for at in (0, 4, 8)]
    return (a + words[0]) & MASK, (b + words[1]) & MASK, (c + words[2]) & MASK


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for bits in (4, 6, 8, 16, 19, 4):
        # The three take turns: each round changes the first two and passes them on.
        a = ((a - c) & MASK) ^ _rotated(c, bits)
        c = (c + b) & MASK
        a, b, c = b, c, a
    return a, b, c


def _final(a: int, b: int, c: int) -> int:
    for bits in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _rotated(b, bits)) & MASK
        a, b, c = b, c, a
    # Seven rounds leave the word that changed last in the place of `b`.
    return b

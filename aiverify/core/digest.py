"""Digests: an algorithm and its value, written `sha256:<hex>`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiverify.core.names import printable
from aiverify.errors import MalformedError


class Hasher(Protocol):
    """What `hashlib` objects offer."""

    def update(self, data: bytes | memoryview, /) -> object:
        """Take in more bytes."""
        ...

    def digest(self) -> bytes:
        """The digest of all bytes so far."""
        ...


def _blake3() -> Hasher:
    from blake3 import blake3

    return blake3()


ALGORITHMS: dict[str, Callable[[], Hasher]] = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
    "blake2b": hashlib.blake2b,
    "blake3": _blake3,
}
"""Algorithms that a digest may name. BLAKE2b has 64 bytes, as in OMS."""

SIZES = {"sha256": 32, "sha384": 48, "sha512": 64, "blake2b": 64, "blake3": 32}
"""Bytes of a digest by its algorithm."""


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A digest: `algorithm` is a key of `ALGORITHMS`, `hex` lower-case hexadecimal."""

    algorithm: str
    hex: str

    def __post_init__(self) -> None:
        if self.algorithm not in SIZES:
            raise MalformedError(f"unknown digest algorithm '{printable(self.algorithm[:100])}'")
        size = 2 * SIZES[self.algorithm]
        if len(self.hex) != size or not set(self.hex) <= set("0123456789abcdef"):
            shown = printable(self.hex[:size])
            raise MalformedError(f"'{shown}' is not {size} lower-case hexadecimal digits")

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read `algorithm:hex`.

        Raises:
            MalformedError: no colon, an unknown algorithm, or a wrong length.
        """
        algorithm, colon, value = text.partition(":")
        if not colon:
            raise MalformedError(f"'{printable(text[:100])}' is not of the form algorithm:hex")
        return cls(algorithm, value)

    @classmethod
    def of(cls, data: bytes, algorithm: str = "sha256") -> Digest:
        """The digest of some bytes in memory.

        Raises:
            MalformedError: an unknown algorithm.
        """
        if algorithm not in ALGORITHMS:
            raise MalformedError(f"unknown digest algorithm '{printable(algorithm[:100])}'")
        hasher = ALGORITHMS[algorithm]()
        hasher.update(data)
        return cls(algorithm, hasher.digest().hex())

    @property
    def raw(self) -> bytes:
        """The digest's bytes."""
        return bytes.fromhex(self.hex)

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

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

    def update(self, data: bytes | memoryview, /) -> None:
        """Take in more bytes."""

    def digest(self) -> bytes:
        """The digest of all bytes so far."""
        ...


ALGORITHMS: dict[str, Callable[[], Hasher]] = {
    "sha256": hashlib.sha256,
}
"""Algorithms that a digest may name."""


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A digest: `algorithm` is a key of `ALGORITHMS`, `hex` lower-case hexadecimal."""

    algorithm: str
    hex: str

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise MalformedError(f"unknown digest algorithm '{printable(self.algorithm[:100])}'")
        size = 2 * len(ALGORITHMS[self.algorithm]().digest())
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

"""What can sign, and who is asked for a password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from aiverify.signing.keys.public import PublicKey

AskPassword = Callable[[str], bytes]
"""Called with the key's path when its password is needed; raises `UsageError` if there is none."""


class Signer(Protocol):
    """Whatever can sign bytes: a key in memory, in a key service or in a token alike."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this signs."""
        ...

    def sign(self, data: bytes) -> bytes:
        """A signature over the data."""
        ...

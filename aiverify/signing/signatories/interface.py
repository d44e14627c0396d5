"""What signs statements, and the digests of single files."""

from __future__ import annotations

from typing import Protocol

from aiverify.core.digest import Digest
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement

Told = tuple[tuple[str, str], ...]
"""Labels and texts that say who signs."""


class Signatory(Protocol):
    """Somebody who signs. All that is done with the outside is done in `sign`."""

    @property
    def told(self) -> Told:
        """Who it is, for people."""
        ...

    @property
    def file_hash(self) -> str:
        """The algorithm by which it signs the digest of a file."""
        ...

    def sign(self, says: Statement | Digest) -> SignatureFile:
        """Sign a statement, or the digest of a file. The payload is the same for the same one.

        Raises:
            UsageError: it cannot sign this.
            DeniedError: a service that it needs refuses.
            UndecidedError: a service that it needs is out of reach.
        """
        ...

    def made(self, signature: SignatureFile) -> bool:
        """Whether a signature is one of its own, by what the file says, so that it may go."""
        ...

    def vouches(self, signature: SignatureFile) -> bool:
        """Whether a signature was certainly made by this very signatory, over these bytes."""
        ...

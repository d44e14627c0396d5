"""What each means of authentication is given, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiverify.core.trust import Signer, Trust
from aiverify.signing.keys import PublicKey
from aiverify.signing.material import Material
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.witnesses import Witnesses


@dataclass(frozen=True, slots=True)
class Ground:
    """What authentication stands on besides trust: the time, and Sigstore's keys if any."""

    now: datetime
    material: Material | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The signer whose signature holds, and how that is known.

    `certificate` is the fingerprint of the signer's certificate, `name` what it is for, and
    `issuer` who vouches for the name; all are empty where a bare key signed. `path` has the
    fingerprints of the certificates and keys above it that trust brought. `since` is from when
    the certificate counts, before which it signed nothing.
    """

    signer: Signer
    key: PublicKey
    witnesses: Witnesses
    certificate: str = ""
    name: str = ""
    issuer: str = ""
    path: frozenset[str] = frozenset()
    since: datetime | None = None


class Means(Protocol):
    """One way to tell who made a signature."""

    def speaks_of(self, signature: SignatureFile, trust: Trust) -> bool:
        """Whether the signature was made in this way, and trust knows somebody by it."""
        ...

    def find(self, signature: SignatureFile, trust: Trust, ground: Ground) -> Found:
        """The signer, once the signature is known to hold.

        Raises:
            DeniedError: nobody trusted made it; the message is the reason.
            MalformedError: a part of it is not what it claims to be.
            UndecidedError: Sigstore's keys are out of reach.
        """
        ...

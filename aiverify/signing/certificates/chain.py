"""What is judged, what is trusted, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiverify.errors import MalformedError, UsageError
from aiverify.signing.certificates import reading
from aiverify.signing.certificates.reading import Certificate
from aiverify.signing.keys import PublicKey

MAX_CHAIN = 16
"""Certificates that a signature's chain may have."""

MAX_ROOTS = 1024
"""Certificates that may be trusted at once; a system's own store has some 150."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Certificates in DER as they stand in a signature, leaf first. Nothing is believed.

    `verify` refuses more than `MAX_CHAIN` of them, or one over `reading.MAX_SIZE`.
    """

    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Roots:
    """Certificates in DER that the user trusts, in any order.

    A self-signed one is an anchor: a chain may end in it. Another only helps to build a
    chain to an anchor, and ends none.

    Raises:
        UsageError: there is none, too many, or no anchor among them.
        MalformedError: one of them cannot be read.
    """

    certificates: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not self.certificates:
            raise UsageError("no root certificate is trusted, so no chain can be verified")
        if len(self.certificates) > MAX_ROOTS:
            raise UsageError(
                f"{len(self.certificates)} certificates are trusted; the limit is {MAX_ROOTS}"
            )
        if not any(one.can_be_anchor for one in self.parsed()):
            raise UsageError(
                "no trusted certificate is a root: none of them is self-signed",
                hint="Add the root that issued them; an intermediate alone ends no chain.",
            )

    def parsed(self) -> tuple[Certificate, ...]:
        """The certificates, read.

        Raises:
            MalformedError: one of them cannot be read.
        """
        found = []
        for number, der in enumerate(self.certificates, 1):
            try:
                found.append(reading.parse(der))
            except MalformedError as error:
                raise MalformedError(f"trusted certificate {number}: {error.message}") from error
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The certificate of a signer, which a chain to a trusted root vouches for.

    `subject` and `issuer` are RFC 4514; `names` are the subject's alternative names: e-mail
    addresses, URIs, DNS names and Fulcio's user names. `fingerprint` is `sha256:<hex>` of
    the DER, `serial` is hexadecimal, both times are UTC and inclusive. `path` has the
    fingerprints of every certificate that vouches for it, itself and the root included, and
    of their keys, whether the signature brought them or trust did.
    """

    public: PublicKey
    subject: str
    issuer: str
    names: tuple[str, ...]
    fingerprint: str
    not_before: datetime
    not_after: datetime
    serial: str
    path: frozenset[str]

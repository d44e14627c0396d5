"""Which trusted signer, if any, made a signature; and only then, what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiverify.core.jsonvalue import Json
from aiverify.core.trust import Trust
from aiverify.errors import DeniedError, MalformedError
from aiverify.signing import dsse, statement
from aiverify.signing.certificates import reading
from aiverify.signing.dsse import Envelope
from aiverify.signing.keys import PublicKey
from aiverify.signing.means.certificate import ByCertificate
from aiverify.signing.means.identity import ByIdentity
from aiverify.signing.means.interface import Found, Ground, Means
from aiverify.signing.means.key import ByKey
from aiverify.signing.message import MessageSignature
from aiverify.signing.oms import LISTINGS
from aiverify.signing.predicates import MANIFEST_SIGNED
from aiverify.signing.rejected import Rejected
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement

MEANS: tuple[Means, ...] = (ByKey(), ByCertificate(), ByIdentity())


@dataclass(frozen=True, slots=True)
class Authentic:
    """What a trusted signer said: a statement, or a file's digest alone.

    `name` and `issuer` are who the signer is to whom, `certificate` the fingerprint of their
    certificate; empty where a bare key signed. `logged` says whether a trusted log has it,
    `times` when trusted witnesses saw it, `since` from when the certificate counts.
    """

    source: str
    signer: str
    key: PublicKey
    says: Statement | MessageSignature
    certificate: str = ""
    name: str = ""
    issuer: str = ""
    logged: bool = False
    times: tuple[datetime, ...] = ()
    since: datetime | None = None

    @property
    def predicate_type(self) -> str:
        """What kind of statement it is; empty for a file's digest."""
        return self.says.predicate_type if isinstance(self.says, Statement) else ""

    @property
    def lists_files(self) -> bool:
        """Whether it speaks of a whole artifact, file by file, and is no attestation.

        An OCI manifest lists files too.
        """
        listings = (*LISTINGS, MANIFEST_SIGNED)
        return not isinstance(self.says, Statement) or self.predicate_type in listings

    @property
    def predicate(self) -> Mapping[str, Json]:
        """What an attestation says; nothing for a file's digest."""
        return self.says.predicate if isinstance(self.says, Statement) else {}

    @property
    def subject(self) -> str:
        """What the signer called the artifact, or nothing."""
        return self.says.subjects[0].name if isinstance(self.says, Statement) else ""


def authenticate(
    signature: SignatureFile, trust: Trust, source: str, ground: Ground
) -> Authentic | Rejected:
    """Check a signature by every means that trust has; parse its payload only if one holds.

    Raises:
        UndecidedError: Sigstore's keys are needed and out of reach.
    """
    content = signature.content
    if isinstance(content, Envelope) and content.payload_type != dsse.IN_TOTO:
        return Rejected(source, "its payload is not an in-toto statement")
    try:
        found = _found(signature, trust, ground)
        _refuse_revoked(found, signature, trust)
        _refuse_unwitnessed(found)
        says = (
            statement.parse(content.payload, f"the statement in {source}")
            if isinstance(content, Envelope)
            else content
        )
    except (DeniedError, MalformedError) as error:
        return Rejected(source, error.message)
    return Authentic(
        source,
        found.signer.name,
        found.key,
        says,
        found.certificate,
        found.name,
        found.issuer,
        bool(found.witnesses.entries),
        found.witnesses.times,
        found.since,
    )


def _found(signature: SignatureFile, trust: Trust, ground: Ground) -> Found:
    """What the first means finds by which it holds, or the reasons why none does."""
    able = [means for means in MEANS if means.speaks_of(signature, trust)]
    if not able:
        made, named = ("certificate", "no authority") if signature.certificates else ("key", "none")
        raise DeniedError(f"it was made with a {made}, and trust names {named}")
    reasons: list[str] = []
    for means in able:
        try:
            return means.find(signature, trust, ground)
        except (DeniedError, MalformedError) as error:
            reasons.append(error.message)
    raise DeniedError("; ".join(reasons))


def _refuse_revoked(found: Found, signature: SignatureFile, trust: Trust) -> None:
    """Neither the signer's key counts, nor one above it, nor a certificate of either."""
    gone = trust.revoked.keys
    if not gone:
        return
    if found.key.fingerprint in gone:
        raise DeniedError("its key was revoked")
    if not gone.isdisjoint(found.path):
        raise DeniedError("a certificate that vouches for it was revoked")
    for one in map(reading.parse, signature.certificates):
        if not gone.isdisjoint((one.fingerprint, one.key_fingerprint)):
            raise DeniedError(f"the certificate {one.shown} was revoked")


def _refuse_unwitnessed(found: Found) -> None:
    if found.signer.logged and not found.witnesses.entries:
        raise DeniedError("no trusted log has it, and trust demands that of its signer")
    if found.signer.timestamped and not found.witnesses.stamps:
        raise DeniedError("it bears no trusted timestamp, and trust demands one of its signer")

"""sigstore-python as a client of the local Sigstore: what it signs, and what it accepts."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sigstore._internal.rekor.client_v2 import RekorV2Client
from sigstore._internal.timestamp import TimestampAuthorityClient
from sigstore._utils import sha256_digest
from sigstore.dsse import DigestSet, Statement, StatementBuilder, Subject
from sigstore.models import Bundle, ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy
from sigstore_models.common.v1 import MessageSignature

from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.keys import b64

ALICE = "alice@example.com"
WEIGHTS = b"weights"
IN_TOTO = "application/vnd.in-toto+json"


def statement() -> Statement:
    """A statement about `WEIGHTS`."""
    digest = DigestSet({"sha256": sha256(WEIGHTS).hexdigest()})
    subject = Subject(name="model", digest=digest)
    return StatementBuilder([subject], "https://example.com/predicate", {"a": 1}).build()


def trust_in(services: LocalSigstore, **words: Any) -> ClientTrustConfig:
    """The trust configuration, read. `words` are those of `LocalSigstore.trust_config`."""
    return ClientTrustConfig.from_json(json.dumps(services.trust_config(**words)))


def sign(
    services: LocalSigstore, what: bytes | Statement = WEIGHTS, token: str = "", **words: Any
) -> Bundle:
    """A signature by Alice, or by whose token it is."""
    context = SigningContext.from_trust_config(trust_in(services, **words))
    with context.signer(IdentityToken(token or services.token(ALICE))) as signer:
        made = signer.sign_artifact(what) if isinstance(what, bytes) else signer.sign_dsse(what)
    return reread(made)


def assemble(services: LocalSigstore) -> Bundle:
    """A signature over `WEIGHTS` by Alice under whatever certificate the authority issues.

    Where `sign` stops at a bad certificate, this goes on, so that a verifier gets to see it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    claims = {"iss": services.oidc_url, "sub": ALICE, "email": ALICE, "email_verified": True}
    certificate = services.fulcio.issue(claims, key.public_key())
    signature = key.sign(WEIGHTS, ec.ECDSA(hashes.SHA256()))
    timestamp = TimestampAuthorityClient(services.tsa_url).request_timestamp(signature)
    log = RekorV2Client(services.rekor_url)
    entry = log.create_entry(
        log._build_hashed_rekord_request(sha256_digest(WEIGHTS), signature, certificate)
    )
    message = MessageSignature(signature=b64(signature).encode())
    return reread(Bundle._from_parts(certificate, message, entry, [timestamp]))


def verify(
    services: LocalSigstore,
    bundle: Bundle,
    by: policy.VerificationPolicy | None = None,
    **periods: Any,
) -> None:
    """Accept what was signed by Alice, or by whom the policy names, or raise."""
    verifier = Verifier(trusted_root=trust_in(services, **periods).trusted_root)
    whose = by or policy.Identity(identity=ALICE, issuer=services.oidc_url)
    if bundle._dsse_envelope is None:
        verifier.verify_artifact(WEIGHTS, bundle, whose)
    else:
        assert verifier.verify_dsse(bundle, whose) == (IN_TOTO, statement()._contents)


def reread(bundle: Bundle) -> Bundle:
    """The same, after a way through a file."""
    return Bundle.from_json(bundle.to_json())

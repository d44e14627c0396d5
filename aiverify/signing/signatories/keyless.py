"""Somebody by their identity, with a key of ten minutes (Sigstore)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from aiverify.core.digest import Digest
from aiverify.errors import DeniedError
from aiverify.signing import signature_file
from aiverify.signing.log.verify import Verifier
from aiverify.signing.material import Material
from aiverify.signing.means.interface import Ground
from aiverify.signing.message import hash_name
from aiverify.signing.signatories import failures
from aiverify.signing.signatories.interface import Told
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement
from aiverify.signing.witnesses import witness

if TYPE_CHECKING:
    from sigstore.hashes import Hashed
    from sigstore.models import Bundle, ClientTrustConfig
    from sigstore.oidc import IdentityToken
    from sigstore.sign import SigningContext


@dataclass(frozen=True)
class KeylessSignatory:
    """Signs through a Sigstore instance; the public log then shows the identity for ever.

    `token` is an OpenID Connect identity token, and `client_id` whom it was made out to.

    Raises:
        UsageError: the token is none, has expired, or was made out to somebody else.
    """

    token: str
    material: Material
    client_id: str = "sigstore"

    def __post_init__(self) -> None:
        _ = self._identity  # before anything is hashed

    @property
    def told(self) -> Told:
        """The identity, and who vouches for it."""
        token = self._identity
        return (("identity", token.identity), ("vouched by", token.federated_issuer))

    @property
    def file_hash(self) -> str:
        """The keys are on P-256."""
        return "sha256"

    def sign(self, says: Statement | Digest) -> SignatureFile:
        """Sign. Raises as `Signatory.sign`."""
        from sigstore.oidc import ExpiredIdentity

        # What fails on the way is told in one sentence, not in the library's log as well.
        logging.getLogger("sigstore").setLevel(logging.CRITICAL)
        config = self.material.config()
        try:
            bundle = self._signed(failures.context_of(config), says)
            signature = signature_file.parse(bundle.to_json().encode(), "that was just made")
            self._refuse_unwitnessed(signature)
            _refuse_what_nobody_would_take(bundle, says, config)
        except ExpiredIdentity as error:
            raise failures.expired() from error
        except Exception as error:
            raise failures.explained(error, self.material.where) from error
        return signature

    def made(self, signature: SignatureFile) -> bool:
        """Whether the file bears a Sigstore certificate: whose, only verifying would tell."""
        return bool(signature.certificates) and not signature.chained

    def vouches(self, signature: SignatureFile) -> bool:
        """Never: the key of each signature is gone."""
        del signature
        return False

    @cached_property
    def _identity(self) -> IdentityToken:
        from sigstore.oidc import IdentityError, IdentityToken

        try:
            return IdentityToken(self.token, self.client_id)
        except IdentityError as error:
            raise failures.unusable(error, self.client_id) from error

    def _signed(self, context: SigningContext, says: Statement | Digest) -> Bundle:
        from sigstore.dsse import Statement as SigstoreStatement

        with context.signer(self._identity) as signer:
            if isinstance(says, Statement):
                return signer.sign_dsse(SigstoreStatement(says.to_bytes()))
            return signer.sign_artifact(_hashed(says))

    def _refuse_unwitnessed(self, signature: SignatureFile) -> None:
        """Log and timestamp authority may give what does not hold: we say so before others do."""
        der = signature.certificates[0]
        try:
            now = datetime.now(UTC)
            witness(signature, Verifier(der, certificate=True), Ground(now, self.material))
        except DeniedError as error:
            raise DeniedError(
                f"what {self.material.where} gave does not hold: {error.message}"
            ) from error


def _refuse_what_nobody_would_take(
    bundle: Bundle, says: Statement | Digest, config: ClientTrustConfig
) -> None:
    """Verify what was just made, by whoever it is, as sigstore-python will."""
    from sigstore.verify import Verifier as SigstoreVerifier
    from sigstore.verify.policy import UnsafeNoOp

    verifier = SigstoreVerifier(trusted_root=config.trusted_root)
    if isinstance(says, Statement):
        verifier.verify_dsse(bundle, UnsafeNoOp())
    else:
        verifier.verify_artifact(_hashed(says), bundle, UnsafeNoOp())


def _hashed(digest: Digest) -> Hashed:
    from sigstore.hashes import Hashed
    from sigstore_models.common.v1 import HashAlgorithm

    return Hashed(algorithm=HashAlgorithm(hash_name(digest.algorithm)), digest=digest.raw)

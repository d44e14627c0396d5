"""An identity that Sigstore's authority vouched for: keyless signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiverify.core.names import printable
from aiverify.core.trust import Signer, Trust
from aiverify.errors import DeniedError, UndecidedError
from aiverify.signing.certificates import fulcio, reading
from aiverify.signing.dsse import IN_TOTO, Envelope
from aiverify.signing.log.verify import Verifier
from aiverify.signing.means.interface import Found, Ground
from aiverify.signing.message import hash_name
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.witnesses import witness

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.models import Bundle
    from sigstore.verify import Verifier as SigstoreVerifier

_LONGEST = 300


class ByIdentity:
    """sigstore-python verifies chain, SCT, log entry, times and signature; trust names whom."""

    def speaks_of(self, signature: SignatureFile, trust: Trust) -> bool:
        """Whether a certificate is there, and trust has identities."""
        return bool(signature.certificates) and any(item.identities for item in trust.signers)

    def find(self, signature: SignatureFile, trust: Trust, ground: Ground) -> Found:
        """Verify, and say who it was. Raises as `Means.find`."""
        from sigstore.models import Bundle
        from sigstore.verify import Verifier as SigstoreVerifier

        if ground.material is None:
            raise UndecidedError(
                "an identity is trusted, and Sigstore's keys are not at hand",
                hint="Give them with --trust-config.",
            )
        der = signature.certificates[0]
        seen = witness(signature, Verifier(der, certificate=True), ground)
        root = ground.material.for_sigstore(seen.times, trust.revoked.keys)
        try:
            bundle = Bundle.from_json(signature.data)
            _verify(SigstoreVerifier(trusted_root=root), bundle, signature, _Trusted(trust))
        except DeniedError:
            raise
        except Exception as error:
            # The library raises errors of many kinds over bytes that are none of what it awaits.
            raise DeniedError(_reason(error)) from error
        leaf = reading.parse(der)
        signer, name = next(_matches(der, trust))
        key = reading.public_of(leaf.key)
        issuer = fulcio.issuer_of(der)
        return Found(signer, key, seen, leaf.fingerprint, name, issuer, since=leaf.not_before)


def _verify(
    verifier: SigstoreVerifier, bundle: Bundle, signature: SignatureFile, policy: _Trusted
) -> None:
    from sigstore.hashes import Hashed
    from sigstore_models.common.v1 import HashAlgorithm

    _check_certificate(bundle, signature)
    content = signature.content
    if not isinstance(content, Envelope):
        algorithm = HashAlgorithm(hash_name(content.digest.algorithm))
        hashed = Hashed(algorithm=algorithm, digest=content.digest.raw)
        verifier.verify_artifact(hashed, bundle, policy)
        return
    payload_type, payload = verifier.verify_dsse(bundle, policy)
    if (payload_type, payload) != (content.payload_type, content.payload):
        raise DeniedError("what was verified is not what was read")
    if payload_type != IN_TOTO:
        raise DeniedError("its payload is not an in-toto statement")


def _check_certificate(bundle: Bundle, signature: SignatureFile) -> None:
    """The library reads members by other names too: the certificate it takes must be ours."""
    from cryptography.hazmat.primitives.serialization import Encoding

    if bundle.signing_certificate.public_bytes(Encoding.DER) != signature.certificates[0]:
        raise DeniedError("what was verified is not what was read")


class _Trusted:
    """A policy in sigstore-python's form: the certificate names somebody whom trust names."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def verify(self, cert: Certificate) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding
        from sigstore.errors import VerificationError

        der = cert.public_bytes(Encoding.DER)
        if next(_matches(der, self._trust), None) is None:
            names = ", ".join(fulcio.identities_of(der)) or "nobody"
            issuer = fulcio.issuer_of(der) or "nobody"
            raise VerificationError(
                f"it was made by {names}, vouched for by {issuer}, whom trust does not name"
            )


def _matches(certificate: bytes, trust: Trust) -> Iterator[tuple[Signer, str]]:
    issuer = fulcio.issuer_of(certificate)
    names = fulcio.identities_of(certificate)
    for signer in trust.signers:
        for identity in signer.identities:
            if identity.issuer != issuer:
                continue
            for name in names:
                if identity.name.matches(name):
                    yield signer, name


def _reason(error: Exception) -> str:
    """What sigstore-python says, as one sentence of ours.

    What other libraries say through it is for whoever debugs them, addresses and all.
    """
    from sigstore.errors import Error as SigstoreError

    if not isinstance(error, SigstoreError):
        return "Sigstore refuses it: it is not in the form that Sigstore knows"
    text = printable(str(error).strip().partition("\n")[0])[:_LONGEST]
    return text if text.startswith("it ") else f"Sigstore refuses it: {text}"

"""The holder of a certificate and of its key."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.digest import Digest
from aiverify.signing import certificates
from aiverify.signing.keys import Signer
from aiverify.signing.log.verify import Verifier
from aiverify.signing.means.key import made_by
from aiverify.signing.signatories.interface import Told
from aiverify.signing.signatories.key import file_hash, signed_by
from aiverify.signing.signatories.witnessing import NOBODY, Witnessing
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement


@dataclass(frozen=True)
class CertificateSignatory:
    """Signs with a key and says whose it is by a chain of certificates (OMS v1.0).

    `chain` is DER, the signer's own certificate first.

    Raises:
        UsageError: the certificate is not that of the key.
    """

    signer: Signer
    chain: tuple[bytes, ...]
    witnessing: Witnessing = NOBODY

    def __post_init__(self) -> None:
        certificates.check_pair(self.chain[0], self.signer.public)

    @property
    def told(self) -> Told:
        """Whose certificate it is."""
        described = certificates.describe(self.chain[0])
        return (("certificate", described.subject), ("issued by", described.issuer))

    @property
    def file_hash(self) -> str:
        """The hash that belongs to the key's curve."""
        return file_hash(self.signer)

    def sign(self, says: Statement | Digest) -> SignatureFile:
        """Sign. Raises as `Signatory.sign`."""
        content = signed_by(self.signer, says)
        signature = SignatureFile(content, certificates=self.chain, chained=True)
        return self.witnessing.witnessed(signature, Verifier(self.chain[0], certificate=True))

    def made(self, signature: SignatureFile) -> bool:
        """Whether the file bears this certificate."""
        return signature.certificates[:1] == self.chain[:1]

    def vouches(self, signature: SignatureFile) -> bool:
        """Whether the certificate's key made it."""
        return made_by(self.signer.public, signature.content)

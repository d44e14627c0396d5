"""Keys and certificates of the services. Certificates last ten years: signatures are kept."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

VALID_FROM = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=1)
VALID_UNTIL = VALID_FROM + datetime.timedelta(days=3650)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A P-256 key, which every service takes."""
    return ec.generate_private_key(ec.SECP256R1())


def write_key(key: Key, path: Path) -> Path:
    """Write a key unencrypted: SEC 1 for a curve, which tesseract wants, else PKCS#8."""
    curve = isinstance(key, ec.EllipticCurvePrivateKey)
    form = serialization.PrivateFormat
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        form.TraditionalOpenSSL if curve else form.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(encoded)
    return path


def spki(key: Key) -> bytes:
    """The public half, as a DER SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def log_id(key: Key, origin: str) -> bytes:
    """The id of a log: the untruncated key id of C2SP signed-note for its type of key."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes_raw()
        return hashlib.sha256(origin.encode() + b"\n\x01" + raw).digest()
    return hashlib.sha256(spki(key)).digest()


@dataclass(frozen=True, slots=True)
class Authority:
    """Who certifies: a key with its certificates, its own first and the root last."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write `name.pem`, the chain, and `name.key`, for their paths."""
        path = folder / f"{name}.pem"
        path.write_bytes(pem(self.chain))
        return path, write_key(self.key, folder / f"{name}.key")


def root_authority(name: str) -> Authority:
    """An authority that certifies itself."""
    key = new_key()
    return Authority(key, (_certificate(name, key, None, ca=1),))


def code_signing_authority(root: Authority) -> Authority:
    """An authority below a root that certifies who signs."""
    key = new_key()
    use = ExtendedKeyUsageOID.CODE_SIGNING
    return Authority(key, (_certificate("signing", key, root, ca=0, use=use), *root.chain))


def timestamper(root: Authority) -> Authority:
    """Who signs timestamps (RFC 3161, section 2.3), certified by a root."""
    key = new_key()
    use = ExtendedKeyUsageOID.TIME_STAMPING
    return Authority(key, (_certificate("timestamps", key, root, use=use), *root.chain))


def pem(chain: Sequence[x509.Certificate]) -> bytes:
    """Certificates one after the other."""
    return b"".join(item.public_bytes(serialization.Encoding.PEM) for item in chain)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: Authority | None,
    *,
    ca: int | None = None,
    use: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    """A certificate. `ca` is how many authorities may stand below it; None: it is none."""
    subject = _name(name)
    public = key.public_key()
    above = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.chain[0].subject if issuer else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=ca is not None, path_length=ca), critical=True)
        .add_extension(_usage(certifies=ca is not None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False
        )
    )
    if use is not None:
        # RFC 3161, section 2.3: critical where it is about timestamps.
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=ca is None)
    return builder.sign(above, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "sigstore.test"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )

"""Authorities that issue certificates as the tests want them, right or wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from aiverify.signing.certificates import Chain, Roots

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)

SIGN_CODE = x509.ExtendedKeyUsageOID.CODE_SIGNING

Key = CertificateIssuerPrivateKeyTypes
Extension = tuple[x509.ExtensionType, bool]

KINDS: dict[str, Callable[[], Key]] = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "p192": lambda: ec.generate_private_key(ec.SECP192R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
    "dsa": lambda: dsa.generate_private_key(2048),
}


@cache
def key_of(owner: str, kind: str = "p256") -> Key:
    """The same key for the same owner, all test run long."""
    del owner
    return KINDS[kind]()


def name(text: str) -> x509.Name:
    """A distinguished name with a common name only."""
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def key_usage(*uses: str) -> x509.KeyUsage:
    """A key usage that has just these, by the names that the library gives them."""
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{use: use in uses for use in every.split()})


def authority_extensions(path_length: int | None = None) -> tuple[Extension, ...]:
    """What an authority's certificate holds."""
    return (
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (key_usage("key_cert_sign", "crl_sign"), True),
    )


LEAF_EXTENSIONS: tuple[Extension, ...] = (
    (x509.BasicConstraints(ca=False, path_length=None), True),
    (key_usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([SIGN_CODE]), False),
)


@dataclass(frozen=True)
class Authority:
    """A name with a key and the certificate for both; it may be no authority at all."""

    subject: str
    key: Key
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        subject: str,
        extensions: Sequence[Extension] = LEAF_EXTENSIONS,
        kind: str = "p256",
        **fields: object,
    ) -> Authority:
        """A certificate for the key of `subject`, made by this authority."""
        return issued(Wish(subject, key_of(subject, kind), tuple(extensions)), self, **fields)

    def intermediate(
        self, subject: str = "Intermediate", path_length: int | None = None, **fields: object
    ) -> Authority:
        """An authority below this one."""
        return self.issue(subject, authority_extensions(path_length), **fields)  # type: ignore[arg-type]

    def leaf(self, *more: Extension, **fields: object) -> Authority:
        """A certificate that signs code."""
        return self.issue("Signer", (*LEAF_EXTENSIONS, *more), **fields)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Wish:
    """What a certificate is to hold."""

    subject: str
    key: Key
    extensions: tuple[Extension, ...]
    start: datetime = START
    end: datetime = END
    hash: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    identifiers: bool = True
    serial: int = 0
    issuer: str = ""


def issued(wish: Wish, by: Authority | None, **fields: object) -> Authority:
    """A certificate as wished for, self-signed if nobody is to issue it."""
    wish = replace(wish, **fields)  # type: ignore[arg-type]
    key = by.key if by else wish.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(wish.subject))
        .issuer_name(name(wish.issuer or (by.subject if by else wish.subject)))
        .public_key(wish.key.public_key())
        .serial_number(wish.serial or x509.random_serial_number())
        .not_valid_before(wish.start)
        .not_valid_after(wish.end)
    )
    for value, critical in wish.extensions:
        builder = builder.add_extension(value, critical)
    if wish.identifiers:
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(wish.key.public_key()), critical=False
        ).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    with_hash = None if isinstance(key, ed25519.Ed25519PrivateKey) else wish.hash
    return Authority(wish.subject, wish.key, builder.sign(key, with_hash))


def root(subject: str = "Root", kind: str = "p256", **fields: object) -> Authority:
    """A self-signed authority. The same subject has the same key."""
    return issued(Wish(subject, key_of(subject, kind), authority_extensions()), None, **fields)


def self_signed(subject: str = "Self", kind: str = "p256", **fields: object) -> Authority:
    """A self-signed certificate that signs code."""
    return issued(Wish(subject, key_of(subject, kind), LEAF_EXTENSIONS), None, **fields)


def chain(*links: Authority) -> Chain:
    """A chain as it stands in a signature."""
    return Chain(tuple(link.der for link in links))


def roots(*trusted: Authority) -> Roots:
    """Trusted certificates."""
    return Roots(tuple(one.der for one in trusted))


def unrecognized(oid: str, value: bytes = b"\x05\x00", *, critical: bool = False) -> Extension:
    """An extension of any kind with any value."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical


def alternative(*names: x509.GeneralName) -> Extension:
    """Alternative names of the subject."""
    return x509.SubjectAlternativeName(list(names)), False


def resigned(
    certificate: Authority, by: Authority, was: bytes, becomes: bytes, algorithm: bytes = b""
) -> bytes:
    """DER of a certificate whose signed part had some bytes replaced before it was signed.

    The bytes have the same length, so that no length around them changes. An `algorithm` is
    one of the two weak ones for RSA, by its DER.
    """
    assert len(was) == len(becomes)
    signed = certificate.certificate.tbs_certificate_bytes
    assert signed.count(was) == 1
    changed = signed.replace(was, becomes)
    if algorithm:
        assert isinstance(by.key, rsa.RSAPrivateKey)
        weak = hashes.SHA1() if algorithm == SHA1_RSA else hashes.MD5()
        signature = by.key.sign(changed, padding.PKCS1v15(), weak)
        return tlv(0x30, changed + tlv(0x30, algorithm + b"\x05\x00") + _bits(signature))
    assert isinstance(by.key, ec.EllipticCurvePrivateKey)
    signature = by.key.sign(changed, ec.ECDSA(hashes.SHA256()))
    return tlv(0x30, changed + tlv(0x30, SHA256_EC) + _bits(signature))


def tlv(tag: int, content: bytes) -> bytes:
    """A DER value."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


SHA256_EC = bytes.fromhex("06082a8648ce3d040302")
SHA256_RSA = bytes.fromhex("06092a864886f70d01010b")
SHA1_RSA = bytes.fromhex("06092a864886f70d010105")
MD5_RSA = bytes.fromhex("06092a864886f70d010104")


def log_list(*entries: tuple[bytes, int]) -> Extension:
    """Embedded promises of transparency logs (RFC 6962, section 3.3): log id, milliseconds."""
    stamps = b""
    for log, time in entries:
        stamp = b"\0" + log + time.to_bytes(8) + b"\0\0" + b"\x04\x03\0\x02ab"
        stamps += len(stamp).to_bytes(2) + stamp
    value = tlv(0x04, len(stamps).to_bytes(2) + stamps)
    return unrecognized("1.3.6.1.4.1.11129.2.4.2", value)


def _bits(signature: bytes) -> bytes:
    return tlv(0x03, b"\0" + signature)

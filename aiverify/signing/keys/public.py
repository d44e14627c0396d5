"""A public key: its one written form, and the names that others call it by."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aiverify.errors import MalformedError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    CryptoKey: TypeAlias = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

CURVES = ("p256", "p384", "p521")
"""The curves of ECDSA keys."""

ALGORITHMS = (*CURVES, "ed25519")
"""The kinds of key that sign and verify."""

KINDS = f"{', '.join(CURVES)} or ed25519"
"""The same for messages."""

SWAPPED = "`sign` takes the private key, `verify` the public one."

CURVE_NAMES = {"secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521"}
"""How cryptography calls the curves, and how we do."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: PEM SubjectPublicKeyInfo text with its final newline."""

    pem: str

    @property
    def der(self) -> bytes:
        """The SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7)."""
        return base64.b64decode("".join(self.pem.splitlines()[1:-1]))

    @property
    def algorithm(self) -> str:
        """Its kind, one of `ALGORITHMS`.

        Raises:
            UsageError: it is of another kind.
        """
        der = self.der
        for name, (prefix, size) in HEADS.items():
            if der.startswith(prefix) and len(der) == len(prefix) + size:
                return name
        raise UsageError(f"the key is not a key on {KINDS}")

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the DER SubjectPublicKeyInfo, `sha256:<hex>`."""
        return f"sha256:{hashlib.sha256(self.der).hexdigest()}"

    @property
    def hint(self) -> str:
        """How OMS names a key: SHA-256 over its PEM text, in hexadecimal."""
        return hashlib.sha256(self.pem.encode()).hexdigest()

    @property
    def cosign_hint(self) -> str:
        """How cosign names a key: SHA-256 over its DER, in base64."""
        return base64.b64encode(hashlib.sha256(self.der).digest()).decode()


def parse_public(pem: bytes, where: str) -> PublicKey:
    """A public key from PEM bytes. `where` names them in errors, and is printable.

    Raises:
        MalformedError: they hold no public key in PEM, more than one, or one that anybody
            could sign for.
        UsageError: it is of a kind that nothing here is signed with.
    """
    return from_crypto(load_public(pem, where))


def pem_of(der: bytes) -> bytes:
    """PEM around a SubjectPublicKeyInfo in DER that nobody has looked at yet."""
    return b"-----BEGIN PUBLIC KEY-----\n%s-----END PUBLIC KEY-----\n" % base64.encodebytes(der)


def from_crypto(key: CryptoKey) -> PublicKey:
    """A public key from one of the library's."""
    from cryptography.hazmat.primitives import serialization as form

    pem = key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(pem.decode())


def load_public(pem: bytes, where: str) -> CryptoKey:
    """A checked public key in the library's form. Raises as `parse_public`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if b"PRIVATE KEY" in pem:
        raise MalformedError(f"{where} is a private key; a public one is wanted", hint=SWAPPED)
    if pem.count(b"-----BEGIN ") > 1:
        raise MalformedError(
            f"{where} holds more than one key or certificate",
            hint="Keep each in a file of its own.",
        )
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{where} is not a public key in PEM") from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        _check_point(key.public_bytes_raw(), where)
        return key
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVE_NAMES:
        raise UsageError(f"{where} is not a key on {KINDS}")
    refuse_explicit_curve(pem, where)
    return key


def refuse_explicit_curve(pem: bytes, where: str) -> None:
    """Refuse a key that spells its curve out instead of naming it (RFC 5480, section 2.1.1).

    The library takes such keys where the curve is one that it knows; others read them as
    keys on a curve of the attacker's (CVE-2020-0601). An encrypted key cannot be looked into.

    Raises:
        MalformedError: it does.
    """
    for block in _BLOCK.findall(pem):
        try:
            der = base64.b64decode(block)
        except binascii.Error as error:
            raise MalformedError(f"{where} holds a key that is not base64") from error
        if _PRIME_FIELD in der:
            raise MalformedError(f"{where} spells its curve out instead of naming it")


HEADS = {
    "p256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 64),
    "p384": (bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"), 96),
    "p521": (bytes.fromhex("30819b301006072a8648ce3d020106052b810400230381860004"), 132),
    "ed25519": (bytes.fromhex("302a300506032b6570032100"), 32),
}
"""What precedes the point in DER (RFC 5480, section 2; RFC 8410, section 4), and its bytes."""

_PRIME_FIELD = bytes.fromhex("06072a8648ce3d0101")
_BLOCK = re.compile(rb"-----BEGIN [A-Z ]*KEY-----([A-Za-z0-9+/=\s]*)-----END ")

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


def _check_point(encoded: bytes, where: str) -> None:
    """Refuse Ed25519 keys that the library takes and nobody generates (RFC 8032, section 5.1.3).

    A point of order 8 or less has signatures that hold for every message, which anybody can
    write down. An order that divides 8 means y of 1, -1 or 0, or twice the point has y of 0.
    """
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    square = y * y % _P
    if y >= _P:
        raise MalformedError(f"{where} is an Ed25519 key in a form that is not its own")
    if square in (0, 1) or (_D * square * square + 2 * square - 1) % _P == 0:
        raise MalformedError(f"{where} is an Ed25519 key that anybody can sign for")
    ratio = (square - 1) * pow(_D * square + 1, -1, _P) % _P
    if pow(ratio, (_P - 1) // 2, _P) != 1:
        raise MalformedError(f"{where} is not a public key in PEM: its point is not on the curve")

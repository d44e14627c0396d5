"""Keys in PEM files: generating, reading, and naming them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.files.extent import Extent

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

CURVES = ("p256", "p384", "p521")
_MAX_PEM = 1 << 16

AskPassword = Callable[[str], bytes]
"""Called with the key's path when its password is needed; raises `UsageError` if there is none."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: PEM SubjectPublicKeyInfo text with its final newline."""

    pem: str

    @property
    def _der(self) -> bytes:
        return base64.b64decode("".join(self.pem.splitlines()[1:-1]))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the DER SubjectPublicKeyInfo, `sha256:<hex>`."""
        return f"sha256:{hashlib.sha256(self._der).hexdigest()}"

    @property
    def hint(self) -> str:
        """How OMS names a key: SHA-256 over its PEM text, in hexadecimal."""
        return hashlib.sha256(self.pem.encode()).hexdigest()


@dataclass(frozen=True)
class PrivateKey:
    """A private key on one of the three NIST curves, held in memory."""

    _key: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        return _public(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature in DER, with the hash that belongs to the curve (OMS v1.0)."""
        from cryptography.hazmat.primitives.asymmetric import ec

        return self._key.sign(data, ec.ECDSA(_hash_for(self._key.curve.key_size)))

    def to_pem(self, password: bytes) -> bytes:
        """PKCS#8 in PEM, encrypted unless the password is empty.

        Raises:
            UsageError: the password is longer than can be used.
        """
        from cryptography.hazmat.primitives import serialization as form

        encryption: form.KeySerializationEncryption = form.NoEncryption()
        if password:
            encryption = form.BestAvailableEncryption(password)
        try:
            return self._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, encryption)
        except ValueError as error:
            raise UsageError("the password is too long to encrypt a key with") from error


def generate(curve: str) -> PrivateKey:
    """A new key on a curve of `CURVES`.

    Raises:
        UsageError: another curve.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    curves = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
    if curve not in curves:
        raise UsageError(f"the curve {curve!r} is none of {', '.join(CURVES)}")
    return PrivateKey(ec.generate_private_key(curves[curve]))


def read_private(path: Path, ask: AskPassword) -> PrivateKey:
    """Read a private key, asking for its password only if it has one.

    Raises:
        InputError: the file cannot be read, or the password is wrong.
        MalformedError: it holds no private key in PEM.
        UsageError: it is of a kind that OMS does not sign with.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    pem, shown = _read(path), printable(str(path))
    if b"PRIVATE KEY" not in pem:
        raise MalformedError(f"{shown} holds no private key in PEM", hint=_SWAPPED)
    try:
        key: object = serialization.load_pem_private_key(pem, None)
    except TypeError:
        key = _decrypted(pem, ask(shown), shown)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{shown} is not a private key in PEM") from error
    return PrivateKey(_on_known_curve(key, shown))


def read_public(path: Path) -> PublicKey:
    """Read a public key.

    Raises:
        InputError: the file cannot be read.
        MalformedError: it holds no public key in PEM.
        UsageError: it is of a kind that OMS does not sign with.
    """
    return parse_public(_read(path), printable(str(path)))


def parse_public(pem: bytes, where: str) -> PublicKey:
    """A public key from PEM bytes. Raises as `read_public`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    if b"PRIVATE KEY" in pem:
        raise MalformedError(f"{where} is a private key; a public one is wanted", hint=_SWAPPED)
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{where} is not a public key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _CURVE_NAMES:
        raise UsageError(f"{where} is not a key on {', '.join(CURVES)}")
    return _public(key)


def is_signed_by(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a key made a signature over these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    public = serialization.load_pem_public_key(key.pem.encode())
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    try:
        public.verify(signature, data, ec.ECDSA(_hash_for(public.curve.key_size)))
    except InvalidSignature:
        return False
    return True


_CURVE_NAMES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_SWAPPED = "`sign` takes the private key, `verify` the public one."


def _read(path: Path) -> bytes:
    return Extent.of_named(path).read(_MAX_PEM)


def _decrypted(pem: bytes, password: bytes, shown: str) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        return serialization.load_pem_private_key(pem, password)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"the password for {shown} is wrong") from error


def _on_known_curve(key: object, shown: str) -> ec.EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in _CURVE_NAMES:
        raise UsageError(
            f"{shown} is not a key on {', '.join(CURVES)}",
            hint="Make one with `aiverify keys generate`.",
        )
    return key


def _public(key: ec.EllipticCurvePublicKey) -> PublicKey:
    from cryptography.hazmat.primitives import serialization as form

    pem = key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(pem.decode())


def _hash_for(key_size: int) -> hashes.HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    return {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key_size]

"""Keys in PEM, from files and from memory."""

from __future__ import annotations

from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError
from aiverify.files.extent import Extent
from aiverify.signing.keys import cosign
from aiverify.signing.keys.interface import AskPassword
from aiverify.signing.keys.private import PrivateKey, on_known_curve
from aiverify.signing.keys.public import (
    SWAPPED,
    PublicKey,
    parse_public,
    pem_of,
    refuse_explicit_curve,
)

MAX_PEM = 1 << 16
"""Bytes that a key's file may have."""


def read_private(path: Path, ask: AskPassword) -> PrivateKey:
    """Read a private key, asking for its password only if it has one.

    Raises:
        InputError: the file cannot be read, or the password is wrong.
        MalformedError: it holds no private key in PEM.
        UsageError: it is of a kind that nothing here is signed with.
    """
    return parse_private(_read(path), printable(str(path)), ask)


def read_public(path: Path) -> PublicKey:
    """Read a public key.

    Raises:
        InputError: the file cannot be read.
        MalformedError: it holds no public key in PEM.
        UsageError: it is of a kind that nothing here is signed with.
    """
    return parse_public(_read(path), printable(str(path)))


def parse_private(pem: bytes, shown: str, ask: AskPassword) -> PrivateKey:
    """A private key from PEM bytes: PKCS#8, SEC1 or cosign's. Raises as `read_private`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    if b"PRIVATE KEY" not in pem:
        raise MalformedError(f"{shown} holds no private key in PEM", hint=SWAPPED)
    if cosign.is_encrypted(pem):
        return _from_der(cosign.decrypt(pem, shown, ask), shown)
    try:
        key: object = serialization.load_pem_private_key(pem, None)
    except TypeError:
        key = _decrypted(pem, ask(shown), shown)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{shown} is not a private key in PEM") from error
    refuse_explicit_curve(pem, shown)
    return on_known_curve(key, shown)


def _read(path: Path) -> bytes:
    return Extent.of_named(path).read(MAX_PEM)


def _decrypted(pem: bytes, password: bytes, shown: str) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        return serialization.load_pem_private_key(pem, password)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"the password for {shown} is wrong") from error


def _from_der(der: bytes, shown: str) -> PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        key = serialization.load_der_private_key(der, None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError(f"{shown} encrypts no private key in PKCS#8") from error
    refuse_explicit_curve(pem_of(der), shown)
    return on_known_curve(key, shown)

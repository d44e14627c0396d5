"""The encrypted private keys of cosign: PEM around JSON around a secret box.

`cosign generate-key-pair` derives a key from the password with scrypt (RFC 7914) and puts
the PKCS#8 form of the private key into an XSalsa20-Poly1305 box, as go-tuf's package
`encrypted` does.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json, load_object
from aiverify.errors import InputError, MalformedError
from aiverify.signing.keys.interface import AskPassword

MAX_MEMORY = 256 << 20
"""Bytes that scrypt may take. What cosign writes takes 64 MiB."""

_MAX_LANES = 16
_BLOCK = re.compile(
    rb"-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)"
    rb"-----END ENCRYPTED \1 PRIVATE KEY-----"
)


@dataclass(frozen=True, slots=True)
class _Box:
    """What the JSON holds, checked: scrypt's parameters, and the box."""

    n: int
    r: int
    p: int
    salt: bytes
    nonce: bytes
    ciphertext: bytes


def is_encrypted(pem: bytes) -> bool:
    """Whether PEM bytes claim to be such a key."""
    return b"-----BEGIN ENCRYPTED SIGSTORE" in pem or b"-----BEGIN ENCRYPTED COSIGN" in pem


def decrypt(pem: bytes, shown: str, ask: AskPassword) -> bytes:
    """The PKCS#8 DER of such a key. Its password may be empty, and is asked for all the same.

    Raises:
        InputError: the password is wrong.
        MalformedError: the key is not what it claims, or asks for more memory than `MAX_MEMORY`.
    """
    import hashlib

    from nacl.exceptions import CryptoError
    from nacl.secret import SecretBox

    box = _parse(pem, shown)
    password, limits = ask(shown), {"n": box.n, "r": box.r, "p": box.p, "maxmem": 2 * MAX_MEMORY}
    try:
        secret = hashlib.scrypt(password, salt=box.salt, dklen=32, **limits)
    except ValueError as error:
        raise MalformedError(f"the key in {shown}: scrypt takes no such N, r and p") from error
    try:
        return SecretBox(secret).decrypt(box.ciphertext, box.nonce)
    except CryptoError as error:
        raise InputError(f"the password for {shown} is wrong") from error


def _parse(pem: bytes, shown: str) -> _Box:
    where = f"{shown} is not a private key in PEM as cosign writes it"
    block = _BLOCK.search(pem)
    if block is None:
        raise MalformedError(where)
    value = load_object(_bytes(block[2].decode(), where), f"the key in {shown}")
    kdf, cipher = _member(value, "kdf", where), _member(value, "cipher", where)
    if kdf.get("name") != "scrypt" or cipher.get("name") != "nacl/secretbox":
        raise MalformedError(f"{where}: it is not scrypt and nacl/secretbox")
    params = _member(kdf, "params", where)
    n, r, p = (_number(params, name, where) for name in ("N", "r", "p"))
    if n < 2 or n & (n - 1) or p > _MAX_LANES:
        raise MalformedError(f"{where}: scrypt takes no such N, r and p")
    if 128 * n * r * p > MAX_MEMORY:
        raise MalformedError(f"{where}: scrypt would take more than {MAX_MEMORY} bytes")
    salt, nonce = _part(kdf, "salt", where), _part(cipher, "nonce", where)
    ciphertext = _part(value, "ciphertext", where)
    if len(nonce) != 24 or len(ciphertext) < 16:
        raise MalformedError(f"{where}: the box is too short")
    return _Box(n, r, p, salt, nonce, ciphertext)


def _member(value: Mapping[str, Json], name: str, where: str) -> Mapping[str, Json]:
    member = value.get(name)
    if not isinstance(member, Mapping):
        raise MalformedError(f"{where}: {name} is missing or not an object")
    return member


def _number(value: Mapping[str, Json], name: str, where: str) -> int:
    number = value.get(name)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise MalformedError(f"{where}: {name} is missing or not a positive number")
    return number


def _part(value: Mapping[str, Json], name: str, where: str) -> bytes:
    text = value.get(name)
    if not isinstance(text, str):
        raise MalformedError(f"{where}: {name} is missing or not a string")
    return _bytes(text, f"{where}: {name}")


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{where} is not base64") from error

"""Private keys as cosign writes them, with anything in them altered."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import serialization as form
from nacl.secret import SecretBox

from aiverify.signing.keys import PrivateKey

SIGSTORE = "ENCRYPTED SIGSTORE PRIVATE KEY"
COSIGN = "ENCRYPTED COSIGN PRIVATE KEY"
SMALL = {"N": 1024, "r": 8, "p": 1}
"""Parameters that do not keep a test waiting. Cosign takes 65536, 8 and 1."""


def pkcs8(key: PrivateKey) -> bytes:
    """A key's PKCS#8 form in DER."""
    private = form.load_pem_private_key(key.to_pem(b""), None)
    return private.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())


def document(der: bytes, password: bytes, params: dict[str, int] | None = None) -> dict[str, Any]:
    """The JSON inside, to be altered."""
    params = dict(params or SMALL)
    salt, nonce = os.urandom(32), os.urandom(24)
    secret = hashlib.scrypt(
        password, salt=salt, n=params["N"], r=params["r"], p=params["p"], maxmem=1 << 28, dklen=32
    )
    box = SecretBox(secret).encrypt(der, nonce)
    return {
        "kdf": {"name": "scrypt", "params": params, "salt": b64(salt)},
        "cipher": {"name": "nacl/secretbox", "nonce": b64(nonce)},
        "ciphertext": b64(box.ciphertext),
    }


def wrapped(inside: bytes | dict[str, Any], label: str = SIGSTORE) -> bytes:
    """The PEM around it."""
    data = inside if isinstance(inside, bytes) else json.dumps(inside).encode()
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()


def written(key: PrivateKey, password: bytes, label: str = SIGSTORE) -> bytes:
    """A key as cosign writes it."""
    return wrapped(document(pkcs8(key), password), label)


def b64(data: bytes) -> str:
    """Base64 as Go's JSON writes bytes."""
    return base64.b64encode(data).decode()

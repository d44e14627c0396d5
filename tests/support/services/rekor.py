"""Rekor v2, the transparency log of signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.services.keys import Key, new_key, spki, write_key
from tests.support.services.server import Server, free_port

ORIGIN = "localhost"
"""What its checkpoints begin with. Verifiers derive it: the host name of the log's URL."""


def rekor(key: Key, folder: Path) -> Server:
    """A log in a folder, which publishes what it took several times a second."""
    port = free_port()
    return Server(
        "rekor-server",
        "serve",
        *("--http-address=127.0.0.1", f"--http-port={port}"),
        *("--grpc-address=127.0.0.1", f"--grpc-port={free_port()}"),
        f"--http-metrics-port={free_port()}",
        f"--hostname={ORIGIN}",
        f"--storage-dir={folder / 'rekor'}",
        f"--signer-filepath={write_key(key, folder / 'rekor.key')}",
        "--checkpoint-interval=200ms",
        "--batch-max-age=50ms",
        port=port,
        health="/healthz",
        folder=folder,
    )


def log_something(url: str) -> None:
    """Log a first entry, signed by nobody in particular.

    A log's only entry has an empty proof of inclusion. Clients in Go leave that out of their
    bundles, and sigstore-python refuses a bundle without it.
    """
    key, said = new_key(), b"first"
    entry = {
        "digest": _b64(hashlib.sha256(said).digest()),
        "signature": {
            "content": _b64(key.sign(said, ec.ECDSA(hashes.SHA256()))),
            "verifier": {
                "publicKey": {"rawBytes": _b64(spki(key))},
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            },
        },
    }
    body = json.dumps({"hashedRekordRequestV002": entry}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v2/log/entries", body, headers)
    with urllib.request.urlopen(request, timeout=30):
        pass


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()

"""A certificate authority of one's own, with a signer's certificate for each kind of key."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.support import certificates
from tests.support.certificates import Authority
from tests.support.services import trust

NAME = "release@acme.example"


def write(folder: Path, kinds: Iterable[str]) -> Iterator[str]:
    """Write root, intermediate and leaves, and say what the leaves' files are called.

    `root.pem` is trusted, `chain.pem` is what stands between it and a leaf, `whole-chain.pem` both;
    `own_ca.json` is a trusted root of the same for clients of Sigstore.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    years: dict[str, Any] = {"start": now - timedelta(days=1), "end": now + timedelta(days=365)}
    root = certificates.root(**years)
    middle = root.intermediate(**years)
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "chain.pem").write_bytes(middle.pem)
    (folder / "whole-chain.pem").write_bytes(middle.pem + root.pem)
    (folder / "own_ca.json").write_text(json.dumps(_trusted(middle, root)))
    called = certificates.alternative(x509.RFC822Name(NAME))
    for kind in kinds:
        extensions = (*certificates.LEAF_EXTENSIONS, called)
        leaf = middle.issue(f"Signer {kind}", extensions, kind, **years)
        pem = leaf.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (folder / f"leaf-{kind}.key").write_bytes(pem)
        (folder / f"leaf-{kind}.pem").write_bytes(leaf.pem)
        yield f"leaf-{kind}"


def _trusted(*chain: Authority) -> dict[str, object]:
    encoded = [{"rawBytes": base64.b64encode(each.der).decode()} for each in chain]
    authority = {
        "subject": {"organization": "acme.example", "commonName": "Root"},
        "uri": "",
        "certChain": {"certificates": encoded},
        "validFor": {"start": "2020-01-01T00:00:00Z"},
    }
    return {
        "mediaType": trust.TRUSTED_ROOT,
        "tlogs": [],
        "certificateAuthorities": [authority],
        "ctlogs": [],
        "timestampAuthorities": [],
    }

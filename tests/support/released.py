"""The signatures in `tests/compat/corpus`, each with what its index says of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiverify.signing.oms import LISTINGS
from tests.support.commands import PROJECT

CORPUS = PROJECT / "tests/compat/corpus"
INDEX: Mapping[str, Any] = json.loads((CORPUS / "index.json").read_bytes())

Change = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Released:
    """One signature. `says` is what the index says of it."""

    says: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its file below the corpus."""
        return str(self.says["file"])

    @property
    def path(self) -> Path:
        """Its file."""
        return CORPUS / self.name

    @property
    def accepted(self) -> bool:
        """Whether a correct verifier accepts it."""
        return bool(self.says["expected"] == "accept")

    @property
    def attests(self) -> bool:
        """Whether it is a statement about an artifact that another signature has to cover."""
        kind = self.says["predicate_type"]
        lists = kind in LISTINGS or str(kind).startswith("https://model_signing/")
        return self.says["content"] == "statement" and not lists

    def changes(self) -> Iterator[tuple[str, bytes]]:
        """The file with one byte changed: in each part that is signed or that signs."""
        value = json.loads(self.path.read_bytes())
        places = [("dsseEnvelope", "payload"), ("dsseEnvelope", "signatures", 0, "sig")]
        if "messageSignature" in value:
            places = [
                ("messageSignature", "messageDigest", "digest"),
                ("messageSignature", "signature"),
            ]
        material = value["verificationMaterial"]
        if "sigstore" in self.says or self.says["method"] == "sigstore":
            places += _witnesses(material)
        for place in places:
            yield ".".join(map(str, place)), _with_a_byte_changed(value, place)


SIGNATURES = tuple(Released(item) for item in INDEX["signatures"])


def lay_tree(name: str, root: Path) -> Path:
    """Write a tree that no repository can hold below a new directory."""
    tree = INDEX["trees"][name]
    for file, text in tree["files"].items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for link, place in tree.get("links", {}).items():
        (root / link).symlink_to(place)
    return root


def flipped(data: bytes) -> bytes:
    """The same with one bit of the byte in the middle changed."""
    at = len(data) // 2
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def _witnesses(material: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for at, _ in enumerate(material.get("tlogEntries") or ()):
        yield ("verificationMaterial", "tlogEntries", at, "canonicalizedBody")
    stamps = (material.get("timestampVerificationData") or {}).get("rfc3161Timestamps") or ()
    for at, _ in enumerate(stamps):
        which = ("timestampVerificationData", "rfc3161Timestamps", at, "signedTimestamp")
        yield ("verificationMaterial", *which)


def _with_a_byte_changed(value: Any, place: tuple[Any, ...]) -> bytes:
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    data = base64.b64decode(inner[place[-1]])
    inner[place[-1]] = base64.b64encode(flipped(data)).decode()
    return json.dumps(copy).encode()

"""A Sigstore bundle's `messageSignature`: a signature over bytes that are named by digest."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.signing import dsse, protojson
from aiverify.signing.dsse import b64

HASHES = {"SHA2_256": "sha256", "SHA2_384": "sha384", "SHA2_512": "sha512"}
"""Sigstore's names of hash functions (protobuf-specs, HashAlgorithm), and ours."""

MAX_SIGNATURE = 1 << 16
"""Bytes that a signature may have: post-quantum ones fit."""


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """A signature of which nothing has been verified, and the digest of what it is said to sign.

    `digest` is SHA-256, SHA-384 or SHA-512 over the message.
    """

    digest: Digest
    signature: bytes

    def to_json(self) -> dict[str, Json]:
        """The bundle's JSON form."""
        return {
            "messageDigest": {
                "algorithm": hash_name(self.digest.algorithm),
                "digest": b64(self.digest.raw),
            },
            "signature": b64(self.signature),
        }


def parse(value: Json, where: str) -> MessageSignature:
    """Read a `messageSignature` (protobuf-specs, sigstore_common.proto).

    Raises:
        MalformedError: a part is missing, of the wrong type, too long or of another hash.
    """
    found = dsse.members(value, ("messageDigest", "signature"), where)
    digest = dsse.members(
        found.get("messageDigest"), ("algorithm", "digest"), f"the message digest in {where}"
    )
    if not digest:
        raise MalformedError(
            f"{where} does not say by which digest it signs its message, which cosign leaves out "
            "with an Ed25519 key",
            hint="Sign with a key on p256, p384 or p521, or let aiverify sign.",
        )
    name = protojson.text(digest, "algorithm", where)
    if name not in HASHES:
        raise MalformedError(
            f"{where} names its message by {printable(name[:100])}; SHA2_256, SHA2_384 and "
            "SHA2_512 are known"
        )
    raw = protojson.octets(digest, "digest", where, least=32, most=64)
    return MessageSignature(
        Digest(HASHES[name], raw.hex()),
        protojson.octets(found, "signature", where, least=1, most=MAX_SIGNATURE),
    )


def hash_name(algorithm: str) -> str:
    """Sigstore's name of a hash function.

    Raises:
        MalformedError: Sigstore signs over no digest of this kind.
    """
    for name, ours in HASHES.items():
        if ours == algorithm:
            return name
    raise MalformedError(f"Sigstore has no signatures over a digest of {printable(algorithm)}")

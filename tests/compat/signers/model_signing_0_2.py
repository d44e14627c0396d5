"""Sign with model_signing 0.2.0, which came without a command line.

It does what the script of that time did, `src/sign.py`, whose default is the payload `Digests`.
It runs in the environment of that version, never in aiverify's.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from model_signing import model
from model_signing.hashing import file, memory
from model_signing.serialization import serialize_by_file, serialize_by_file_shard
from model_signing.signature import key, pki
from model_signing.signing import in_toto, in_toto_signature

HASHES = {"sha256": memory.SHA256, "blake2": memory.BLAKE2}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("signature", type=Path)
    parser.add_argument("key", type=Path)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--chain", action="append", default=[], type=Path)
    parser.add_argument("--payload", default="Digests")
    parser.add_argument("--hash", default="sha256")
    parser.add_argument("--shards", type=int, help="bytes of a shard; without it, whole files")
    parser.add_argument("--symlinks", action="store_true")
    parser.add_argument("--ignore", action="append", default=[], type=Path)
    given = parser.parse_args()
    if given.certificate:
        signer = pki.PKISigner.from_path(given.key, given.certificate, given.chain)
    else:
        signer = key.ECKeySigner.from_path(given.key)
    model.sign(
        given.model,
        in_toto_signature.IntotoSigner(signer),
        getattr(in_toto, f"{given.payload}IntotoPayload").from_manifest,
        serializer(given),
        [given.signature, *given.ignore],
    ).write(given.signature)


def serializer(given: argparse.Namespace) -> object:
    new = HASHES[given.hash]
    if given.payload == "SingleDigest":
        hasher = file.SimpleFileHasher(Path("unused"), new())
        return serialize_by_file.DigestSerializer(hasher, new, allow_symlinks=given.symlinks)
    if given.shards:
        return serialize_by_file_shard.ManifestSerializer(
            lambda path, start, end: file.ShardedFileHasher(
                path, new(), start=start, end=end, shard_size=given.shards
            ),
            allow_symlinks=given.symlinks,
        )
    return serialize_by_file.ManifestSerializer(
        lambda path: file.SimpleFileHasher(path, new()), allow_symlinks=given.symlinks
    )


if __name__ == "__main__":
    main()

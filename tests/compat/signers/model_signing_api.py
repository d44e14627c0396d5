"""Sign with the Python interface of model_signing 0.3 to 1.1, where its command line cannot.

It runs in the environment of the version that signs, never in aiverify's.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from model_signing import hashing, signing


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("signature", type=Path)
    parser.add_argument("key", type=Path)
    parser.add_argument("--hash", default="sha256")
    parser.add_argument("--shards", type=int, help="bytes of a shard; without it, whole files")
    parser.add_argument("--symlinks", action="store_true")
    parser.add_argument("--ignore", action="append", default=[])
    parser.add_argument("--note", action="append", default=[], help="record as ignored, but sign")
    given = parser.parse_args()
    config = hashing.Config()
    choices = {"hashing_algorithm": given.hash, "allow_symlinks": given.symlinks}
    if given.note:
        choices["ignore_paths"] = [Path(name) for name in given.note]
    if given.shards:
        config.use_shard_serialization(shard_size=given.shards, **choices)
    else:
        config.use_file_serialization(**choices)
    if hasattr(config, "set_allow_symlinks"):  # from 1.1, which forgets the choice above
        config.set_allow_symlinks(given.symlinks)
    if given.ignore:
        config.set_ignored_paths(paths=given.ignore)
    signer = signing.Config.__new__(signing.Config)  # the constructor asks Sigstore up to 1.0
    signer.use_elliptic_key_signer(private_key=given.key)
    signer.set_hashing_config(config).sign(given.model, given.signature)


if __name__ == "__main__":
    main()

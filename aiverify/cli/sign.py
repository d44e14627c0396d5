"""`aiverify sign`: sign an artifact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import signing, terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Ignore, Quiet, Target, a_flag, a_path, examples
from aiverify.cli.registries import Registries

EXAMPLES = examples(
    "aiverify sign ./llama --key release.key",
    "aiverify sign llama.tar --key awskms:alias/release --timestamp --log",
    "aiverify sign ./llama --identity-token token.jwt",
)


class HashType(StrEnum):
    """What OpenSSF Model Signing calls `hash_type`."""

    SHA256 = "sha256"
    BLAKE2B = "blake2b"
    BLAKE3 = "blake3"


Output = Annotated[
    Path | None,
    a_path(
        "The signature's file. By default it goes into a bundle, into a directory as model.sig, "
        "or beside a file as FILE.sigstore.json.",
        "--output",
        "-o",
    ),
]
Hash = Annotated[HashType, typer.Option(metavar="NAME", help="sha256, blake2b or blake3.")]
ShardSize = Annotated[
    int | None,
    typer.Option(
        metavar="BYTES",
        min=1,
        help="Sign shards of this size instead of whole files.",
        show_default=False,
    ),
]
AllowSymlinks = Annotated[
    bool,
    a_flag("Sign what links to files lead to.", "--allow-symlinks"),
]
Incremental = Annotated[
    Path | None,
    a_path("Hash only what changed since this signature of your own."),
]
Blob = Annotated[
    bool,
    a_flag("Sign one file's digest, as cosign sign-blob does.", "--blob"),
]


@dataclass(frozen=True, slots=True)
class How:
    """What a command line says of what is signed, and how."""

    output: Output = None
    ignore: Ignore = None
    hash: Hash = HashType.SHA256
    shard_size: ShardSize = None
    allow_symlinks: AllowSymlinks = False
    incremental: Incremental = None
    blob: Blob = False


@grouped
def sign(
    target: Target, by: signing.Words, how: How, reach: Registries, quiet: Quiet = False
) -> None:
    """Sign every file of a directory, a file, or a bundle (OpenSSF Model Signing v1.0).

    What is in a bundle is attested with it, and its SBOM. Without a key, an identity signs.
    """
    from aiverify.core.serialization import Serialization
    from aiverify.operations.sign import SignRequest, sign_target
    from aiverify.render.summary import signed

    request = SignRequest(
        reach.locate(target),
        how.output,
        tuple(how.ignore or ()),
        Serialization(how.hash.value, how.shard_size or 0),
        how.allow_symlinks,
        how.blob,
        how.incremental,
    )
    signatory = signing.signatory(by)
    with terminal.progress(quiet=quiet) as progress:
        result = sign_target(request, signatory, progress)
    if not quiet:
        terminal.say(signed(result, signatory.told))

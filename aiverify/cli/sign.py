"""`aiverify sign`: sign an artifact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import passwords, terminal
from aiverify.cli.options import Ignore, PasswordFile, Quiet, Target, examples

EXAMPLES = examples(
    "aiverify sign ./llama --key release.key",
    "aiverify sign llama.tar --key release.key",
)


def sign(
    target: Target,
    key: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="The private key, in PEM.", show_default=False, readable=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The signature's file. By default it goes into a bundle, into a directory as "
            "model.sig, or beside a file as FILE.sigstore.json.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    password_file: PasswordFile = None,
    ignore: Ignore = None,
    quiet: Quiet = False,
) -> None:
    """Sign every file of a directory, a file, or a bundle (OpenSSF Model Signing v1.0).

    The SBOM in a bundle is attested by the same key.
    """
    from aiverify.operations.sign import sign_target
    from aiverify.render.summary import signed
    from aiverify.signing.keys import read_private

    signer = read_private(key, lambda shown: passwords.for_reading(password_file, shown))
    with terminal.progress(quiet=quiet) as progress:
        result = sign_target(target, signer, progress, out=output, ignore=ignore or ())
    if not quiet:
        terminal.say(signed(result, signer.public))

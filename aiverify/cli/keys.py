"""`aiverify keys`: signing keys in files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import passwords, terminal
from aiverify.cli.options import PasswordFile, Quiet, examples

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make signing keys.")


class Curve(StrEnum):
    """The kinds of key that sign."""

    P256 = "p256"
    P384 = "p384"
    P521 = "p521"
    ED25519 = "ed25519"


@app.command("generate", epilog=examples("aiverify keys generate -o release"))
def generate(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="PREFIX",
            help="Write PREFIX.key and PREFIX.pub.",
            readable=False,
        ),
    ] = Path("aiverify"),
    curve: Annotated[
        Curve, typer.Option(metavar="NAME", help="p256, p384, p521 or ed25519.")
    ] = Curve.P256,
    password_file: PasswordFile = None,
    quiet: Quiet = False,
) -> None:
    """Make a key pair: the private key signs, the public key verifies.

    The private key is encrypted with the password of --password-file, AIVERIFY_PASSWORD
    or the terminal. Existing files are never overwritten.
    """
    from aiverify.operations.keys import generate_pair
    from aiverify.render.summary import generated

    pair = generate_pair(output, curve.value, lambda: passwords.for_new_key(password_file))
    if quiet:
        return
    terminal.say(generated(pair))
    if not pair.encrypted:
        terminal.remark("warning: the private key is not encrypted; set AIVERIFY_PASSWORD for one")

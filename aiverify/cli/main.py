"""The `aiverify` command: parse, call one operation, present. Errors become exit codes here."""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import Annotated

import typer
import typer.core

import aiverify
from aiverify.cli import (
    attest,
    bundle,
    inspect,
    keys,
    policy,
    pull,
    push,
    sbom,
    sign,
    terminal,
    trust,
    unpack,
    verify,
)
from aiverify.cli.demo import command as demo
from aiverify.errors import AiverifyError, UsageError
from aiverify.files.progress import ABANDONED


class InOrder(typer.core.TyperGroup):
    """Commands in the order in which an artifact meets them."""

    ORDER = (
        "bundle",
        "unpack",
        "push",
        "pull",
        "copy",
        "inspect",
        "sbom",
        "keys",
        "sign",
        "attest",
        "verify",
        "trust",
        "policy",
        "demo",
    )

    def list_commands(self, ctx: object) -> list[str]:
        """The names, as `--help` shows them."""
        del ctx
        return list(self.ORDER)


app = typer.Typer(
    name="aiverify",
    cls=InOrder,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Bundle, describe, sign, verify and judge AI models, adapters and components.",
    epilog="Exit codes: 0 allowed, 1 our failure, 2 usage, 3 bad input, 10 denied, 11 undecided.",
)
app.add_typer(bundle.app, name="bundle", short_help="Pack an artifact.")
app.command("unpack", short_help="Give back the files of a bundle.", epilog=unpack.EXAMPLES)(
    unpack.unpack
)
app.command("push", short_help="Push a bundle to a registry.", epilog=push.PUSH_EXAMPLES)(push.push)
app.command("pull", short_help="Pull an artifact, verified.", epilog=pull.EXAMPLES)(pull.pull)
app.command("copy", short_help="Copy between registries.", epilog=push.COPY_EXAMPLES)(push.copy)
app.command("inspect", short_help="Show what an artifact is and holds.", epilog=inspect.EXAMPLES)(
    inspect.inspect
)
app.command("sbom", short_help="Write the bill of materials.", epilog=sbom.EXAMPLES)(sbom.sbom)
app.add_typer(keys.app, name="keys", short_help="Make signing keys.")
app.command("sign", short_help="Sign an artifact (OpenSSF Model Signing).", epilog=sign.EXAMPLES)(
    sign.sign
)
app.command("attest", short_help="Attest something about an artifact.", epilog=attest.EXAMPLES)(
    attest.attest
)
app.command(
    "verify", short_help="Verify who signed, each byte, and by policy.", epilog=verify.EXAMPLES
)(verify.verify)
app.add_typer(trust.app, name="trust", short_help="Explain who may sign.")
app.add_typer(policy.app, name="policy", short_help="Judge by Rego policies.")
app.command("demo", short_help="Tell the whole story on made-up files.", epilog=demo.EXAMPLES)(
    demo.demo
)


def _version(asked: bool) -> None:
    if asked:
        terminal.say(f"aiverify {aiverify.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            callback=_version,
            is_eager=True,
            show_default=False,
        ),
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command line and exit."""
    code = run()
    if any(thread.name.startswith(ABANDONED) for thread in threading.enumerate()):
        # Somebody interrupted, and Python would wait for what waits for a registry.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def run() -> int:
    """Run the command line. Whatever goes wrong is one sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal's encoding lacks is escaped, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    try:
        _refuse_empty_words(sys.argv[1:])
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except AiverifyError as error:
        terminal.fail(error)
        return error.exit_code
    except BrokenPipeError:
        terminal.let_go()
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _refuse_empty_words(words: list[str]) -> None:
    """An empty path would mean the working directory: most likely a variable is not set."""
    if "" in words:
        raise UsageError(
            "a word of the command is empty", hint="Is a variable not set? Leave the option out."
        )

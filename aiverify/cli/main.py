"""The `aiverify` command: parse, call one operation, present. Errors become exit codes here."""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
from typing import Annotated, ClassVar

import typer

from aiverify.cli import terminal
from aiverify.cli.listing import Entry, Listing
from aiverify.errors import AiverifyError, UsageError
from aiverify.files.progress import ABANDONED
from aiverify.version import __version__


class InOrder(Listing):
    """Commands in the order in which an artifact meets them."""

    ENTRIES: ClassVar[dict[str, Entry]] = {
        "bundle": Entry("aiverify.cli.bundle", "app", "Pack an artifact."),
        "unpack": Entry("aiverify.cli.unpack", "unpack", "Give back the files of a bundle."),
        "push": Entry("aiverify.cli.push", "push", "Push a bundle to a registry.", "PUSH_EXAMPLES"),
        "pull": Entry("aiverify.cli.pull", "pull", "Pull an artifact, verified."),
        "copy": Entry("aiverify.cli.push", "copy", "Copy between registries.", "COPY_EXAMPLES"),
        "inspect": Entry("aiverify.cli.inspect", "inspect", "Show what an artifact is and holds."),
        "sbom": Entry("aiverify.cli.sbom", "sbom", "Write the bill of materials."),
        "sbom diff": Entry("aiverify.cli.sbom_diff", "diff", "Say what changed between two."),
        "sbom score": Entry("aiverify.cli.sbom_score", "score", "Rate one, element by element."),
        "keys": Entry("aiverify.cli.keys", "app", "Make signing keys."),
        "sign": Entry("aiverify.cli.sign", "sign", "Sign an artifact (OpenSSF Model Signing)."),
        "attest": Entry("aiverify.cli.attest", "attest", "Attest something about an artifact."),
        "verify": Entry(
            "aiverify.cli.verify", "verify", "Verify who signed, each byte, and by policy."
        ),
        "trust": Entry("aiverify.cli.trust", "app", "Explain who may sign."),
        "policy": Entry("aiverify.cli.policy", "app", "Judge by Rego policies."),
        "webhook": Entry("aiverify.cli.webhook", "app", "Keep the unverified out of a cluster."),
        "demo": Entry(
            "aiverify.cli.demo.command", "demo", "Tell the whole story on made-up files."
        ),
    }
    ORDER = tuple(ENTRIES)


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


def _version(asked: bool) -> None:
    if asked:
        terminal.say(f"aiverify {__version__}")
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
    # Python would look through all that was loaded for what refers to itself, several times.
    gc.freeze()
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

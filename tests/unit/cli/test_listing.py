"""Commands are found by their names, in their order, and loaded when they are asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest
import typer

from aiverify.cli.listing import Entry, Listing
from aiverify.cli.main import InOrder
from tests.support.commands import call

LOADED = """
import json, sys
from aiverify.cli import main
try:
    main.app(sys.argv[1:], standalone_mode=False)
except SystemExit:
    pass
print(json.dumps(sorted(name for name in sys.modules if name.startswith("aiverify."))))
"""


class TwoWords(Listing):
    ENTRIES: ClassVar[dict[str, Entry]] = {
        "keys": Entry("aiverify.cli.keys", "app", "Make keys."),
        "keys show": Entry("aiverify.cli.inspect", "inspect", "Show."),
    }


@pytest.fixture
def two_words() -> typer.core.TyperGroup:
    return TwoWords(name="aiverify")


def loaded_by(*words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("words", "others"),
    [(["--help"], {"push", "verify", "keys"}), (["push", "--help"], {"verify", "keys"})],
)
def test_only_the_command_that_is_asked_for_is_loaded(words, others):
    loaded = loaded_by(*words)

    assert not loaded & {f"aiverify.cli.{other}" for other in others}
    assert "aiverify.verify.verify" not in loaded


@pytest.mark.parametrize("name", InOrder.ENTRIES)
def test_every_command_of_the_table_is_there_with_examples(name: str, tmp_path: Path):
    done = call(*name.split(), "--help", cwd=tmp_path)

    assert done.exit_code == 0
    assert "Examples:" in done.out or "Commands:" in done.out


def test_two_words_are_one_command_where_the_table_has_both(two_words):
    context = typer.Context(two_words)

    name, command, rest = two_words.resolve_command(context, ["keys", "show", "x"])

    assert (name, command.name, rest) == ("keys show", "keys show", ["x"])


def test_one_word_stays_one_command(two_words):
    context = typer.Context(two_words)

    name, _, rest = two_words.resolve_command(context, ["keys", "generate"])

    assert (name, rest) == ("keys", ["generate"])

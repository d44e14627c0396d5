"""Words of a command line mean the same whether typer reads them or we do."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.exceptions import TyperException
from typer.main import get_command

from aiverify.cli.plain import read_plainly


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def everything(
    word: Annotated[str, typer.Argument()],
    place: Annotated[Path | None, typer.Option()] = None,
    colour: Annotated[Colour, typer.Option()] = Colour.RED,
    several: Annotated[list[Path] | None, typer.Option()] = None,
    count: Annotated[int, typer.Option()] = 3,
    flag: Annotated[bool, typer.Option("--flag")] = False,
    bounded: Annotated[int | None, typer.Option(min=1)] = None,
) -> dict[str, object]:
    """Everything that a command of ours takes."""
    return dict(locals())


def read(words: list[str], *, plainly: bool) -> object:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(everything)
    command = get_command(app)
    if plainly:
        read_plainly(command)
    return command.main(words, standalone_mode=False)


WORDS = [
    ["w"],
    ["w", "--place", "a/b", "--colour", "blue", "--several", "x", "--several", "y"],
    ["", "--place", "", "--count", "7", "--flag", "--bounded", "1"],
    ["-", "--place", "."],
    ["--", "--place"],
]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_both_read_the_same_and_give_the_same_types(words: list[str]):
    ours, theirs = read(words, plainly=True), read(words, plainly=False)

    assert ours == theirs
    assert {k: type(v) for k, v in ours.items()} == {k: type(v) for k, v in theirs.items()}


BAD = [["w", "--count", "x"], ["w", "--bounded", "0"], ["w", "--colour", "green"], []]


@pytest.mark.parametrize("words", BAD, ids=" ".join)
@pytest.mark.parametrize("plainly", [True, False])
def test_both_refuse_the_same(words: list[str], plainly: bool):
    with pytest.raises(TyperException) as refused:
        read(words, plainly=plainly)

    assert getattr(refused.value, "exit_code", None) == 2


def test_a_choice_that_is_none_is_told_the_choices():
    with pytest.raises(typer.BadParameter) as refused:
        read(["w", "--colour", "green"], plainly=True)

    assert refused.value.message == "'green' is none of red, blue."

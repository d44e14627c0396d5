"""Workflow commands: one for each finding, read by the rules of the runner that obeys them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from aiverify.core.names import printable
from aiverify.core.report import Report, Verdict
from aiverify.render import github
from tests.support.reports import HOSTILE, finding, hostile, report


@dataclass(frozen=True)
class Command:
    """A workflow command as the runner understands it."""

    name: str
    properties: dict[str, str]
    message: str


def commands_of(value: Report) -> list[Command]:
    return [read(line) for line in github.report(value).splitlines()]


def read(line: str) -> Command:
    """Read a line as the runner does: `::name key=value,...::message`, then decode the parts."""
    assert line.startswith("::")
    head, separator, message = line[2:].partition("::")
    assert separator
    name, _, pairs = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in pairs.split(","))
    return Command(name, {key: decoded(text) for key, text in properties.items()}, decoded(message))


def decoded(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


@pytest.mark.parametrize(
    ("severity", "name"), [("error", "error"), ("warning", "warning"), ("note", "notice")]
)
def test_a_finding_is_a_command_of_its_weight(severity: str, name: str):
    found = finding("was changed", file="a.bin", rule="r", fix="Fetch it.", severity=severity)
    assert commands_of(report(found))[0] == Command(
        name, {"file": "llama/a.bin", "title": "r"}, "a.bin: was changed\nFetch it."
    )


def test_a_finding_says_where_it_is_unless_that_is_a_line():
    found = finding("is not pinned", rule="p.c", place="/adapter/base", fix="Pin it.")
    assert commands_of(report(found))[0] == Command(
        "error", {"title": "p.c"}, "is not pinned (/adapter/base)\nPin it."
    )
    lined = finding("is odd", file="a.py", rule="r", place="line 7")
    assert commands_of(report(lined))[0].message == "a.py: is odd"


def test_a_finding_on_the_whole_names_no_file():
    assert github.report(report(finding("has no signature", rule="r"))).splitlines()[0] == (
        "::error title=r::has no signature"
    )


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (Verdict.ALLOW, "::notice title=aiverify::allow llama"),
        (Verdict.DENY, "::error title=aiverify::deny llama at contents: 2 files"),
        (Verdict.ERROR, "::error title=aiverify::error llama at contents: 2 files"),
    ],
)
def test_the_verdict_comes_last(verdict: Verdict, line: str):
    value = report(finding(), finding(severity="note"), verdict=verdict)
    assert github.report(value).splitlines()[-1] == line


def test_an_error_says_so_even_where_no_step_failed():
    assert commands_of(Report("llama", None, (), Verdict.DENY)) == [
        Command("error", {"title": "aiverify"}, "deny llama")
    ]


def test_what_separates_is_escaped_in_a_property():
    found = finding("50%, or: less", file="a,title=b::c%2C", rule="r")
    assert github.report(report(found)).splitlines()[0] == (
        "::error file=llama/a%2Ctitle=b%3A%3Ac%252C,title=r::"
        + "a,title=b::c%252C: 50%25, or: less"
    )


def test_an_attacker_s_words_are_no_command():
    text = github.report(hostile())
    commands = commands_of(hostile())
    assert len(text.split("\n")) == len(commands) + 1
    assert [item.name for item in commands] == ["error", "warning", "notice", "error"]
    assert [sorted(item.properties) for item in commands] == [["file", "title"]] * 3 + [["title"]]
    for line in text.splitlines():
        assert line == printable(line)
        assert "%0A::" not in line


def test_what_an_attacker_wrote_is_seen_as_it_is():
    shown = printable(HOSTILE)
    first, *_, last = commands_of(hostile())
    assert first.properties == {
        "file": f"{shown}/llama/{shown}".replace("//", "/"),
        "title": f"main.{shown}",
    }
    assert first.message == f"{shown}: {shown}\n{shown}"
    assert last.message == f"deny {shown}/llama at contents: 2 files"

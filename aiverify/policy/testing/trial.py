"""What a test is, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from aiverify.errors import InputError
from aiverify.policy.outline import Definition, Outline
from aiverify.policy.safety import WORD

PREFIX = "test_"
SKIPPED_PREFIX = "todo_test_"

MAX_TESTS = 10_000
"""Tests that are run at once. A library of rules has some hundred."""


class Ending(StrEnum):
    """How a test ended."""

    PASS = "pass"  # noqa: S105 - the opposite of fail
    FAIL = "fail"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """A test, and the lines of its definition, counted from 1.

    `broken` says why it cannot be run as it is written; `definitions` counts how often its
    name is defined, and the lines are those of the first.
    """

    file: str
    first: int
    last: int
    package: str
    rule: str
    broken: str = ""
    definitions: int = 1

    @property
    def name(self) -> str:
        """The package and the rule."""
        return f"{self.package}.{self.rule}"

    @property
    def query(self) -> str:
        """The name to ask the engine for."""
        return f"data.{self.name}"

    @property
    def is_skipped(self) -> bool:
        """Whether its author is not done with it."""
        return any(part.startswith(SKIPPED_PREFIX) for part in self.rule.split("."))


@dataclass(frozen=True, slots=True)
class Trial:
    """A test that was run.

    `reason` says why it did not pass; `stopped` is the last line that was looked at, as
    `file:line`, or empty; `printed` are the lines that it printed.
    """

    case: Case
    ending: Ending
    reason: str = ""
    stopped: str = ""
    printed: tuple[str, ...] = ()


def is_test(definition: Definition) -> bool:
    """Whether a definition belongs to a test, and to no policy."""
    return any((part or "").startswith((PREFIX, SKIPPED_PREFIX)) for part in definition.parts)


def find(outlines: Iterable[Outline]) -> tuple[Case, ...]:
    """The tests that modules define, each once, by file and line.

    Raises:
        InputError: there are more than `MAX_TESTS`.
    """
    found: dict[str, Case] = {}
    for case in sorted(item for module in outlines for item in _cases(module)):
        first = found.get(case.query)
        if first is None:
            found[case.query] = case
        else:
            found[case.query] = _joined(first, case)
    if len(found) > MAX_TESTS:
        raise InputError(
            f"there are {len(found)} tests; the limit is {MAX_TESTS}",
            hint="Name fewer directories at once.",
        )
    return tuple(sorted(found.values()))


def _cases(module: Outline) -> Iterator[Case]:
    for item in filter(is_test, module.definitions):
        yield Case(
            module.module.origin, item.first, item.last, module.package, item.name, _broken(item)
        )


def _joined(first: Case, other: Case) -> Case:
    return Case(
        first.file,
        first.first,
        first.last,
        first.package,
        first.rule,
        first.broken or other.broken,
        first.definitions + 1,
    )


def _broken(definition: Definition) -> str:
    """Why a test cannot be asked, or asked for an answer that says anything."""
    if definition.is_function:
        return "it is a function, and nobody calls it"
    if None in definition.parts:
        # The cases that do not hold are not in its value, so nobody would miss them.
        return "its cases cannot be told apart here; give each a rule of its own"
    if not all(WORD.fullmatch(part or "") for part in definition.parts):
        return "its name is not made of plain words"
    return ""

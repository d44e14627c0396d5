"""Running tests on the embedded engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from aiverify.errors import UndecidedError
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.faults import as_error
from aiverify.policy.sources import PolicySet
from aiverify.policy.testing.trial import Case, Ending, Trial

if TYPE_CHECKING:
    import regorus

MAX_PRINTED = 20
"""Lines that are kept of what a test prints."""

MAX_LINE = 500
"""Characters that are kept of such a line."""

MAX_TRACED = 100
"""Tests that did not pass which are run again to see where they stopped."""

UNDEFINED = '"<undefined>"'
"""What the engine answers for a rule without a value."""

DOES_NOT_HOLD = "a condition does not hold"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file that were run, and those that could have been."""

    run: frozenset[int]
    missed: frozenset[int]


class Bench(EmbeddedEngine):
    """Policies and their tests, loaded as to be judged by: the same checks, the same engine.

    Raises:
        MalformedError: as for any policy.
    """

    spells_out = False  # lines are counted as they stand

    def __init__(self, policies: PolicySet, *, counting: bool = False) -> None:
        self._counting = counting
        super().__init__(policies, {})

    def ask(self, query: str) -> tuple[str, tuple[str, ...]]:
        """The value of a test without any document, as JSON, and what it printed.

        The value is `UNDEFINED` where there is none.

        Raises:
            UndecidedError: it failed while it ran.
        """
        engine = self._engine()
        engine.take_prints()
        with as_error(UndecidedError, query):
            value: str = engine.eval_rule_as_json(query)
        return value, tuple(line[:MAX_LINE] for line in engine.take_prints()[:MAX_PRINTED])

    def lines(self) -> Mapping[str, Lines]:
        """The lines of each file, by its origin, since the last `forget`."""
        report = json.loads(self._engine().get_coverage_report_as_json())
        return {
            file["path"]: Lines(frozenset(file["covered"]), frozenset(file["not_covered"]))
            for file in report["files"]
        }

    def forget(self) -> None:
        """Count lines anew."""
        self._engine().clear_coverage_data()

    def _build(self) -> regorus.Engine:
        engine = super()._build()
        engine.set_enable_coverage(self._counting)
        return engine


class Asked(Protocol):
    """A bench, in this process or in another."""

    def ask(self, query: str) -> tuple[str, tuple[str, ...]]:
        """How the value of a test begins, and what it printed."""
        ...

    def lines(self) -> Mapping[str, Lines]:
        """The lines of each file, by its origin, since the last `forget`."""
        ...

    def forget(self) -> None:
        """Count lines anew."""
        ...


def run(bench: Asked, cases: Iterable[Case], tracer: Asked) -> Iterator[Trial]:
    """Run tests one by one. `tracer` is a bench that counts, to see where a test stopped."""
    left = MAX_TRACED
    for case in cases:
        trial = _run(bench, case)
        if left and trial.reason == DOES_NOT_HOLD and case.definitions == 1:
            left -= 1
            trial = replace(trial, stopped=_stop(tracer, case))
        yield trial


def _run(bench: Asked, case: Case) -> Trial:
    if case.is_skipped:
        return Trial(case, Ending.SKIPPED)
    if case.broken:
        return Trial(case, Ending.ERROR, case.broken)
    try:
        value, printed = bench.ask(case.query)
    except UndecidedError as error:
        return Trial(case, Ending.ERROR, error.message)
    if value == "true":
        return Trial(case, Ending.PASS)
    return Trial(case, Ending.FAIL, _reason(value), printed=printed)


def _reason(value: str) -> str:
    """Why a value is no pass. It may be large, so it is told by how it begins."""
    if value == UNDEFINED:
        return DOES_NOT_HOLD
    if value == "false":
        return "it is false"
    kinds = {"[": "an array", "{": "an object", '"': "a string", "n": "null"}
    return f"it is {kinds.get(value[:1], 'a number')}, and not true"


def _stop(tracer: Asked, case: Case) -> str:
    """The last line of a test that was run, as `file:line`, or nothing if none was."""
    try:
        tracer.forget()
        tracer.ask(case.query)
        lines = tracer.lines().get(case.file)
    except UndecidedError:
        return ""
    reached = [line for line in lines.run if case.first <= line <= case.last] if lines else []
    return f"{case.file}:{max(reached)}" if reached else ""

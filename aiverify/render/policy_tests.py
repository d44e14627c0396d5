"""How the tests of policies ended, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.names import printable
from aiverify.operations.policy_test import Trials
from aiverify.policy.testing.coverage import Coverage, ranges
from aiverify.policy.testing.trial import Ending, Trial
from aiverify.render.page import Style, columns, heading, page

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_table(value: Trials, *, verbose: bool, style: Style) -> str:
    """What did not pass, or with `verbose` every test; the lines that were run; the sum last."""
    return page(_parts(value, verbose), style)


def as_json(value: Trials) -> str:
    """Every test, and the lines that were run."""
    return pretty(
        {
            "apiVersion": "aiverify.dev/policy-tests/v1",
            "passed": value.exit_code == 0,
            "counts": {ending.value: count for ending, count in value.counts.items()},
            "tests": [_trial(trial) for trial in value.trials],
            "coverage": _coverage(value.coverage, value.threshold) if value.coverage else None,
        }
    )


def shortfall(value: Trials) -> str:
    """What there is to say when too few lines were run; otherwise empty."""
    if not value.coverage or not value.is_below:
        return ""
    return f"{value.coverage.percent}% of the lines were run, and it takes {value.threshold:g}%"


def summary(value: Trials) -> str:
    """The counts, in words."""
    counts = value.counts
    words = {Ending.PASS: "passed", Ending.FAIL: "failed", Ending.SKIPPED: "skipped"}
    named = [(counts[ending], word) for ending, word in words.items()]
    errors = counts[Ending.ERROR]
    named.insert(2, (errors, "error" if errors == 1 else "errors"))
    total = len(value.trials)
    said = ", ".join(f"{count} {word}" for count, word in named if count)
    return f"{total} {'test' if total == 1 else 'tests'}: {said}"


def _parts(value: Trials, verbose: bool) -> Iterator[RenderableType]:
    shown = [item for item in value.trials if verbose or item.ending is not Ending.PASS]
    if shown:
        yield heading("Tests")
        yield columns(row for trial in shown for row in _rows(trial))
    if value.coverage:
        yield heading("Coverage")
        yield columns(
            (f"{file.percent}%", file.file, _missed(file.missed)) for file in value.coverage.files
        )
        yield columns([(f"{value.coverage.percent}%", "of all lines that could be run")])
    yield heading("Result")
    yield columns([("fail" if value.exit_code else "pass", _result(value))])


def _rows(trial: Trial) -> Iterator[tuple[str, str]]:
    yield trial.ending.value, f"{trial.case.name} ({trial.case.file}:{trial.case.first})"
    if trial.reason:
        stopped = f" at {trial.stopped}" if trial.stopped else ""
        yield "", f"-> {trial.reason}{stopped}"
    for line in trial.printed:
        yield "", f"   {line}"


def _missed(lines: tuple[int, ...]) -> str:
    return f"not run: {ranges(lines)}" if lines else ""


def _result(value: Trials) -> str:
    return "; ".join(filter(None, (summary(value), shortfall(value))))


def _trial(trial: Trial) -> dict[str, Json]:
    return {
        "name": trial.case.rule,
        "package": trial.case.package,
        "file": trial.case.file,
        "line": trial.case.first,
        "ending": trial.ending.value,
        "reason": trial.reason,
        "stopped": trial.stopped,
        "printed": [printable(line) for line in trial.printed],
    }


def _coverage(value: Coverage, threshold: float) -> Json:
    return {
        "percent": value.percent,
        "threshold": threshold,
        "lines": value.total,
        "run": value.run,
        "files": [
            {
                "file": file.file,
                "percent": file.percent,
                "lines": file.total,
                "run": file.run,
                "not_run": list(file.missed),
            }
            for file in value.files
        ],
    }

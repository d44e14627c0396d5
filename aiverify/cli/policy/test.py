"""`aiverify policy test`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Output, Verbose, a_flag, a_text, examples
from aiverify.cli.policy.words import Suites

EXAMPLES = examples(
    "aiverify policy test policies/",
    "aiverify policy test aiverify:* --coverage --threshold 90",
    "aiverify policy test policies/ --run test_denies --format junit -o tests.xml",
)


class TrialFormat(StrEnum):
    """How the end of tests is shown."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"


def run(
    policies: Suites,
    pattern: Annotated[
        str,
        a_text("Only tests whose name holds this regular expression.", "--run", metavar="PATTERN"),
    ] = "",
    coverage: Annotated[
        bool, a_flag("Count the lines of the policies that the tests run.", "--coverage")
    ] = False,
    threshold: Annotated[
        float,
        typer.Option(
            min=0,
            max=100,
            metavar="PERCENT",
            help="Fail below this coverage.",
            show_default=False,
        ),
    ] = 0,
    verbose: Verbose = False,
    format: Annotated[  # noqa: A002 - the option's name
        TrialFormat,
        typer.Option(
            "--format", metavar="FORMAT", help="table for people; json or junit for tools."
        ),
    ] = TrialFormat.TABLE,
    output: Output = None,
) -> None:
    """Run the rules named test_..., as OPA and conftest do.

    A test passes if it is true. One named todo_test_... is skipped.
    """
    from aiverify.operations.policy_test import run_tests
    from aiverify.render import policy_junit, policy_tests

    terminal.refuse_input(output, *map(Path, policies))
    trials = run_tests(policies, pattern=pattern, counting=coverage, threshold=threshold)
    if format is TrialFormat.JSON:
        text = policy_tests.as_json(trials)
    elif format is TrialFormat.JUNIT:
        text = policy_junit.report(trials)
    else:
        text = policy_tests.as_table(trials, verbose=verbose, style=terminal.style(output))
    terminal.deliver(text, output)
    raise typer.Exit(trials.exit_code)

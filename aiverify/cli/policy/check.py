"""`aiverify policy check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.engine import CheckingEngine, opa_place
from aiverify.cli.options import Format, Output, ReportFormat, a_flag, examples
from aiverify.cli.policy.words import Suites

EXAMPLES = examples(
    "aiverify policy check policies/ --strict", "aiverify policy check policies/ --engine opa"
)


def check(
    policies: Suites,
    strict: Annotated[
        bool, a_flag("Take METADATA, a test, codes and fixes for a duty.", "--strict")
    ] = False,
    engine: CheckingEngine = None,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Say what is wrong with policies, before they judge anything.

    They must compile, call only what a policy may call, and give results. METADATA, a test
    beside it, and results with a code and a fix are asked for too.
    OPA's type checker finds what no policy document has, as `aiverify policy schema` prints it.
    """
    from aiverify.operations.policy_check import check_policies
    from aiverify.render import policy_check

    terminal.refuse_input(output, *map(Path, policies))
    checked = check_policies(policies, strict=strict, opa=opa_place(engine, None, None))
    if format is ReportFormat.JSON:
        terminal.deliver(policy_check.as_json(checked), output)
    else:
        terminal.deliver(policy_check.as_table(checked, style=terminal.style(output)), output)
    raise typer.Exit(checked.exit_code)

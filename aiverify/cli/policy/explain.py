"""`aiverify policy explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Format, Output, ReportFormat, examples

EXAMPLES = examples(
    "aiverify policy explain aiverify:signer_count", "aiverify policy explain policies/p.rego"
)


def explain(
    rule: Annotated[
        str,
        typer.Argument(
            metavar="RULE", help="A shipped rule's name, a file or a directory.", show_default=False
        ),
    ],
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Explain a rule: what it finds, what to do about it, what it allows and what it denies."""
    from aiverify.operations.policy_list import explain_rule
    from aiverify.render import policy_rules

    terminal.refuse_input(output, Path(rule))
    entries = explain_rule(rule)
    if format is ReportFormat.JSON:
        terminal.deliver(policy_rules.explain_as_json(entries), output)
    else:
        text = policy_rules.explain_as_table(entries, style=terminal.style(output))
        terminal.deliver(text, output)

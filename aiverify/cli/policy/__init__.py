"""`aiverify policy`: judging by Rego, and the tools around it; one file a command."""

from __future__ import annotations

import typer

from aiverify.cli import pull
from aiverify.cli.policy import (
    check,
    evaluate,
    explain,
    input,  # noqa: A004
    list,  # noqa: A004
    push,
    schema,
    test,
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Judge by Rego policies.")
app.command("eval", epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("test", epilog=test.EXAMPLES)(test.run)
app.command("check", epilog=check.EXAMPLES)(check.check)
app.command("list", epilog=list.EXAMPLES)(list.list_)
app.command("explain", epilog=explain.EXAMPLES)(explain.explain)
app.command("input", epilog=input.EXAMPLES)(input.input_)
app.command("push", epilog=push.EXAMPLES)(push.push)
app.command("pull", epilog=push.PULL_EXAMPLES)(pull.pull)
app.command("schema", epilog=schema.EXAMPLES)(schema.schema)

"""`aiverify policy`: judging by Rego, and the tools around it; one file a command."""

from __future__ import annotations

from typing import ClassVar

import typer

from aiverify.cli.listing import Entry, Listing


class _Tools(Listing):
    ENTRIES: ClassVar[dict[str, Entry]] = {
        "eval": Entry("aiverify.cli.policy.evaluate", "evaluate"),
        "test": Entry("aiverify.cli.policy.test", "run"),
        "check": Entry("aiverify.cli.policy.check", "check"),
        "list": Entry("aiverify.cli.policy.list", "list_"),
        "explain": Entry("aiverify.cli.policy.explain", "explain"),
        "input": Entry("aiverify.cli.policy.input", "input_"),
        "push": Entry("aiverify.cli.policy.push", "push"),
        "pull": Entry("aiverify.cli.pull", "pull", examples="POLICY_EXAMPLES"),
        "schema": Entry("aiverify.cli.policy.schema", "schema"),
    }


app = typer.Typer(
    cls=_Tools, no_args_is_help=True, rich_markup_mode=None, help="Judge by Rego policies."
)

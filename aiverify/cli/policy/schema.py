"""`aiverify policy schema`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Output, examples

EXAMPLES = examples("aiverify policy schema -o input.v1.json", "aiverify policy schema report")


class Document(StrEnum):
    """What has a schema."""

    INPUT = "input"
    REPORT = "report"


def schema(
    document: Annotated[
        Document, typer.Argument(help="The document that rules see, or a report.")
    ] = Document.INPUT,
    output: Output = None,
) -> None:
    """Print the JSON Schema of what rules see as `input`, or of the report of `verify`.

    Editors and other tools can take it; `opa check --schema` takes the one of `input`.
    """
    from aiverify.core.jsonvalue import pretty
    from aiverify.core.report_schema import report_schema
    from aiverify.policy.schema import input_schema

    value = report_schema() if document is Document.REPORT else input_schema()
    terminal.deliver(pretty(value), output)

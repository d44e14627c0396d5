"""`aiverify policy eval`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.engine import ChosenEngine, OpaCa, OpaUrl, opa_place
from aiverify.cli.grouped import grouped
from aiverify.cli.judging import At, Exclude, FailOnWarn, Include, terms
from aiverify.cli.options import (
    Format,
    Output,
    Policies,
    ReportFormat,
    a_path,
    examples,
)
from aiverify.cli.registries import Registries

EXAMPLES = examples("aiverify policy eval --policy p.rego --query data.policy.verify sbom.json")


@dataclass(frozen=True, slots=True)
class HowWords:
    """What a command line says of the terms, and of what judges."""

    include: Include = None
    exclude: Exclude = None
    fail_on_warn: FailOnWarn = False
    at: At = None
    engine: ChosenEngine = None
    opa_url: OpaUrl = None
    opa_ca: OpaCa = None


@grouped
def evaluate(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="An artifact, or a JSON document.", show_default=False
        ),
    ],
    reach: Registries,
    how: HowWords,
    policy: Policies = None,
    query: Annotated[
        str,
        typer.Option(
            metavar="RULE", help="One rule to ask, instead of every deny, violation and warn."
        ),
    ] = "",
    config: Annotated[
        Path | None,
        a_path("A JSON file that rules see as data.config."),
    ] = None,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Judge a document, or what is known of an artifact, without asking who signed it.

    A file that ends in .json is judged as it stands; anything else is described first.
    """
    from aiverify.operations.policy import evaluate as judge
    from aiverify.render import judgement

    place = reach.locate(target)
    terminal.refuse_input(output, place, config, *map(Path, policy or ()))
    result = judge(
        place,
        tuple(policy or ()),
        query=query,
        config=config,
        opa=opa_place(how.engine, how.opa_url, how.opa_ca),
        terms=terms(how.include, how.exclude, how.at, fail_on_warn=how.fail_on_warn),
        registries=reach.place(),
    )
    if format is ReportFormat.JSON:
        terminal.deliver(judgement.as_json(result), output)
    else:
        terminal.deliver(judgement.as_table(result, style=terminal.style(output)), output)
    raise typer.Exit(result.verdict.exit_code)

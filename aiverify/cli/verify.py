"""`aiverify verify`: the pipeline, and its verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli import signing, terminal
from aiverify.cli.engine import ChosenEngine, OpaCa, OpaUrl, opa_place
from aiverify.cli.grouped import grouped
from aiverify.cli.judging import At, Exclude, FailOnWarn, Include, terms
from aiverify.cli.options import (
    Attestations,
    Base,
    Expires,
    FormatOfVerify,
    Ignore,
    Output,
    PasswordFile,
    Policies,
    Quiet,
    Require,
    TargetOrDigest,
    Verbose,
    VerifyFormat,
    a_flag,
    a_path,
    a_text,
    examples,
    lifetime,
)
from aiverify.cli.registries import Registries
from aiverify.cli.whom import WhomWords
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.core.report import Report
    from aiverify.operations.verify import VerifyRequest
    from aiverify.render.page import Style

EXAMPLES = examples(
    "aiverify verify ./llama --key release.pub",
    "aiverify verify ./llama --identity ci@acme.example --issuer https://login.acme.example",
    "aiverify verify lora.tar --profile aiverify.yaml --format json",
    "aiverify verify registry.example/acme/llama:1.2 --profile aiverify.yaml",
)

Signatures = Annotated[
    list[Path] | None,
    a_path("A signature that lies elsewhere. May be repeated."),
]
IgnoreUnsigned = Annotated[
    bool,
    a_flag("Accept files that the signature does not name.", "--ignore-unsigned"),
]
Only = Annotated[
    list[str] | None,
    a_text("Verify this path alone. May be repeated.", metavar="PATH"),
]
Summary = Annotated[
    Path | None,
    a_path("Write a summary of the verdict (SLSA VSA), signed with --key."),
]
Uri = Annotated[
    str,
    typer.Option(
        "--uri",
        metavar="URI",
        help="The artifact's URI, for the summary.",
        show_default="its digest",
    ),
]


@dataclass(frozen=True, slots=True)
class WhatWords:
    """What a command line says of what to verify, and by what."""

    signature: Signatures = None
    attestation: Attestations = None
    require: Require = None
    policy: Policies = None
    include: Include = None
    exclude: Exclude = None
    fail_on_warn: FailOnWarn = False
    at: At = None
    engine: ChosenEngine = None
    opa_url: OpaUrl = None
    opa_ca: OpaCa = None
    base: Base = None
    only: Only = None
    ignore: Ignore = None
    ignore_unsigned: IgnoreUnsigned = False


@dataclass(frozen=True, slots=True)
class SummaryWords:
    """What a command line says of a summary of the verdict."""

    summary: Summary = None
    uri: Uri = ""
    expires: Expires = None
    password_file: PasswordFile = None


@grouped
def verify(
    target: TargetOrDigest,
    by: WhomWords,
    what: WhatWords,
    summing: SummaryWords,
    reach: Registries,
    format: FormatOfVerify = VerifyFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Verify who signed an artifact, that not a byte differs, what is in it, and by policy.

    A digest, sha256:..., stands for an artifact of which a summary is given.
    """
    from aiverify.operations.verify import verify_target

    request = _request(target, by, what, summing, reach)
    inputs = (request.location, by.profile, request.base, by.trust_config, *request.whom.roots)
    named = (*request.signatures, *request.attestations, *(Path(key) for key in by.key or ()))
    terminal.refuse_input(output, *inputs, *named)
    sum_up = _summing_up(request, by, summing)
    with terminal.progress(quiet=quiet) as progress:
        report = verify_target(request, progress)
    if output or not quiet or format is not VerifyFormat.TABLE:
        view = views(verbose, terminal.style(output))[format]
        terminal.deliver(view(report), output)
    sum_up(report)
    raise typer.Exit(report.exit_code)


def _request(
    target: str, by: WhomWords, what: WhatWords, summing: SummaryWords, reach: Registries
) -> VerifyRequest:
    from aiverify.operations.verify import VerifyRequest

    return VerifyRequest(
        reach.locate(target),
        by.whom(keys=summing.summary is None),
        profile=by.profile,
        signatures=tuple(what.signature or ()),
        attestations=tuple(what.attestation or ()),
        attested=tuple(what.require or ()),
        policies=tuple(what.policy or ()),
        ignore=tuple(what.ignore or ()),
        ignore_unsigned=what.ignore_unsigned,
        only=tuple(what.only or ()),
        base=reach.locate_if(what.base),
        trust_config=by.trust_config,
        offline=by.offline,
        uri=summing.uri,
        opa=opa_place(what.engine, what.opa_url, what.opa_ca),
        registries=reach.place(),
        terms=terms(what.include, what.exclude, what.at, fail_on_warn=what.fail_on_warn),
    )


def _summing_up(
    asked: VerifyRequest, by: WhomWords, words: SummaryWords
) -> Callable[[Report], None]:
    """What is to be done with the report besides showing it. Whoever signs is known by now."""
    if words.summary is None:
        if words.expires or words.password_file:
            raise UsageError(
                "--expires and --password-file are for the summary", hint="Give --summary too."
            )
        return lambda _: None
    if len(by.key or ()) > 1:
        raise UsageError("a summary is signed with one key", hint="Give --key once.")
    from aiverify.operations.summary import LIFETIME, SummaryRequest, refuse_partial, write_summary

    refuse_partial(asked)
    request = SummaryRequest(words.summary, words.uri, lifetime(words.expires) or LIFETIME)
    signatory = signing.signatory(
        signing.Words(
            key=by.key[0] if by.key else None,
            trust_config=by.trust_config,
            password_file=words.password_file,
        )
    )
    return lambda report: write_summary(report, asked.location, request, signatory)


def views(verbose: bool, style: Style) -> dict[VerifyFormat, Callable[[Report], str]]:
    """What writes a report in each format. Only a table has details to leave out, and a style."""
    from aiverify.core.jsonvalue import pretty
    from aiverify.render import github, junit, sarif, table

    return {
        VerifyFormat.TABLE: partial(table.report, verbose=verbose, style=style),
        VerifyFormat.JSON: lambda report: pretty(report.to_json()),
        VerifyFormat.SARIF: sarif.report,
        VerifyFormat.JUNIT: junit.report,
        VerifyFormat.GITHUB: github.report,
    }

"""`aiverify pull`: from a registry, verified."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.engine import ChosenEngine, OpaCa, OpaUrl, opa_place
from aiverify.cli.grouped import grouped
from aiverify.cli.options import (
    Attestations,
    Base,
    FormatOfVerify,
    Policies,
    Quiet,
    Require,
    VerifyFormat,
    a_flag,
    a_path,
    examples,
)
from aiverify.cli.registries import ReferenceWord, Registries
from aiverify.cli.whom import WhomWords
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.operations.verify import VerifyRequest
    from aiverify.verify.location import InRegistry

EXAMPLES = examples(
    "aiverify pull registry.example/acme/llama:1.2 -o ./llama --profile aiverify.yaml",
    "aiverify pull registry.example/acme/llama:1.2 -o llama.tar --key release.pub",
)
POLICY_EXAMPLES = examples(
    "aiverify policy pull registry.example/acme/policies:3 -o rules --key release.pub",
)

Output = Annotated[
    Path,
    a_path(
        "The new directory, or the new bundle if it ends in .tar.",
        "--output",
        "-o",
        metavar="DIR",
    ),
]
Layout = Annotated[
    bool,
    a_flag("Keep it a bundle, in a directory.", "--layout"),
]
Unverified = Annotated[
    bool,
    a_flag("Take what nobody vouches for: only digests are checked.", "--unverified"),
]


@dataclass(frozen=True, slots=True)
class WhatWords:
    """What a command line says of what must hold, besides who signed."""

    attestation: Attestations = None
    require: Require = None
    policy: Policies = None
    engine: ChosenEngine = None
    opa_url: OpaUrl = None
    opa_ca: OpaCa = None
    base: Base = None


@grouped
def pull(
    reference: ReferenceWord,
    output: Output,
    by: WhomWords,
    what: WhatWords,
    reach: Registries,
    layout: Layout = False,
    unverified: Unverified = False,
    format: FormatOfVerify = VerifyFormat.TABLE,  # noqa: A002 - the option's name
    quiet: Quiet = False,
) -> None:
    """Pull an artifact from an OCI registry, and verify it before it gets its name.

    What a pull that was cut short has fetched is not fetched again.
    """
    from aiverify.operations.pull import PullRequest, pull_artifact
    from aiverify.render.transfers import pulled

    location = reach.reference(reference)
    wanted = _wanted(location, by, what, reach, unverified=unverified)
    request = PullRequest(location, output, wanted, as_layout=layout)
    with terminal.progress(quiet=quiet) as progress:
        result = pull_artifact(request, progress)
    if result.report and (result.exit_code or format is not VerifyFormat.TABLE):
        from aiverify.cli.verify import views

        terminal.say(views(False, terminal.style(None))[format](result.report))
    elif not quiet:
        terminal.say(pulled(result, output))
    raise typer.Exit(result.exit_code)


def _wanted(
    location: InRegistry, by: WhomWords, what: WhatWords, reach: Registries, *, unverified: bool
) -> VerifyRequest | None:
    from aiverify.operations.verify import VerifyRequest

    if unverified:
        if by != WhomWords() or what != WhatWords():
            raise UsageError(
                "--unverified takes what nobody vouches for, and something else is demanded too",
                hint="Leave --unverified out.",
            )
        return None
    return VerifyRequest(
        location,
        by.whom(keys=True),
        profile=by.profile,
        attestations=tuple(what.attestation or ()),
        attested=tuple(what.require or ()),
        policies=tuple(what.policy or ()),
        base=reach.locate_if(what.base),
        trust_config=by.trust_config,
        offline=by.offline,
        opa=opa_place(what.engine, what.opa_url, what.opa_ca),
        registries=reach.place(),
    )

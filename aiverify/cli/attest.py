"""`aiverify attest`: sign a statement about an artifact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli import signing, terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Expires, Ignore, Quiet, Target, a_path, a_text, examples, lifetime
from aiverify.cli.registries import Registries
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.core.jsonvalue import Json
    from aiverify.files.progress import Progress
    from aiverify.signing.predicates import PredicateType

EXAMPLES = examples(
    "aiverify attest ./llama --type sbom --predicate llama.cdx.json --key release.key",
    "aiverify attest ./lora --type vulns --predicate scan.json --key ci.key --expires 7d",
    "aiverify attest ./lora --type provenance --builder https://ci.acme.example/train \\",
    "    --base ./llama --dataset ./chats --parameters train.yaml --key ci.key",
)

Type = Annotated[
    str,
    a_text(
        "sbom, spdx, provenance, vulns, test-result, openvex, custom, or a URI.", metavar="TYPE"
    ),
]
Predicate = Annotated[
    Path | None,
    a_path("What is attested, in JSON."),
]
Output = Annotated[
    Path | None,
    a_path(
        "The attestation's file. By default it goes into a bundle, or beside the target as "
        "TARGET.TYPE.sigstore.json.",
        "--output",
        "-o",
    ),
]
Builder = Annotated[
    str | None,
    a_text("Provenance: who ran the training.", metavar="URI"),
]
Parameters = Annotated[
    Path | None,
    a_path("Provenance: the run's parameters, in JSON or YAML."),
]
Bases = Annotated[
    list[str] | None,
    a_text("Provenance: a model that went in. May be repeated.", "--base", metavar="[NAME=]PATH"),
]
Datasets = Annotated[
    list[str] | None,
    a_text("Provenance: data that went in. May be repeated.", "--dataset", metavar="[NAME=]PATH"),
]
Invocation = Annotated[
    str, typer.Option(metavar="ID", help="Provenance: which run it was.", show_default="none")
]


@dataclass(frozen=True, slots=True)
class RunWords:
    """What a command line says of a training run."""

    builder: Builder = None
    parameters: Parameters = None
    base: Bases = None
    dataset: Datasets = None
    invocation: Invocation = ""


@grouped
def attest(
    target: Target,
    type: Type,  # noqa: A002 - the option's name
    run: RunWords,
    by: signing.Words,
    reach: Registries,
    predicate: Predicate = None,
    output: Output = None,
    expires: Expires = None,
    ignore: Ignore = None,
    quiet: Quiet = False,
) -> None:
    """Attest something about an artifact: who trained it on what, what is in it, what was found.

    The statement names the artifact by the digest that its signature is about.
    """
    from aiverify.operations.attest import AttestRequest, attest_target
    from aiverify.render.summary import attested
    from aiverify.signing.predicates import named

    kind = named(type)
    trained = run != RunWords()
    if trained:
        _refuse_contradictions(kind, predicate)
    signatory = signing.signatory(by)
    with terminal.progress(quiet=quiet) as progress:
        request = AttestRequest(
            reach.locate(target),
            kind,
            predicate,
            _provenance(run, progress) if trained else None,
            output,
            tuple(ignore or ()),
            lifetime(expires),
        )
        result = attest_target(request, signatory, progress)
    if not quiet:
        terminal.say(attested(result, signatory.told))


def _refuse_contradictions(kind: PredicateType, predicate: Path | None) -> None:
    from aiverify.signing.predicates import PROVENANCE

    if kind.uri != PROVENANCE or predicate:
        raise UsageError(
            "--builder, --parameters, --base, --dataset and --invocation make up a provenance",
            hint="Give them with --type provenance, and without --predicate.",
        )


def _provenance(run: RunWords, progress: Progress) -> dict[str, Json]:
    from aiverify.operations.provenance import Run, provenance

    said = Run(
        run.builder or "",
        run.parameters,
        tuple(run.base or ()),
        tuple(run.dataset or ()),
        run.invocation,
    )
    return provenance(said, progress)

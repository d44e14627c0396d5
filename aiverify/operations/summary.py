"""A signed summary of a verdict (SLSA verification summary v1), and relying on one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiverify import __version__
from aiverify.core.jsonvalue import Json
from aiverify.core.report import Report, Verdict
from aiverify.errors import DeniedError, UndecidedError, UsageError
from aiverify.files import output
from aiverify.operations import clock, places
from aiverify.operations.verify import VerifyRequest, refuse_terms
from aiverify.signing import statement
from aiverify.signing.predicates import EXPIRES, SUMMARY
from aiverify.signing.signatories import Signatory
from aiverify.signing.statement import Subject
from aiverify.verify.location import Location
from aiverify.verify.target import open_target

VERIFIER = "https://aiverify.dev/verifier"

LIFETIME = timedelta(days=7)
"""How long a summary counts unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """Where a summary of a report goes, under which URI it speaks of the artifact, for how long."""

    out: Path
    uri: str = ""
    lifetime: timedelta = LIFETIME


def refuse_partial(request: VerifyRequest) -> None:
    """Stop before a verdict is asked for that a summary could not speak of.

    Raises:
        UsageError: some files are left out, so that the verdict is not on the artifact; or
            policies judge on other terms than those that the profile states.
    """
    left_out = {
        "--only": request.only,
        "--ignore": request.ignore,
        "--ignore-unsigned": request.ignore_unsigned,
    }
    for option, value in left_out.items():
        if value:
            raise UsageError(
                f"a summary speaks of a whole artifact, and {option} leaves files out",
                hint=f"Leave {option} out, or --summary.",
            )
    refuse_terms(
        request.terms, "a summary speaks of what the profile judges by, and {} changes that"
    )


def write_summary(
    report: Report, location: Location, request: SummaryRequest, signatory: Signatory
) -> None:
    """Sign what a verification came to, allowed or denied.

    Raises:
        DeniedError: the artifact was denied before anything was known by which to name it.
        UsageError: its files were not verified, or by no profile; or it would replace another's
            signature, or lie among the files.
        OutputError: it cannot be written.
        UndecidedError: there is no verdict, or a service that is needed is out of reach.
    """
    if not report.profile:
        raise UsageError(
            "a summary says by which profile a verdict was given, and there is none",
            hint="Give --profile.",
        )
    artifact = report.artifact
    if report.verdict is Verdict.ERROR:
        raise UndecidedError("there is no verdict that a summary could speak of")
    if artifact is None and report.verdict is Verdict.ALLOW:
        raise UsageError("a summary is of an artifact's files, and only a digest is at hand")
    if artifact is None:
        raise DeniedError("the artifact was denied before its files were hashed: no summary of it")
    if isinstance(location, Path):
        places.refuse_inside(open_target(location), request.out)
    places.refuse_replacing(request.out, signatory)
    also = [
        Subject(artifact.name, {item.algorithm: item.hex})
        for item in sorted(report.digests - {artifact.digest})
    ]
    predicate = _predicate(report, request)
    says = statement.attesting(SUMMARY, predicate, artifact.name, artifact.digest, *also)
    output.write(request.out, signatory.sign(says).to_bytes())


def _predicate(report: Report, request: SummaryRequest) -> Mapping[str, Json]:
    """The verdict, what gave it, and until when it counts (SLSA VSA v1.1, schema).

    That is never beyond the day on which the same judges would say something else.
    """
    assert report.artifact
    now = datetime.now(UTC)  # whoever relies on it holds this against the present
    algorithm, _, value = report.profile.partition(":")
    return {
        "verifier": {"id": VERIFIER, "version": {"aiverify": __version__}},
        "timeVerified": clock.rfc3339(now),
        EXPIRES: clock.rfc3339(min(filter(None, (now + request.lifetime, report.until)))),
        "resourceUri": request.uri or str(report.artifact.digest),
        "policy": {
            "uri": "aiverify.yaml",
            "digest": {algorithm: value},
            "annotations": {"trust": report.trust, "policies": sorted(report.policies.values())},
        },
        "verificationResult": "PASSED" if report.verdict is Verdict.ALLOW else "FAILED",
        "verifiedLevels": [],
        "slsaVersion": "1.1",
    }

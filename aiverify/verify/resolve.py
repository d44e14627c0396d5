"""Step 1: resolve the target, and collect every signature that speaks of it."""

from __future__ import annotations

from dataclasses import replace

from aiverify.core.report import Outcome, Step, StepName
from aiverify.signing.authenticate import Authentic, authenticate
from aiverify.signing.rejected import Rejected
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.target import SignatureSource, open_target


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Open the target and authenticate its signatures.

    Raises:
        InputError: the target or a signature cannot be read, or is malformed.
    """
    request = evidence.request
    target = evidence.target or open_target(request.location)
    found = target.signatures(request.signatures, request.attestations)
    signatures = tuple(item for item in found if isinstance(item, SignatureSource))
    ground = context.ground
    results = [
        authenticate(item.file, context.trust, item.source, ground)
        if isinstance(item, SignatureSource)
        else item
        for item in found
    ]
    detail = f"{target.form.value}, {_count(len(signatures))}"
    return Step(StepName.RESOLVE, Outcome.PASS, detail), replace(
        evidence,
        target=target,
        signatures=signatures,
        authentic=tuple(item for item in results if isinstance(item, Authentic)),
        rejected=tuple(item for item in results if isinstance(item, Rejected)),
    )


def _count(number: int) -> str:
    if number == 0:
        return "no signature"
    return "1 signature" if number == 1 else f"{number} signatures"

"""THE pipeline: a request and a context in, a report out.

    1. Resolve        what is it, and who speaks of it
    2. Integrity      every byte against the manifest that the signatures speak of
    3. Signatures     distinct trusted signers, up to the threshold
    4. Attestations   by the same trust, about this artifact
    5. Contents       clean, flagged or unread
    6. SBOM           is about these bytes, and says what they say
    7. Policy         Rego over the policy document
    8. Verdict        what the steps come to

A step does not run on what an earlier one refused; of one step all findings are reported.
The command line calls `verify`. The webhook calls its two halves, `gather` for an artifact that it
sees for the first time and `conclude` for every request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.report import (
    Outcome,
    Report,
    SignatureEvidence,
    Step,
    StepName,
    Verdict,
)
from aiverify.verify import (
    agreement,
    attestations,
    contents,
    integrity,
    judgement,
    resolve,
    signatures,
)
from aiverify.verify.evidence import Context, Evidence, Request
from aiverify.verify.judgement import signature_evidence
from aiverify.verify.target import Target

NOT_REACHED = "not reached"
"""What is said of a step that an earlier one kept from running."""

Check = Callable[[Evidence, Context], tuple[Step, Evidence]]

STEPS: tuple[tuple[StepName, Check], ...] = (
    (StepName.RESOLVE, resolve.check),
    (StepName.INTEGRITY, integrity.check),
    (StepName.SIGNATURES, signatures.check),
    (StepName.ATTESTATIONS, attestations.check),
    (StepName.CONTENTS, contents.check),
    (StepName.SBOM, agreement.check),
    (StepName.POLICY, judgement.check),
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the steps before policy found. It can be judged by policies as often as one likes."""

    evidence: Evidence
    steps: tuple[Step, ...]


def verify(request: Request, context: Context, target: Target | None = None) -> Report:
    """Run the steps and give the verdict; on a target that is open already, if one is given.

    Raises:
        InputError: the target or a signature cannot be read, or is malformed.
    """
    return conclude(gather(request, context, target), context)


def gather(
    request: Request, context: Context, target: Target | None = None, *, beyond: bool = False
) -> Gathered:
    """Run the steps before policy.

    With `beyond` they go on after a step that refused, as far as there are files that somebody
    vouches for: `conclude` then knows which of it counts.

    Raises:
        InputError: the target or a signature cannot be read, or is malformed.
    """
    evidence = Evidence(request, target)
    steps: list[Step] = []
    for name, check in STEPS[:-1]:
        ends = not (beyond and evidence.tree is not None)
        if ends and any(_refuses(step) for step in steps):
            steps.append(Step(name, Outcome.SKIPPED, NOT_REACHED))
            continue
        step, evidence = check(evidence, context)
        steps.append(step)
        evidence = replace(evidence, findings=(*evidence.findings, *step.findings))
    return Gathered(evidence, tuple(steps))


def conclude(
    gathered: Gathered,
    context: Context,
    *,
    asked: Mapping[str, Json] | None = None,
    forgives: Callable[[Finding], bool] | None = None,
) -> Report:
    """Judge what was gathered by the policies, and give the verdict.

    `asked` is what a cluster is asked for, which policies see as `input.request`. A step does not
    keep later ones from running whose findings are all such as somebody `forgives`; the verdict
    is what it would be otherwise.
    """
    evidence = replace(gathered.evidence, asked=asked)
    steps: list[Step] = []
    for step in gathered.steps:
        stopped = any(_refuses(earlier, forgives) for earlier in steps)
        steps.append(Step(step.name, Outcome.SKIPPED, NOT_REACHED) if stopped else step)
    name, check = STEPS[-1]
    if any(step.detail == NOT_REACHED or _refuses(step, forgives) for step in steps):
        steps.append(Step(name, Outcome.SKIPPED, NOT_REACHED))
    else:
        step, evidence = check(evidence, context)
        steps.append(step)
    return Report(
        target=str(evidence.request.location),
        artifact=evidence.artifact,
        steps=tuple(steps),
        verdict=verdict(steps),
        evidence=_signed(evidence),
        files=evidence.files or (),
        base=evidence.base.to_json() if evidence.base else None,
        profile=context.profile,
        policies=context.policies,
        only=evidence.request.only,
        trust=context.trust_digest,
        digests=evidence.whole,
        terms=context.scale.terms,
        until=evidence.until,
    )


def _refuses(step: Step, forgives: Callable[[Finding], bool] | None = None) -> bool:
    if step.outcome is Outcome.DENY and forgives is not None:
        against = [item for item in step.findings if item.severity is Severity.ERROR]
        return not against or not all(forgives(item) for item in against)
    return step.outcome in {Outcome.DENY, Outcome.ERROR}


def turn_away(request: Request, context: Context, target: Target) -> Report | None:
    """The report on what is denied whatever its bytes are, so that nobody needs to fetch them.

    None where somebody trusted speaks of its files.
    """
    _, evidence = resolve.check(Evidence(request, target), context)
    if any(item.lists_files for item in evidence.authentic):
        comparable = integrity.all_comparable(evidence)
        step, _ = integrity.check(evidence, context)
        if step.outcome is not Outcome.DENY or not comparable:
            return None
    return verify(request, context, target)


def verdict(steps: Iterable[Step]) -> Verdict:
    """Step 8. Allow takes a pass of every step that could run, integrity and signatures first."""
    outcomes = {step.name: step.outcome for step in steps}
    if Outcome.ERROR in outcomes.values():
        return Verdict.ERROR
    proven = (StepName.RESOLVE, StepName.INTEGRITY, StepName.SIGNATURES)
    if all(outcomes.get(name) is Outcome.PASS for name in proven) and (
        Outcome.DENY not in outcomes.values()
    ):
        return Verdict.ALLOW
    return Verdict.DENY


def _signed(evidence: Evidence) -> tuple[SignatureEvidence, ...]:
    counted = (signature_evidence(i) for i in (*evidence.counted, *evidence.attestations))
    refused = (SignatureEvidence(item.source, "") for item in evidence.rejected)
    return (*counted, *refused)

"""Step 3: each signature against trust; distinct signers are counted up to the threshold."""

from __future__ import annotations

from collections.abc import Iterable

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.report import Outcome, Step, StepName
from aiverify.signing import oms
from aiverify.verify.evidence import Context, Evidence


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Count each signer once, however many signatures they made.

    Signatures that do not hold are errors while signers are missing, and remarks when
    enough others signed: an artifact may carry signatures of people nobody here knows.
    """
    signers = {item.signer for item in evidence.counted}
    enough = len(signers) >= context.trust.threshold
    findings = (*_shortage(evidence, context, signers), *_rejections(evidence, enough))
    outcome = Outcome.DENY if denies(findings) else Outcome.PASS
    names = ", ".join(sorted(signers)) or "nobody"
    detail = f"signed by {names}; {context.trust.threshold} needed"
    return Step(StepName.SIGNATURES, outcome, detail, findings), evidence


def _rejections(evidence: Evidence, enough: bool) -> Iterable[Finding]:
    severity = Severity.WARNING if enough else Severity.ERROR
    for item in evidence.rejected:
        message = f"the signature {item.source} does not count: {item.reason}"
        yield rules.signatures.BAD.found(message, severity=severity)


def _shortage(evidence: Evidence, context: Context, signers: set[str]) -> Iterable[Finding]:
    if len(signers) >= context.trust.threshold:
        return
    assert evidence.target
    if not evidence.signatures:
        yield rules.signatures.NONE.found(f"{evidence.target.shown} has no signature")
        return
    others = [i for i in evidence.authentic if i.statement.predicate_type != oms.PREDICATE]
    if others and not signers:
        for item in others:
            message = (
                f"the signature {item.source} is a statement of type "
                f"{item.statement.predicate_type}, which does not speak of a whole artifact"
            )
            yield rules.signatures.MISUSED.found(message)
    if context.trust.threshold > 1:
        message = f"{len(signers)} of {context.trust.threshold} distinct signers signed this"
        yield rules.signatures.TOO_FEW.found(message)

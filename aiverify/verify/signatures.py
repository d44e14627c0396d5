"""Step 3: each signature against trust; distinct signers are counted up to the threshold."""

from __future__ import annotations

from collections.abc import Iterable, Set

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Step, StepName
from aiverify.core.trust import Quorum
from aiverify.signing.authenticate import Authentic
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.parts import kinds
from aiverify.verify.reading import read
from aiverify.verify.target import Form


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Count each signer once, however many signatures they made.

    Signatures that do not hold are errors while signers are missing, and remarks when
    enough others signed: an artifact may carry signatures of people nobody here knows.
    """
    if context.trust.kinds and evidence.counted and not _is_part(evidence):
        evidence = read(evidence, context)
    quorum, signers = max(
        (
            (each, distinct(evidence.counted, each.signers))
            for each in quorums_for(evidence, context)
        ),
        key=lambda pair: pair[0].threshold - len(pair[1]),
    )
    enough = len(signers) >= quorum.threshold
    findings = (*_shortage(evidence, quorum, signers), *_rejections(evidence, enough))
    outcome = Outcome.DENY if denies(findings) else Outcome.PASS
    names = ", ".join(sorted(signers)) or "nobody"
    everybody = len(quorum.signers) == len(context.trust.signers)
    whom = "" if everybody else f" of {', '.join(sorted(quorum.signers))}"
    detail = f"signed by {names}; {quorum.threshold}{whom} needed"
    return Step(StepName.SIGNATURES, outcome, detail, findings), evidence


def distinct(made: Iterable[Authentic], among: Set[str]) -> set[str]:
    """The signers of some statements, as many of some as there are, where a key makes one.

    Who is trusted by a key here may hold a certificate for the same key there: such a key
    stands for whichever of its signers no other key stands for.
    """
    names: dict[str, set[str]] = {}
    for item in made:
        names.setdefault(item.key.fingerprint, set()).update({item.signer} & among)
    stands: dict[str, str] = {}

    def place(key: str, tried: set[str]) -> bool:
        for name in sorted(names[key] - tried):
            tried.add(name)
            if name not in stands or place(stands[name], tried):
                stands[name] = key
                return True
        return False

    for key in sorted(names):
        place(key, set())
    return set(stands)


def quorums_for(evidence: Evidence, context: Context) -> tuple[Quorum, ...]:
    """How many signers it takes, and whose, as far as it is known: all must be met.

    What kind of artifact it is, its files say. A part of them may not, so that for a part every
    quorum counts that the whole could need: one signer alone does not make a model of an
    adapter by leaving its settings out.
    """
    trust = context.trust
    if _is_part(evidence) or evidence.outside:
        return (trust.quorum(None), *trust.kinds.values())
    assert evidence.target
    if not evidence.files:
        return (trust.quorum(None),)
    return tuple(trust.quorum(kind) for kind in kinds(evidence.target, evidence.files))


def _is_part(evidence: Evidence) -> bool:
    """Whether only a part of the files is looked into; none is of what stays in a registry."""
    assert evidence.target
    return bool(evidence.request.only) or evidence.target.form is Form.REGISTRY


def _rejections(evidence: Evidence, enough: bool) -> Iterable[Finding]:
    severity = Severity.WARNING if enough else Severity.ERROR
    for item in evidence.rejected:
        message = f"the signature {item.source} does not count: {item.reason}"
        yield rules.signatures.BAD.found(message, severity=severity)


def _shortage(evidence: Evidence, quorum: Quorum, signers: set[str]) -> Iterable[Finding]:
    if len(signers) >= quorum.threshold:
        return
    assert evidence.target
    if not evidence.signatures:
        yield rules.signatures.NONE.found(f"{evidence.target.shown} has no signature")
        return
    others = [item for item in evidence.authentic if not item.lists_files]
    if others and not signers:
        for item in others:
            message = (
                f"the signature {item.source} is a statement of type "
                f"{printable(item.predicate_type)}, which does not speak of a whole artifact"
            )
            yield rules.signatures.MISUSED.found(message)
    if quorum.threshold > 1 or evidence.counted:
        message = f"{len(signers)} of {quorum.threshold} distinct signers signed this"
        yield rules.signatures.TOO_FEW.found(message)

"""Step 5: what the files are. Each is clean, flagged or unread, and unread is not clean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiverify.core import rules, shards
from aiverify.core.artifact import Artifact
from aiverify.core.contradictions import contradictions
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts, State
from aiverify.core.finding import Finding, denies
from aiverify.core.moments import EPOCH
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Step, StepName
from aiverify.core.waiver import Found, Waived, waive
from aiverify.core.words import counted
from aiverify.sbom.reading import base_digest
from aiverify.verify.base import Base, hold_against, other_bytes, refuse_no_adapter
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.identity import identify
from aiverify.verify.parts import misfits
from aiverify.verify.reading import UNFETCHED, read
from aiverify.verify.target import Form


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Look into every file, and at how they fit together."""
    evidence = read(evidence, context)
    assert evidence.target
    files, description = evidence.files or (), evidence.description
    artifact, unsigned = identify(evidence, files, description)
    base = _base(evidence, files, description, context)
    findings = (
        *unsigned,
        *(finding for item in files for finding in item.facts.findings),
        *shards.disagreements(files),
        *misfits(evidence.target, files),
        *(() if evidence.request.only else contradictions(files, description)),
        *_unread(files, context),
        *_unfetched(files, context),
        *(base.fit.findings if base else ()),
        *(other_bytes(base, _pinned(evidence)) if base else ()),
    )
    waived = _waived(findings, artifact, context)
    findings = (*waived.findings, *waived.remarks)
    counts = Counter(item.state for item in files)
    detail = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    detail += ", as attested" if evidence.recorded and _in_registry(evidence) else ""
    outcome = Outcome.DENY if denies(findings) else Outcome.PASS
    evidence = replace(evidence, artifact=artifact, base=base).holding(waived.until)
    return Step(StepName.CONTENTS, outcome, detail, findings), evidence


def _waived(findings: Iterable[Finding], artifact: Artifact, context: Context) -> Waived:
    """The findings after the profile's exceptions."""
    found = (Found(item, denies_from=EPOCH if denies((item,)) else None) for item in findings)
    waivers = [waiver for waiver in context.waivers if waiver.is_of_contents]
    return waive(found, waivers, artifact, context.waived_at)


def _unfetched(files: Iterable[FileFacts], context: Context) -> Iterable[Finding]:
    """One finding for all files that stay where they are: there may be thousands."""
    count = sum(item.facts.unread == UNFETCHED for item in files)
    if count:
        message = f"{counted(count, 'file')} in the registry: nobody trusted attests what is in it"
        yield rules.contents.UNFETCHED.found(message, severity=context.unread)


def _in_registry(evidence: Evidence) -> bool:
    return evidence.target is not None and evidence.target.form is Form.REGISTRY


def _base(
    evidence: Evidence, files: Sequence[FileFacts], description: Description, context: Context
) -> Base | None:
    """The base at hand. It is hashed only where an attested SBOM says which bytes it has."""
    if evidence.request.base is None:
        return None
    assert evidence.target
    refuse_no_adapter(description, evidence.target)
    base = hold_against(files, description, evidence.request.base)
    return base.hashed(context.progress) if _pinned(evidence) else base


def _pinned(evidence: Evidence) -> str:
    """The root digest of the base in the attested SBOM, or empty."""
    return base_digest(evidence.sbom) if evidence.sbom else ""


def _unread(files: Iterable[FileFacts], context: Context) -> Iterable[Finding]:
    for item in files:
        if item.state is State.UNREAD and item.facts.unread != UNFETCHED:
            message = f"{printable(item.name)} was not looked into: {item.facts.unread}"
            yield rules.contents.UNREAD.found(message, file=item.name, severity=context.unread)

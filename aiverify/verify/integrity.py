"""Step 2: every byte against the manifest that the signatures speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aiverify.core import rules
from aiverify.core.finding import Finding, denies
from aiverify.core.manifest import Difference, Manifest, compare
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Step, StepName
from aiverify.errors import InputError
from aiverify.files.stream import digest_all
from aiverify.signing import oms
from aiverify.signing.authenticate import Authentic, Rejected
from aiverify.signing.oms import SignedManifest
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.target import Form, Target


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One authentic signature of a whole artifact against the files at hand."""

    by: Authentic
    said: SignedManifest
    difference: Difference


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Hash every file once, and compare with each authentic signature.

    A signature that speaks of exactly these files counts. Where none does, the differences
    from the first are the findings. What a signer ignores may lie in a directory, and is
    reported; a bundle is made for the files that were signed, and may hold no others.

    Raises:
        InputError: a file cannot be read, or is none that an artifact may hold.
    """
    target = evidence.target
    assert target
    signed, unusable = _signed_manifests(evidence.authentic, target)
    evidence = replace(evidence, rejected=(*evidence.rejected, *unusable))
    if not signed:
        target.tree(_signatures_inside(evidence))  # what is no artifact is bad input first
        detail = "no authentic signature to compare with"
        return Step(StepName.INTEGRITY, Outcome.SKIPPED, detail), evidence
    tree = target.tree(_left_out(evidence, signed))
    at_hand = Manifest.of(digest_all(tree.members, context.progress))
    compared = [_compare(by, said, at_hand, evidence) for by, said in signed]
    agreeing = [item for item in compared if not item.difference]
    vouched = _vouched(agreeing, context.trust.threshold)
    if agreeing:
        outside = {entry.name for entry in at_hand.entries if entry.name not in vouched}
        outside = outside.union(tree.ignored) - _signatures_inside(evidence)
        findings = (*_damaged(evidence, at_hand), *_unsigned(outside))
        at_hand = Manifest(tuple(entry for entry in at_hand.entries if entry.name in vouched))
        tree = replace(tree, members=tuple(m for m in tree.members if m.name in vouched))
    else:
        findings = _differences(compared[0])
    disagreeing = (
        Rejected(item.by.source, "it speaks of other files than these")
        for item in compared
        if item.difference
    )
    return _step(at_hand, findings), replace(
        evidence,
        tree=tree,
        manifest=at_hand,
        artifact=target.artifact(at_hand, (), evidence.description),
        counted=tuple(item.by for item in agreeing),
        rejected=(*evidence.rejected, *disagreeing),
    )


def _vouched(agreeing: Sequence[_Comparison], threshold: int) -> frozenset[str]:
    """Files that enough distinct signers name. Later steps see and believe no others."""
    signers: dict[str, set[str]] = {}
    for item in agreeing:
        for entry in item.said.manifest.entries:
            signers.setdefault(entry.name, set()).add(item.by.signer)
    needed = min(threshold, len({item.by.signer for item in agreeing}))
    return frozenset(name for name, found in signers.items() if len(found) >= needed)


def _step(at_hand: Manifest, findings: tuple[Finding, ...]) -> Step:
    count = len(at_hand.entries)
    files = f"{count} file{'s' * (count != 1)}"
    if denies(findings):
        return Step(StepName.INTEGRITY, Outcome.DENY, f"{files}, not as signed", findings)
    return Step(StepName.INTEGRITY, Outcome.PASS, f"{files}, each as signed", findings)


def _signed_manifests(
    authentic: Sequence[Authentic], target: Target
) -> tuple[list[tuple[Authentic, SignedManifest]], list[Rejected]]:
    file = target.path.name if target.form is Form.FILE else ""
    signed: list[tuple[Authentic, SignedManifest]] = []
    unusable: list[Rejected] = []
    for item in authentic:
        if item.statement.predicate_type == oms.PREDICATE:
            where = f"the signature {item.source}"
            try:
                signed.append((item, oms.read(item.statement, where, file=file)))
            except InputError as error:
                unusable.append(Rejected(item.source, error.message))
    return signed, unusable


def _left_out(
    evidence: Evidence, signed: Sequence[tuple[Authentic, SignedManifest]]
) -> frozenset[str]:
    """Paths not to hash: the signatures themselves, the request's, and what all signers ignore."""
    ignored = frozenset.intersection(*(said.ignore_paths for _, said in signed))
    return ignored | frozenset(evidence.request.ignore) | _signatures_inside(evidence)


def _signatures_inside(evidence: Evidence) -> frozenset[str]:
    """The names inside the artifact of the signatures that were read."""
    assert evidence.target
    paths = evidence.request.signatures or (evidence.target.signature_path,)
    inside = (evidence.target.inside(path) for path in paths)
    return frozenset(name for name in inside if name)


def _compare(
    by: Authentic, said: SignedManifest, at_hand: Manifest, evidence: Evidence
) -> _Comparison:
    covered = at_hand
    if evidence.target and evidence.target.form is not Form.BUNDLE:
        covered = Manifest(tuple(entry for entry in at_hand.entries if said.covers(entry.name)))
    difference = compare(said.manifest, covered)
    if evidence.request.ignore_unsigned:
        difference = replace(difference, extra=())
    ignored = SignedManifest(said.manifest, frozenset(evidence.request.ignore))
    missing = tuple(entry for entry in difference.missing if ignored.covers(entry.name))
    return _Comparison(by, said, replace(difference, missing=missing))


def _differences(item: _Comparison) -> tuple[Finding, ...]:
    """What is changed, missing and extra, with both digests; or one sentence for it all."""
    difference = item.difference
    kept = len(item.said.manifest.entries) - len(difference.changed) - len(difference.missing)
    if kept == 0 and difference.missing:
        subject = item.by.statement.subjects[0].name
        message = (
            f"the signature {item.by.source} speaks of another artifact, {subject} "
            f"({item.said.manifest.root})"
        )
        return (rules.signatures.MISUSED.found(message),)
    changed = (
        rules.integrity.CHANGED.found(
            f"{printable(now.name)} is {now.digest}, and {then.digest} was signed", file=now.name
        )
        for then, now in difference.changed
    )
    missing = (
        rules.integrity.MISSING.found(
            f"{printable(entry.name)} is missing, and {entry.digest} was signed", file=entry.name
        )
        for entry in difference.missing
    )
    extra = (
        rules.integrity.EXTRA.found(
            f"{printable(entry.name)} was not signed; it is {entry.digest}", file=entry.name
        )
        for entry in difference.extra
    )
    return (*changed, *missing, *extra)


def _damaged(evidence: Evidence, at_hand: Manifest) -> tuple[Finding, ...]:
    """Blobs that are not what their bundle's own manifest says."""
    assert evidence.target
    bundle = evidence.target.bundle
    if bundle is None:
        return ()
    return tuple(
        rules.integrity.CHANGED.found(
            f"{printable(now.name)} is {now.digest}, and its bundle says {then.digest}",
            file=now.name,
        )
        for then, now in compare(bundle.promised(), at_hand).changed
    )


def _unsigned(names: Iterable[str]) -> tuple[Finding, ...]:
    """Files that nobody vouches for, however they came to be left out."""
    found = sorted(names)
    if not found:
        return ()
    shown = ", ".join(printable(name) for name in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    message = f"the signature does not speak of {shown}{more}"
    return (rules.integrity.UNSIGNED.found(message, file=found[0]),)

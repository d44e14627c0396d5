"""Step 2: every byte against the manifest that the signatures speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, denies
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import paths_of, printable
from aiverify.core.report import Outcome, Step, StepName
from aiverify.core.serialization import WHOLE_FILES, Serialization
from aiverify.core.trust import Trust
from aiverify.core.words import counted
from aiverify.errors import InputError
from aiverify.files.stream import Sizes, manifests
from aiverify.files.tree import ALWAYS_IGNORED, Tree
from aiverify.signing import oms
from aiverify.signing.authenticate import Authentic
from aiverify.signing.dsse import ENCODINGS, is_encoding
from aiverify.signing.oms import SignedManifest
from aiverify.signing.predicates import MANIFEST_SIGNED
from aiverify.signing.rejected import Rejected
from aiverify.signing.statement import Statement
from aiverify.verify import differences
from aiverify.verify.comparison import Comparison, compare_all
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.signatures import distinct
from aiverify.verify.target import Form, Target

Signed = tuple[Authentic, SignedManifest]


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
    tree = _tree(evidence, signed)
    ways = (WHOLE_FILES, *(said.serialization for _, said in signed))
    hashed = manifests(tree.members, ways, context.progress, _sizes(signed))
    compared = compare_all(signed, hashed, tree, evidence)
    agreeing = [item for item in compared if not item.difference]
    disagreeing = (
        Rejected(item.by.source, "it speaks of other files than these")
        for item in compared
        if item.difference
    )
    evidence = replace(evidence, rejected=(*evidence.rejected, *disagreeing))
    if not agreeing:
        findings = differences.told(compared[0], evidence)
        artifact = target.artifact(hashed[WHOLE_FILES], (), evidence.description)
        whole = _whole(compared) if evidence.request.only else None
        return _step(hashed[WHOLE_FILES], findings, evidence), replace(
            evidence, artifact=replace(artifact, whole=whole)
        )
    return _agreed(agreeing, hashed, tree, evidence, context.trust)


def _agreed(
    agreeing: Sequence[Comparison],
    hashed: Mapping[Serialization, Manifest],
    tree: Tree,
    evidence: Evidence,
    trust: Trust,
) -> tuple[Step, Evidence]:
    """What holds once a signature speaks of these files: later steps see nothing else."""
    assert evidence.target
    at_hand = hashed[WHOLE_FILES]
    vouched = _vouched(agreeing, trust)
    outside = (at_hand.files - vouched).union(tree.ignored) - _signatures_inside(evidence)
    manifest = at_hand.only(vouched)
    whole = _whole(agreeing) if evidence.request.only else manifest.root
    digests = _digests(agreeing, whole, manifest, evidence.target)
    partial = {item.said.root for item in agreeing if item.said.manifest.files != vouched}
    findings = (
        *differences.damaged(evidence.target, at_hand),
        *differences.revoked(digests, manifest, trust.revoked),
        *differences.linked(tree, vouched, evidence.target),
        *differences.unsigned(outside, evidence.request),
    )
    artifact = evidence.target.artifact(manifest, (), evidence.description)
    return _step(manifest, findings, evidence), replace(
        evidence,
        tree=replace(tree, members=tuple(m for m in tree.members if m.name in vouched)),
        manifest=manifest,
        digests=digests,
        whole=digests - partial,
        outside=frozenset(n for n in outside if n.partition("/")[0] not in ALWAYS_IGNORED),
        artifact=replace(artifact, whole=whole),
        counted=tuple(item.by for item in agreeing),
    )


def _vouched(agreeing: Sequence[Comparison], trust: Trust) -> frozenset[str]:
    """Files that enough distinct signers name, whichever quorum the artifact turns out to need."""
    every = frozenset(range(len(agreeing)))
    quorums = (trust.quorum(None), *trust.kinds.values())

    def count(naming: frozenset[int], eligible: frozenset[str]) -> int:
        return len(distinct((agreeing[at].by for at in naming), eligible))

    needed = [(q.signers, min(q.threshold, count(every, q.signers))) for q in quorums]

    @cache
    def enough(naming: frozenset[int]) -> bool:
        return all(count(naming, eligible) >= least for eligible, least in needed)

    named: dict[str, set[int]] = {}
    for at, item in enumerate(agreeing):
        for name in item.said.manifest.files:
            named.setdefault(name, set()).add(at)
    return frozenset(name for name, naming in named.items() if enough(frozenset(naming)))


def _whole(agreeing: Sequence[Comparison]) -> Digest:
    """The root digest of an artifact of which only a part was hashed."""
    for item in agreeing:
        if item.said.serialization == WHOLE_FILES:
            return item.said.manifest.root
    return agreeing[0].said.root


def _digests(
    agreeing: Sequence[Comparison], whole: Digest, manifest: Manifest, target: Target
) -> frozenset[Digest]:
    """Everything by which a statement may call this artifact."""
    found = {whole, *(item.said.root for item in agreeing)}
    if target.bundle:
        found.add(target.bundle.descriptor.digest)
    if target.form is Form.FILE:
        found.update(entry.digest for entry in manifest.entries)
        for item in agreeing:
            found.update(e.digest for e in item.said.manifest.entries if e.span is None)
    return frozenset(found)


def _step(manifest: Manifest, findings: tuple[Finding, ...], evidence: Evidence) -> Step:
    files = counted(len(manifest.files), "file")
    only = " and no others" if evidence.request.only else ""
    if denies(findings):
        return Step(StepName.INTEGRITY, Outcome.DENY, f"{files}{only}, not as signed", findings)
    return Step(StepName.INTEGRITY, Outcome.PASS, f"{files}{only}, each as signed", findings)


def all_comparable(evidence: Evidence) -> bool:
    """Whether each authentic signature of the files can be held against what is at hand."""
    assert evidence.target
    return not _signed_manifests(evidence.authentic, evidence.target)[1]


def _signed_manifests(
    authentic: Sequence[Authentic], target: Target
) -> tuple[list[Signed], list[Rejected]]:
    signed: list[Signed] = []
    unusable: list[Rejected] = []
    for item in authentic:
        if not item.lists_files:
            continue
        try:
            signed.append((item, _listing(item, target)))
        except InputError as error:
            unusable.append(Rejected(item.source, error.message))
    return signed, unusable


def _listing(item: Authentic, target: Target) -> SignedManifest:
    """The files that a signature lists; a file's digest alone is a list of that one file.

    Raises:
        InputError: it is not a list of files, or is a digest and the target is no file.
    """
    file = target.path.name if target.form is Form.FILE else ""
    if isinstance(item.says, Statement) and item.predicate_type == MANIFEST_SIGNED:
        return _listed_by_manifest(item.says, target)
    if isinstance(item.says, Statement):
        said = oms.read(item.says, f"the signature {item.source}", file=file)
        if target.form is Form.REGISTRY and said.serialization != WHOLE_FILES:
            raise InputError(
                "it is not over the SHA-256 digests of whole files, and a registry knows no others"
            )
        _refuse_archives(said, target)
        return said
    if not file:
        raise InputError("it signs the digest of a single file, and this is none")
    if is_encoding(target.beginning(len(ENCODINGS[0]))):
        # Whoever signs an envelope signs these very bytes, and never meant a file by it.
        raise InputError("it signs an envelope, of which this file is the encoding")
    manifest = Manifest.of((Entry(file, item.says.digest),))
    way = Serialization(item.says.digest.algorithm)
    return SignedManifest(manifest, frozenset(), manifest.root, way)


def _refuse_archives(said: SignedManifest, target: Target) -> None:
    """A list of files says of none that it is an archive: only the manifest says so.

    Whoever has a registry could call a file that was signed an archive, and have it unpacked.

    Raises:
        InputError: a file of the list is an archive of the bundle's.
    """
    archives = {name for _, name, _ in target.bundle.archives()} if target.bundle else set()
    if named := sorted(archives & said.manifest.files):
        raise InputError(
            f"it names {printable(named[0])} as a file, and nobody signed that it is an archive"
        )


def _listed_by_manifest(says: Statement, target: Target) -> SignedManifest:
    """The files that an OCI manifest lists, where its digest is what somebody signed."""
    if target.bundle is None:
        raise InputError("it signs an OCI manifest, and this is none")
    digest = target.bundle.descriptor.digest
    if not any(each.digests.get(digest.algorithm) == digest.hex for each in says.subjects):
        raise InputError("it signs another OCI manifest")
    promised = target.promised()
    assert promised
    return SignedManifest(promised, frozenset(), promised.root)


def _tree(evidence: Evidence, signed: Sequence[Signed]) -> Tree:
    """The files to hash: not the signatures themselves, nor what the request or all signers ignore.

    With `--only`, none but those.
    """
    assert evidence.target
    names = frozenset[str]().union(*(said.manifest.files for _, said in signed))
    ignored = frozenset.intersection(*(said.ignore_paths for _, said in signed))
    ignored -= frozenset(path for name in names for path in paths_of(name))
    left_out = ignored | frozenset(evidence.request.ignore) | _signatures_inside(evidence)
    follow = any(said.allow_symlinks for _, said in signed)
    tree = evidence.target.tree(left_out, follow=follow, signed=names)
    if not evidence.request.only:
        return tree
    differences.refuse_unknown(evidence, {*names, *(member.name for member in tree.members)})
    return replace(
        tree,
        members=tuple(m for m in tree.members if differences.is_wanted(m.name, evidence)),
        ignored=tuple(name for name in tree.ignored if differences.is_wanted(name, evidence)),
    )


def _sizes(signed: Sequence[Signed]) -> Sizes:
    """How many bytes of each file were signed in shards."""
    sizes: dict[Serialization, dict[str, int]] = {}
    for _, said in signed:
        if said.serialization.shard_size:
            ends = sizes.setdefault(said.serialization, {})
            for entry in said.manifest.entries:
                end = entry.span.end if entry.span else 0
                ends[entry.name] = max(end, ends.get(entry.name, 0))
    return sizes


def _signatures_inside(evidence: Evidence) -> frozenset[str]:
    """The names inside the artifact of the signatures that were read."""
    assert evidence.target
    if evidence.target.bundle:
        return frozenset()
    named = evidence.request.signatures or (evidence.target.signature_path,)
    inside = (evidence.target.inside(path) for path in (*named, *evidence.request.attestations))
    return frozenset(name for name in inside if name)

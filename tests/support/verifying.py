"""Small signed artifacts, and the pipeline run on them whole or as far as one step."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from aiverify.bundle.layout import open_bundle
from aiverify.core import mediatypes
from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest
from aiverify.core.report import Report, Step, StepName
from aiverify.core.trust import Signer, Trust
from aiverify.files.progress import Silent
from aiverify.files.stream import digest_all
from aiverify.files.tree import list_tree
from aiverify.operations.attaching import attach_to
from aiverify.operations.bundle import BundleRequest, bundle_artifact
from aiverify.operations.sign import Signed, SignRequest, sign_target
from aiverify.signing import oms, statement
from aiverify.signing.keys import PrivateKey
from aiverify.signing.predicates import CYCLONEDX
from aiverify.signing.signatories import KeySignatory
from aiverify.verify.evidence import Context, Evidence, Request
from aiverify.verify.pipeline import STEPS, verify
from tests.support.artifacts import MODEL, Files, write_tree
from tests.support.signatures import key, sign

NOW = 1_700_000_000 * 10**9

ALICE, ALICES_OTHER, BOB, MALLORY = (
    key(owner=owner) for owner in ("alice", "alice again", "bob", "mallory")
)


def trusting(
    signers: Mapping[str, Sequence[PrivateKey]] | None = None, threshold: int = 1
) -> Trust:
    """Trust in signers by name; without any, in Alice alone."""
    named = signers or {"alice": [ALICE]}
    return Trust(
        tuple(
            Signer.of_keys(name, (item.public.pem for item in keys)) for name, keys in named.items()
        ),
        threshold,
    )


def context(**given: Any) -> Context:
    """A context that trusts Alice, unless told otherwise."""
    return Context(**{"trust": trusting(), "now_ns": NOW} | given)


def sign_with(by: PrivateKey, path: Path, **given: Any) -> Signed:
    """Sign a target with a bare key, at the time of `NOW`."""
    with mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(NOW // 10**9)}):
        return sign_target(SignRequest(path, **given), KeySignatory(by), Silent())


def signed_tree(
    root: Path, files: Files = MODEL, by: PrivateKey = ALICE, ignore: Sequence[str] = ()
) -> Path:
    """A directory with its signature in `model.sig`."""
    sign_with(by, write_tree(root, files), ignore=tuple(ignore))
    return root


def signature_of(tree: Path, out: Path, by: PrivateKey = ALICE, ignore: Sequence[str] = ()) -> Path:
    """A signature of a directory, in a file of its own."""
    sign_with(by, tree, out=out, ignore=tuple(ignore))
    return out


def unsigned_bundle(tree: Path, out: Path) -> Path:
    """A bundle with its SBOM, which nobody attested."""
    bundle_artifact(BundleRequest(tree, out, Kind.MODEL), Silent())
    return out


def signed_bundle(tree: Path, out: Path, by: PrivateKey = ALICE) -> Path:
    """A bundle whose SBOM and contents are attested."""
    sign_with(by, unsigned_bundle(tree, out))
    return out


def attach_attestation(
    path: Path,
    predicate: Mapping[str, Json],
    root: Digest,
    *,
    by: PrivateKey,
    predicate_type: str = CYCLONEDX,
) -> None:
    """Attach to a bundle what somebody attested about an artifact, its own or another."""
    says = statement.attesting(predicate_type, predicate, "tiny", root)
    data = sign(says, by).to_bytes()
    attach_to(open_bundle(path), [(mediatypes.SIGNATURE, predicate_type, data)])


def attach_signature(path: Path, data: bytes) -> None:
    """Attach a signature's bytes to a bundle, as one of the artifact."""
    attach_to(open_bundle(path), [(mediatypes.SIGNATURE, oms.PREDICATE, data)])


def sbom_in(path: Path) -> dict[str, Any]:
    """The SBOM that lies in a bundle."""
    found = [i for i in open_bundle(path).attachments if i.artifact_type == mediatypes.SBOM]
    document: dict[str, Any] = json.loads(found[0].data)
    return document


def root_of(tree: Path) -> Digest:
    """The root digest of a directory, without its signature."""
    members = list_tree(tree, frozenset({"model.sig"})).members
    return Manifest.of(digest_all(members)).root


def verified(path: Path, *signatures: Path, **given: Any) -> Report:
    """The report on a target."""
    return verify(Request(path, tuple(signatures)), context(**given))


def up_to(
    name: StepName, request: Request | Path, using: Context | None = None
) -> tuple[Step, Evidence]:
    """Run the steps as far as the one named, and give its result."""
    evidence = Evidence(request if isinstance(request, Request) else Request(request))
    for at, check in STEPS:
        step, evidence = check(evidence, using or context())
        evidence = replace(evidence, findings=(*evidence.findings, *step.findings))
        if at is name:
            return step, evidence
    raise AssertionError(name)


def found(of: Step | Report) -> list[tuple[str, Severity, str]]:
    """Rule, severity and file of every finding."""
    return [(item.rule, item.severity, item.file) for item in of.findings]


def step_of(report: Report, name: StepName) -> Step:
    """One step of a report."""
    return next(step for step in report.steps if step.name is name)

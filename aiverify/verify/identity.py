"""What an artifact is called and what kind it is, as far as somebody trusted says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.artifact import Artifact
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.sbom.properties import KIND
from aiverify.sbom.reading import property_text, root_of, text
from aiverify.signing.predicates import MANIFEST_SIGNED
from aiverify.verify import parts
from aiverify.verify.evidence import Evidence


def identify(
    evidence: Evidence, files: Sequence[FileFacts], description: Description
) -> tuple[Artifact, tuple[Finding, ...]]:
    """The artifact, named by what was signed.

    A bundle's annotations are signed by nobody. They name the artifact where the signed
    statement, the attested SBOM or the signed card says the same, and are reported and
    passed over where none does. So is the kind, where the files say another.
    """
    assert evidence.target
    assert evidence.manifest
    artifact = replace(
        evidence.target.artifact(evidence.manifest, files, description),
        whole=evidence.artifact.whole if evidence.artifact else None,
    )
    if evidence.target.bundle is None:
        return artifact, ()
    described = root_of(evidence.sbom)
    by_manifest = _is_manifest_signed(evidence)
    stated = (evidence.target.bundle.kind,) if by_manifest else ()
    kinds = (parts.kinds(evidence.target, files)[0], property_text(described, KIND), *stated)
    names = tuple(_signed_names(evidence, description))
    versions = (text(described, "version"), evidence.target.bundle.version if by_manifest else "")
    signed = replace(
        artifact,
        kind=artifact.kind if artifact.kind in kinds else kinds[0],
        name=artifact.name if artifact.name in names else names[0],
        version=artifact.version if artifact.version in versions else versions[0],
    )
    return signed, tuple(_unsigned(artifact, signed))


def _signed_names(evidence: Evidence, description: Description) -> Iterator[str]:
    if description.name:
        yield description.name.value
    if name := text(root_of(evidence.sbom), "name"):
        yield name
    assert evidence.target
    assert evidence.target.bundle
    if _is_manifest_signed(evidence):
        yield evidence.target.bundle.name
    for item in evidence.counted:
        yield item.subject


def _is_manifest_signed(evidence: Evidence) -> bool:
    """Whether somebody who counts signed the manifest, and with it its annotations."""
    return any(item.predicate_type == MANIFEST_SIGNED for item in evidence.counted)


def _unsigned(stated: Artifact, signed: Artifact) -> Iterator[Finding]:
    pairs = (
        ("name", stated.name, signed.name),
        ("version", stated.version, signed.version),
        ("kind", stated.kind.value, signed.kind.value),
    )
    for what, said, instead in pairs:
        if said != instead:
            yield rules.integrity.UNSIGNED_NAME.found(
                f"nobody signed the bundle's {what} {printable(said) or 'none'}; the signed one "
                f"is {printable(instead) or 'none'}"
            )

"""What an artifact is called and what kind it is, as far as somebody trusted says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.verify.evidence import Evidence
from aiverify.verify.target import guess_kind


def identify(
    evidence: Evidence, files: Sequence[FileFacts], description: Description
) -> tuple[Artifact, tuple[Finding, ...]]:
    """The artifact, named by what was signed.

    A bundle's annotations are signed by nobody. They name the artifact where the signed
    statement, the attested SBOM or the signed card says the same, and are reported and
    passed over where none does. No annotation makes an adapter anything else.
    """
    assert evidence.target
    assert evidence.manifest
    artifact = evidence.target.artifact(evidence.manifest, files, description)
    if evidence.target.bundle is None:
        return artifact, ()
    found = guess_kind(files)
    kind = found if Kind.ADAPTER in (found, artifact.kind) else artifact.kind
    names = tuple(_signed_names(evidence, description))
    versions = (_of_root(evidence.sbom, "version"),)
    signed = replace(
        artifact,
        kind=kind,
        name=artifact.name if artifact.name in names else names[0],
        version=artifact.version if artifact.version in versions else versions[0],
    )
    return signed, tuple(_unsigned(artifact, signed))


def _signed_names(evidence: Evidence, description: Description) -> Iterator[str]:
    if description.name:
        yield description.name.value
    if name := _of_root(evidence.sbom, "name"):
        yield name
    for item in evidence.counted:
        yield item.statement.subjects[0].name


def _of_root(sbom: Mapping[str, object] | None, key: str) -> str:
    """A text of the SBOM's root component, or empty."""
    metadata = sbom.get("metadata") if sbom else None
    root = metadata.get("component") if isinstance(metadata, Mapping) else None
    text = root.get(key) if isinstance(root, Mapping) else None
    return text if isinstance(text, str) else ""


def _unsigned(stated: Artifact, signed: Artifact) -> Iterator[Finding]:
    pairs = (("name", stated.name, signed.name), ("version", stated.version, signed.version))
    for what, text, instead in pairs:
        if text != instead:
            shown = printable(instead) or "none"
            yield rules.UNSIGNED_NAME.found(
                f"nobody signed the bundle's {what} {printable(text) or 'none'}; the signed one "
                f"is {shown}"
            )

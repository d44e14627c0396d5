"""Whether a CycloneDX document speaks of these bytes. It may be ours or anybody's.

The document is read and never rewritten: fields that are not known here are ignored, and
a field of the wrong type counts as one that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from aiverify.core import rules
from aiverify.core.artifact import Artifact
from aiverify.core.description import Description
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.sbom.claims import contradictions
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.reading import Located, components, items, properties, root_of, text


def disagreements(
    document: Mapping[str, Json],
    artifact: Artifact,
    description: Description,
    *,
    part_of: frozenset[Digest] = frozenset(),
) -> tuple[Finding, ...]:
    """Say where a CycloneDX document and the artifact differ.

    Where only some of the artifact's files are at hand, `part_of` are the root digests that the
    whole may have, and files that are elsewhere are not missed.

    Each finding's place is a JSON pointer (RFC 6901) into the document. No finding means:
    it lists exactly the artifact's files with their SHA-256, and no claim of it is denied
    by what the files state.
    """
    if document.get("bomFormat") != "CycloneDX":
        message = "the SBOM is not a CycloneDX JSON document"
        return (rules.sboms.DISAGREES.found(message, place="/bomFormat"),)
    whole = Located(document, "")
    root = root_of(document)
    return (
        *_root_digest(root, part_of or {artifact.manifest.root}),
        *_files(_file_components(whole, root, artifact.manifest), artifact.manifest, part_of),
        *contradictions(root, artifact, description),
    )


def _root_digest(root: Located, actual: Set[Digest]) -> Iterator[Finding]:
    for item in properties(root, ROOT_DIGEST):
        claimed = text(item, "value")
        if claimed not in map(str, actual):
            yield rules.sboms.DISAGREES.found(
                f"the SBOM speaks of an artifact with the root digest {printable(claimed)}; "
                f"this one's is {' or '.join(map(str, sorted(actual)))}",
                place=f"{item.place}/value",
            )


def _file_components(whole: Located, root: Located, manifest: Manifest) -> Iterator[Located]:
    """The components that stand for files.

    Those of type `file`, and any other that bears a file's name and a SHA-256: tools differ
    in what they call a weight, and the root of an artifact of one file may be that file.
    """
    if text(root, "name") in manifest.by_name and any(_sha256(root)):
        yield root
    for component in (*components(root), *components(whole)):
        hashed = text(component, "name") in manifest.by_name and any(_sha256(component))
        if text(component, "type") == "file" or hashed:
            yield component


def _files(
    listed: Iterable[Located], manifest: Manifest, part_of: Set[Digest]
) -> Iterator[Finding]:
    names: set[str] = set()
    for component in listed:
        names.add(text(component, "name"))
        if part_of and text(component, "name") not in manifest.by_name:
            continue
        yield from _file(component, manifest)
    if not names and manifest.entries:
        yield rules.sboms.DISAGREES.found(
            "the SBOM lists none of the artifact's files", place="/components"
        )
        return
    for entry in manifest.entries:
        if entry.name not in names:
            yield rules.sboms.DISAGREES.found(
                f"{printable(entry.name)} is not in the SBOM", file=entry.name, place="/components"
            )


def _file(component: Located, manifest: Manifest) -> Iterator[Finding]:
    """One listed file: it must be there, and each SHA-256 given must be its own."""
    name = text(component, "name")
    shown = printable(name) or "a file without a name"
    entry = manifest.by_name.get(name)
    if entry is None:
        yield rules.sboms.DISAGREES.found(
            f"the SBOM lists {shown}, which the artifact does not hold",
            place=f"{component.place}/name",
        )
        return
    hashes = tuple(_sha256(component))
    for item in hashes:
        claimed = text(item, "content")
        if claimed.lower() != entry.digest.hex:
            yield rules.sboms.DISAGREES.found(
                f"{shown} has the SHA-256 {printable(claimed) or 'of nothing'} in the SBOM; "
                f"that of the file is {entry.digest.hex}",
                file=name,
                place=item.place,
            )
    if not hashes:
        yield rules.sboms.DISAGREES.found(
            f"the SBOM gives no SHA-256 for {shown}, so it is not bound to the file's bytes",
            file=name,
            place=component.place,
            severity=Severity.WARNING,
        )


def _sha256(component: Located) -> Iterator[Located]:
    return (item for item in items(component, "hashes") if text(item, "alg") == "SHA-256")

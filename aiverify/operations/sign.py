"""Signing an artifact: the OMS statement about its files, and its SBOM's attestation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle import mediatypes
from aiverify.bundle.layout import Bundle
from aiverify.bundle.unpack import SIGNATURE_FILE
from aiverify.core import names
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.manifest import Manifest, compare
from aiverify.core.names import printable
from aiverify.errors import DeniedError
from aiverify.files import output
from aiverify.files.progress import Progress
from aiverify.files.stream import digest_all
from aiverify.files.tree import ALWAYS_IGNORED
from aiverify.signing import oms, statement
from aiverify.signing.sign import Signer, sign
from aiverify.verify.target import Form, Target, open_target


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, where the signature is, and which files it leaves out."""

    root: Digest
    files: int
    place: Path
    attested_sbom: bool
    ignored: tuple[str, ...]


def sign_target(
    path: Path,
    signer: Signer,
    progress: Progress,
    *,
    out: Path | None = None,
    ignore: Sequence[str] = (),
) -> Signed:
    """Sign every file of a directory, a file, or a bundle.

    The signature goes to `out`; else into the bundle, or where OMS tools look for it. A
    bundle's SBOM is attested by the same key, once it is known to describe these bytes.

    Raises:
        InputError: the target cannot be read, or holds what cannot be signed.
        DeniedError: a bundle that was altered, or whose SBOM does not describe it.
        OutputError: the signature cannot be written.
    """
    target = open_target(path)
    place = out or target.signature_path
    left_out = _left_out(target, place, ignore)
    tree = target.tree(left_out)
    manifest = Manifest.of(digest_all(tree.members, progress))
    name = target.bundle.name if target.bundle else target.own_name
    signature = sign(oms.build(name, manifest, left_out), signer).to_bytes()
    attested = False
    if target.bundle and out is None:
        from aiverify.bundle.attach import attach

        _refuse_altered(target.bundle, manifest)
        documents = _documents(target, manifest)
        place, attested = path, bool(documents)
        attach(
            target.bundle,
            [
                (mediatypes.SIGNATURE, oms.PREDICATE, signature),
                *(_attestation(document, name, manifest, signer) for document in documents),
            ],
        )
    else:
        output.write(place, signature)
    unsigned = tuple(item for item in tree.ignored if item != target.inside(place))
    return Signed(manifest.root, len(manifest.entries), place, attested, unsigned)


def _left_out(target: Target, place: Path, ignore: Sequence[str]) -> tuple[str, ...]:
    """Paths that the signature does not speak of (OMS v1.0, `ignore_paths`).

    A bundle's signature leaves out the same as a directory's, for it goes with the files
    when they are unpacked.
    """
    if target.form is Form.FILE:
        return ()
    own = {SIGNATURE_FILE, target.inside(place) or SIGNATURE_FILE}
    named = {names.check_text(path.rstrip("/"), "the path") for path in ignore}
    return tuple(sorted(ALWAYS_IGNORED | named | own))


def _refuse_altered(bundle: Bundle, manifest: Manifest) -> None:
    changed = compare(bundle.promised(), manifest).changed
    if changed:
        promised, now = changed[0]
        raise DeniedError(
            f"{bundle.layout.shown}: {printable(now.name)} was altered: it is {now.digest}, and "
            f"the bundle promises {promised.digest}"
        )


def _documents(target: Target, manifest: Manifest) -> list[Mapping[str, Json]]:
    """The SBOMs of a bundle, each checked against the files before anybody vouches for it."""
    documents: list[Mapping[str, Json]] = []
    for item in target.sboms():
        document = load_object(item.data, f"the SBOM in {target.shown}")
        _refuse_untrue(document, target, manifest)
        documents.append(document)
    return documents


def _refuse_untrue(document: Mapping[str, Json], target: Target, manifest: Manifest) -> None:
    from aiverify.core.describe import describe
    from aiverify.formats.look import look_at_all
    from aiverify.sbom.agreement import disagreements

    files = look_at_all(target.tree().members)
    description = describe(files)
    artifact = target.artifact(manifest, files, description)
    found = disagreements(document, artifact, description)
    if found:
        raise DeniedError(
            f"{target.shown}: its SBOM is not about these files: {found[0].message}",
            hint=found[0].fix,
        )


def _attestation(
    document: Mapping[str, Json], name: str, manifest: Manifest, signer: Signer
) -> tuple[str, str, bytes]:
    says = statement.attesting(statement.CYCLONEDX, document, name, manifest.root)
    return (mediatypes.SIGNATURE, statement.CYCLONEDX, sign(says, signer).to_bytes())

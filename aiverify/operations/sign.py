"""Signing an artifact: the OMS statement about its files, and its SBOM's attestation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle import mediatypes
from aiverify.bundle.layout import Bundle
from aiverify.bundle.unpack import SIGNATURE_FILE
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.errors import DeniedError, InputError, UsageError
from aiverify.files import output
from aiverify.files.extent import mode_of
from aiverify.files.progress import Progress
from aiverify.files.stream import digest_all
from aiverify.files.tree import ALWAYS_IGNORED
from aiverify.sbom.reading import base_digest
from aiverify.signing import oms, statement
from aiverify.signing.sign import Signer, sign
from aiverify.verify.target import Form, Target, open_target, plain_path, read_signature


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, where the signature is, and which files it leaves out.

    `attested` says whether a bundle's SBOM is now vouched for, `base` which base model's
    digest goes with it.
    """

    root: Digest
    files: int
    place: Path
    ignored: tuple[str, ...]
    name: str
    attested: bool
    has_sbom: bool
    base: str


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
        UsageError: it would replace another's signature, or what is no signature.
    """
    target = open_target(path)
    place = out or target.signature_path
    left_out = _left_out(target, place, ignore)
    tree = target.tree(left_out)
    manifest = Manifest.of(digest_all(tree.members, progress))
    name = target.bundle.name if target.bundle else target.own_name
    signature = sign(oms.build(name, manifest, left_out), signer).to_bytes()
    document: Mapping[str, Json] | None = None
    if target.bundle and out is None:
        target.bundle.refuse_altered(manifest.entries)
        place, document = path, _own_sbom(target, manifest)
        _attach(target.bundle, signature, document, manifest, signer)
    else:
        _refuse_replacing(place, signer)
        output.write(place, signature)
    return Signed(
        manifest.root,
        len(manifest.entries),
        place,
        tuple(item for item in tree.ignored if item != target.inside(place)),
        name,
        attested=document is not None,
        has_sbom=bool(target.sboms()),
        base=base_digest(document) if document else "",
    )


def _attach(
    bundle: Bundle,
    signature: bytes,
    document: Mapping[str, Json] | None,
    manifest: Manifest,
    signer: Signer,
) -> None:
    from aiverify.bundle.attach import attach

    items = [(mediatypes.SIGNATURE, oms.PREDICATE, signature)]
    if document is not None:
        items.append(_attestation(document, bundle.name, manifest, signer))
    attach(bundle, items)


def _refuse_replacing(place: Path, signer: Signer) -> None:
    """Write over one's own signature only: not over a key, nor over what another signed."""
    if mode_of(place) is None:
        return
    shown = printable(str(place))
    try:
        found = read_signature(place)
    except InputError as error:
        raise UsageError(
            f"{shown} is there already and is no signature", hint="Choose another name with -o."
        ) from error
    if found.file.hint != signer.public.hint:
        raise UsageError(
            f"{shown} holds a signature by another key",
            hint="Write this one elsewhere with -o, and give both to verify with --signature.",
        )


def _left_out(target: Target, place: Path, ignore: Sequence[str]) -> tuple[str, ...]:
    """Paths that the signature does not speak of (OMS v1.0, `ignore_paths`).

    A bundle's signature leaves out the same as a directory's, for it goes with the files
    when they are unpacked.
    """
    if target.form is Form.FILE:
        return ()
    own = {SIGNATURE_FILE, target.inside(place) or SIGNATURE_FILE}
    named = {plain_path(path) for path in ignore}
    if named and target.form is Form.BUNDLE:
        raise UsageError(
            "a bundle is signed whole, so --ignore has no meaning for it",
            hint="Pack it without the file.",
        )
    return tuple(sorted(ALWAYS_IGNORED | named | own))


def _own_sbom(target: Target, manifest: Manifest) -> Mapping[str, Json] | None:
    """The SBOM of a bundle, if it says nothing that we would not say of these files ourselves.

    An untrue one is refused. One that is merely another's is left unattested: what nobody
    here has checked, nobody here vouches for.
    """
    if not target.sboms():
        return None
    from aiverify.operations.examine import contents_of
    from aiverify.operations.sbom import is_ours
    from aiverify.sbom.agreement import disagreements

    contents = contents_of(target)
    artifact = target.artifact(manifest, contents.files, contents.description)
    for item in target.sboms():
        document = load_object(item.data, f"the SBOM in {target.shown}")
        found = disagreements(document, artifact, contents.description)
        if found:
            raise DeniedError(
                f"{target.shown}: its SBOM is not about these files: {found[0].message}",
                hint=found[0].fix,
            )
        if is_ours(document, artifact, contents):
            return document
    return None


def _attestation(
    document: Mapping[str, Json], name: str, manifest: Manifest, signer: Signer
) -> tuple[str, str, bytes]:
    says = statement.attesting(statement.CYCLONEDX, document, name, manifest.root)
    return (mediatypes.SIGNATURE, statement.CYCLONEDX, sign(says, signer).to_bytes())

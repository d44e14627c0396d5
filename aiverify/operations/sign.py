"""Signing an artifact: the OMS statement about its files, and its SBOM's attestation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.bundle.opened import Bundle
from aiverify.core import mediatypes
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.manifest import Manifest
from aiverify.core.serialization import WHOLE_FILES, Serialization
from aiverify.errors import DeniedError, UsageError
from aiverify.files import output
from aiverify.files.progress import Progress
from aiverify.files.stream import digest_by, manifests
from aiverify.files.tree import Tree
from aiverify.operations import places
from aiverify.sbom.reading import base_digest
from aiverify.signing import oms, statement
from aiverify.signing.predicates import CONTENTS, CYCLONEDX, MANIFEST_SIGNED
from aiverify.signing.signatories import Signatory
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement, Subject
from aiverify.verify.location import Location
from aiverify.verify.target import Form, Target, open_target

if TYPE_CHECKING:
    from aiverify.operations.examine import Contents
    from aiverify.operations.incremental import Hashed


@dataclass(frozen=True, slots=True)
class SignRequest:
    """What to sign, and how.

    The signature goes to `out`; else into the bundle, or where OMS tools look for it. `ignore`
    are exact paths to leave out. `blob` signs the digest of a single file and nothing else, as
    `cosign sign-blob` does. `incremental` is an earlier signature of one's own, whose digests are
    taken for files that have not changed by size, times and inode since.
    """

    location: Location
    out: Path | None = None
    ignore: tuple[str, ...] = ()
    serialization: Serialization = WHOLE_FILES
    allow_symlinks: bool = False
    blob: bool = False
    incremental: Path | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, where the signature is, and which files it leaves out.

    `attested` says whether a bundle's SBOM is now vouched for, `contents` whether what is in it
    is, `base` which base model's digest goes with it, `signature` is what was made. `on_trust`
    are files that were not hashed, because they had not changed since an earlier signature; None
    where every file was. `links_out` are links that lead out of the artifact.
    """

    root: Digest
    files: int
    place: Location
    ignored: tuple[str, ...]
    name: str
    attested: bool
    has_sbom: bool
    base: str
    signature: SignatureFile
    contents: bool = False
    on_trust: tuple[str, ...] | None = None
    links_out: tuple[str, ...] = ()


def sign_target(request: SignRequest, signatory: Signatory, progress: Progress) -> Signed:
    """Sign every file of a directory, a file, or a bundle, here or in a registry.

    What is in a bundle is attested by the same signatory, and so is its SBOM, once it is known to
    describe these bytes. Of one in a registry the digests are signed that its manifest gives, and
    the manifest itself, for cosign. Nothing is attested: its bytes are not at hand.

    Raises:
        InputError: the target cannot be read, or holds what cannot be signed.
        DeniedError: a bundle that was altered, or whose SBOM does not describe it.
        OutputError: the signature cannot be written.
        UsageError: it would replace another's signature, or what is no signature.
        UndecidedError: a service that is needed is out of reach.
    """
    target = open_target(request.location)
    if request.blob:
        return _sign_blob(target, request.out or target.signature_path, signatory, progress)
    into = target.bundle if request.out is None else None
    place = _place(target, request, signatory)
    left_out = places.left_out(target, place, request.ignore)
    tree = target.tree(left_out, follow=request.allow_symlinks)
    way = request.serialization
    since = _since(request, target, tree, signatory, progress)
    hashed = {way: since.manifest} if since else _hashed(target, tree, way, progress)
    name = target.signed_name
    says = oms.build(name, hashed[way], left_out, way, allow_symlinks=request.allow_symlinks)
    document: Mapping[str, Json] | None = None
    if into:
        signature, document = _sign_bundle(into, target, says, hashed[WHOLE_FILES], signatory)
    else:
        assert isinstance(place, Path)
        signature = signatory.sign(says)
        if since:
            since.remember(signature.to_bytes())
        output.write(place, signature.to_bytes())
    return Signed(
        hashed[way].root,
        len(tree.members),
        place,
        tuple(item for item in tree.ignored if item != places.inside(target, place)),
        name,
        attested=document is not None,
        has_sbom=bool(target.sboms()),
        base=base_digest(document) if document else "",
        signature=signature,
        contents=into is not None and target.form is not Form.REGISTRY,
        on_trust=since.on_trust if since else None,
        links_out=tree.links_out(target.path) if tree.links else (),
    )


def _hashed(
    target: Target, tree: Tree, way: Serialization, progress: Progress
) -> dict[Serialization, Manifest]:
    """Every file in the way that is to be signed, and a bundle's in its own as well."""
    ways = (way, WHOLE_FILES) if target.bundle else (way,)
    return manifests(tree.members, ways, progress)


def _since(
    request: SignRequest, target: Target, tree: Tree, signatory: Signatory, progress: Progress
) -> Hashed | None:
    """What changed since an earlier signature, where somebody asks for that."""
    if request.incremental is None:
        return None
    if target.bundle or request.allow_symlinks:
        raise UsageError(
            "--incremental is for plain files that lie in a directory of their own",
            hint="Leave it out, so that every file is hashed.",
        )
    from aiverify.operations.incremental import hash_since

    way = request.serialization
    return hash_since(request.incremental, tree.members, way, signatory, progress)


def _sign_bundle(
    bundle: Bundle, target: Target, says: Statement, files: Manifest, signatory: Signatory
) -> tuple[SignatureFile, Mapping[str, Json] | None]:
    """Attach a signature to a bundle, and attest its contents, and its SBOM if it is ours."""
    from aiverify.operations.attaching import attach_to

    if target.form is Form.REGISTRY:
        signature = signatory.sign(says)
        items = [
            (mediatypes.SIGNATURE, oms.PREDICATE, signature.to_bytes()),
            _of_manifest(bundle, target, signatory),
        ]
        attach_to(bundle, items)
        return signature, None
    from aiverify.operations import contents as inside
    from aiverify.operations.examine import contents_of

    bundle.refuse_altered(files.entries)
    contents = contents_of(target)
    document = _own_sbom(contents, files)
    signature = signatory.sign(says)
    items = [(mediatypes.SIGNATURE, oms.PREDICATE, signature.to_bytes())]
    if document is not None:
        items.append(_attestation(CYCLONEDX, document, target, files.root, signatory))
    found = inside.predicate(contents)
    items.append(_attestation(CONTENTS, found, target, files.root, signatory))
    if bundle.archives():
        items.append(_of_manifest(bundle, target, signatory))
    attach_to(bundle, items)
    return signature, document


def _of_manifest(bundle: Bundle, target: Target, signatory: Signatory) -> tuple[str, str, bytes]:
    """A signature of the manifest, which says what is an archive; cosign's are like that."""
    name, digest = target.signed_name, bundle.descriptor.digest
    says = statement.attesting(MANIFEST_SIGNED, {}, name, digest)
    return (mediatypes.SIGNATURE, MANIFEST_SIGNED, signatory.sign(says).to_bytes())


def _sign_blob(target: Target, place: Path, signatory: Signatory, progress: Progress) -> Signed:
    if target.form is not Form.FILE:
        raise UsageError(
            f"{target.shown} is a {target.form}, and --blob signs the digest of a single file",
            hint="Leave --blob out.",
        )
    places.refuse_replacing(place, signatory)
    member = target.tree().members[0]
    digest = digest_by(member.extent, signatory.file_hash, progress)
    signature = signatory.sign(digest)
    output.write(place, signature.to_bytes())
    return Signed(
        digest,
        1,
        place,
        (),
        target.own_name,
        attested=False,
        has_sbom=False,
        base="",
        signature=signature,
    )


def _place(target: Target, request: SignRequest, signatory: Signatory) -> Location:
    """Where the signature goes. Raises UsageError where it must not, or cannot be made."""
    # A registry tells the SHA-256 of whole files, and nothing else can be signed without them.
    if target.form is Form.REGISTRY and request.serialization != WHOLE_FILES:
        raise UsageError(
            f"{target.shown} is in a registry, which knows its files by SHA-256 alone",
            hint="Leave --hash and --shard-size out, or pull it first.",
        )
    if target.bundle and request.out is None:
        return target.location
    place = request.out or target.signature_path
    places.refuse_replacing(place, signatory)
    return place


def _own_sbom(contents: Contents, manifest: Manifest) -> Mapping[str, Json] | None:
    """The SBOM of a bundle, if it says nothing that we would not say of these files ourselves.

    An untrue one is refused. One that is merely another's is left unattested: what nobody
    here has checked, nobody here vouches for.
    """
    from aiverify.operations.sbom import is_ours
    from aiverify.sbom.agreement import disagreements

    target = contents.target
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
    kind: str, predicate: Mapping[str, Json], target: Target, root: Digest, signatory: Signatory
) -> tuple[str, str, bytes]:
    name = target.signed_name
    says = statement.attesting(kind, predicate, name, root, *subjects_beside(target))
    return (mediatypes.SIGNATURE, kind, signatory.sign(says).to_bytes())


def subjects_beside(target: Target, file: Digest | None = None) -> tuple[Subject, ...]:
    """What other tools call an artifact by: a bundle's OCI manifest, or the one file it is."""
    if target.bundle:
        digest = target.bundle.descriptor.digest
        return (Subject(f"{target.bundle.name} (OCI manifest)", {digest.algorithm: digest.hex}),)
    if target.form is Form.FILE and file:
        return (Subject(target.path.name, {file.algorithm: file.hex}),)
    return ()

"""The target: whatever path somebody names, opened as an artifact."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aiverify.bundle.layout import is_layout, open_bundle
from aiverify.bundle.opened import Attachment, Bundle
from aiverify.bundle.unpack import SIGNATURE_FILE, plain_members
from aiverify.core import mediatypes, names
from aiverify.core.artifact import Artifact
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.kinds import guess_kind
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError, UnsafeNameError, UsageError
from aiverify.files.extent import Extent, describe, mode_of
from aiverify.files.tree import ALWAYS_IGNORED, Member, Tree, list_tree
from aiverify.signing import signature_file
from aiverify.signing.rejected import Rejected
from aiverify.signing.signature_file import SignatureFile
from aiverify.verify.location import InRegistry, Location

SIGNATURE_BESIDE_FILE = ".sigstore.json"


class Form(StrEnum):
    """How an artifact lies where it is."""

    DIRECTORY = "directory"
    FILE = "file"
    BUNDLE = "bundle"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class SignatureSource:
    """A signature and where it was found."""

    source: str
    file: SignatureFile


@dataclass(frozen=True)
class Target:
    """A place that holds an artifact. Nothing of its contents has been believed."""

    location: Location
    form: Form
    bundle: Bundle | None = None
    unpacked: tuple[Member, ...] | None = None
    """The files of a bundle's archives, where those were unpacked."""

    @property
    def shown(self) -> str:
        """The place, for messages."""
        return printable(str(self.location))

    @property
    def path(self) -> Path:
        """Where it lies on this machine. Whoever asks knows that it does.

        Raises:
            UsageError: it is in a registry.
        """
        if isinstance(self.location, Path):
            return self.location
        raise UsageError(
            f"{self.shown} is in a registry, and has no path here", hint="Pull it first."
        )

    @property
    def own_name(self) -> str:
        """The last part of its path, or of its repository.

        Raises:
            UnsafeNameError: it is not UTF-8, so nothing could be written about it.
        """
        if isinstance(self.location, InRegistry):
            return self.location.reference.own_name
        name = self.path.resolve().name
        try:
            name.encode("utf-8")
        except UnicodeEncodeError as error:
            raise UnsafeNameError(
                f"the name {self.shown} is not UTF-8", hint="Rename it."
            ) from error
        return name

    @property
    def signed_name(self) -> str:
        """What a statement calls it: by its bundle's word, or else by its path.

        Raises:
            UnsafeNameError: as `own_name`.
        """
        return (self.bundle.name if self.bundle else "") or self.own_name

    @property
    def signature_path(self) -> Path:
        """Where the signature of a directory or file is looked for, and written."""
        if self.form is Form.DIRECTORY:
            return self.path / SIGNATURE_FILE
        return self.path.with_name(self.path.name + SIGNATURE_BESIDE_FILE)

    def tree(
        self,
        ignore: Iterable[str] = (),
        *,
        follow: bool = False,
        signed: Iterable[str] = (),
    ) -> Tree:
        """Its files, leaving out exact paths and what OMS always leaves out.

        `follow` takes symbolic links for the files that they lead to. What is always left out
        is taken where it is among the names that were `signed`: old signers listed it.

        Raises:
            InputError: there are none, or one that cannot be part of an artifact.
        """
        always = ALWAYS_IGNORED.difference(name.partition("/")[0] for name in signed)
        tree = self._tree(always.union(ignore), follow=follow)
        if not tree.members:
            raise InputError(
                f"{self.shown} holds no files", hint="Name the directory that has the model in it."
            )
        return tree

    def inside(self, path: Path) -> str | None:
        """The name that a path has inside a directory target, or None."""
        if self.form is not Form.DIRECTORY:
            return None
        root, place = self.path.resolve(), path.resolve()
        if place.is_relative_to(root) and place != root:
            return place.relative_to(root).as_posix()
        return None

    def signatures(
        self, explicit: Sequence[Path] = (), more: Sequence[Path] = ()
    ) -> tuple[SignatureSource | Rejected, ...]:
        """Every signature that came with it: the files named, or the default one, and a bundle's.

        Those in `more` come on top. One in a registry that cannot be read does not count, and
        does no more: anybody may have put it there.

        Raises:
            InputError: one that is named cannot be read.
            MalformedError: one is not a signature.
        """
        paths = explicit
        if not explicit and self.bundle is None and mode_of(self.signature_path):
            paths = (self.signature_path,)
        attached = {it.digest: it for it in self._attachments(mediatypes.SIGNATURE)}.values()
        broken = self.bundle.unusable if self.bundle else ()
        return (
            *(read_signature(path) for path in (*paths, *more)),
            *(self._signature(item) for item in attached),
            *(Rejected(str(item.digest), item.reason) for item in broken),
        )

    def _signature(self, item: Attachment) -> SignatureSource | Rejected:
        source = str(item.digest)
        try:
            return SignatureSource(source, signature_file.parse(item.data, source))
        except MalformedError as error:
            if isinstance(self.location, Path):
                raise
            return Rejected(source, error.message)

    def promised(self) -> Manifest | None:
        """What a bundle's own manifest says that the files are, those in its archives too."""
        if self.bundle is None:
            return None
        if self.unpacked is None:
            return self.bundle.promised()
        members = (*plain_members(self.bundle), *self.unpacked)
        known = self.bundle.promised().by_name
        return Manifest.of(
            Entry(item.name, item.digest or known[item.name].digest, item.extent.size)
            for item in members
        )

    def beginning(self, size: int) -> bytes:
        """The first bytes of a single file, fewer if it has no more.

        Raises:
            InputError: it cannot be read.
        """
        with Extent.of_named(self.path).open() as reader:
            return reader.read_at(0, min(size, reader.size))

    def sboms(self) -> tuple[Attachment, ...]:
        """The SBOMs that lie in a bundle, unsigned as they are."""
        return self._attachments(mediatypes.SBOM)

    def artifact(
        self, manifest: Manifest, files: Sequence[FileFacts], description: Description
    ) -> Artifact:
        """The artifact that it is."""
        version = self.bundle.version if self.bundle else ""
        kind = (self.bundle.kind if self.bundle else None) or guess_kind(files)
        return Artifact(kind, self.name(description), version, manifest)

    def name(self, description: Description) -> str:
        """What it is called by its bundle, by its card, or by its path, in that order."""
        if self.bundle and self.bundle.name:
            return self.bundle.name
        return description.name.value if description.name else self.own_name

    def _tree(self, ignore: frozenset[str], *, follow: bool) -> Tree:
        if self.bundle and self.unpacked is not None:
            members = (*plain_members(self.bundle), *self.unpacked)
            return Tree(tuple(sorted(members, key=lambda member: member.name)))
        if self.bundle:
            return Tree(self.bundle.members())
        if self.form is Form.FILE:
            extent = Extent.of_named(self.path)
            executable = bool(self.path.stat().st_mode & 0o100)
            return Tree((Member(self.path.name, extent, executable),))
        return list_tree(self.path, ignore, follow=follow)

    def _attachments(self, artifact_type: str) -> tuple[Attachment, ...]:
        found = self.bundle.attachments if self.bundle else ()
        return tuple(item for item in found if item.artifact_type == artifact_type)


def open_target(location: Location) -> Target:
    """Open a directory, a file, a bundle, or what a registry has.

    Raises:
        InputError: there is nothing, or something that is neither.
        MalformedError: a bundle that is broken.
        DeniedError: a registry refuses.
        UndecidedError: it is out of reach.
    """
    if isinstance(location, InRegistry):
        from aiverify.verify.remote import open_in_registry

        return Target(location, Form.REGISTRY, open_in_registry(location))
    path = location
    mode = mode_of(path)
    shown = printable(str(path))
    if mode is None:
        raise InputError(f"{shown} does not exist")
    if is_layout(path):
        return Target(path, Form.BUNDLE, open_bundle(path))
    if stat.S_ISDIR(mode):
        return Target(path, Form.DIRECTORY)
    if stat.S_ISREG(mode):
        return Target(path, Form.FILE)
    raise InputError(f"{shown} is {describe(mode)}, neither a file nor a directory")


def read_signature(path: Path) -> SignatureSource:
    """Read a signature file.

    Raises:
        InputError: it cannot be read.
        MalformedError: it is not a signature.
    """
    extent = Extent.of_file(path)
    data = extent.read(signature_file.MAX_SIZE)
    return SignatureSource(printable(str(path)), signature_file.parse(data, str(path)))


def plain_path(path: str) -> str:
    """A path that somebody names, as members are named: no `./`, no slash at the end.

    Raises:
        UsageError: it is not UTF-8, leads out of the artifact, or is a pattern, which OMS does
            not know (section 6.2.1).
    """
    plain = names.check_text(path, "the path").removeprefix("./").rstrip("/")
    if plain.startswith("/") or ".." in plain.split("/") or plain in ("", "."):
        raise UsageError(
            f"the path {names.printable(path)} is not one inside the artifact",
            hint="Name it as it lies below the artifact, such as onnx/model.onnx.",
        )
    if any(char in plain for char in "*?["):
        raise UsageError(
            f"the path {names.printable(path)} is a pattern, and a path is named exactly",
            hint="Name each path; a directory stands for all that is in it.",
        )
    return plain

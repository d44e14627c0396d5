"""The folder in which an artifact is gathered before it gets its name."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle.layout import INDEX, MARKER, Layout, blob_name, only_artifact, open_layout
from aiverify.bundle.opened import Bundle
from aiverify.bundle.unpack import SIGNATURE_FILE, extract, plain_members
from aiverify.bundle.writer import LAYOUT, pack_layout
from aiverify.core.digest import Digest
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor, ImageIndex
from aiverify.errors import OutputError
from aiverify.files import output, stream
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress
from aiverify.operations.shipment import Shipment, for_each
from aiverify.operations.unpack import first_signature
from aiverify.verify.location import InRegistry
from aiverify.verify.remote import SMALL, RegistryStore
from aiverify.verify.target import Form, Target


@dataclass(frozen=True)
class ProvenLayout(Layout):
    """A layout whose blobs were hashed as they came, in a folder that is nobody else's."""

    def proven(self, descriptor: Descriptor) -> Digest | None:
        """Every digest: each was held against its blob in this very run."""
        return descriptor.digest


class Staging:
    """A folder beside the result, where a run that was cut short is gone on with."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def tree(self) -> Path:
        """Where files are written out before they get their place."""
        return self.root / "tree"

    def gather(self, shipment: Shipment, store: RegistryStore, progress: Progress) -> Layout:
        """Fetch what is not there yet, and give it as a layout of which each byte is known.

        Raises:
            DeniedError: the registry gives other bytes than a digest promises.
            UndecidedError: it is out of reach; what came is kept for the next time.
            OutputError: the disk is full, or cannot be written.
        """
        with output.guarding(self.root):
            self._sweep(shipment)
            (self.root / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
            progress.begin("Pulling", shipment.size)
            for_each(shipment.blobs, lambda blob: self._fetch(blob, store, progress))
            for item in (*shipment.manifests, *shipment.referrers):
                output.write(self.root / blob_name(item.descriptor.digest), item.data)
            listed = (shipment.main, *shipment.referrers)
            index = ImageIndex(tuple(item.descriptor for item in listed))
            output.write(self.root / MARKER, LAYOUT)
            output.write(self.root / INDEX, index.to_bytes())
        opened = open_layout(self.root)
        return ProvenLayout(opened.path, opened.find, opened.manifests)

    def opened(self, location: InRegistry, layout: Layout, progress: Progress) -> Target:
        """The artifact that was gathered, its archives unpacked, as what it was asked for by.

        Raises:
            MalformedError: an archive holds what it may not.
        """
        bundle = only_artifact(layout, lenient=True)
        packed = sum(layer.size for _, _, layer in bundle.archives())
        if packed:
            progress.begin("Unpacking", packed)
        with output.guarding(self.tree):
            self.tree.mkdir()
            unpacked = extract(bundle, self.tree, progress)
        return Target(location, Form.BUNDLE, bundle, unpacked if packed else None)

    def finish(self, out: Path, target: Target, *, as_layout: bool) -> None:
        """Give the artifact its name, as a directory of its files or as a bundle.

        Raises:
            OutputError: something of that name is there, or the disk is full.
        """
        assert target.bundle
        with output.guarding(out):
            if out.suffix == ".tar":
                pack_layout(self.root, out)
            elif as_layout:
                self.root.chmod(stat.S_IMODE(self.tree.stat().st_mode))
                shutil.rmtree(self.tree)
                _rename(self.root, out)
            else:
                self._move_files(target.bundle)
                _rename(self.tree, out)
        self.discard()

    def discard(self) -> None:
        """Remove it, and all that is in it."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _move_files(self, bundle: Bundle) -> None:
        """Move each file to its place: the bytes that were verified are those that are used."""
        members = plain_members(bundle)
        left = Counter(member.extent.path for member in members)
        for member in members:
            source, place = member.extent.path, self.tree / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            left[source] -= 1
            if left[source]:
                shutil.copyfile(source, place)
            else:
                source.rename(place)
            place.chmod(0o755 if member.executable else 0o644)
        signature = first_signature(bundle)
        if signature is not None and not (self.tree / SIGNATURE_FILE).exists():
            (self.tree / SIGNATURE_FILE).write_bytes(signature)

    def _fetch(self, blob: Descriptor, store: RegistryStore, progress: Progress) -> None:
        path = self.root / blob_name(blob.digest)
        if path.exists():
            if stream.digest(Extent.of_file(path), progress) == blob.digest:
                return
            path.unlink()
        if blob.size <= SMALL:
            output.write(path, store.read(blob))
            progress.advance(blob.size)
        else:
            store.repository.download(blob, path, progress)

    def _sweep(self, shipment: Shipment) -> None:
        """Keep what was fetched of this artifact: nothing else may lie in a layout."""
        wanted = {blob.digest.hex for blob in shipment.blobs}
        for folder, folders, names in os.walk(self.root):
            for name in (*folders, *names):
                path = Path(folder) / name
                # A link here was brought from elsewhere, and would be written through.
                if path.is_symlink() or (
                    name in names and name.removesuffix(".partial") not in wanted
                ):
                    path.unlink()


@contextmanager
def staging(out: Path) -> Iterator[Staging]:
    """The staging folder for a result, for one run at a time.

    It is kept when the block ends in an error of reach, of the disk or of nobody's making, so
    that the next run goes on; else whoever holds it discards it.

    Raises:
        OutputError: the result is there already, somebody else's folder is in the way, or another
            run is at it.
    """
    output.refuse_existing(out)
    root = out.with_name(f".{out.name}.pull")
    with output.guarding(root):
        root.mkdir(mode=0o700, exist_ok=True)
        status = root.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise OutputError(
                f"{printable(str(root))} is in the way", hint="Remove it, or choose another name."
            )
        root.chmod(0o700)
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(f"another run is writing {printable(str(out))}") from error
        place = Staging(root)
        shutil.rmtree(place.tree, ignore_errors=True)
        yield place
    finally:
        os.close(descriptor)


def _rename(source: Path, out: Path) -> None:
    output.refuse_existing(out)
    source.rename(out)

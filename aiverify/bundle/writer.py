"""Writing the blobs of a layout, into a directory or into a tar, each byte read once."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from aiverify.bundle.layout import INDEX, MARKER, blob_name
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import canonical
from aiverify.files import output, stream, tar
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress, Silent

LAYOUT = canonical({"imageLayoutVersion": "1.0.0"})
"""What the marker of a layout says (image-spec 1.1, oci-layout)."""

_FICLONE = 0x40049409


class Writer(Protocol):
    """Where a layout's blobs go."""

    def add_extent(self, extent: Extent, progress: Progress) -> Digest:
        """Copy a blob in, hashing it on the way."""
        ...

    def add_bytes(self, data: bytes) -> Digest:
        """Put a small blob in."""
        ...

    def finish(self, index: bytes) -> None:
        """Write the index, last of all."""
        ...


@contextmanager
def writing(path: Path, *, link: bool = False) -> Iterator[Writer]:
    """A writer for a new layout at `path`: one file if it ends in `.tar`, else a directory.

    `link` shares bytes with the source where the file system can: a reflink, or else a
    hard link. It has no effect on a tar. The layout takes its name when the block ends well.

    Raises:
        OutputError: something of that name is there, or it cannot be written.
    """
    output.refuse_existing(path)
    if path.suffix == ".tar":
        with output.replacing(path) as file:
            yield ArchiveWriter(file)
    else:
        with output.new_directory(path) as root:
            yield DirectoryWriter(root, link=link)


class DirectoryWriter:
    """Blobs as files under `blobs/sha256/`."""

    def __init__(self, root: Path, *, link: bool) -> None:
        self._root = root
        self._link = link
        (root / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)

    def add_extent(self, extent: Extent, progress: Progress) -> Digest:
        """Copy, reflink or hard-link a blob in."""
        temporary = self._root / "blobs" / "sha256" / f".{secrets.token_hex(8)}"
        if self._link and _linked(extent, temporary):
            digest = stream.digest(Extent.of_file(temporary), progress)
        else:
            with temporary.open("xb") as file:
                digest = stream.digest(extent, progress, file.write)
        temporary.replace(self._root / blob_name(digest))
        # Renaming one link of a file to another of the same file leaves both.
        temporary.unlink(missing_ok=True)
        return digest

    def add_bytes(self, data: bytes) -> Digest:
        """Put a small blob in."""
        digest = Digest.of(data)
        # Not written in place: what has that name may be a link to something else.
        output.write(self._root / blob_name(digest), data)
        return digest

    def finish(self, index: bytes) -> None:
        """Write the marker and the index."""
        (self._root / MARKER).write_bytes(LAYOUT)
        (self._root / INDEX).write_bytes(index)


class ArchiveWriter:
    """Blobs as members of a tar, with the index last so that more can be added later."""

    def __init__(self, file: BinaryIO, known: frozenset[str] = frozenset()) -> None:
        self._file = file
        self._names = set(known)
        if not known:
            self._add(MARKER, LAYOUT)

    def add_extent(self, extent: Extent, progress: Progress) -> Digest:
        """Copy a blob in. Its name is its digest, so the header is written after it."""
        start = self._file.tell()
        self._file.write(bytes(tar.BLOCK))
        digest = stream.digest(extent, progress, self._file.write)
        name = blob_name(digest)
        if name in self._names:
            self._file.seek(start)
            self._file.truncate()
            return digest
        self._names.add(name)
        self._file.write(tar.padding(extent.size))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(tar.header(name, extent.size))
        self._file.seek(end)
        return digest

    def add_bytes(self, data: bytes) -> Digest:
        """Put a small blob in."""
        digest = Digest.of(data)
        self._add(blob_name(digest), data)
        return digest

    def finish(self, index: bytes) -> None:
        """Write the index and the end mark."""
        self._add(INDEX, index)
        self._file.write(tar.END)

    def _add(self, name: str, data: bytes) -> None:
        if name not in self._names:
            self._names.add(name)
            tar.add(self._file, name, data)


def pack_layout(root: Path, path: Path) -> None:
    """Write a layout in a directory as one file. The same layout gives the same bytes.

    Raises:
        OutputError: `path` cannot be written.
    """
    with output.replacing(path) as file:
        writer = ArchiveWriter(file)
        for blob in sorted((root / "blobs" / "sha256").iterdir()):
            writer.add_extent(Extent.of_file(blob), Silent())
        writer.finish((root / INDEX).read_bytes())


def _linked(extent: Extent, path: Path) -> bool:
    """Whether the file system could share the bytes: a clone if it can, else a hard link.

    That the source is what was listed is checked before, for linking moves its change time.
    """
    extent.refuse_rewritten()
    try:
        with extent.path.open("rb") as source, path.open("xb") as target:
            fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
    except OSError:
        path.unlink(missing_ok=True)
    else:
        return True
    try:
        os.link(extent.path, path, follow_symlinks=False)
    except OSError:
        return False
    return True

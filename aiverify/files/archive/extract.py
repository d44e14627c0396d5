"""Unpacking a layer's archive: its blob is read once, and nothing of it is kept in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.core import names
from aiverify.core.digest import Digest, Hasher
from aiverify.core.layers import Compression
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UnsafeNameError
from aiverify.files.archive import place
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.decompress import decompressed
from aiverify.files.archive.members import Member, walk
from aiverify.files.archive.tape import Tape
from aiverify.files.extent import Extent, Reader
from aiverify.files.progress import Progress
from aiverify.files.stream import CHUNK, Sink


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file that was written: its name below the root, and what its bytes are."""

    name: str
    digest: Digest
    size: int
    executable: bool


@dataclass(frozen=True, slots=True)
class UnpackedLayer:
    """The files of a layer in the archive's order, and the archive's own digest.

    `diff_id` is the SHA-256 of the archive before it was packed (image-spec 1.1, config,
    `diff_ids`). Of one that is not packed it is the blob's own digest: nobody need hash that again.
    """

    files: tuple[Unpacked, ...]
    diff_id: Digest


def unpack_layer(
    extent: Extent,
    compression: Compression,
    root: Path,
    *,
    prefix: str = "",
    budget: Budget,
    progress: Progress,
    sinks: Sequence[Sink] = (),
) -> UnpackedLayer:
    """Write the files of an archive below the directory `root`, or below `prefix` in it.

    Directories are made where a file needs them; an empty one is left out. Owners, times and all
    permissions but the owner's right to execute are dropped. Each chunk of the blob goes to the
    `sinks` first, for whoever computes its digest in the same pass: nothing here says that the
    blob is the one that was promised. When this fails, files may be left below `root`.

    Raises:
        MalformedError: the blob is not what it claims to be, holds something other than plain
            files and directories, a name twice or one that is there already, or too much.
        UnsafeNameError: a name that would be written outside `root`, collides or hides.
        InputError, ChangedError: as `Extent.open`.
        OutputError: the disk is full, or `root` cannot be written.
    """
    shown = printable(str(extent.path))
    hasher = hashlib.sha256()
    files: list[Unpacked] = []
    with extent.open() as reader:
        chunks = _chunks(reader, sinks, progress)
        content = _hashed(decompressed(chunks, compression, budget, shown), hasher)
        writer = _Writer(Tape(content), root, prefix, shown)
        try:
            # Each name is checked against those before it when it is told, and then written.
            names.check_all(writer.run(budget, files))
        except UnsafeNameError as error:
            raise UnsafeNameError(f"{shown}: {error.message}", hint=error.hint) from error
    return UnpackedLayer(tuple(files), Digest("sha256", hasher.hexdigest()))


class _Writer:
    """Writes the members of an archive, one after the other."""

    def __init__(self, tape: Tape, root: Path, prefix: str, shown: str) -> None:
        self._tape = tape
        self._root = root
        self._prefix = prefix
        self._shown = shown
        self._seen: set[str] = set()

    def run(self, budget: Budget, files: list[Unpacked]) -> Iterator[str]:
        """Tell the name of each member, and write it when the next one is asked for.

        A directory is told as one that holds something, for that is how a name is known to be
        a directory's.
        """
        for member in walk(self._tape, budget, self._shown):
            name = self._name(member)
            if member.is_directory:
                yield f"{name}/." if name else "."
                continue
            if name in self._seen:
                raise MalformedError(f"{self._shown} holds {printable(name)} twice")
            self._seen.add(name)
            yield name
            files.append(self._write(name, member))

    def _name(self, member: Member) -> str:
        """The member's name below the root, checked again where a prefix made it longer."""
        if not self._prefix:
            name = member.name
        else:
            name = names.check(f"{self._prefix}/{member.name}".removesuffix("/"))
        if names.is_below(name.casefold(), ".git"):
            raise UnsafeNameError(f"{printable(name)}: git runs what such a file says")
        return name

    def _write(self, name: str, member: Member) -> Unpacked:
        hasher = hashlib.sha256()
        written = 0
        with place.new_file(self._root, name, self._shown, executable=member.executable) as file:
            for piece in self._tape.run(member.size):
                hasher.update(piece)
                file.write(piece)
                written += len(piece)
        if written < member.size:
            raise MalformedError(
                f"{self._shown}: the member {printable(name)} says it has {member.size} bytes, "
                "and the archive ends before them"
            )
        return Unpacked(name, Digest("sha256", hasher.hexdigest()), written, member.executable)


def _chunks(reader: Reader, sinks: Sequence[Sink], progress: Progress) -> Iterator[memoryview]:
    """The blob's bytes in one buffer, which is filled again for each chunk."""
    buffer = memoryview(bytearray(min(CHUNK, reader.size)))
    for offset in range(0, reader.size, CHUNK):
        chunk = buffer[: min(CHUNK, reader.size - offset)]
        reader.read_into(offset, chunk)
        for sink in sinks:
            sink(chunk)
        progress.advance(len(chunk))
        yield chunk


def _hashed(pieces: Iterator[memoryview], hasher: Hasher) -> Iterator[memoryview]:
    for piece in pieces:
        hasher.update(piece)
        yield piece

"""The files of a database: records, one a file, in a directory or in ZIP archives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import canonical
from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError
from aiverify.files.extent import Extent, mode_of
from aiverify.files.stream import digest
from aiverify.files.tree import list_tree
from aiverify.formats import zip as archives
from aiverify.formats.interface import TooLarge
from aiverify.sbom.advisories.record import MAX_SIZE

MAX_UNPACKED = 16 << 30
"""Bytes that an archive may unpack to. All of npm's records are a tenth of that."""

RECORDS, ARCHIVES, OTHERS = ".json", ".zip", (".yaml", ".yml")
"""What holds records by the ends of their names: OTHERS may be records, and are not read."""

HINT = "Name a directory of OSV records, one of them, or an all.zip as osv.dev publishes it."


@dataclass(frozen=True, slots=True)
class Raw:
    """What may be a record. Where `fault` is not empty, it could not be read.

    `where` is as the files are named, and still has to be made printable.
    """

    where: str
    data: bytes = b""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A database on disk. `members` are its files by name; a single file's name is empty."""

    path: Path
    members: tuple[tuple[str, Extent], ...]

    def read(self) -> Reading:
        """Begin to read all of it, once."""
        return Reading(self)


@dataclass(slots=True)
class Reading:
    """One pass through a database. `digest` and `warnings` are complete at its end."""

    source: Source
    digest: Digest = field(default_factory=lambda: Digest.of(b""))
    warnings: list[str] = field(default_factory=list)

    def records(self) -> Iterator[Raw]:
        """Every record, one at a time.

        Raises:
            InputError: a file is out of reach, or changed meanwhile.
            MalformedError: an archive that cannot be followed, or is a bomb.
        """
        hasher = sha256()
        for name, extent in self.source.members:
            where = name or str(self.source.path)
            if _is_archive(name, extent):
                found = digest(extent)
                yield from self._unpacked(where, extent)
            elif extent.size > MAX_SIZE:
                found = digest(extent)
                yield Raw(where, fault=_too_large(extent.size))
            else:
                data = extent.read(MAX_SIZE)
                found = Digest.of(data)
                yield Raw(where, data, "it is not JSON" if name.lower().endswith(OTHERS) else "")
            if not name:
                self.digest = found
                return
            hasher.update(canonical([name, found.hex]) + b"\n")
        self.digest = Digest("sha256", hasher.hexdigest())

    def _unpacked(self, where: str, extent: Extent) -> Iterator[Raw]:
        with extent.open() as reader:
            try:
                archive = archives.read(reader)
            except MalformedError as error:
                raise MalformedError(f"{printable(where)}: {error.message}", hint=HINT) from error
            _refuse_bomb(printable(where), extent, archive)
            self.warnings += [
                f"{printable(where)}: {finding.message}" for finding in archive.findings
            ]
            for entry in archive.entries:
                inside = f"{where}/{entry.name}"
                suffix = entry.name.lower()
                if suffix.endswith((*OTHERS, ARCHIVES)):
                    yield Raw(inside, fault="it is not JSON")
                elif suffix.endswith(RECORDS):
                    yield _member(archive, entry, inside)


def find(path: Path) -> Source:
    """The files of a database.

    Raises:
        InputError: nothing is there, it cannot be read, or holds no file of records.
    """
    mode = mode_of(path)
    if mode is None:
        raise InputError(f"{printable(str(path))} does not exist", hint=HINT)
    if not path.is_dir():
        return Source(path, (("", Extent.of_named(path)),))
    members = tuple(
        (member.name, member.extent)
        for member in list_tree(path, follow=True).members
        if member.name.lower().endswith((RECORDS, ARCHIVES, *OTHERS))
    )
    if not members:
        raise InputError(f"{printable(str(path))} holds no OSV records", hint=HINT)
    return Source(path, members)


def _is_archive(name: str, extent: Extent) -> bool:
    """By its name in a directory, and by what it begins with where the user named the file."""
    if name:
        return name.lower().endswith(ARCHIVES)
    with extent.open() as reader:
        return reader.read_at(0, min(4, reader.size)) in archives.MAGICS


def _member(archive: archives.Zip, entry: archives.Entry, where: str) -> Raw:
    if entry.size > MAX_SIZE:
        return Raw(where, fault=_too_large(entry.size))
    try:
        found = archive.open(entry, MAX_SIZE)
        return Raw(where, found.read_at(0, found.size))
    except (MalformedError, TooLarge) as error:
        return Raw(where, fault=str(error))


def _refuse_bomb(where: str, extent: Extent, archive: archives.Zip) -> None:
    total = sum(entry.size for entry in archive.entries)
    is_dense = total > archives.BOMB_SIZE and total > archives.BOMB_RATIO * extent.size
    if is_dense or total > MAX_UNPACKED:
        raise MalformedError(
            f"{where} is {extent.size} bytes that unpack to {total}, which no database does",
            hint="Fetch it again from where it is published.",
        )


def _too_large(size: int) -> str:
    return f"it is {size} bytes; the limit for a record is {MAX_SIZE}"

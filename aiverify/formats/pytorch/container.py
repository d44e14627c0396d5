"""PyTorch's archive: pickles, the storages that they speak of, and what else lies beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.formats.found import shown
from aiverify.formats.interface import Part
from aiverify.formats.pytorch.gathered import Gathered
from aiverify.formats.pytorch.members import MAX_UNPACKED, Members, folder, inner
from aiverify.formats.pytorch.pickles import read_pickles
from aiverify.formats.pytorch.programs import find_libraries, read_code, read_exports
from aiverify.formats.tally import summary, tally
from aiverify.formats.zip import Zip

MARKS = re.compile(
    r"[^/]*/(?:data\.pkl|constants\.pkl|archive_format|\.data/serialization_id"
    r"|\.data/extern_modules|data/aotinductor/.*)|serialized_exported_program\.json",
    re.DOTALL,
)
"""Members, in lower case, that only PyTorch's archives have."""

PLAIN = {
    ".data/serialization_id": re.compile(rb"[0-9]{0,60}"),
    ".data/version": re.compile(rb"[0-9]{1,9}\n?"),
    ".format_version": re.compile(rb"[0-9]{1,9}"),
    ".storage_alignment": re.compile(rb"[0-9]{1,9}"),
    "archive_format": re.compile(rb"pt2"),
    "archive_version": re.compile(rb"[0-9]{1,9}"),
    "byteorder": re.compile(rb"little|big"),
    "version": re.compile(rb"[0-9]{1,9}(\.[0-9]{1,9})?\n?"),
}
"""Members that say one thing, and how they say it."""

STATED = {
    ".data/version": "version",
    "archive_version": "archive_version",
    "byteorder": "byteorder",
    "version": "version",
}
"""Which of them are facts, and under what name."""

MAX_PLAIN = 1 << 10


def is_torch(archive: Zip) -> bool:
    """Whether an archive is PyTorch's, by the names in its directory."""
    return any(is_mark(entry.name) for entry in archive.entries)


def is_mark(name: str) -> bool:
    """Whether only PyTorch's archives have a member of this name."""
    return MARKS.fullmatch(name.lower()) is not None


def open_archive(archive: Zip) -> tuple[Facts, list[Part]]:
    """The facts of an archive of PyTorch's, and the members that are left to other readers.

    Raises:
        MalformedError: a member that is looked into breaks its format's rules.
    """
    members, gathered = Members(archive), Gathered()
    _check_folders(members)
    _read_plain(members, gathered)
    read_code(members, gathered)
    read_pickles(members, gathered)
    read_exports(members, gathered)
    find_libraries(members, gathered)
    return _facts(members, gathered), list(_rest(members, gathered))


def _check_folders(members: Members) -> None:
    """One folder holds everything, and PyTorch takes its name from the first member."""
    folders = dict.fromkeys(folder(entry) for entry in members.entries)
    if len(folders) > 1:
        names = ", ".join(shown(name) or "none" for name in list(folders)[:5])
        message = f"members lie in {len(folders)} folders: {names}"
        members.found.add(rules.torch.FOLDER, message)


def _read_plain(members: Members, gathered: Gathered) -> None:
    for entry in members.where(lambda path: path in PLAIN):
        data = members.data(entry, MAX_PLAIN)
        if data is not None and PLAIN[inner(entry)].fullmatch(data):
            gathered.known.add(entry.name)
            if name := STATED.get(inner(entry)):
                gathered.values[name] = data.decode().strip()


def _facts(members: Members, gathered: Gathered) -> Facts:
    """What all of it comes to."""
    counted: dict[str, Json] = {**tally(gathered.tensors), "bytes": gathered.size}
    return Facts(
        "torch",
        Role.WEIGHT,
        summary(gathered.tensors) if gathered.tensors else "no tensors",
        {"container": "zip", **gathered.values, **counted},
        tuple(gathered.tensors),
        tuple(gathered.globals),
        (*members.archive.findings, *members.found.all()),
        members.unread,
    )


def _rest(members: Members, gathered: Gathered) -> Iterator[Part]:
    """Members that nothing here accounts for. An empty one holds nothing."""
    for entry in members.entries:
        if entry.name not in gathered.known and (entry.size or entry.packed):
            yield Part(entry.name, partial(members.archive.open, entry, MAX_UNPACKED))

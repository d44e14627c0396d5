"""Looking into an artifact's files: each goes to the first reader that recognises it."""

from __future__ import annotations

from collections.abc import Iterable

from aiverify.core.facts import Facts, FileFacts
from aiverify.errors import MalformedError
from aiverify.files.tree import Member
from aiverify.formats.complaint import complaint
from aiverify.formats.interface import Probe, Reader, Source
from aiverify.formats.readers import READERS
from aiverify.formats.roles import role_of
from aiverify.formats.text import is_text

HEAD = 4096
"""Bytes that readers recognise a file by."""


def look(member: Member) -> FileFacts:
    """The facts of one file. A file that breaks its format's rules is a finding, not an error.

    Raises:
        InputError: it cannot be read.
        ChangedError: it changed since it was listed.
    """
    with member.extent.open() as source:
        head = source.read_at(0, min(HEAD, source.size))
        probe = Probe(member.name, source.size, head)
        reader = next((reader for reader in READERS if reader.recognises(probe)), None)
        facts = _read(reader, probe, source) if reader else _unknown(probe)
    return FileFacts(member.name, member.extent.size, facts)


def look_at_all(members: Iterable[Member]) -> tuple[FileFacts, ...]:
    """The facts of many files, in their order.

    Raises:
        InputError: one cannot be read, or changed since it was listed.
    """
    return tuple(look(member) for member in members)


def _read(reader: Reader, probe: Probe, source: Source) -> Facts:
    try:
        return reader.read(probe, source)
    except MalformedError as error:
        findings = (complaint(probe, error.message),)
        return Facts(reader.name, reader.role, "malformed", findings=findings)


def _unknown(probe: Probe) -> Facts:
    role = role_of(probe, binary=not is_text(probe.head))
    return Facts("unknown", role, unread="no reader knows this content")

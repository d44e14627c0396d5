"""The pickles of a container, and the storages that they speak of."""

from __future__ import annotations

from dataclasses import replace

from aiverify.core import rules
from aiverify.formats.found import shown
from aiverify.formats.pickling.machine import Program, walk
from aiverify.formats.pytorch import scripts
from aiverify.formats.pytorch.gathered import Gathered
from aiverify.formats.pytorch.holding import holding
from aiverify.formats.pytorch.members import Members, below, folder, inner
from aiverify.formats.pytorch.storages import Storage
from aiverify.formats.zip import Entry

PICKLES = (".pkl", ".debug_pkl")
MAX_CLASSES = 1000

SHAPES = "traced_inputs.pkl"
"""Of what a model was traced with, PyTorch keeps the shapes and no bytes."""

NOWHERE = "meta"
"""The location of storages that have a size, and no bytes."""


def read_pickles(members: Members, gathered: Gathered) -> None:
    """Every pickle, by the ending of its name.

    Raises:
        MalformedError: one cannot be unpacked.
    """
    for entry in members.where(lambda path: path.endswith(PICKLES)):
        gathered.known.add(entry.name)
        source = members.source(entry)
        if source:
            program = walk(source)
            _keep_program(members, gathered, entry, program)
            _judge_end(members, entry, program, source.size)
            if not program.broken and program.end < source.size:
                # Not loaded by PyTorch, and perhaps by somebody else.
                _keep_uses(members, gathered, entry, walk(source, program.end))
    if gathered.classes:
        names = sorted(gathered.classes)[:MAX_CLASSES]
        gathered.values["classes"] = [shown(name) for name in names]


def _keep_program(members: Members, gathered: Gathered, entry: Entry, program: Program) -> None:
    """What a pickle imports, does and holds."""
    _keep_uses(members, gathered, entry, program)
    held = holding(program.result)
    gathered.tensors += held.tensors
    for finding in held.found.all():
        members.found.keep(finding)
    for storage in held.storages.values():
        _keep_storage(members, gathered, entry, storage)


def _keep_uses(members: Members, gathered: Gathered, entry: Entry, program: Program) -> None:
    """What a pickle imports and does. Classes of the container's own code are no globals."""
    for item in program.globals:
        if scripts.is_own_class(item.name, gathered.defined):
            gathered.classes.add(item.name)
        elif custom := scripts.CUSTOM_CLASS.fullmatch(item.name):
            gathered.classes.add(item.name)
            scripts.judge_name(members.found, "class", custom[1], custom[2], below(entry))
        else:
            gathered.globals.append(replace(item, place=f"{below(entry)}, {item.place}"))
    for finding in program.findings:
        members.found.keep(replace(finding, place=f"{below(entry)}, {finding.place}"))


def _judge_end(members: Members, entry: Entry, program: Program, size: int) -> None:
    """A pickle is all of its member."""
    name = below(entry)
    if program.unread:
        members.shut(entry, program.unread)
    elif program.broken:
        message = f"{shown(name)}: {program.broken}"
        members.found.add(rules.contents.MALFORMED, message, name)
    elif program.end < size:
        message = f"{size - program.end} bytes follow the pickle in {shown(name)}"
        members.found.add(rules.pickles.TRAILING, message, name)
        members.shut(entry, message)


def _keep_storage(members: Members, gathered: Gathered, entry: Entry, storage: Storage) -> None:
    """A storage's member, which has its bytes and no other."""
    member = _member(members, entry, storage.key)
    if member is not None:
        gathered.keep_storage(member)
    if storage.location == NOWHERE or inner(entry) == SHAPES:
        return
    if member is None and not storage.size:
        return
    has = f"{member.size} bytes" if member else "no member"
    if member is None or member.size != storage.size:
        message = f"storage {shown(storage.key)} should have {storage.size} bytes, and has {has}"
        members.found.add(rules.torch.STORAGE, message, f"{below(entry)}, {storage.key}")


def _member(members: Members, entry: Entry, key: str) -> Entry | None:
    """The member with a storage's bytes: beside the pickle, or where others keep it.

    A key that leads on would make a library or another pickle pass for numbers.
    """
    if "/" in key or "." in key:
        return None
    top = f"{folder(entry)}/" if folder(entry) else ""
    places = (inner(entry).rpartition(".")[0] + "/" + key, f"constants/{key}")
    names = [top + place for place in (*places, f".data/{key}.storage", f"data/{key}")]
    return next((found for name in names if (found := members.named(name))), None)

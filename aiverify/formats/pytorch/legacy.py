"""Checkpoints from before the archive: pickles in a row, and the storages' bytes behind them.

The pickles are a magic number, a version, facts about the machine, what was saved, and the
keys of the storages in the order in which these follow, each behind its count of elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Source
from aiverify.formats.pickling.machine import Program, walk
from aiverify.formats.pickling.values import Dict, List, Value
from aiverify.formats.pytorch.holding import Holding, holding
from aiverify.formats.sources import Memory
from aiverify.formats.tally import summary, tally
from aiverify.formats.trailing import trailing

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001

PICKLES = ("the magic number", "the version", "the system", "the object", "the keys")
OBJECT, KEYS = 3, 4

FIRST = 512
"""Bytes in which the first pickle ends: it is one number."""

COUNT = 8
"""Bytes of a storage's count of elements."""


def is_legacy(head: bytes) -> bool:
    """Whether the first pickle of a file is the magic number."""
    if not head or b"." not in head[:FIRST]:
        return False
    program = walk(Memory(head[:FIRST]))
    return type(program.result) is int and program.result == MAGIC


def read(source: Source) -> Facts:
    """The facts of such a checkpoint."""
    found = Found()
    programs = _programs(source, found)
    held, broken = Holding(), next((item.broken for item in programs if item.broken), "")
    values: dict[str, Json] = {"container": "legacy"}
    if broken:
        found.add(rules.contents.MALFORMED, broken)
    if len(programs) > OBJECT:
        held = holding(programs[OBJECT].result)
    if len(programs) == len(PICKLES) and not broken:
        values |= _check_header(programs, found)
        _check_storages(source, programs[KEYS], held, found)
    for finding in held.found.all():
        found.keep(finding)
    size = sum(storage.size for storage in held.storages.values())
    return Facts(
        "torch",
        Role.WEIGHT,
        summary(held.tensors) if held.tensors else "no tensors",
        {**values, **tally(held.tensors), "bytes": size},
        tuple(held.tensors),
        tuple(_globals(programs)),
        found.all(),
        next((item.unread for item in programs if item.unread), ""),
    )


def _programs(source: Source, found: Found) -> list[Program]:
    """The pickles, up to the first that cannot be followed."""
    programs: list[Program] = []
    for name in PICKLES:
        program = walk(source, programs[-1].end if programs else 0)
        programs.append(program)
        for finding in program.findings:
            found.keep(replace(finding, place=f"{name}, {finding.place}"))
        if program.broken or program.unread:
            break
    return programs


def _globals(programs: Sequence[Program]) -> list[Global]:
    return [
        replace(item, place=f"{name}, {item.place}")
        for name, program in zip(PICKLES, programs, strict=False)
        for item in program.globals
    ]


def _check_header(programs: Sequence[Program], found: Found) -> dict[str, Json]:
    """The first pickles hold plain values, and the byte order says how to read the rest."""
    version, system = programs[1].result, programs[2].result
    if version != PROTOCOL or not isinstance(system, Dict):
        found.add(rules.contents.MALFORMED, "the checkpoint's version is none that is known")
        return {}
    little = system.get("little_endian")
    if not isinstance(little, bool):
        return {"version": PROTOCOL}
    return {"version": PROTOCOL, "byteorder": "little" if little else "big"}


def _check_storages(source: Source, keys: Program, held: Holding, found: Found) -> None:
    """Each storage stands where the ones before it end, and nothing follows the last."""
    cursor = Cursor(source, keys.end)
    try:
        listed = _keys(keys.result)
        for key in listed:
            _step_over(cursor, key, held, found)
    except MalformedError as error:
        found.add(rules.contents.MALFORMED, error.message)
        return
    for key in sorted(held.storages.keys() - set(listed)):
        message = f"storage {shown(key)} is spoken of, and not there"
        found.add(rules.torch.STORAGE, message, key)
    for finding in trailing(source, cursor.position, "last storage"):
        found.keep(finding)


def _step_over(cursor: Cursor, key: str, held: Holding, found: Found) -> None:
    storage = held.storages.get(key)
    if storage is None:
        raise MalformedError(f"storage {shown(key)} belongs to no tensor")
    count = cursor.integer(COUNT, signed=True)
    if count != storage.elements:
        message = f"storage {shown(key)} has {storage.elements} elements, and {count} too"
        found.add(rules.torch.STORAGE, message, key)
    cursor.skip(storage.size)


def _keys(value: Value) -> list[str]:
    keys = value.items if isinstance(value, List) else []
    found = [key for key in keys if isinstance(key, str)]
    if not isinstance(value, List) or len(found) != len(keys):
        raise MalformedError("the keys of the storages are no list of strings")
    return found

"""Pickles: programs that build objects. They are followed, and never run."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.formats.complaint import complaint
from aiverify.formats.interface import Probe, Source
from aiverify.formats.pickling import opcodes, series
from aiverify.formats.pickling.framing import LATEST
from aiverify.formats.pickling.machine import walk
from aiverify.formats.pickling.series import Series
from aiverify.formats.pickling.wording import phrase
from aiverify.formats.sources import Memory
from aiverify.formats.tally import summary, tally
from aiverify.formats.text import is_text

PROTOCOL = 0x80
"""The opcode that starts a pickle from protocol 2 on. An older number may follow it."""

EXTENSIONS = (".pkl", ".pickle", ".bin", ".pt", ".pth", ".ckpt", ".joblib", ".dill")


class Pickle:
    """A bare pickle, by content.

    States `protocol`, `pickles` (how many stand in a row), `opcodes` (of all of them) and
    `result` (what the first builds), and the arrays of a pickle that joblib wrote.
    """

    name = "pickle"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By magic bytes; for the protocols without, by an import and a call in the head.

        Also by a head that is nothing but opcodes: what they lead to stands further on.
        """
        cut_off = len(probe.head) < probe.size
        return is_pickle(probe.head) or (
            cut_off and (opcodes.goes_on(probe.head) or opcodes.reaches_on(probe.head, probe.size))
        )

    def read(self, probe: Probe, source: Source) -> Facts:
        """What it imports, calls and builds; also of one that breaks off."""
        found = series.read(source)
        if found.is_pickle or is_pickle(probe.head):
            return series_facts(probe, found)
        return _none("begins as a pickle may, and is none that can be read")


class NamedPickle:
    """A file that only its extension marks: whoever loads it by that name unpickles it.

    States the same where it is a pickle, and nothing where it is none.
    """

    name = "pickle"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By extension, unless it is a text that no pickle could start as."""
        if not probe.base.endswith(EXTENSIONS):
            return False
        cut_off = len(probe.head) < probe.size and opcodes.is_opcode(probe.head[0])
        return not is_text(probe.head) or opcodes.begins(probe.head) or cut_off

    def read(self, probe: Probe, source: Source) -> Facts:
        """The same, where an unpickler would get anywhere."""
        found = series.read(source)
        if found.is_pickle:
            return series_facts(probe, found)
        return _none("named as a pickle, and is none that can be read")


def _none(reason: str) -> Facts:
    return Facts("unknown", Role.WEIGHT, unread=reason)


def is_pickle(head: bytes) -> bool:
    """Whether bytes start as a pickle does."""
    if len(head) > 2 and head[0] == PROTOCOL and head[1] <= LATEST:
        return opcodes.is_opcode(head[2])
    return opcodes.imports_and_calls(head) or _imports_and_ends(head)


def _imports_and_ends(head: bytes) -> bool:
    """Whether bytes are a whole pickle that imports something, or do by it what is refused.

    To set attributes of what is imported takes no call.
    """
    if opcodes.IMPORTS.isdisjoint(opcodes.steps(head)):
        return False
    program = walk(Memory(head))
    return bool(program.globals) and (bool(program.findings) or not program.broken)


def series_facts(probe: Probe, found: Series) -> Facts:
    """The facts of a file of pickles."""
    values: dict[str, Json] = {
        "protocol": found.first.protocol,
        "pickles": found.count,
        "opcodes": found.opcodes,
    }
    result = "breaks off"
    if not found.first.broken:
        result = phrase(found.first.result)
        values["result"] = result
    if found.tensors:
        values |= tally(found.tensors)
        result = f"{result}, {summary(found.tensors)}"
    return Facts(
        "joblib" if found.tensors else "pickle",
        Role.WEIGHT,
        f"a pickle: {result}",
        values,
        found.tensors,
        found.globals,
        (*found.findings, *_broken(probe, found)),
        found.unread,
    )


def _broken(probe: Probe, found: Series) -> tuple[Finding, ...]:
    return (complaint(probe, found.broken),) if found.broken else ()

"""Pickles: programs that build objects. They are recognised, and never run or judged."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.pickling import opcodes
from aiverify.formats.text import is_text

PROTOCOL = 0x80
"""The opcode that starts a pickle from protocol 2 on. An older number may follow it."""

LATEST = 5

EXTENSIONS = (".pkl", ".pickle", ".bin", ".pt", ".pth", ".ckpt", ".joblib")


class Pickle:
    """A bare pickle, by content. States nothing."""

    name = "pickle"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By magic bytes; for the protocols without, by an import and a call in the head."""
        head = probe.head
        if len(head) > 2 and head[0] == PROTOCOL and head[1] <= LATEST:
            return opcodes.is_opcode(head[2])
        return opcodes.imports_and_calls(head)

    def read(self, probe: Probe, _source: Source) -> Facts:
        """Unread, and flagged."""
        return pickle_facts(self.name, probe)


class NamedPickle:
    """A file that only its extension marks: whoever loads it by that name unpickles it."""

    name = "pickle"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By extension, unless it is a text that no pickle could start as."""
        if not probe.base.endswith(EXTENSIONS):
            return False
        return not is_text(probe.head) or opcodes.begins(probe.head)

    def read(self, probe: Probe, _source: Source) -> Facts:
        """Unread, and flagged."""
        return pickle_facts(self.name, probe)


def pickle_facts(format_name: str, probe: Probe) -> Facts:
    """Facts of a file whose loading runs what it says."""
    finding = rules.pickles.CALL.found("loading this file runs the program in it", file=probe.name)
    return Facts(
        format_name,
        Role.WEIGHT,
        "a pickle" if format_name == "pickle" else "a pickle in PyTorch's container",
        findings=(finding,),
        unread="a pickle; its instructions are not judged",
    )

"""The programs of an eBPF object, and the functions of the kernel that they call."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.ebpf import names
from aiverify.formats.elf.image import Image
from aiverify.formats.elf.sections import Section
from aiverify.formats.elf.strings import Strings
from aiverify.formats.elf.symbols import FUNCTION, Symbol
from aiverify.formats.interface import TooLarge

INSTRUCTION = 8
CALL, WIDE = 0x85, 0x18
"""Opcodes: a call, and the load of 64 bits that takes two instructions."""

MAX_CODE = 16 << 20
MAX_PROGRAMS = 10_000


@dataclass(frozen=True, slots=True)
class Program:
    """A function that a kernel runs, or that others call when its type is `subprogram`."""

    name: str
    section: str
    type: str
    instructions: int

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        return {
            "name": self.name,
            "section": self.section,
            "type": self.type,
            "instructions": self.instructions,
        }


def read_programs(
    section: Section, name: str, symbols: list[Symbol], strings: Strings
) -> Iterator[Program]:
    """The functions of a section of code; all of it is one where no symbol names any.

    Raises:
        MalformedError: code or a function is not made of whole instructions.
    """
    if section.size % INSTRUCTION:
        raise MalformedError(f"{section.size} bytes of code are not whole instructions")
    kind = names.program_type(name)
    functions = [symbol for symbol in symbols if symbol.kind == FUNCTION]
    if not functions:
        yield Program(name, name, kind, section.size // INSTRUCTION)
    if len(functions) > MAX_PROGRAMS:
        raise MalformedError(f"there are more than {MAX_PROGRAMS} programs")
    for symbol in functions:
        if symbol.value + symbol.size > section.size or (symbol.value | symbol.size) % INSTRUCTION:
            raise MalformedError("a program lies outside its section, or between instructions")
        yield Program(strings.text(symbol.name), name, kind, symbol.size // INSTRUCTION)


def read_helpers(image: Image, section: Section) -> set[int]:
    """The numbers of the helpers that a section's code calls.

    Raises:
        MalformedError: the code is not made of whole instructions.
        TooLarge: there is more of it than is read.
    """
    if section.size > MAX_CODE:
        raise TooLarge(f"{section.size} bytes of code, more than the {MAX_CODE} that are read")
    layout = struct.Struct(image.header.sign + "BBhi")
    shift = 4 if image.header.order == "little" else 0
    found, is_second = set(), False
    data = image.source.read_at(section.offset, section.size)
    for code, registers, _, number in layout.iter_unpack(data):
        if code == CALL and not is_second and not registers >> shift & 0xF:
            found.add(number)
        is_second = code == WIDE and not is_second
    return found

"""Programs for other systems and for virtual machines, known by how they begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import is_text

UNREAD = "a program for another system; its headers are not read"

PE_POINTER = 60
"""Where a file for DOS says where it goes on for Windows."""

FIRST_JAVA = 45
"""A class file's version, which stands where a universal file has the number of its programs."""


FLAGS = (b"\0\0\0\0", b"\x01\0\0\0", b"\x03\0\0\0")
"""What a compiled Python module may say of how it is checked against its source (PEP 552)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of program: its name as a format, for people, and how it is known."""

    format: str
    summary: str
    begins: Callable[[Probe], bool]


def _with(*magics: bytes) -> Callable[[Probe], bool]:
    return lambda probe: probe.head.startswith(magics)


def _is_portable(probe: Probe) -> bool:
    """The beginning of a program that is a shell script, a PE file and more at once."""
    return probe.head.startswith((b"MZqFpD='", b"jartsr='"))


def _is_pe(probe: Probe) -> bool:
    head = probe.head
    if not head.startswith(b"MZ") or len(head) < PE_POINTER + 4:
        return False
    place = int.from_bytes(head[PE_POINTER : PE_POINTER + 4], "little")
    if place + 4 > len(head):
        return place + 4 <= probe.size and not is_text(head)
    return head[place : place + 4] == b"PE\0\0"


def _is_dos(probe: Probe) -> bool:
    return probe.head.startswith((b"MZ", b"ZM")) and not is_text(probe.head)


def _is_java(probe: Probe) -> bool:
    version = int.from_bytes(probe.head[6:8], "big")
    return probe.head.startswith(b"\xca\xfe\xba\xbe") and version >= FIRST_JAVA


def _is_bytecode(probe: Probe) -> bool:
    """Python's own: a version that a line ends, and flags of which two have a meaning."""
    return probe.head[2:4] == b"\r\n" and probe.head[4:8] in FLAGS and not is_text(probe.head)


KINDS = (
    Kind("ape", "a portable program for many systems at once", _is_portable),
    Kind("pe", "a program for Windows", _is_pe),
    Kind("dos", "a program for DOS", _is_dos),
    Kind("java-class", "a Java class", _is_java),
    Kind(
        "macho",
        "a program for macOS",
        _with(
            b"\xfe\xed\xfa\xce",
            b"\xfe\xed\xfa\xcf",
            b"\xce\xfa\xed\xfe",
            b"\xcf\xfa\xed\xfe",
            b"\xca\xfe\xba\xbe\0\0\0",
            b"\xca\xfe\xba\xbf\0\0\0",
        ),
    ),
    Kind("pyc", "a compiled Python module", _is_bytecode),
    Kind("wasm", "a WebAssembly module", _with(b"\0asm")),
    Kind("archive", "a library of objects for a linker", _with(b"!<arch>\n", b"!<thin>\n")),
    Kind("llvm-bitcode", "a program in LLVM's own code", _with(b"BC\xc0\xde", b"\xde\xc0\x17\x0b")),
    Kind("dex", "a program for Android", _with(b"dex\n03", b"dex\n04")),
    Kind("fatbin", "programs for CUDA devices", _with(b"\x50\xed\x55\xba")),
    Kind("spirv", "a shader", _with(b"\x03\x02\x23\x07", b"\x07\x23\x02\x03")),
    Kind("lua-bytecode", "a compiled Lua script", _with(b"\x1bLua", b"\x1bLJ")),
)


class Executable:
    """A program that is known by its first bytes and not looked into. States nothing."""

    name = "executable"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return _kind(probe) is not None

    def read(self, probe: Probe, _source: Source) -> Facts:
        """That it is there, and of what kind."""
        kind = _kind(probe)
        if kind is None:
            return Facts(self.name, self.role, unread=UNREAD)
        found = rules.programs.FOREIGN.found(f"it is {kind.summary}")
        return Facts(kind.format, self.role, kind.summary, findings=(found,), unread=UNREAD)


def _kind(probe: Probe) -> Kind | None:
    return next((kind for kind in KINDS if kind.begins(probe)), None)

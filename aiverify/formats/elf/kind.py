"""What an ELF file is: a program, a library, an object for a linker."""

from __future__ import annotations

from aiverify.formats.elf import dynamic as tags
from aiverify.formats.elf import segments
from aiverify.formats.elf.dynamic import Dynamic
from aiverify.formats.elf.header import EXECUTABLE, SHARED
from aiverify.formats.elf.image import Image

TYPES = {1: "relocatable", 2: "executable", 3: "shared object", 4: "core dump"}
"""`e_type`."""

PIE = "position-independent executable"

MACHINES = {
    3: "x86",
    8: "mips",
    20: "ppc",
    21: "ppc64",
    22: "s390",
    40: "arm",
    62: "x86-64",
    183: "aarch64",
    190: "cuda",
    224: "amdgpu",
    243: "riscv",
    247: "bpf",
    258: "loongarch",
}
"""`e_machine`, for the machines that models run on."""


def machine(image: Image) -> str:
    """What it runs on."""
    number = image.header.machine
    return MACHINES.get(number, f"machine {number}")


def kind(image: Image, dynamic: Dynamic | None) -> str:
    """What it is, a position-independent program told apart from a library."""
    number = image.header.kind
    if number == SHARED and is_program(image, dynamic):
        return PIE
    return TYPES.get(number, f"type {number}")


def is_program(image: Image, dynamic: Dynamic | None) -> bool:
    """Whether it is one that a person starts.

    A library that can be started too, as the C library can, has a name to be loaded by.
    """
    if image.header.kind == EXECUTABLE:
        return True
    if image.header.kind != SHARED or dynamic is None:
        return False
    is_started = bool(image.segments.of_kind(segments.INTERPRETER))
    return dynamic.is_program or (is_started and tags.SONAME not in dynamic.entries)


def is_position_independent(image: Image) -> bool:
    """Whether it is mapped where the system likes, and not where it says."""
    return image.header.kind == SHARED

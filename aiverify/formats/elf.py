"""ELF: programs, libraries, eBPF objects."""

from __future__ import annotations

from typing import Literal

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.interface import Probe, Source

MAGIC = b"\x7fELF"

CLASSES = {1: 32, 2: 64}
"""`e_ident[EI_CLASS]`: bits of an address."""

ORDERS: dict[int, Literal["little", "big"]] = {1: "little", 2: "big"}
"""`e_ident[EI_DATA]`."""

HEADER_BYTES = {32: 52, 64: 64}

TYPES = {1: "relocatable", 2: "executable", 3: "shared object", 4: "core dump"}
"""`e_type`."""

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


class Elf:
    """An ELF file. States `class` (32 or 64), `endianness`, `machine` and `type`."""

    name = "elf"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(MAGIC)

    def read(self, probe: Probe, source: Source) -> Facts:
        """The header's first fields (System V ABI, chapter 4).

        Raises:
            MalformedError: the header is truncated, or of no class or byte order.
        """
        head = probe.head
        bits, order = CLASSES.get(_byte(head, 4)), ORDERS.get(_byte(head, 5))
        if bits is None or order is None:
            raise MalformedError("the ELF header has no valid class and byte order")
        if source.size < HEADER_BYTES[bits]:
            raise MalformedError(f"the file is {source.size} bytes, shorter than an ELF header")
        kind = int.from_bytes(head[16:18], order)
        machine = int.from_bytes(head[18:20], order)
        values: dict[str, Json] = {
            "class": bits,
            "endianness": order,
            "machine": MACHINES.get(machine, f"machine {machine}"),
            "type": TYPES.get(kind, f"type {kind}"),
        }
        summary = f"{bits}-bit {values['machine']} {values['type']}"
        return Facts(self.name, self.role, summary, values)


def _byte(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 1], "little")

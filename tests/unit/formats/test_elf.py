"""ELF headers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look
from tests.support.looking import look_at


def header(bits: int, order: str, kind: int, machine: int, size: int = 64) -> bytes:
    ident = b"\x7fELF" + bytes([{32: 1, 64: 2}[bits], {"little": 1, "big": 2}[order], 1])
    fields = b"".join(number.to_bytes(2, order) for number in (kind, machine))  # type: ignore[arg-type]
    return (ident.ljust(16, b"\0") + fields).ljust(size, b"\0")


@pytest.mark.parametrize(
    ("data", "machine", "kind"),
    [
        (header(64, "little", 1, 247), "bpf", "relocatable"),
        (header(64, "big", 3, 22), "s390", "shared object"),
        (header(32, "little", 2, 40, size=52), "arm", "executable"),
        (header(64, "little", 9, 9999), "machine 9999", "type 9"),
    ],
)
def test_a_header_states_machine_and_type(
    tmp_path: Path, data: bytes, machine: str, kind: str
) -> None:
    found = look_at(tmp_path, "probe.o", data)
    assert (found.facts.format, found.facts.role, found.state) == ("elf", Role.CODE, State.CLEAN)
    assert (found.facts.values["machine"], found.facts.values["type"]) == (machine, kind)


def test_the_running_interpreter_is_read(tmp_path: Path) -> None:
    interpreter = Path(sys.executable).resolve()
    facts = look(Member("python", Extent.of_file(interpreter))).facts
    assert facts.values["endianness"] == sys.byteorder


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF",
        b"\x7fELF\x03\x01" + bytes(64),
        b"\x7fELF\x01\x00" + bytes(64),
        header(64, "little", 2, 62)[:63],
        header(32, "little", 2, 62)[:51],
    ],
)
def test_a_header_that_is_cut_or_lies_is_malformed(tmp_path: Path, data: bytes) -> None:
    (finding,) = look_at(tmp_path, "model.bin", data).facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"

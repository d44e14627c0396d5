"""Programs for other systems: known by how they begin, and not looked into."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from aiverify.core.finding import Severity
from tests.support.looking import look_at


def portable(place: int = 64, signature: bytes = b"PE\0\0", stub: bytes = b"\x90\0") -> bytes:
    """The beginning of a program for Windows."""
    head = (b"MZ" + stub).ljust(60, b"\0") + place.to_bytes(4, "little")
    return head.ljust(place, b"\0") + signature + bytes(64)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (portable(), "pe"),
        (portable(5000), "pe"),
        (portable(signature=b"NE"), "dos"),
        (b"MZ" + bytes(10), "dos"),
        (portable(1 << 20)[:200], "dos"),
        (b"MZqFpD='\n" + bytes(100), "ape"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\1" + bytes(24), "macho"),
        (b"\xfe\xed\xfa\xce" + bytes(28), "macho"),
        (b"\xca\xfe\xba\xbe\0\0\0\2" + bytes(40), "macho"),
        (b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(40), "java-class"),
        (b"\0asm\1\0\0\0", "wasm"),
        (
            b"!<arch>\n" + b"x.o/            0           0     0     644     0         `\n",
            "archive",
        ),
        (b"BC\xc0\xde" + bytes(12), "llvm-bitcode"),
        (b"dex\n035\0" + bytes(100), "dex"),
        (b"\x50\xed\x55\xba\1\0\x10\0" + bytes(16), "fatbin"),
        (b"\x03\x02\x23\x07\0\0\1\0" + bytes(16), "spirv"),
        (b"\x1bLuaS\0", "lua-bytecode"),
    ],
)
def test_a_program_for_another_system_is_flagged_and_unread(
    tmp_path: Path, data: bytes, kind: str
) -> None:
    found = look_at(tmp_path, "helper", data)
    (finding,) = found.facts.findings
    assert (found.facts.format, found.facts.role, found.state) == (kind, Role.CODE, State.UNREAD)
    assert (finding.rule, finding.severity) == ("AIV-PROGRAM-FOREIGN", Severity.WARNING)


@pytest.mark.parametrize(
    "data", [b"MZ is how it begins\n", b"MZ" + b"a" * 200, b"dexterity\n", b"BC 100\n", b"M"]
)
def test_text_that_begins_like_a_program_is_text(tmp_path: Path, data: bytes) -> None:
    assert look_at(tmp_path, "notes", data).facts.format == "text"

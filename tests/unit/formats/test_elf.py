"""ELF files: what a header, its tables and the loader's own table say, and where they lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import FileFacts, Role, State
from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.elf import header as headers
from aiverify.formats.elf import strings, symbols
from aiverify.formats.look import look
from tests.support.elf_files import (
    ALLOC,
    ARM,
    BPF,
    EXEC,
    NOBITS,
    S390,
    STRTAB,
    X86_64,
    Form,
    Name,
    Piece,
    Program,
    note,
    object_file,
    section_index,
    section_place,
    with_header,
    with_section,
    with_segment,
    without_sections,
    written,
)
from tests.support.looking import look_at

LITTLE = Form()
FORMS = [Form(bits, order) for bits in (32, 64) for order in ("little", "big")]  # type: ignore[arg-type]
WORLD = "/" + "tmp"
"""A folder in which everybody may write, not spelled as a path of somebody's machine."""


def looked(folder: Path, data: bytes) -> FileFacts:
    return look_at(folder, "component", data)


def rules_of(found: FileFacts) -> list[str]:
    return [finding.rule for finding in found.facts.findings]


def complaint(found: FileFacts) -> str:
    (finding,) = found.facts.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", Severity.ERROR)
    return finding.message


@pytest.mark.parametrize("form", FORMS)
def test_a_program_states_what_it_is_and_what_it_loads(tmp_path: Path, form: Form) -> None:
    data = Program(form, needed=("libm.so.6", "libc.so.6"), runpath="$ORIGIN/../lib").written()
    found = looked(tmp_path, data)
    assert (found.facts.format, found.facts.role, found.state) == ("elf", Role.CODE, State.CLEAN)
    assert found.facts.values == {
        "class": form.bits,
        "endianness": form.order,
        "machine": "x86-64",
        "type": "position-independent executable",
        "compilers": ["GCC: (GNU) 12.2.0"],
        "symbols": 0,
        "notes": [{"owner": "GNU", "type": 3}],
        "build_id": bytes(range(20)).hex(),
        "interpreter": "/lib64/ld-linux-x86-64.so.2",
        "needed": ["libm.so.6", "libc.so.6"],
        "runpath": ["$ORIGIN/../lib"],
        "imports": 3,
        "exports": 1,
        "static": False,
        "hardening": {
            "pie": True,
            "relro": "full",
            "bind_now": True,
            "stack_protector": True,
            "fortify": True,
            "nx": True,
            "stripped": True,
        },
    }


@pytest.mark.parametrize(
    ("kind", "machine", "shown", "what"),
    [
        (1, BPF, "bpf", "relocatable"),
        (1, ARM, "arm", "relocatable"),
        (1, 9999, "machine 9999", "relocatable"),
        (3, S390, "s390", "shared object"),
        (2, X86_64, "x86-64", "executable"),
    ],
)
def test_a_header_states_machine_and_type(
    tmp_path: Path, kind: int, machine: int, shown: str, what: str
) -> None:
    values = looked(tmp_path, written(LITTLE, kind, machine, [])).facts.values
    assert (values["machine"], values["type"]) == (shown, what)


@pytest.mark.parametrize(
    ("program", "what"),
    [
        (Program(), "position-independent executable"),
        (Program(tags=()), "position-independent executable"),
        (Program(interpreter=""), "position-independent executable"),
        (Program(interpreter="", tags=()), "shared object"),
        (Program(soname="libc.so.6", tags=()), "shared object"),
        (Program(kind=2), "executable"),
    ],
)
def test_a_program_is_told_from_a_library(tmp_path: Path, program: Program, what: str) -> None:
    values = looked(tmp_path, program.written()).facts.values
    assert values["type"] == what
    assert ("pie" in values["hardening"]) == (what != "shared object")  # type: ignore[operator]


def test_a_library_states_its_name(tmp_path: Path) -> None:
    data = Program(soname="libx.so.1", interpreter="", tags=((24, 0),)).written()
    assert looked(tmp_path, data).facts.values["soname"] == "libx.so.1"


@pytest.mark.parametrize(
    ("program", "key", "value"),
    [
        (Program(relro=False), "relro", "none"),
        (Program(tags=((0x6FFFFFFB, 0x08000000),)), "relro", "partial"),
        (Program(tags=((30, 0x8),)), "relro", "full"),
        (Program(tags=((24, 0),)), "bind_now", True),
        (Program(imports=("puts",)), "stack_protector", False),
        (Program(imports=("puts",)), "fortify", False),
        (Program(imports=("not_chk", "x__stack_chk_fail")), "fortify", False),
        (Program(imports=()), "stack_protector", None),
        (Program(stack=7), "nx", False),
        (Program(stack=None), "nx", False),
        (Program(kind=2), "pie", False),
    ],
)
def test_hardening_is_stated(tmp_path: Path, program: Program, key: str, value: Any) -> None:
    hardening = looked(tmp_path, program.written()).facts.values["hardening"]
    assert hardening[key] == value  # type: ignore[index, call-overload]


def test_symbols_left_for_a_debugger_are_counted(tmp_path: Path) -> None:
    data = object_file([Piece(".text", bytes(8))], [Name("a", ".text"), Name("b")], machine=X86_64)
    found = looked(tmp_path, data)
    assert (found.state, found.facts.values["symbols"]) == (State.CLEAN, 2)


@pytest.mark.parametrize(
    ("program", "rule", "words"),
    [
        (Program(runpath="lib"), "AIV-PROGRAM-SEARCH-PATH", "'lib', which is relative"),
        (Program(rpath="./lib"), "AIV-PROGRAM-SEARCH-PATH", "RPATH has './lib'"),
        (Program(runpath="$ORIGIN:"), "AIV-PROGRAM-SEARCH-PATH", "empty"),
        (Program(runpath=":$ORIGIN"), "AIV-PROGRAM-SEARCH-PATH", "empty"),
        (Program(runpath=WORLD), "AIV-PROGRAM-SEARCH-PATH", "every user"),
        (Program(runpath=f"/usr/..{WORLD}/x"), "AIV-PROGRAM-SEARCH-PATH", "every user"),
        (Program(runpath="/var" + WORLD), "AIV-PROGRAM-SEARCH-PATH", "every user"),
        (Program(rpath="/dev/shm/lib"), "AIV-PROGRAM-SEARCH-PATH", "every user"),
        (Program(runpath="$ORIGINAL/lib"), "AIV-PROGRAM-SEARCH-PATH", "relative"),
        (Program(runpath="$LIB"), "AIV-PROGRAM-SEARCH-PATH", "relative"),
        (Program(needed=("../lib/x.so",)), "AIV-PROGRAM-LIBRARY", "'../lib/x.so', by its path"),
        (Program(needed=("/opt/x.so",)), "AIV-PROGRAM-LIBRARY", "'/opt/x.so'"),
        (Program(tags=((0x7FFFFFFF, "/x/f.so"),)), "AIV-PROGRAM-LIBRARY", "'/x/f.so'"),
        (Program(tags=((0x7FFFFFFD, "./a.so"),)), "AIV-PROGRAM-LIBRARY", "'./a.so'"),
        (Program(tags=((0x6FFFFEFC, "audit.so"),)), "AIV-PROGRAM-LIBRARY", "DT_AUDIT"),
        (Program(tags=((0x6FFFFEFB, "audit.so"),)), "AIV-PROGRAM-LIBRARY", "watch over"),
        (Program(interpreter="./ld.so"), "AIV-PROGRAM-INTERPRETER", "relative"),
        (Program(interpreter=f"{WORLD}/ld.so"), "AIV-PROGRAM-INTERPRETER", "every user"),
        (Program(stack=7), "AIV-PROGRAM-STACK", "asks for"),
        (Program(stack=None), "AIV-PROGRAM-STACK", "does not say"),
        (Program(flags=7), "AIV-PROGRAM-WRITABLE-CODE", "segment 0"),
        (Program(tags=((22, 0), (24, 0))), "AIV-PROGRAM-TEXTREL", "DT_TEXTREL"),
        (Program(tags=((30, 0xC),)), "AIV-PROGRAM-TEXTREL", "writable"),
    ],
)
def test_what_lets_others_choose_the_code_is_a_warning(
    tmp_path: Path, program: Program, rule: str, words: str
) -> None:
    (finding,) = looked(tmp_path, program.written()).facts.findings
    assert (finding.rule, finding.severity) == (rule, Severity.WARNING)
    assert words in finding.message


@pytest.mark.parametrize(
    "program",
    [
        Program(runpath="$ORIGIN"),
        Program(runpath="$ORIGIN/../x:${ORIGIN}/lib:/opt/lib"),
        Program(runpath=""),
        Program(rpath="/usr/lib" + WORLD),
        Program(runpath=f"{WORLD}fs/lib"),
        Program(needed=("$ORIGIN/libx.so",)),
        Program(interpreter="/nix/store/abc-glibc/lib/ld-linux-x86-64.so.2"),
    ],
)
def test_where_only_the_publisher_writes_is_no_finding(tmp_path: Path, program: Program) -> None:
    assert looked(tmp_path, program.written()).state is State.CLEAN


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (Program(kind=2), "without PIE"),
        (Program(relro=False), "without RELRO"),
        (Program(kind=2, relro=False), "without PIE and RELRO"),
    ],
)
def test_a_program_without_protections_is_a_note(
    tmp_path: Path, program: Program, words: str
) -> None:
    (finding,) = looked(tmp_path, program.written()).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-PROGRAM-HARDENING", Severity.NOTE)
    assert finding.message.endswith(words)


def test_many_faults_of_one_kind_are_told_of_twenty_times(tmp_path: Path) -> None:
    paths = ":".join(f"lib{number}" for number in range(1000))
    found = looked(tmp_path, Program(runpath=paths).written())
    assert len(found.facts.findings) == 20
    assert len(found.facts.values["runpath"]) == 1000  # type: ignore[arg-type]


def test_a_path_that_is_said_again_and_again_is_stated_once(tmp_path: Path) -> None:
    data = Program(runpath=":".join(["$ORIGIN/lib"] * 2000)).written()
    assert looked(tmp_path, data).facts.values["runpath"] == ["$ORIGIN/lib"]


def test_a_hostile_path_is_escaped_in_the_message(tmp_path: Path) -> None:
    (finding,) = looked(tmp_path, Program(runpath="\x1b[2J").written()).facts.findings
    assert "\\x1b[2J" in finding.message


def test_the_loaders_view_does_not_need_sections(tmp_path: Path) -> None:
    values = looked(tmp_path, without_sections(Program().written())).facts.values
    assert (values["needed"], values["imports"], values["exports"]) == (["libc.so.6"], 3, 1)


@pytest.mark.parametrize("form", FORMS)
def test_symbols_are_counted_by_a_gnu_hash_table(tmp_path: Path, form: Form) -> None:
    # Two buckets, symbols hashed from number 4 on; the chain of symbol 4 ends at once.
    table = form.pack("IIII", 2, 4, 1, 0) + form.pack(form.word, 0) + form.pack("III", 0, 4, 1)
    program = Program(form, hashed=False, pieces=(Piece(".gnu.hash", table, flags=ALLOC),))
    place, _ = section_place(program.written(), ".gnu.hash", form)
    tags = (*program.tags, (0x6FFFFEF5, 0))
    place, _ = section_place(program.with_(tags=tags).written(), ".gnu.hash", form)
    data = program.with_(tags=(*program.tags, (0x6FFFFEF5, place))).written()
    values = looked(tmp_path, without_sections(data, form)).facts.values
    assert (values["imports"], values["exports"]) == (3, 1)


@pytest.mark.parametrize(
    ("name", "words"), [(".dynamic", "the dynamic table"), (".dynsym", "the dynamic symbols")]
)
def test_sections_that_contradict_the_loader_are_an_error(
    tmp_path: Path, name: str, words: str
) -> None:
    data = Program().written()
    place, size = section_place(data, name)
    moved = data + bytes(-len(data) % 8) + data[place : place + size]
    moved = with_section(moved, section_index(data, name), offset=len(moved) - size)
    (finding,) = looked(tmp_path, moved).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-PROGRAM-MISMATCH", Severity.ERROR)
    assert words in finding.message


def test_other_names_of_libraries_in_the_sections_are_an_error(tmp_path: Path) -> None:
    data = Program(pieces=(Piece(".fake", b"\0libfake.so\0", STRTAB),)).written()
    fake = section_index(data, ".fake")
    lying = with_section(data, section_index(data, ".dynamic"), link=fake)
    assert rules_of(looked(tmp_path, lying)) == ["AIV-PROGRAM-MISMATCH"]
    assert looked(tmp_path, lying).facts.values["needed"] == ["libc.so.6"]


def test_a_dynamic_table_for_tools_alone_is_an_error(tmp_path: Path) -> None:
    data = with_segment(Program().written(), 1, kind=0)
    assert "AIV-PROGRAM-MISMATCH" in rules_of(looked(tmp_path, data))


def test_bytes_behind_the_last_part_are_a_warning_and_looked_into(tmp_path: Path) -> None:
    data = Program().written()
    found = looked(tmp_path, data + b'{"a": 1}')
    (finding,) = found.facts.findings
    assert (finding.rule, finding.severity) == ("AIV-CONTAINER-HIDDEN", Severity.WARNING)
    assert finding.place == f"byte {len(data)}"
    assert found.facts.values["overlay"] == {"offset": len(data), "size": 8}
    assert found.state is State.FLAGGED


def test_a_pickle_behind_the_last_part_is_found(tmp_path: Path) -> None:
    found = looked(tmp_path, Program().written() + b"\x80\x04cos\nsystem\n(S'id'\ntR.")
    assert any(rule.startswith("AIV-PICKLE") for rule in rules_of(found))
    assert any(item.name == "os.system" for item in found.facts.globals)


def test_a_program_behind_the_last_part_is_read_too(tmp_path: Path) -> None:
    found = looked(tmp_path, Program().written() + Program(stack=7).written())
    assert rules_of(found) == ["AIV-CONTAINER-HIDDEN", "AIV-PROGRAM-STACK"]


def test_an_unknown_overlay_leaves_the_file_unread(tmp_path: Path) -> None:
    found = looked(tmp_path, Program().written() + b"\xfe\xed\0\x01" * 9)
    assert found.state is State.UNREAD


def test_zeros_behind_the_last_part_are_padding(tmp_path: Path) -> None:
    assert looked(tmp_path, Program().written() + bytes(512)).state is State.CLEAN
    assert rules_of(looked(tmp_path, Program().written() + bytes(70_000))) == [
        "AIV-CONTAINER-HIDDEN"
    ]


@pytest.mark.parametrize(
    ("kind", "reason"), [(4, "core dump"), (0, "no known type"), (9, "no known type")]
)
def test_what_is_not_understood_is_unread(tmp_path: Path, kind: int, reason: str) -> None:
    found = looked(tmp_path, written(LITTLE, kind, X86_64, []))
    assert reason in found.facts.unread


def test_debugging_information_without_its_program_is_unread(tmp_path: Path) -> None:
    data = Program(pieces=(Piece(".code", b"", NOBITS, ALLOC | EXEC, size=1 << 20),)).written()
    assert looked(tmp_path, data).state is State.CLEAN
    outside = with_segment(data, 0, stored=1 << 20, size=1 << 20)
    assert "debugging information" in looked(tmp_path, outside).facts.unread
    empty = with_segment(data, 0, stored=0)
    assert "debugging information" in looked(tmp_path, empty).facts.unread


def test_devices_have_no_stack_to_harden(tmp_path: Path) -> None:
    found = looked(tmp_path, written(LITTLE, 2, 190, []))
    assert (found.state, found.facts.values["machine"]) == (State.CLEAN, "cuda")
    assert "hardening" not in found.facts.values


GOOD = Program().written()
SIZE = len(GOOD)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x7fELF", "class and byte order"),
        (b"\x7fELF\x03\x01\x01" + bytes(64), "class and byte order"),
        (b"\x7fELF\x01\x00\x01" + bytes(64), "class and byte order"),
        (GOOD[:63], "shorter than an ELF header"),
        (Program(Form(32)).written()[:51], "shorter than an ELF header"),
        (GOOD[:6] + b"\2" + GOOD[7:], "version"),
        (with_header(GOOD, version=2), "version"),
        (with_header(GOOD, size=63), "says it is 63 bytes"),
        (with_header(GOOD, segment_size=57), "57 bytes"),
        (with_header(GOOD, section_size=63), "63 bytes"),
        (with_header(GOOD, segments=SIZE), "outside the file"),
        (with_header(GOOD, segments=0), "outside the file"),
        (with_header(GOOD, sections=2**64 - 1), "outside the file"),
        (with_header(GOOD, section_count=5000), "outside the file"),
        (with_header(GOOD, names=60), "section 60, which is none"),
        (with_header(GOOD, names=1), "holds no strings"),
        (with_header(GOOD, names=0xFFFF), "outside the table of names"),
        (GOOD[:-100], "outside the file"),
        (with_section(GOOD, 1, offset=SIZE), "section 1 is 16 bytes"),
        (with_section(GOOD, 1, size=2**64 - 1), "outside the file"),
        (with_section(GOOD, 1, name=4000), "outside the table of names"),
        (with_section(GOOD, 1, link=99), "of none"),
        (with_section(GOOD, 3, size=3), "do not end with a NUL"),
        (with_section(GOOD, 9, size=3), "does not end with a NUL"),
        (with_segment(GOOD, 0, offset=SIZE), "outside the file"),
        (with_segment(GOOD, 0, offset=2**64 - 1), "outside the file"),
        (with_segment(GOOD, 0, size=8), "more bytes in the file than in memory"),
        (with_segment(GOOD, 2, kind=1, address=8), "mapped over"),
        (with_segment(GOOD, 4, kind=3), "2 interpreters"),
        (with_segment(GOOD, 4, kind=2), "2 dynamic tables"),
        (with_segment(GOOD, 3, stored=1, size=1), "name is 1 bytes"),
        (with_segment(GOOD, 3, stored=4), "does not end with a NUL"),
        (with_segment(GOOD, 3, stored=1 << 13), "outside the file"),
        (with_segment(GOOD, 0, address=1 << 40), "no segment maps"),
        (with_segment(GOOD, 2, stored=24), "reaches out of its place"),
        (Program(terminated=False).written(), "does not end"),
        (Program(tags=((5, 64),)).written(), "more than once"),
        (Program(tags=((29, 0), (29, 1))).written(), "more than once"),
        (Program(tags=((1, 1 << 20),)).written(), "outside its table"),
        (Program(needed=("x" * 5000,)).written(), "more than 4096 bytes"),
        (Program(needed=tuple(f"l{n}" for n in range(1001))).written(), "1001 libraries"),
        (with_section(GOOD, section_index(GOOD, ".dynsym"), entry=23), "whole symbols"),
        (with_section(GOOD, section_index(GOOD, ".dynsym"), size=25), "whole symbols"),
        (with_section(GOOD, section_index(GOOD, ".dynsym"), size=24 * 40), "no segment maps"),
    ],
)
def test_a_file_that_no_loader_could_follow_is_malformed(
    tmp_path: Path, data: bytes, words: str
) -> None:
    found = looked(tmp_path, data)
    assert words in complaint(found)
    assert found.facts.role is Role.CODE


def test_extended_numbers_stand_in_the_first_section(tmp_path: Path) -> None:
    count = section_index(GOOD, ".shstrtab") + 1
    data = with_section(GOOD, 0, size=count, link=count - 1, info=6)
    data = with_header(data, section_count=0, names=0xFFFF, segment_count=0xFFFF)
    assert looked(tmp_path, data).facts.values == looked(tmp_path, GOOD).facts.values


@pytest.mark.parametrize(
    ("lies", "words"),
    [
        ({"size": 1 << 16}, "outside the file"),
        ({"size": 10, "link": 10}, "which is none"),
        ({"size": 10, "link": 9, "info": 60000}, "outside the file"),
    ],
)
def test_extended_numbers_that_lie_are_malformed(
    tmp_path: Path, lies: dict[str, int], words: str
) -> None:
    data = with_section(GOOD, 0, **lies)
    data = with_header(data, section_count=0, names=0xFFFF, segment_count=0xFFFF)
    assert words in complaint(looked(tmp_path, data))


def test_more_than_is_read_is_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(headers, "MAX_ENTRIES", 5)
        assert "6 program headers" in looked(tmp_path, GOOD).facts.unread
    monkeypatch.setattr(symbols, "MAX_SYMBOLS", 3)
    assert "5 symbols" in looked(tmp_path, GOOD).facts.unread


def test_a_large_table_of_strings_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = looked(tmp_path, GOOD).facts.values
    monkeypatch.setattr(strings, "MAX_HELD", 8)
    assert looked(tmp_path, GOOD).facts.values == values


def test_a_note_of_another_owner_is_named(tmp_path: Path) -> None:
    more = note(LITTLE, b"XYZ", 7, b"12345678")
    data = object_file([Piece(".note.x", more, 7)], machine=X86_64)
    assert looked(tmp_path, data).facts.values["notes"] == [{"owner": "XYZ", "type": 7}]


def test_the_running_interpreter_is_read(tmp_path: Path) -> None:
    interpreter = Path(sys.executable).resolve()
    facts = look(Member("python", Extent.of_file(interpreter))).facts
    assert facts.values["endianness"] == sys.byteorder
    assert not [item for item in facts.findings if item.severity is Severity.ERROR]

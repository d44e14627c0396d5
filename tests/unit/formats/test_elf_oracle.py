"""Real programs of this machine: what we state of them is what pyelftools reads in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look

REAL = Path(__file__).resolve().parents[2] / "assets" / "real"

MODULES = ("cryptography", "numpy", "regorus", "_ctypes", "_ssl", "yaml", "hypothesis")
"""Modules that carry libraries, where they are installed."""

MAX_EACH = 5


def programs() -> Iterator[Path]:
    """The interpreter, libraries of installed modules, and objects that are kept."""
    yield Path(sys.executable).resolve()
    for name in MODULES:
        spec = find_spec(name)
        if spec is None or not spec.origin:
            continue
        origin = Path(spec.origin)
        yield from (
            [origin] if origin.suffix == ".so" else sorted(origin.parent.rglob("*.so"))[:MAX_EACH]
        )
    yield from sorted(REAL.glob("bpf-*.o"))


PROGRAMS = sorted(set(programs()))


@pytest.fixture(params=PROGRAMS, ids=lambda path: path.name)
def program(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def facts_of(path: Path) -> Any:
    return look(Member(path.name, Extent.of_file(path))).facts


def test_a_real_program_gives_no_error(program: Path) -> None:
    facts = facts_of(program)
    assert facts.format == "elf"
    assert [item for item in facts.findings if item.severity is Severity.ERROR] == []
    assert facts.unread == ""


def test_a_real_programs_header_is_read_alike(program: Path) -> None:
    values = facts_of(program).values
    with program.open("rb") as stream:
        elf = ELFFile(stream)
        assert values["class"] == elf.elfclass
        assert values["endianness"] == ("little" if elf.little_endian else "big")
        symbols = next(elf.iter_sections("SHT_SYMTAB"), None)
        assert values["symbols"] == (symbols.num_symbols() - 1 if symbols else 0)


def test_a_real_programs_libraries_are_read_alike(program: Path) -> None:
    values = facts_of(program).values
    expected: dict[str, Any] = {}
    with program.open("rb") as stream:
        elf = ELFFile(stream)
        for segment in elf.iter_segments():
            if segment["p_type"] == "PT_INTERP":
                expected["interpreter"] = segment.get_interp_name()
            if segment["p_type"] == "PT_DYNAMIC":
                expected |= dynamic_of(segment)
    assert {name: values.get(name, default) for name, default in expected_keys()} == {
        name: expected.get(name, default) for name, default in expected_keys()
    }


def dynamic_of(segment: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag in segment.iter_tags():
        match tag.entry.d_tag:
            case "DT_NEEDED":
                found.setdefault("needed", []).append(tag.needed)
            case "DT_SONAME":
                found["soname"] = tag.soname
            case "DT_RPATH":
                found["rpath"] = list(dict.fromkeys(tag.rpath.split(":")))
            case "DT_RUNPATH":
                found["runpath"] = list(dict.fromkeys(tag.runpath.split(":")))
    return found


def expected_keys() -> list[tuple[str, Any]]:
    return [("needed", []), ("soname", ""), ("rpath", []), ("runpath", []), ("interpreter", "")]


def test_a_real_programs_notes_are_read_alike(program: Path) -> None:
    values = facts_of(program).values
    build_ids, kinds = set(), set()
    with program.open("rb") as stream:
        for segment in ELFFile(stream).iter_segments():
            if segment["p_type"] == "PT_NOTE":
                for note in segment.iter_notes():
                    kinds.add(note["n_name"])
                    if note["n_type"] == "NT_GNU_BUILD_ID":
                        build_ids.add(note["n_desc"])
    assert {note["owner"] for note in values.get("notes", [])} == kinds
    assert {values["build_id"]} == build_ids if build_ids else "build_id" not in values


def test_a_real_programs_imports_are_counted_alike(program: Path) -> None:
    values = facts_of(program).values
    with program.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".dynsym")
        if table is None:
            assert values.get("imports", 0) == 0
            return
        symbols = list(table.iter_symbols())[1:]
    names = {item.name for item in symbols if item["st_shndx"] == "SHN_UNDEF"}
    hardening = values["hardening"]
    assert values["imports"] == sum(item["st_shndx"] == "SHN_UNDEF" for item in symbols)
    assert values["exports"] == sum(
        item["st_shndx"] != "SHN_UNDEF" and item["st_info"]["bind"] != "STB_LOCAL"
        for item in symbols
    )
    assert bool(hardening["stack_protector"]) == ("__stack_chk_fail" in names)
    assert bool(hardening["fortify"]) == any(
        name.startswith("__") and name.endswith("_chk") for name in names
    )


def test_a_real_programs_protections_are_read_alike(program: Path) -> None:
    hardening = facts_of(program).values.get("hardening")
    if hardening is None:
        assert program.parent == REAL
        return
    with program.open("rb") as stream:
        found = {item["p_type"]: item["p_flags"] for item in ELFFile(stream).iter_segments()}
    assert (hardening["relro"] != "none") == ("PT_GNU_RELRO" in found)
    assert hardening["nx"] == (not found.get("PT_GNU_STACK", 7) & 1)

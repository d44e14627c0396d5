"""Go's build information, in both of the forms that its linker has written."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import FileFacts, State
from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats import go_build
from aiverify.formats.look import look
from tests.support.elf_files import (
    Form,
    Program,
    section_index,
    section_place,
    with_section,
    with_segment,
    without_sections,
)
from tests.support.go_files import MAGIC, MODULES, by_pointer, in_place, marked, varint
from tests.support.looking import look_at

QUIET = "\n".join(line for line in MODULES.splitlines() if "modified" not in line) + "\n"


def looked(folder: Path, blob: bytes, **changes: Any) -> FileFacts:
    return look_at(folder, "runner", Program(go=blob, **changes).written())


def go_of(folder: Path, blob: bytes) -> Any:
    return looked(folder, blob).facts.values.get("go")


def test_a_go_program_states_its_modules_and_settings(tmp_path: Path) -> None:
    found = looked(tmp_path, in_place())
    assert found.facts.values["go"] == {
        "version": "go1.22.1",
        "path": "example.org/runner",
        "main": {"path": "example.org/runner", "version": "v1.2.3", "sum": "h1:own="},
        "modules": [
            {"path": "example.org/plain", "version": "v0.1.0", "sum": "h1:plain="},
            {
                "path": "example.org/changed",
                "version": "v0.2.0",
                "sum": "",
                "replaced_by": {"path": "./changed", "version": "", "sum": ""},
            },
        ],
        "settings": {
            "-compiler": "gc",
            "-ldflags": '-X main.a="b" -s',
            "GOARCH": "amd64",
            "vcs.revision": "0123456789abcdef",
            "vcs.modified": "true",
        },
    }
    assert found.facts.summary.endswith(", go1.22.1")


def test_source_that_nobody_else_has_is_a_note(tmp_path: Path) -> None:
    dirty, local = looked(tmp_path, in_place()).facts.findings
    assert (dirty.rule, dirty.severity) == ("AIV-PROGRAM-GO-SOURCE", Severity.NOTE)
    assert (dirty.place, local.place) == ("vcs.modified", "example.org/changed")


def test_a_module_replaced_by_a_published_one_is_no_finding(tmp_path: Path) -> None:
    modules = QUIET.replace("=>\t./changed\t\t", "=>\texample.org/fork\tv2.0.0\th1:fork=")
    assert looked(tmp_path, in_place(modules=modules)).state is State.CLEAN


def test_a_program_without_modules_states_its_version(tmp_path: Path) -> None:
    value = go_of(tmp_path, in_place("go1.20", modules=""))
    assert (value["version"], value["modules"], value["main"]) == ("go1.20", [], None)


def test_lines_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    value = go_of(tmp_path, in_place(modules="path\ta\nnew\tb\tc\n=>\tx\n\n"))
    assert (value["path"], value["modules"]) == ("a", [])


@pytest.mark.parametrize(
    ("quoted", "plain"),
    [
        ("plain", "plain"),
        ('"', '"'),
        ('"a b"', "a b"),
        ("`a\\b`", "a\\b"),
        (r'"\t\n\"\\"', '\t\n"\\'),
        (r'"\x41\u00e9\U0001f600"', "A\u00e9\U0001f600"),
        (r'"\ud800\Uffffffff"', "\ufffd\ufffd"),
    ],
)
def test_quotes_around_a_setting_are_taken_off(tmp_path: Path, quoted: str, plain: str) -> None:
    value = go_of(tmp_path, in_place(modules=f"build\tkey={quoted}\n"))
    assert value["settings"] == {"key": plain}


def test_strings_of_older_programs_are_found_by_pointer(tmp_path: Path) -> None:
    place, _ = section_place(Program(go=by_pointer(0)).written(), ".go.buildinfo")
    value = go_of(tmp_path, by_pointer(place))
    assert (value["version"], len(value["modules"])) == ("go1.17.5", 2)


def test_pointers_that_a_loader_fills_in_are_not_known(tmp_path: Path) -> None:
    assert go_of(tmp_path, (MAGIC + b"\x08\x00").ljust(32, b"\0")) is None


def test_the_information_is_found_in_data_without_a_section(tmp_path: Path) -> None:
    data = Program(go=bytes(16) + in_place(modules=QUIET)).written()
    place, size = section_place(data, ".go.buildinfo")
    writable = {"kind": 1, "flags": 6, "offset": place, "stored": size, "size": size}
    data = with_segment(data, 4, **writable, address=1 << 20)
    assert look_at(tmp_path, "runner", without_sections(data)).facts.values["go"]


def test_a_program_in_another_language_states_no_go(tmp_path: Path) -> None:
    assert "go" not in look_at(tmp_path, "x", Program().written()).facts.values
    assert go_of(tmp_path, bytes(64)) is None
    assert go_of(tmp_path, b"x" + in_place()) is None


@pytest.mark.parametrize(
    "blob",
    [
        (MAGIC + b"\x08\x02").ljust(32, b"\0") + varint(300) + bytes(300) + b"\0",
        (MAGIC + b"\x08\x02").ljust(32, b"\0") + b"\xff" * 12,
        (MAGIC + b"\x08\x02").ljust(32, b"\0") + b"\0" + varint(1 << 30),
        MAGIC + b"\x09\x00" + bytes(16),
        MAGIC + b"\x08\x00" + b"\xff" * 16,
        by_pointer(1 << 30),
    ],
)
def test_information_that_cannot_be_followed_is_malformed(tmp_path: Path, blob: bytes) -> None:
    (finding,) = looked(tmp_path, blob).facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"


def test_information_beyond_the_file_is_malformed(tmp_path: Path) -> None:
    data = Program(go=in_place()).written()
    place, _ = section_place(data, ".go.buildinfo")
    (finding,) = look_at(tmp_path, "x", data[: place + 40]).facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"


def test_a_blob_that_does_not_fit_its_section_is_none(tmp_path: Path) -> None:
    data = Program(go=in_place()).written()
    short = with_section(data, section_index(data, ".go.buildinfo"), size=31)
    assert "go" not in look_at(tmp_path, "x", short).facts.values


def test_only_the_beginning_of_the_data_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go_build, "MAX_SEARCHED", 16)
    assert go_of(tmp_path, bytes(16) + in_place()) is None


def test_modules_without_their_marks_are_none(tmp_path: Path) -> None:
    text = b"path\tx\n" * 9
    blob = (MAGIC + b"\x08\x02").ljust(32, b"\0") + b"\x04go1x" + varint(len(text)) + text
    assert go_of(tmp_path, blob)["path"] == ""
    assert marked("x") != b"x"


def test_a_program_that_go_builds_tells_what_go_says_of_it(tmp_path: Path) -> None:
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        pytest.skip("install Go (https://go.dev/dl) to compare with what its own tool reads")
    (tmp_path / "go.mod").write_text("module example.org/tiny\n\ngo 1.20\n")
    (tmp_path / "main.go").write_text('package main\n\nfunc main() { println("x") }\n')
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    built = tmp_path / "tiny"
    build = [go, "build", "-ldflags=-s -w", "-o", str(built), "."]
    subprocess.run(build, cwd=tmp_path, env=environment, check=True, capture_output=True)
    told = subprocess.run(
        [go, "version", "-m", str(built)], env=environment, check=True, capture_output=True
    ).stdout.decode()
    facts = look(Member("tiny", Extent.of_file(built))).facts
    value: Any = facts.values["go"]
    lines = [line.strip().split("\t") for line in told.splitlines()[1:]]
    settings = dict(rest[0].partition("=")[::2] for word, *rest in lines if word == "build")
    assert told.splitlines()[0].endswith(": " + value["version"])
    assert value["main"]["path"] == "example.org/tiny"
    assert value["settings"] == {key: text.strip('"') for key, text in settings.items()}
    assert not [item for item in facts.findings if item.severity is Severity.ERROR]


def test_a_32_bit_big_endian_program_is_read_alike(tmp_path: Path) -> None:
    data = Program(Form(32, "big"), go=in_place()).written()
    assert look_at(tmp_path, "x", data).facts.values["go"]

"""`requirements.txt`: what is asked for, from where, and what is not understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import FileFacts, Role, State
from tests.support.looking import look_at

HASH = "a" * 64


def packages(found: FileFacts) -> list[dict[str, Any]]:
    return found.facts.values["packages"]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("Torch==2.1.0", {"name": "torch", "version": "2.1.0", "specifier": "==2.1.0"}),
        ("torch===2.1", {"name": "torch", "version": "2.1", "specifier": "===2.1"}),
        ("torch >=2,<3", {"name": "torch", "version": "", "specifier": "<3,>=2"}),
        ("torch==2.*", {"name": "torch", "version": "", "specifier": "==2.*"}),
        ("torch", {"name": "torch", "version": "", "specifier": ""}),
        (
            'huggingface_hub[cli,hf.x]; python_version < "3.12"  # why',
            {
                "name": "huggingface-hub",
                "version": "",
                "specifier": "",
                "marker": 'python_version < "3.12"',
                "extras": ["cli", "hf.x"],
            },
        ),
        (
            f"a==1 --hash=sha256:{HASH} --hash sha512:{HASH}",
            {
                "name": "a",
                "version": "1",
                "specifier": "==1",
                "hashes": [f"sha256:{HASH}", f"sha512:{HASH}"],
            },
        ),
        (
            "a @ https://u:p@h/a.zip",
            {
                "name": "a",
                "version": "",
                "specifier": "",
                "source": {"kind": "url", "url": "https://***@h/a.zip"},
            },
        ),
        (
            "-e git+https://h/r@v1#egg=a[x]",
            {
                "name": "a",
                "version": "",
                "specifier": "",
                "source": {"kind": "git", "url": "git+https://h/r", "revision": "v1"},
            },
        ),
        (
            "https://h/w/flash_attn-2.5.0-py3-none-any.whl",
            {
                "name": "flash-attn",
                "version": "2.5.0",
                "specifier": "",
                "source": {"kind": "url", "url": "https://h/w/flash_attn-2.5.0-py3-none-any.whl"},
            },
        ),
        (
            "./wheels/a-1.0.tar.gz",
            {
                "name": "a",
                "version": "1.0",
                "specifier": "",
                "source": {"kind": "path", "url": "./wheels/a-1.0.tar.gz"},
            },
        ),
    ],
)
def test_a_line_states_what_it_asks_for(tmp_path: Path, line: str, package: dict[str, Any]) -> None:
    found = look_at(tmp_path, "requirements.txt", f"# first\n\n{line}\n".encode())
    assert (found.facts.format, found.facts.role) == ("requirements", Role.CODE)
    assert packages(found) == [{**package, "place": "line 3"}]
    assert "warnings" not in found.facts.values


def test_a_line_that_goes_on_is_one(tmp_path: Path) -> None:
    data = f"a==1 \\\n  --hash=sha256:{HASH} \\\n  # note\nb \\\n# c\nd\\".encode()
    found = packages(look_at(tmp_path, "requirements.txt", data))
    assert [(item["name"], item["place"]) for item in found] == [
        ("a", "line 1"),
        ("b", "line 4"),
        ("d", "line 6"),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("-r base.txt", "takes in another list, which is not followed"),
        ("--requirement=base.txt", "takes in another list, which is not followed"),
        ("-cbase.txt", "takes in another list, which is not followed"),
        ("torch 2", "is no requirement"),
        ("torch; python_version", "is no requirement"),
        ("-e .", "is no requirement"),
        ("git+https://h/r", "does not say which package it is"),
        ("./x", "does not say which package it is"),
        ("x" * 5000, "is no requirement"),
        ("a; " + "(" * 3000, "is no requirement"),
        ("a==\x7f1", ""),
    ],
)
def test_what_states_no_package_is_a_warning(tmp_path: Path, line: str, why: str) -> None:
    found = look_at(tmp_path, "requirements.txt", f"{line}\n".encode())
    if not why:
        assert found.state is State.UNREAD
        return
    assert packages(found) == []
    (warning,) = found.facts.values["warnings"]
    assert warning == f"requirements.txt, line 1: '{line[:120]}' {why}"


@pytest.mark.parametrize(
    "line", ["-i https://h", "--extra-index-url https://h", "-f https://h", "a @ git+ssh://h/r"]
)
def test_a_place_of_its_own_is_a_finding(tmp_path: Path, line: str) -> None:
    found = look_at(tmp_path, "constraints-dev.txt", line.encode())
    assert [(item.rule, item.place) for item in found.facts.findings] == [
        ("AIV-CODE-SOURCE", "line 1")
    ]


def test_a_secret_in_an_address_is_repeated_nowhere(tmp_path: Path) -> None:
    data = b"-i https://u:secret@h/simple\na @ https://u:secret@h/a.zip\nhttps://u:secret@h/?\n"
    found = look_at(tmp_path, "requirements.txt", data)
    assert len(found.facts.findings) == 3
    assert "secret" not in str(found)


def test_a_list_that_a_shell_wrote_in_utf_16_is_read(tmp_path: Path) -> None:
    data = b"\xff\xfe" + "torch==2\r\nnumpy\r\n".encode("utf-16-le")
    found = packages(look_at(tmp_path, "requirements.txt", data))
    assert [item["name"] for item in found] == ["torch", "numpy"]


@pytest.mark.parametrize("data", [b"a\0b", b"\xff", b"\xff\xfea", b"a\n" * (1 << 20)])
def test_what_is_no_text_or_too_large_is_unread(tmp_path: Path, data: bytes) -> None:
    assert look_at(tmp_path, "requirements.txt", data).state is State.UNREAD


def test_more_entries_than_are_read_are_a_warning(tmp_path: Path) -> None:
    data = "".join(f"name{number}\n" for number in range(10_003)).encode()
    found = look_at(tmp_path, "requirements.txt", data)
    assert len(packages(found)) == 10_000
    assert found.facts.values["warnings"] == [
        "requirements.txt: only its first 10,000 entries are read"
    ]


def test_what_is_no_package_counts_as_an_entry(tmp_path: Path) -> None:
    data = "a b\n" * 20_000 + "name\n"
    found = look_at(tmp_path, "requirements.txt", data.encode())
    assert packages(found) == []
    warnings: Any = found.facts.values["warnings"]
    assert warnings[50:] == [
        "requirements.txt: 9950 more were left out",
        "requirements.txt: only its first 10,000 entries are read",
    ]


def test_warnings_are_bounded_and_say_how_many_more_there_are(tmp_path: Path) -> None:
    data = "".join(f"a b{number}\n" for number in range(80)).encode()
    warnings = look_at(tmp_path, "requirements.txt", data).facts.values["warnings"]
    assert len(warnings) == 51
    assert warnings[-1] == "requirements.txt: 30 more were left out"

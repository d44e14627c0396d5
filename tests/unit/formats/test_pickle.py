"""Pickles are found by what they are, whatever they are called."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, Role, State
from aiverify.formats.torch import LEGACY
from tests.support.looking import look_at


class Hostile:
    """What runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch /nonexistent/pwned",)


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name in names:
            zipped.writestr(name, b"data")
    return buffer.getvalue()


def is_pickle(found: FileFacts, format_name: str) -> bool:
    return (
        found.facts.format == format_name
        and found.facts.role is Role.WEIGHT
        and found.state is State.UNREAD
        and [finding.rule for finding in found.facts.findings] == ["AIV-CONTENT-PICKLE"]
    )


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["a.pkl", "notes.txt", "config.json", "README.md", "data"])
def test_a_hostile_pickle_is_a_pickle_under_any_name(
    tmp_path: Path, name: str, protocol: int
) -> None:
    data = pickle.dumps(Hostile(), protocol)
    assert is_pickle(look_at(tmp_path, name, data), "pickle")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [None, [], {"a": 1.5}, "x" * 5000, b"x" * 5000])
def test_a_harmless_pickle_is_a_pickle_too(tmp_path: Path, protocol: int, value: object) -> None:
    assert is_pickle(look_at(tmp_path, "data", pickle.dumps(value, protocol)), "pickle")


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'id'\ntR.",
        b"(S'id'\nios\nsystem\n.",
        b"(cos\nsystem\nS'id'\no.",
        b"I1\n0cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x00cos\nsystem\n(S'id'\ntR.",
    ],
)
def test_a_handwritten_pickle_of_plain_text_is_a_pickle(tmp_path: Path, data: bytes) -> None:
    assert is_pickle(look_at(tmp_path, "readme.txt", data), "pickle")


@pytest.mark.parametrize("name", ["m.pt", "m.pth", "m.ckpt", "m.bin", "m.joblib", "m.pickle"])
@pytest.mark.parametrize("data", [b"\x78\x9c\x00\x01", pickle.dumps([1, 2], 0)])
def test_an_extension_decides_when_content_does_not(tmp_path: Path, name: str, data: bytes) -> None:
    assert is_pickle(look_at(tmp_path, name, data), "pickle")


@pytest.mark.parametrize(
    "names",
    [("archive/data.pkl", "archive/version"), ("m/version",), ("m/.data/serialization_id",)],
)
def test_an_archive_of_pytorch_is_recognised_by_its_first_member(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    assert is_pickle(look_at(tmp_path, "weights.dat", archive(*names)), "torch")


def test_a_legacy_checkpoint_is_recognised_by_its_magic_number(tmp_path: Path) -> None:
    assert is_pickle(look_at(tmp_path, "weights.dat", LEGACY + b"\x80\x02M\xe9\x03."), "torch")


def test_any_other_archive_is_unknown_and_not_clean(tmp_path: Path) -> None:
    found = look_at(tmp_path, "data.zip", archive("readme.txt"))
    assert (found.facts.format, found.state) == ("unknown", State.UNREAD)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"cat\ndog\nRabbit\n"),
        ("notes.txt", b"(in the beginning\nwas a bracket\n."),
        ("model.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
    ],
)
def test_text_that_resembles_opcodes_is_text(tmp_path: Path, name: str, data: bytes) -> None:
    assert look_at(tmp_path, name, data).facts.format == "text"

"""Structural rules of safetensors: a header that lies in any way is malformed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from aiverify.core import jsonvalue
from aiverify.core.facts import Role, State, Tensor
from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look
from tests.support.looking import look_at
from tests.support.weights import safetensors_bytes, with_header


def tensor(begin: int = 0, end: int = 8, **changes: Any) -> dict[str, Any]:
    return {"dtype": "F32", "shape": [2], "data_offsets": [begin, end], **changes}


def entries(**tensors: Any) -> bytes:
    return json.dumps(tensors).encode()


def test_a_header_states_tensors_parameters_and_metadata(tmp_path: Path) -> None:
    data = safetensors_bytes({"a": ("F32", (2, 3)), "b": ("BF16", (4,))}, {"format": "pt"})
    found = look_at(tmp_path, "model.safetensors", data)
    assert found.state is State.CLEAN
    assert found.facts.role is Role.WEIGHT
    assert found.facts.tensors == (Tensor("a", "f32", (2, 3)), Tensor("b", "bf16", (4,)))
    assert found.facts.values == {
        "metadata": {"format": "pt"},
        "tensors": 2,
        "parameters": 10,
        "dtypes": {"bf16": 4, "f32": 6},
        "bytes": 32,
    }


def test_weights_are_recognised_under_any_name(tmp_path: Path) -> None:
    assert look_at(tmp_path, "x.bin", safetensors_bytes({})).facts.format == "safetensors"


def test_a_pickle_of_this_name_is_still_a_pickle(tmp_path: Path) -> None:
    data = b"\x80\x04c" + b"os\nsystem\n(S'touch /nonexistent/pwned'\ntR."
    found = look_at(tmp_path, "model.safetensors", data)
    assert found.facts.format == "pickle"
    assert [item.name for item in found.facts.globals] == ["os.system"]


def test_a_header_that_is_cut_off_is_malformed_under_this_name(tmp_path: Path) -> None:
    data = safetensors_bytes({"a": ("F32", (2, 3))})[:20]
    found = look_at(tmp_path, "model.safetensors", data)
    assert (found.facts.format, found.state) == ("safetensors", State.FLAGGED)


def test_a_header_may_be_padded_with_spaces_behind(tmp_path: Path) -> None:
    assert look_at(tmp_path, "m.safetensors", with_header(b"{}   ")).state is State.CLEAN


def test_scalars_and_empty_tensors_have_their_size(tmp_path: Path) -> None:
    data = safetensors_bytes({"none": ("F32", (0, 4)), "one": ("I64", ()), "nil": ("U8", (0,))})
    assert look_at(tmp_path, "m.safetensors", data).facts.values["parameters"] == 1


def test_elements_smaller_than_a_byte_are_counted_in_bits(tmp_path: Path) -> None:
    data = safetensors_bytes({"a": ("F4", (4,)), "b": ("F6_E2M3", (4,))})
    assert look_at(tmp_path, "m.safetensors", data).facts.values["bytes"] == 5


@pytest.mark.parametrize(
    ("header", "size", "why"),
    [
        (b" {}", 0, "start with"),
        (b"[]", 0, "start with"),
        (b'{"a"', 0, "not valid JSON"),
        (b"{}\xff", 0, "UTF-8"),
        (b'{"a": 1, "a": 1}', 0, "duplicate key"),
        (b'{"__metadata__": {"a": 1}}', 0, "__metadata__"),
        (b'{"__metadata__": []}', 0, "__metadata__"),
        (entries(a=1), 0, "not an object"),
        (entries(a=tensor(dtype="F31")), 8, "dtype"),
        (entries(a=tensor(dtype=["F32"])), 8, "dtype"),
        (entries(a=tensor(shape=None)), 8, "shape"),
        (entries(a=tensor(shape=[-1, -2])), 8, "shape"),
        (entries(a=tensor(shape=[True, 2])), 8, "shape"),
        (entries(a=tensor(shape=[2.0])), 8, "shape"),
        (entries(a=tensor(data_offsets=[0])), 8, "data_offsets"),
        (entries(a=tensor(8, 0)), 8, "begin and an end"),
        (entries(a=tensor(0, 4)), 4, "needs 8 bytes"),
        (entries(a=tensor(dtype="F4", shape=[3], end=1)), 1, "end on a byte"),
        (entries(a=tensor(shape=[2**62, 2**62])), 8, "overflows"),
        (entries(a=tensor(0, 0, shape=[2**62, 2**62, 0])), 0, "overflows"),
        (entries(a=tensor(0, 0, shape=[0, 2**62, 2**62])), 0, "overflows"),
        (entries(a=tensor(8, 16)), 16, "hole"),
        (entries(a=tensor(0, 8), b=tensor(12, 20)), 20, "hole"),
        (entries(a=tensor(0, 8), b=tensor(4, 12)), 12, "overlaps"),
        (entries(a=tensor(0, 8), b=tensor(0, 8)), 8, "overlaps"),
        (entries(a=tensor(0, 8)), 9, "the file has 9"),
        (entries(a=tensor(0, 8)), 7, "the file has 7"),
    ],
)
def test_a_header_that_breaks_a_rule_is_malformed(
    tmp_path: Path, header: bytes, size: int, why: str
) -> None:
    found = look_at(tmp_path, "m.safetensors", with_header(header, size))
    (finding,) = found.facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"
    assert finding.severity is Severity.ERROR
    assert why in finding.message
    assert (finding.file, found.facts.role) == ("m.safetensors", Role.WEIGHT)
    assert not found.facts.tensors


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1234567",
        (3).to_bytes(8, "little") + b"{}",
        (100_000_001).to_bytes(8, "little") + b"{}",
        (2**64 - 1).to_bytes(8, "little") + b"{}",
        b"version https://git-lfs.github.com/spec/v1\n",
    ],
)
def test_a_length_that_cannot_be_true_is_malformed_by_extension(
    tmp_path: Path, data: bytes
) -> None:
    found = look_at(tmp_path, "m.safetensors", data)
    assert [finding.rule for finding in found.facts.findings] == ["AIV-FORMAT-MALFORMED"]


def test_a_header_of_many_small_values_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    header = b'{"a":[' + b"[]," * 2_000_000 + b"[]]}"
    (finding,) = look_at(tmp_path, "m.safetensors", with_header(header)).facts.findings
    assert "more than" in finding.message


def test_a_hostile_name_is_escaped_in_the_message(tmp_path: Path) -> None:
    header = json.dumps({"\x1b[2J": tensor(0, 4)}).encode()
    (finding,) = look_at(tmp_path, "m.safetensors", with_header(header, 4)).facts.findings
    assert "\\x1b[2J" in finding.message


def test_only_the_header_of_a_huge_file_is_read(tmp_path: Path) -> None:
    ten_gigabytes = 10 << 30
    path = tmp_path / "m.safetensors"
    header = entries(a=tensor(0, ten_gigabytes, dtype="U8", shape=[ten_gigabytes]))
    path.write_bytes(with_header(header))
    os.truncate(path, path.stat().st_size + ten_gigabytes)
    found = look(Member("m.safetensors", Extent.of_file(path)))
    assert found.facts.values["parameters"] == ten_gigabytes


def test_a_header_of_more_values_than_are_parsed_is_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonvalue, "MAX_VALUES", 5)
    found = look_at(tmp_path, "model.safetensors", with_header(entries(a=tensor()), 8))
    (finding,) = found.facts.findings
    assert "holds more than 5 JSON values" in finding.message

"""What a GGUF file states, and which of its lies are seen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.digest import Digest
from aiverify.core.facts import Facts, Role, State, Tensor
from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.gguf import layout as gguf_layout
from aiverify.formats.gguf import metadata as gguf_metadata
from aiverify.formats.gguf import reader as gguf
from aiverify.formats.gguf import tensors as gguf_tensors
from aiverify.formats.gguf.types import TENSORS
from aiverify.formats.look import look
from tests.support.gguf_files import LLAMA, Q4_0, ROWS, Row, Writer, filled, gguf_bytes
from tests.support.looking import look_at

REAL = Path(__file__).resolve().parents[2] / "assets" / "real"


def facts(folder: Path, data: bytes) -> Facts:
    return look_at(folder, "model.gguf", data).facts


def stated(folder: Path, pairs: dict[str, Any]) -> Any:
    return facts(folder, gguf_bytes(pairs)).values


def test_a_file_states_its_tensors_and_what_it_says_of_the_model(tmp_path: Path) -> None:
    data = gguf_bytes(LLAMA, ROWS)
    found = look_at(tmp_path, "model.gguf", data)
    assert found.state is State.CLEAN
    assert (found.facts.format, found.facts.role) == ("gguf", Role.WEIGHT)
    assert found.facts.summary == "llama, 1.03K parameters in 3 tensors, q4_k, q6_k, f32"
    assert found.facts.tensors == (
        Tensor("token_embd.weight", "q4_k", (256, 2)),
        Tensor("output_norm.weight", "f32", (3,)),
        Tensor("output.weight", "q6_k", (256, 2)),
    )
    values = dict(found.facts.values)
    assert values.pop("metadata")["general.name"] == "Tiny"  # type: ignore[index,call-overload]
    assert values == {
        "version": 3,
        "endianness": "little",
        "alignment": 32,
        "architecture": "llama",
        "name": "Tiny",
        "licence": "mit",
        "tokenizer": "llama",
        "context_length": 2048,
        "file_type": "Q4_K_M",
        "vocabulary": 100,
        "base_models": [{"name": "Base", "repo_url": "https://huggingface.co/nobody/base"}],
        "chat_templates": {},
        "tensors": 3,
        "parameters": 1027,
        "dtypes": {"f32": 3, "q4_k": 512, "q6_k": 512},
        "quantization": {
            "f32": {"tensors": 1, "parameters": 3},
            "q4_k": {"tensors": 1, "parameters": 512},
            "q6_k": {"tensors": 1, "parameters": 512},
        },
        "bytes": 288 + 12 + 420,
    }


def test_both_byte_orders_and_versions_state_the_same(tmp_path: Path) -> None:
    little = facts(tmp_path, gguf_bytes(LLAMA, ROWS))
    for sign, version in (("<", 2), (">", 2), (">", 3)):
        other = facts(tmp_path, Writer(sign).file(LLAMA.items(), ROWS, version=version))
        assert other.tensors == little.tensors
        assert other.values["metadata"] == little.values["metadata"]
        assert other.values["version"] == version
        assert other.values["endianness"] == ("little" if sign == "<" else "big")


def test_weights_are_recognised_under_any_name(tmp_path: Path) -> None:
    assert look_at(tmp_path, "weights.bin", gguf_bytes()).facts.format == "gguf"


@pytest.mark.parametrize("data", [b"", b"GG", b"GGUF", b"no weights at all, and no text\0\1"])
def test_a_file_of_this_name_that_is_none_is_malformed(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "model.gguf", data)
    assert [finding.rule for finding in found.facts.findings] == ["AIV-FORMAT-MALFORMED"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("u8", 255),
        ("i8", -128),
        ("u16", 65535),
        ("i16", -2),
        ("u32", 2**32 - 1),
        ("i32", -3),
        ("f32", 0.5),
        ("bool", True),
        ("string", "text"),
        ("u64", 2**64 - 1),
        ("i64", -4),
        ("f64", 0.1),
    ],
)
@pytest.mark.parametrize("sign", ["<", ">"])
def test_a_value_of_each_type_is_read(tmp_path: Path, sign: str, kind: str, content: Any) -> None:
    pairs = {"one": (kind, content), "many": ("array", (kind, [content] * 70))}
    pairs["few"] = ("array", (kind, [content] * 3))
    metadata: Any = facts(tmp_path, Writer(sign).file(pairs.items())).values["metadata"]
    assert metadata["one"] == content
    assert metadata["few"] == [content] * 3
    assert metadata["many"] == {"type": kind, "count": 70, "first": [content] * 4}


def test_numbers_that_json_lacks_are_stated_by_their_names(tmp_path: Path) -> None:
    metadata = stated(tmp_path, {"a": float("inf"), "b": float("nan")})["metadata"]
    assert metadata == {"a": "inf", "b": "nan"}


def test_a_long_string_is_cut_and_stated_by_its_digest(tmp_path: Path) -> None:
    metadata = stated(tmp_path, {"a": "x" * 1024, "b": "y" * 1025})["metadata"]
    digest = str(Digest.of(b"y" * 1025))
    assert metadata["a"] == "x" * 1024
    assert metadata["b"] == {"first": "y" * 1024, "bytes": 1025, "digest": digest}


def test_a_string_that_is_no_text_is_shown_as_far_as_it_is(tmp_path: Path) -> None:
    data = gguf_bytes([("a", ("string", b"x\xff"))])
    assert facts(tmp_path, data).values["metadata"] == {"a": "x\ufffd"}


def test_an_array_of_many_strings_is_walked_to_its_end(tmp_path: Path) -> None:
    words = ["w" * (number % 40) for number in range(5000)]
    words[1500] = "long" * 100_000
    metadata = stated(tmp_path, {"words": words, "behind": "here"})["metadata"]
    assert metadata["words"] == {"type": "string", "count": 5000, "first": words[:4]}
    assert metadata["behind"] == "here"


def test_arrays_within_arrays_are_stated(tmp_path: Path) -> None:
    pairs = {"a": ("array", ("array", [("u8", [1, 2]), ("string", ["x"])]))}
    assert stated(tmp_path, pairs)["metadata"] == {"a": [[1, 2], ["x"]]}


def test_templates_are_stated_by_their_digests_and_judged(tmp_path: Path) -> None:
    pairs = {
        "tokenizer.chat_template": "{{ messages[0].content }}",
        "tokenizer.chat_template.rag": "{{ ''.__class__.__mro__ }}",
        "tokenizer.chat_templates": ["rag"],
    }
    found = facts(tmp_path, gguf_bytes(pairs))
    assert found.values["chat_templates"] == {
        "default": str(Digest.of(b"{{ messages[0].content }}")),
        "rag": str(Digest.of(b"{{ ''.__class__.__mro__ }}")),
    }
    places = {finding.place.partition(",")[0] for finding in found.findings}
    assert places == {"tokenizer.chat_template.rag"}
    assert "AIV-TEMPLATE-ESCAPE" in {finding.rule for finding in found.findings}


@pytest.mark.parametrize("limit", ["MAX_TEMPLATES", "MAX_TEMPLATE_BYTES"])
def test_more_templates_than_are_judged_leave_a_file_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(gguf, limit, 1)
    pairs = {f"tokenizer.chat_template.t{number}": "{{ messages }}" for number in range(2)}
    found = look_at(tmp_path, "model.gguf", gguf_bytes(pairs))
    assert "2 chat templates, of which 1" in found.facts.unread


def test_one_of_several_files_says_which(tmp_path: Path) -> None:
    pairs = {
        "split.no": ("u16", 1),
        "split.count": ("u16", 3),
        "split.tensors.count": ("i32", 292),
    }
    assert stated(tmp_path, pairs)["split"] == {"number": 1, "count": 3, "tensors": 292}


def test_a_statement_of_the_wrong_type_is_left_out_with_a_warning(tmp_path: Path) -> None:
    values = stated(tmp_path, {"general.architecture": 7, "general.name": "x"})
    assert "architecture" not in values
    assert values["warnings"] == [
        "model.gguf#general.architecture is not a string but a number, and is left out"
    ]


def test_a_key_in_another_case_is_a_warning(tmp_path: Path) -> None:
    values = stated(tmp_path, {"general.Name": "x", "other key": "y", "fine.key_2": "z"})
    assert values["warnings"] == ["the key general.Name is not in lower_snake.case, nor are 1 more"]


def test_a_dimension_of_zero_is_a_warning(tmp_path: Path) -> None:
    found = facts(tmp_path, gguf_bytes((), [Row("w", (32, 0))]))
    (finding,) = found.findings
    assert (finding.severity, finding.place) == (Severity.WARNING, "w")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tokenizer.ggml.scores", ("array", ("f32", [0.0] * 99))),
        ("tokenizer.ggml.scores", ("array", ("u8", [0] * 100))),
        ("tokenizer.ggml.token_type", ("array", ("i16", [0] * 100))),
        ("tokenizer.ggml.token_type", "no array"),
        ("tokenizer.ggml.token_type", [""] * 100),
    ],
)
def test_an_array_that_is_shorter_than_the_vocabulary_is_found(
    tmp_path: Path, key: str, value: Any
) -> None:
    found = facts(tmp_path, gguf_bytes({**LLAMA, key: value}))
    (finding,) = found.findings
    assert (finding.rule, finding.place) == ("AIV-FORMAT-MALFORMED", key)
    assert "too little for 100 tokens" in finding.message
    assert found.values["vocabulary"] == 100


def test_what_follows_the_tensors_is_found_where_it_is(tmp_path: Path) -> None:
    data = gguf_bytes(LLAMA, ROWS)
    found = facts(tmp_path, data + b"payload")
    (finding,) = found.findings
    assert finding.rule == "AIV-CONTAINER-HIDDEN"
    assert finding.place == f"byte {len(data)}"
    assert found.tensors


def test_padding_is_zero_or_found(tmp_path: Path) -> None:
    data = gguf_bytes((), [Row("a", (3,)), Row("b", (3,))])
    assert look_at(tmp_path, "m.gguf", data).state is State.CLEAN
    for position in (len(data) - 1, len(data) - 33):
        changed = bytearray(data)
        changed[position] = 1
        (finding,) = facts(tmp_path, bytes(changed)).findings
        assert finding.rule == "AIV-CONTAINER-HIDDEN"


def test_padding_behind_the_last_tensor_may_be_missing(tmp_path: Path) -> None:
    data = gguf_bytes((), [Row("a", (3,))])
    for cut in range(21):
        assert look_at(tmp_path, "m.gguf", data[: len(data) - cut]).state is State.CLEAN
    assert look_at(tmp_path, "m.gguf", data[: len(data) - 21]).state is State.FLAGGED


def test_more_padding_than_is_read_leaves_a_file_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf_layout, "MAX_PADDING", 10)
    found = facts(tmp_path, gguf_bytes((), [Row("a", (3,))]))
    assert "bytes of padding" in found.unread
    assert found.tensors


@pytest.mark.parametrize("version", [1, 4, 0xFFFF])
def test_another_version_is_unread(tmp_path: Path, version: int) -> None:
    assert f"version {version}" in facts(tmp_path, gguf_bytes(version=version)).unread


def test_a_tensor_of_an_unknown_type_leaves_a_file_unread_and_states_the_rest(
    tmp_path: Path,
) -> None:
    found = facts(tmp_path, gguf_bytes(LLAMA, [Row("w", (32,), type=200)]))
    assert "type_200" in found.unread
    assert found.values["architecture"] == "llama"


@pytest.mark.parametrize(
    ("module", "limit", "why"),
    [
        (gguf_metadata, "MAX_KEYS", "keys"),
        (gguf_tensors, "MAX_TENSORS", "tensors"),
        (gguf_metadata, "MAX_HEADER", "larger than"),
        (gguf_metadata, "MAX_INNER", "arrays within arrays"),
    ],
)
def test_a_header_beyond_what_is_read_is_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, limit: str, why: str
) -> None:
    monkeypatch.setattr(module, limit, 1)
    pairs = {"a": ("array", ("array", [("u8", [1]), ("u8", [2])])), "b": "x"}
    found = facts(tmp_path, gguf_bytes(pairs, ROWS))
    assert why in found.unread
    assert not found.findings


def test_the_sizes_of_types_are_those_of_the_library() -> None:
    """`GGML_QUANT_SIZES` of gguf 0.19, without q8_1, of which ggml itself has less."""
    library = """
        0 1 4, 1 1 2, 2 32 18, 3 32 20, 6 32 22, 7 32 24, 8 32 34, 10 256 84, 11 256 110,
        12 256 144, 13 256 176, 14 256 210, 15 256 292, 16 256 66, 17 256 74, 18 256 98,
        19 256 50, 20 32 18, 21 256 110, 22 256 82, 23 256 136, 24 1 1, 25 1 2, 26 1 4, 27 1 8,
        28 1 8, 29 256 56, 30 1 2, 34 256 54, 35 256 66, 39 32 17, 40 64 36, 41 128 18
    """
    for number, block, size in (map(int, entry.split()) for entry in library.split(",")):
        assert (TENSORS[number].block, TENSORS[number].size) == (block, size)


@pytest.mark.parametrize("number", sorted(TENSORS))
def test_every_type_has_its_size(tmp_path: Path, number: int) -> None:
    kind = TENSORS[number]
    head = Writer().head((), [Row("w", (kind.block, 2), type=number)])
    whole = filled(head, 32) + bytes(2 * kind.size)
    found = look_at(tmp_path, "m.gguf", whole)
    assert found.state is State.CLEAN
    assert found.facts.values["bytes"] == 2 * kind.size
    assert found.facts.tensors[0].dtype == kind.name == kind.name.lower()
    assert look_at(tmp_path, "m.gguf", whole[:-1]).state is State.FLAGGED


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (gguf_bytes(keys=1 << 63), "keys are announced"),
        (gguf_bytes(tensors=1 << 63), "tensors are announced"),
        (gguf_bytes([("a", 1), ("a", 2)]), "two keys are a"),
        (gguf_bytes([("a\0", 1)]), "is no key"),
        (gguf_bytes([("a", ("bool", 2))]), "neither 0 nor 1"),
        (gguf_bytes([("general.alignment", 24)]), "power of two"),
        (gguf_bytes([("general.alignment", ("i32", 32))]), "type i32"),
        (gguf_bytes((), [Row("w", (1,)), Row("w", (1,))]), "two tensors are named w"),
        (gguf_bytes((), [Row(b"\xff", (1,))]), "not UTF-8"),
        (gguf_bytes((), [Row("w", (-1,))]), "dimension of -1"),
        (gguf_bytes((), [Row("w", (1 << 62, 2), type=24)]), "overflows"),
        (gguf_bytes((), [Row("w", (1 << 62, 0, 4), type=24)]), "overflows"),
        (gguf_bytes((), [Row("w", (1 << 62,), type=24)]), "the file is"),
        (gguf_bytes((), [Row("w", (1,), type=5)]), "type 5"),
        (gguf_bytes((), [Row("v", (1,)), Row("w", (1,), offset=4)]), "end at 32"),
    ],
)
def test_a_header_that_breaks_a_rule_is_malformed(tmp_path: Path, data: bytes, why: str) -> None:
    found = facts(tmp_path, data)
    (finding,) = found.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", Severity.ERROR)
    assert why in finding.message
    assert not found.tensors


def test_rows_of_blocks_need_whole_blocks(tmp_path: Path) -> None:
    (finding,) = facts(tmp_path, gguf_bytes((), [Row("w", (16, 2), Q4_0)])).findings
    assert "q4_0 stores 32 together" in finding.message


def test_a_hostile_name_is_escaped_in_the_message(tmp_path: Path) -> None:
    for data in (
        gguf_bytes([("\x1b[2J", 1), ("\x1b[2J", 1)]),
        gguf_bytes((), [Row("\x1b[2J", (1,), offset=64)]),
        gguf_bytes((), [Row("\x1b[2J" + "n" * 64, (1,))]),
    ):
        (finding,) = facts(tmp_path, data).findings
        assert "\\x1b[2J" in finding.message


def test_only_the_header_of_a_huge_file_is_read(tmp_path: Path) -> None:
    rows = [Row("w", (1 << 31,)), Row("v", (8,))]
    start = filled(Writer().head((), rows), 32)
    path = tmp_path / "m.gguf"
    path.write_bytes(start)
    os.truncate(path, len(start) + (4 << 31) + 32)
    found = look(Member("m.gguf", Extent.of_file(path)))
    assert found.state is State.CLEAN
    assert found.facts.values["parameters"] == (1 << 31) + 8


@pytest.mark.parametrize(
    ("name", "order"), [("tiny-llama.gguf", "little"), ("tiny-llama-be.gguf", "big")]
)
def test_what_the_library_wrote_is_read_in_both_byte_orders(name: str, order: str) -> None:
    found = look(Member(name, Extent.of_file(REAL / name)))
    assert found.state is State.CLEAN
    assert found.facts.values["endianness"] == order
    assert found.facts.values["vocabulary"] == 100
    assert found.facts.values["context_length"] == 2048
    assert set(found.facts.values["chat_templates"]) == {"default", "tool_use"}  # type: ignore[arg-type]
    assert [tensor.dtype for tensor in found.facts.tensors] == ["f16", "f32", "f32", "q4_0", "q6_k"]

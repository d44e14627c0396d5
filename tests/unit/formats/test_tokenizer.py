"""Tokenizer files: counts, classes and the digests of chat templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.digest import Digest
from aiverify.core.facts import Role, State
from aiverify.core.jsonvalue import Json
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look
from tests.support.looking import look_at, look_at_json


@pytest.mark.parametrize("vocabulary", [{"a": 0, "b": 1}, [["a", -0.5], ["b", -1.5]]])
def test_a_tokenizer_states_its_size_whichever_way_it_is_written(
    tmp_path: Path, vocabulary: Json
) -> None:
    value = {"model": {"type": "BPE", "vocab": vocabulary}, "added_tokens": [{"id": 2}]}
    facts = look_at_json(tmp_path, "tokenizer.json", value).facts
    assert facts.format == "tokenizer"
    assert facts.values == {"model_type": "BPE", "vocabulary": 2, "added_tokens": 1}


@pytest.mark.parametrize("model", [None, 3, {"vocab": 3, "type": 4}])
def test_a_tokenizer_without_a_model_states_less(tmp_path: Path, model: Json) -> None:
    found = look_at_json(tmp_path, "tokenizer.json", {"model": model})
    assert found.state is State.CLEAN
    assert "vocabulary" not in found.facts.values


def test_a_document_too_large_to_parse_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"{")
    os.truncate(path, (64 << 20) + 1)
    assert look(Member("tokenizer.json", Extent.of_file(path))).state is State.UNREAD


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{{ messages }}", ["default"]),
        ([{"name": "tool_use", "template": "{{ messages }}"}], ["tool_use"]),
        (None, []),
    ],
)
def test_chat_templates_are_stated_by_their_digests(
    tmp_path: Path, template: Any, names: list[str]
) -> None:
    value = {"tokenizer_class": "LlamaTokenizer", "chat_template": template}
    facts = look_at_json(tmp_path, "tokenizer_config.json", value).facts
    assert facts.values == {
        "tokenizer_class": "LlamaTokenizer",
        "chat_templates": dict.fromkeys(names, str(Digest.of(b"{{ messages }}"))),
    }


def test_a_chat_template_of_the_wrong_type_is_warned_of(tmp_path: Path) -> None:
    values = look_at_json(tmp_path, "tokenizer_config.json", {"chat_template": 1}).facts.values
    assert values["chat_templates"] == {}
    assert values["warnings"]


def test_special_tokens_are_stated_by_their_text(tmp_path: Path) -> None:
    value = {"eos_token": {"content": "</s>"}, "pad_token": "<p>", "more": ["a"]}
    facts = look_at_json(tmp_path, "special_tokens_map.json", value).facts
    assert facts.values == {"tokens": {"eos_token": "</s>", "pad_token": "<p>"}}


@pytest.mark.parametrize(
    ("name", "data", "values"),
    [
        ("vocab.json", b'{"a": 0, "b": 1}', {"vocabulary": 2}),
        ("vocab.txt", b"a\nb\n\x01\n", {"vocabulary": 3}),
        ("vocab.txt", b"a\nb", {"vocabulary": 2}),
        ("merges.txt", b"#version: 0.2\na b\nc d\n", {"merges": 2}),
        ("merges.txt", b"a b\n", {"merges": 1}),
    ],
)
def test_lists_of_tokens_are_counted(
    tmp_path: Path, name: str, data: bytes, values: dict[str, Json]
) -> None:
    assert look_at(tmp_path, name, data).facts.values == values


@pytest.mark.parametrize("name", ["vocab.txt", "merges.txt", "vocab.json"])
def test_a_list_of_tokens_that_is_not_utf8_is_malformed(tmp_path: Path, name: str) -> None:
    found = look_at(tmp_path, name, b"token\xff\n")
    assert found.facts.findings[0].rule == "AIV-FORMAT-MALFORMED"


def test_a_sentencepiece_model_states_its_vocabulary(tmp_path: Path) -> None:
    found = look_at(tmp_path, "tokenizer.model", b"\x0a\x0c\x0a\x05<unk>\x15\x00\x00\x00\x00")
    assert (found.facts.format, found.facts.role) == ("sentencepiece", Role.CONFIG)
    assert (found.state, found.facts.summary) == (State.CLEAN, "SentencePiece unigram of 1 piece")


def test_a_sentencepiece_model_that_is_cut_off_is_malformed(tmp_path: Path) -> None:
    found = look_at(tmp_path, "tokenizer.model", b"\x0a\x0e\x0a\x05<unk>\x15\x00\x00\x00\x00")
    assert found.facts.findings[0].rule == "AIV-FORMAT-MALFORMED"

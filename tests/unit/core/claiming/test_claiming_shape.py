"""The shape of a model: context length, vocabulary and architecture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.cli.demo.tokenizer import tokenizer
from tests.support.claims import config, found, gguf, llama, said, weights
from tests.support.gguf_files import Row

EMBEDDINGS = Row("token_embd.weight", (256, 4))


@pytest.mark.parametrize(
    ("claimed", "header", "contradicts"),
    [(2048, 4096, True), (2048, 2048, False), (514, 512, False), ("long", 512, False)],
)
def test_context_lengths_are_compared(
    tmp_path: Path, claimed: object, header: int, contradicts: bool
):
    files = {
        "config.json": llama(max_position_embeddings=claimed),
        "m.gguf": gguf(EMBEDDINGS, llama__context_length=("u32", header)),
    }

    assert said(tmp_path, files) == ["CONTEXT"] * contradicts


def test_headers_of_several_models_are_held_against_no_configuration(tmp_path: Path):
    files = {
        "config.json": llama(max_position_embeddings=2048),
        "a.gguf": gguf(EMBEDDINGS, llama__context_length=("u32", 1024)),
        "b.gguf": gguf(EMBEDDINGS, llama__context_length=("u32", 4096)),
    }

    assert said(tmp_path, files) == []


def test_a_multimodal_configuration_gives_it_of_its_text(tmp_path: Path):
    files = {
        "config.json": config(text_config={"max_position_embeddings": 2048}),
        "m.gguf": gguf(EMBEDDINGS, llama__context_length=("u32", 1024)),
    }
    (finding,) = found(tmp_path, files)

    assert finding.place == "/text_config/max_position_embeddings"


@pytest.mark.parametrize(
    ("model_type", "architecture", "contradicts"),
    [
        ("qwen2", "llama", True),
        ("llama", "llama", False),
        ("mistral", "llama", False),
        ("novel", "llama", False),
        ("qwen2", "novel", True),
    ],
)
def test_architectures_are_compared(
    tmp_path: Path, model_type: str, architecture: str, contradicts: bool
):
    files = {
        "config.json": config(model_type=model_type),
        "m.gguf": gguf(EMBEDDINGS, general__architecture=architecture),
    }

    assert said(tmp_path, files) == ["ARCHITECTURE"] * contradicts


def embedded(rows: int) -> bytes:
    return weights({"model.embed_tokens.weight": ("F32", (rows, 8))})


@pytest.mark.parametrize(
    ("vocabulary", "rows", "contradicts"), [(100, 64, True), (64, 64, False), (64, 128, False)]
)
def test_there_are_no_more_tokens_than_embeddings(
    tmp_path: Path, vocabulary: int, rows: int, contradicts: bool
):
    files = {"config.json": llama(vocab_size=vocabulary), "model.safetensors": embedded(rows)}
    findings = found(tmp_path, files)

    assert [finding.rule for finding in findings] == ["AIV-CLAIM-VOCABULARY"] * contradicts
    for finding in findings:
        assert finding.message == (
            f"config.json has {vocabulary} tokens, and model.safetensors has {rows} embeddings"
        )


def test_a_tokenizer_that_belongs_to_a_larger_model_is_told(tmp_path: Path):
    made: dict[str, Any] = tokenizer()
    files = {"tokenizer.json": config(**made), "model.safetensors": embedded(8)}
    (finding,) = found(tmp_path, files)

    assert (finding.file, finding.place) == ("tokenizer.json", "/model/vocab")


def test_without_weights_the_configuration_speaks_for_them(tmp_path: Path):
    made: dict[str, Any] = tokenizer()
    files = {"tokenizer.json": config(**made), "config.json": llama(vocab_size=8)}

    assert said(tmp_path, files) == ["VOCABULARY"]


@pytest.mark.parametrize(("tokens", "contradicts"), [(5, True), (4, False), (3, False)])
def test_a_header_has_no_more_tokens_than_embeddings(
    tmp_path: Path, tokens: int, contradicts: bool
):
    words = [f"t{number}" for number in range(tokens)]
    files = {
        "m.gguf": gguf(
            EMBEDDINGS,
            tokenizer__ggml__tokens=words,
            tokenizer__ggml__token_type=("array", ("i32", [1] * tokens)),
        )
    }

    assert said(tmp_path, files) == ["VOCABULARY"] * contradicts

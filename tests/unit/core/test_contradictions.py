"""Contradictions within a whole artifact: which files speak of which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.core.contradictions import contradictions
from aiverify.core.description import Description
from aiverify.core.finding import Severity
from aiverify.core.rules.claims import RULES
from aiverify.operations.examine import look_into
from tests.support import models
from tests.support.claims import card, config, found, gguf, llama, said, weights
from tests.support.gguf_files import Row
from tests.support.weights import Tensors


@pytest.mark.parametrize(
    "made",
    [
        models.llama_style,
        models.sharded,
        models.lora,
        models.gguf,
        models.onnx,
        models.diffusers_style,
        models.dataset,
        models.go_program,
        models.requirements,
    ],
)
def test_artifacts_as_people_publish_them_contradict_nothing(
    tmp_path: Path, made: Callable[[Path], Path]
):
    contents = look_into(made(tmp_path / "artifact"))

    assert contradictions(contents.files, contents.description) == ()


def of(tensors: Tensors, front_matter: dict[str, object], **members: object) -> dict[str, bytes]:
    return {
        "README.md": card(**front_matter),
        "config.json": llama(**members),
        "model.safetensors": weights(tensors),
    }


NORM = {"model.norm.weight": ("F32", (256,))}
PUBLISHED = {
    "GPTQ": of(
        {"q.qweight": ("I32", (32, 256)), "q.scales": ("F16", (2, 256)), **NORM},
        {"model_name": "acme/Chat-7B-GPTQ", "base_model_relation": "quantized"},
        torch_dtype="float16",
        quantization_config={"quant_method": "gptq", "bits": 4},
    ),
    "AWQ whose configuration does not say so": of(
        {"q.qweight": ("I32", (256, 256)), "q.scales": ("F16", (2, 256))},
        {"model_name": "acme/Chat-7B-AWQ", "parameters": "7B"},
        torch_dtype="float16",
    ),
    "FP8 in blocks": of(
        {"q.weight": ("F8_E4M3", (256, 256)), "q.weight_scale_inv": ("F32", (2, 2))},
        {"model_name": "acme/Chat-671B", "parameters": "671B"},
        torch_dtype="bfloat16",
        quantization_config={"quant_method": "fp8", "weight_block_size": [128, 128]},
    ),
    "four bits by bitsandbytes": of(
        {"q.weight": ("U8", (32768, 1)), "q.weight.absmax": ("U8", (1024,)), **NORM},
        {"parameters": "7B"},
        torch_dtype="bfloat16",
        quantization_config={"quant_method": "bitsandbytes", "load_in_4bit": True},
    ),
    "MLX": of(
        {"q.weight": ("U32", (256, 32)), "q.scales": ("BF16", (256, 4))},
        {"library_name": "mlx", "base_model_relation": "quantized"},
        torch_dtype="bfloat16",
        quantization={"bits": 4, "group_size": 64},
    ),
    "MXFP4 with routers in full precision": of(
        {"experts_blocks": ("U8", (256, 128)), "router.weight": ("F32", (32, 256))},
        {"model_name": "acme/oss-120b"},
        dtype="bfloat16",
        quantization_config={"quant_method": "mxfp4", "modules_to_not_convert": ["router"]},
    ),
    "tied embeddings": of(
        {"model.embed_tokens.weight": ("BF16", (64, 256)), **NORM},
        {"parameters": 2 * 64 * 256 + 256},
        torch_dtype="bfloat16",
        tie_word_embeddings=True,
    ),
    "a mixture of experts": of(
        {"experts.0.w1.weight": ("BF16", (256, 256)), "gate.weight": ("F32", (8, 256))},
        {"model_name": "acme/Mix-8x7B", "model_size": "8x7B"},
        torch_dtype="bfloat16",
    ),
    "a merge": of(
        {"q.weight": ("BF16", (256, 256))},
        {"base_model": ["a/b", "c/d"], "base_model_relation": "merge"},
        _name_or_path="a/b",
        torch_dtype="bfloat16",
    ),
    "more embeddings than tokens": of(
        {"model.embed_tokens.weight": ("BF16", (128, 256))},
        {"license": "other", "license_name": "llama3.2"},
        torch_dtype="bfloat16",
        vocab_size=100,
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_false_alarm_is_raised_on(tmp_path: Path, name: str):
    assert said(tmp_path, PUBLISHED[name]) == []


def test_no_files_contradict_nothing():
    assert contradictions((), Description()) == ()


def test_a_contradiction_warns_and_does_not_deny(tmp_path: Path):
    (finding,) = found(
        tmp_path, {"config.json": llama(torch_dtype="float32"), "model.safetensors": weights()}
    )

    assert finding.severity is Severity.WARNING
    assert all(rule.severity is Severity.WARNING for rule in RULES)


def test_files_of_two_folders_speak_of_two_models(tmp_path: Path):
    files = {
        "a/config.json": llama(torch_dtype="float32"),
        "b/model.safetensors": weights(),
    }

    assert said(tmp_path, files) == []


def test_the_card_at_the_top_speaks_for_a_folder_of_weights(tmp_path: Path):
    row = Row("token_embd.weight", (256, 4))
    files = {
        "README.md": card(license="mit"),
        "gguf/m.gguf": gguf(row, general__license="apache-2.0"),
    }
    assert said(tmp_path, files) == ["LICENCE"]

    files["gguf/README.md"] = card(license="apache-2.0")
    assert said(tmp_path / "other", files) == []


def test_the_card_at_the_top_does_not_speak_for_a_model_of_its_own(tmp_path: Path):
    files = {
        "README.md": card(license="mit", parameters=7_000_000_000),
        "part/config.json": config(model_type="clip"),
        "part/model.safetensors": weights(**{"modelspec.license": "apache-2.0"}),
    }

    assert said(tmp_path, files) == []


def test_every_contradiction_of_a_model_is_told(tmp_path: Path):
    files = {
        "README.md": card(license="mit", parameters=7_000_000_000, library_name="gguf"),
        "config.json": llama(torch_dtype="float16", vocab_size=100),
        "model.safetensors": weights(**{"modelspec.license": "apache-2.0"}),
    }

    assert sorted(said(tmp_path, files)) == [
        "DTYPE",
        "LIBRARY",
        "LICENCE",
        "PARAMETERS",
        "VOCABULARY",
    ]


def test_what_files_say_cannot_command_a_terminal(tmp_path: Path):
    files = {
        "README.md": card(license="mit", base_model="a/\x1b[2J", library_name="gguf"),
        "model.safetensors": weights(**{"modelspec.license": "apache-2.0"}),
        "adapter_config.json": config(base_model_name_or_path="b/\u202ename"),
    }
    findings = found(tmp_path, files)

    assert findings
    assert all(finding.message.isprintable() for finding in findings)

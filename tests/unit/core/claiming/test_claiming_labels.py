"""Labels on weights: a quantization, a relation to the base, a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.claims import PLAIN, card, config, found, gguf, llama, said, weights
from tests.support.gguf_files import F32, Q4_0, Q4_K, Q6_K, Row
from tests.support.weights import Tensors

EIGHT = {"bits": 8}
PACKED: Tensors = {**PLAIN, "model.layers.0.mlp.gate_proj.weight": ("I8", (256, 256))}


@pytest.mark.parametrize(
    ("quantization", "tensors", "contradicts"),
    [
        ({"quant_method": "gptq", "bits": 4}, PLAIN, True),
        ({"quant_method": "awq", "bits": 4}, PLAIN, True),
        ({"quant_method": "fp8"}, PLAIN, True),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, PLAIN, True),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, PLAIN, True),
        ({"quant_method": "gptq", "bits": 4}, PACKED, False),
        ({"quant_method": "bitsandbytes", "load_in_8bit": False}, PLAIN, False),
        (
            {
                "quant_method": "bitsandbytes",
                "load_in_4bit": True,
                "bnb_4bit_quant_storage": "bfloat16",
            },
            PLAIN,
            False,
        ),
        ({"quant_method": "torchao"}, PLAIN, False),
        ({"quant_method": "compressed-tensors"}, PLAIN, False),
        ({"quant_method": 7}, PLAIN, False),
        ("gptq", PLAIN, False),
    ],
)
def test_a_configuration_that_names_a_quantization_of_plain_weights_is_told(
    tmp_path: Path, quantization: object, tensors: Tensors, contradicts: bool
):
    files = {
        "config.json": llama(quantization_config=quantization),
        "model.safetensors": weights(tensors),
    }
    findings = found(tmp_path, files)

    assert [finding.rule for finding in findings] == ["AIV-CLAIM-QUANTIZATION"] * contradicts
    assert all(finding.place == "/quantization_config" for finding in findings)


MIXTURE = (
    Row("token_embd.weight", (256, 4), Q6_K),
    Row("blk.0.attn_norm.weight", (256,), F32),
    Row("blk.0.attn_q.weight", (256, 256), Q4_K),
)
FLAT = (Row("token_embd.weight", (256, 256), F32),)
FOUR = (Row("token_embd.weight", (256, 256), Q4_0),)
NARROW = (Row("token_embd.weight", (32, 32), Q4_0),)

Q4_K_M, Q2_K, F16_FILE = 15, 10, 1


@pytest.mark.parametrize(
    ("name", "file_type", "rows", "contradicts"),
    [
        ("m.gguf", Q4_K_M, MIXTURE, False),
        ("m.gguf", Q4_K_M, FLAT, True),
        ("m.gguf", Q2_K, MIXTURE, True),
        ("m.gguf", F16_FILE, FLAT, False),
        ("m.gguf", F16_FILE, FOUR, True),
        ("m.gguf", Q4_K_M, NARROW, False),
        ("m.gguf", 999, FLAT, False),
        ("m-Q4_K_M.gguf", Q4_K_M, MIXTURE, False),
        ("m.Q8_0.gguf", Q4_K_M, MIXTURE, True),
        ("m-UD-Q8_K_XL.gguf", Q4_K_M, MIXTURE, False),
        ("m-f16.gguf", F16_FILE, FLAT, False),
    ],
)
def test_a_label_of_which_no_tensor_is_is_told(
    tmp_path: Path, name: str, file_type: int, rows: tuple[Row, ...], contradicts: bool
):
    files = {name: gguf(*rows, general__file_type=("u32", file_type))}

    assert said(tmp_path, files) == ["QUANTIZATION"] * contradicts


def test_it_says_what_the_tensors_are(tmp_path: Path):
    (finding,) = found(tmp_path, {"m.Q8_0.gguf": gguf(*MIXTURE)})

    assert finding.message == (
        "m.Q8_0.gguf is named Q8_0, and no tensor is q8_0: they are f32, q4_k, q6_k"
    )


@pytest.mark.parametrize(
    ("front_matter", "files", "contradicts"),
    [
        ({}, {"model.safetensors": weights()}, True),
        ({}, {"model.safetensors": weights(PACKED)}, False),
        ({}, {"model-BF16.gguf": gguf(*FLAT)}, False),
        ({"library_name": "mlx"}, {"model.safetensors": weights()}, False),
        ({}, {"model.bin": b"\x80\x04N."}, False),
        ({}, {}, False),
    ],
)
def test_a_card_that_says_quantized_of_plain_weights_is_told(
    tmp_path: Path, front_matter: dict[str, str], files: dict[str, bytes], contradicts: bool
):
    stated = {"base_model_relation": "quantized", **front_matter}
    found_in = said(tmp_path, {"README.md": card(**stated), **files})

    assert found_in == ["QUANTIZATION"] * contradicts


@pytest.mark.parametrize(
    ("library", "files", "contradicts"),
    [
        ("peft", {"model.safetensors": weights()}, True),
        ("peft", {"adapter_config.json": config(peft_type="LORA")}, False),
        ("gguf", {"model.safetensors": weights()}, True),
        ("gguf", {"model.gguf": gguf(*FLAT)}, False),
        ("gguf", {"README.txt": b"The weights are elsewhere."}, False),
        ("transformers", {"model.safetensors": weights()}, False),
        ("PEFT", {"x/adapter_config.json": config(r=1), "a.safetensors": weights()}, False),
    ],
)
def test_a_card_that_names_a_library_whose_file_is_missing_is_told(
    tmp_path: Path, library: str, files: dict[str, bytes], contradicts: bool
):
    found_in = said(tmp_path, {"README.md": card(library_name=library), **files})

    assert found_in == ["LIBRARY"] * contradicts

"""Directories as people publish them, small and the same on every run: models, adapters, data.

Each function writes one into a directory that is not there yet, and returns its path.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiverify.cli.demo.tokenizer import tokenizer, tokenizer_config
from tests.support import model_texts as texts
from tests.support.artifacts import write_tree
from tests.support.elf_files import Program
from tests.support.gguf_files import F32, Q4_K, Q6_K, Row, gguf_bytes
from tests.support.go_files import in_place
from tests.support.protobuf_files import F32 as FLOAT
from tests.support.protobuf_files import I64, blob, blobs, model, tensor, value
from tests.support.weights import Tensors, safetensors_bytes

LICENCE = Path(__file__).resolve().parents[2] / "LICENSE"
"""The whole text of the Apache License, which is ours too."""

HIDDEN, INTERMEDIATE, VOCABULARY = 256, 256, 256
KEY_VALUE = 128
RANK = 8
PARAMETERS = 524_800
"""Elements of a Llama-style model's tensors."""

WEIGHTS: Tensors = {
    "model.embed_tokens.weight": ("BF16", (VOCABULARY, HIDDEN)),
    "model.layers.0.input_layernorm.weight": ("F32", (HIDDEN,)),
    "model.layers.0.self_attn.q_proj.weight": ("BF16", (HIDDEN, HIDDEN)),
    "model.layers.0.self_attn.k_proj.weight": ("BF16", (KEY_VALUE, HIDDEN)),
    "model.layers.0.self_attn.v_proj.weight": ("BF16", (KEY_VALUE, HIDDEN)),
    "model.layers.0.self_attn.o_proj.weight": ("BF16", (HIDDEN, HIDDEN)),
    "model.layers.0.mlp.gate_proj.weight": ("BF16", (INTERMEDIATE, HIDDEN)),
    "model.layers.0.mlp.up_proj.weight": ("BF16", (INTERMEDIATE, HIDDEN)),
    "model.layers.0.mlp.down_proj.weight": ("BF16", (HIDDEN, INTERMEDIATE)),
    "model.norm.weight": ("F32", (HIDDEN,)),
    "lm_head.weight": ("BF16", (VOCABULARY, HIDDEN)),
}

QUANTIZED = (
    Row("token_embd.weight", (HIDDEN, VOCABULARY), Q4_K),
    Row("blk.0.attn_norm.weight", (HIDDEN,), F32),
    Row("blk.0.attn_q.weight", (HIDDEN, HIDDEN), Q4_K),
    Row("blk.0.attn_k.weight", (HIDDEN, KEY_VALUE), Q4_K),
    Row("blk.0.attn_v.weight", (HIDDEN, KEY_VALUE), Q6_K),
    Row("blk.0.attn_output.weight", (HIDDEN, HIDDEN), Q4_K),
    Row("blk.0.ffn_gate.weight", (HIDDEN, INTERMEDIATE), Q4_K),
    Row("blk.0.ffn_up.weight", (HIDDEN, INTERMEDIATE), Q4_K),
    Row("blk.0.ffn_down.weight", (INTERMEDIATE, HIDDEN), Q6_K),
    Row("output_norm.weight", (HIDDEN,), F32),
    Row("output.weight", (HIDDEN, VOCABULARY), Q6_K),
)
"""The same tensors as llama.cpp names and quantizes them: by no means all of them Q4_K."""

MODULES = {
    "golang.org/x/net": "v0.7.0",
    "golang.org/x/text": "v0.3.7",
    "google.golang.org/grpc": "v1.50.0",
}
"""What the Go program is linked from."""


NEEDS = {
    "accelerate": ("numpy", "safetensors", "torch"),
    "numpy": (),
    "safetensors": (),
    "torch": (),
    "transformers": ("numpy", "safetensors"),
}
"""What each Python package needs, as a lock has it."""


def llama_style(path: Path, *, licence: str = "apache-2.0") -> Path:
    """A fine-tuned chat model in one safetensors file, with all that a good card says."""
    return write_tree(path, {**_llama(licence), "model.safetensors": safetensors_bytes(WEIGHTS)})


def sharded(path: Path) -> Path:
    """The same model in two shards with an index."""
    first = {name: shape for name, shape in WEIGHTS.items() if ".0." in name or "embed" in name}
    shards = {1: first, 2: {name: WEIGHTS[name] for name in WEIGHTS.keys() - first.keys()}}
    shards = {number: dict(sorted(held.items())) for number, held in shards.items()}
    files = {
        f"model-{number:05}-of-00002.safetensors": safetensors_bytes(held, {"format": "pt"})
        for number, held in shards.items()
    }
    weight_map = {
        name: f"model-{number:05}-of-00002.safetensors"
        for number, held in shards.items()
        for name in held
    }
    index = {"metadata": {"total_size": _size(WEIGHTS)}, "weight_map": weight_map}
    files["model.safetensors.index.json"] = _json(index)
    return write_tree(path, {**_llama("apache-2.0"), **files})


def lora(path: Path) -> Path:
    """An adapter in PEFT's layout for the model above, whose base is pinned to a commit."""
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    for target, rows in (("q_proj", HIDDEN), ("v_proj", KEY_VALUE)):
        place = f"base_model.model.model.layers.0.self_attn.{target}"
        shapes[f"{place}.lora_A.weight"] = ("F32", (RANK, HIDDEN))
        shapes[f"{place}.lora_B.weight"] = ("F32", (rows, RANK))
    config = {
        "base_model_name_or_path": texts.NAME,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "lora_alpha": 16,
        "lora_dropout": 0.05,
        "peft_type": "LORA",
        "r": RANK,
        "revision": texts.REVISION,
        "target_modules": ["q_proj", "v_proj"],
        "task_type": "CAUSAL_LM",
    }
    files = {
        "README.md": texts.LORA_CARD.encode(),
        "LICENSE": LICENCE.read_bytes(),
        "adapter_config.json": _json(config),
        "adapter_model.safetensors": safetensors_bytes(shapes, {"format": "pt"}),
    }
    return write_tree(path, files)


def gguf(path: Path) -> Path:
    """The same model quantized: the label says Q4_K_M, and the tensors say more."""
    return write_tree(path, {"tiny-llama.Q4_K_M.gguf": gguf_bytes(_gguf_pairs(), QUANTIZED)})


def onnx(path: Path) -> Path:
    """An embedding layer as an ONNX graph, which names what goes in and what comes out."""
    gather = blobs(1, ("embed", "input_ids")) + blob(2, "logits") + blob(4, "Gather")
    graph = (
        blob(1, gather)
        + blob(2, "tiny")
        + blob(5, tensor("embed", (VOCABULARY, 16)))
        + blob(11, value("input_ids", ["batch", "sequence"], I64))
        + blob(12, value("logits", ["batch", "sequence", 16], FLOAT))
    )
    return write_tree(path, {"model.onnx": model(graph)})


def diffusers_style(path: Path) -> Path:
    """A pipeline that draws: parts in folders of their own, and an index that names them."""
    index = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.31.0",
        "feature_extractor": [None, None],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    files = {
        "README.md": texts.DIFFUSERS_CARD.encode(),
        "model_index.json": _json(index),
        "scheduler/scheduler_config.json": _json(_SCHEDULER),
        "text_encoder/config.json": _json(_TEXT_ENCODER),
        "text_encoder/model.safetensors": _half("text_model.final_layer_norm.weight", 32),
        "tokenizer/merges.txt": b"#version: 0.2\nf l\nfl ower</w>\n",
        "tokenizer/special_tokens_map.json": _json({"eos_token": "<|endoftext|>"}),
        "tokenizer/tokenizer_config.json": _json({"tokenizer_class": "CLIPTokenizer"}),
        "tokenizer/vocab.json": _json({"f": 0, "l": 1, "fl": 2, "<|endoftext|>": 3}),
        "unet/config.json": _json(_UNET),
        "unet/diffusion_pytorch_model.safetensors": _half("conv_in.weight", 32, 4, 3, 3),
        "vae/config.json": _json(_VAE),
        "vae/diffusion_pytorch_model.safetensors": _half("encoder.conv_in.weight", 32, 3, 3, 3),
    }
    return write_tree(path, files)


def dataset(path: Path) -> Path:
    """Data with a card, whom it belongs to, and a Croissant description."""
    train = [{"text": f"Moss number {number}.", "place": "Turku"} for number in range(3)]
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerows([("text", "place"), ("A fern by the road.", "Oulu"), ("A sedge.", "Espoo")])
    data = {
        "data/train.jsonl": "".join(f"{json.dumps(row)}\n" for row in train).encode(),
        "data/test.csv": table.getvalue().encode(),
    }
    described = {"README.md": texts.DATASET_CARD.encode(), "croissant.json": _croissant(data)}
    return write_tree(path, {**described, **data})


def go_program(path: Path) -> Path:
    """A server as Go links it, with the modules that it is made of."""
    lines = ["path\texample.org/runner", f"mod\texample.org/runner\tv1.2.3\t{_sum('runner')}"]
    lines += [f"dep\t{name}\t{version}\t{_sum(name)}" for name, version in MODULES.items()]
    lines += ["build\t-compiler=gc", "build\tGOARCH=amd64", "build\tGOOS=linux", ""]
    blob_of_go = in_place(version="go1.20.1", modules="\n".join(lines))
    files = {"runner": Program(go=blob_of_go).written()}
    return write_tree(path, files, executable=("runner",))


def requirements(path: Path) -> Path:
    """The packages that a model's users need, as pip reads them."""
    return write_tree(path, {"requirements.txt": texts.REQUIREMENTS.encode()})


def locked(path: Path) -> Path:
    """The same packages as uv locks them: with what each needs, and the digest of a wheel."""
    return write_tree(path, {"uv.lock": uv_lock().encode()})


def uv_lock() -> str:
    """A lock of the packages that `requirements.txt` pins."""
    parts = ['version = 1\nrequires-python = ">=3.11"\n']
    for line in texts.REQUIREMENTS.split():
        name, _, version = line.partition("==")
        needs = "".join(f'    {{ name = "{need}" }},\n' for need in NEEDS[name])
        wheel = f"https://files.pythonhosted.org/{name}-{version}-py3-none-any.whl"
        digest = hashlib.sha256(wheel.encode()).hexdigest()
        parts.append(
            f'[[package]]\nname = "{name}"\nversion = "{version}"\n'
            'source = { registry = "https://pypi.org/simple" }\n'
            f"dependencies = [\n{needs}]\n"
            f'wheels = [{{ url = "{wheel}", hash = "sha256:{digest}" }}]\n'
        )
    return "\n".join(parts)


def _llama(licence: str) -> dict[str, bytes]:
    """All files of a Llama-style model but its weights."""
    files = {
        "README.md": texts.LLAMA_CARD.replace("LICENCE", licence).encode(),
        "config.json": _json(_LLAMA_CONFIG),
        "generation_config.json": _json({"bos_token_id": 1, "eos_token_id": 2}),
        "tokenizer.json": _json(tokenizer()),
        "tokenizer_config.json": _json(
            {**tokenizer_config(), "chat_template": texts.CHAT_TEMPLATE}
        ),
    }
    if licence == "apache-2.0":
        files["LICENSE"] = LICENCE.read_bytes()
    return files


_LLAMA_CONFIG: Mapping[str, Any] = {
    "_name_or_path": texts.BASE,
    "architectures": ["LlamaForCausalLM"],
    "bos_token_id": 1,
    "eos_token_id": 2,
    "hidden_act": "silu",
    "hidden_size": HIDDEN,
    "intermediate_size": INTERMEDIATE,
    "max_position_embeddings": 2048,
    "model_type": "llama",
    "num_attention_heads": 4,
    "num_hidden_layers": 1,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-05,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "transformers_version": "4.46.0",
    "vocab_size": VOCABULARY,
}

_SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.31.0",
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "prediction_type": "v_prediction",
}

_TEXT_ENCODER = {
    "architectures": ["CLIPTextModel"],
    "hidden_size": 32,
    "max_position_embeddings": 77,
    "model_type": "clip_text_model",
    "torch_dtype": "float16",
    "transformers_version": "4.46.0",
    "vocab_size": 4,
}

_UNET = {
    "_class_name": "UNet2DConditionModel",
    "_diffusers_version": "0.31.0",
    "cross_attention_dim": 32,
    "in_channels": 4,
    "out_channels": 4,
    "sample_size": 8,
}

_VAE = {
    "_class_name": "AutoencoderKL",
    "_diffusers_version": "0.31.0",
    "in_channels": 3,
    "latent_channels": 4,
    "out_channels": 3,
    "sample_size": 64,
}


def _gguf_pairs() -> dict[str, Any]:
    return {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": "Tiny Llama",
        "general.license": "llama3.2",
        "general.languages": ["en", "de"],
        "general.tags": ["llama", "chat", "text-generation"],
        "general.base_model.count": 1,
        "general.base_model.0.name": "Tiny Llama",
        "general.base_model.0.organization": "Example",
        "general.base_model.0.repo_url": f"https://huggingface.co/{texts.NAME}",
        "general.file_type": 15,
        "general.quantization_version": 2,
        "llama.attention.head_count": 4,
        "llama.attention.head_count_kv": 2,
        "llama.block_count": 1,
        "llama.context_length": 2048,
        "llama.embedding_length": HIDDEN,
        "llama.feed_forward_length": INTERMEDIATE,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.freq_base": 10000.0,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": [f"token{number}" for number in range(VOCABULARY)],
        "tokenizer.ggml.token_type": ("array", ("i32", [1] * VOCABULARY)),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.chat_template": texts.GGUF_CHAT_TEMPLATE,
    }


def _croissant(data: Mapping[str, bytes]) -> bytes:
    """Croissant 1.0, with its terms on responsible use."""
    formats = {".jsonl": "application/jsonlines", ".csv": "text/csv"}
    described = {
        "@context": {
            "@language": "en",
            "@vocab": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/",
            "rai": "http://mlcommons.org/croissant/RAI/",
            "sc": "https://schema.org/",
            "conformsTo": "http://purl.org/dc/terms/conformsTo",
            "recordSet": "cr:recordSet",
            "field": "cr:field",
            "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
            "source": "cr:source",
            "fileObject": "cr:fileObject",
            "extract": "cr:extract",
            "column": "cr:column",
        },
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "field-notes",
        "description": "Notes on plants that volunteers wrote down between 2019 and 2024.",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "url": "https://example.org/field-notes",
        "version": "1.1.0",
        "datePublished": "2024-05-01",
        "creator": {"@type": "sc:Organization", "name": "The Example Herbarium"},
        "publisher": {"@type": "sc:Organization", "name": "The Example Laboratory"},
        "keywords": ["biology", "plants"],
        "rai:dataCollection": "Written on paper, typed twice, and compared.",
        "rai:dataBiases": "Plants beside roads are noted more often than others.",
        "rai:personalSensitiveInformation": ["Names of volunteers were taken out."],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{len(content)} B",
                "encodingFormat": formats[Path(name).suffix],
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in data.items()
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "notes",
                "name": "notes",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"notes/{column}",
                        "name": column,
                        "dataType": "sc:Text",
                        "source": {
                            "fileObject": {"@id": "data/test.csv"},
                            "extract": {"column": column},
                        },
                    }
                    for column in ("text", "place")
                ],
            }
        ],
    }
    return _json(described)


def _half(name: str, *shape: int) -> bytes:
    return safetensors_bytes({name: ("F16", shape)}, {"format": "pt"})


def _size(tensors: Tensors) -> int:
    """Bytes of all tensors."""
    lone = safetensors_bytes(tensors)
    return len(lone) - 8 - int.from_bytes(lone[:8], "little")


def _sum(text: str) -> str:
    """A module's checksum, of the form that Go writes."""
    return "h1:" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()

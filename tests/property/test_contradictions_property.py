"""Whatever files state, what contradicts what is told without a fault."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiverify.core.contradictions import contradictions
from aiverify.core.describe import describe
from aiverify.core.facts import Facts, FileFacts, Role, Tensor

WORDS = st.sampled_from(
    [
        "",
        "mit",
        "apache-2.0",
        "other",
        "llama3.2",
        "a/b",
        "c/d-4bit",
        "7B",
        "x-7B",
        "bfloat16",
        "gptq",
        "Q4_K_M",
        "quantized",
        "finetune",
        "gguf",
        "peft",
        "model.safetensors",
        "LlamaForCausalLM",
        "llama",
        "qwen2",
        "\u202e\x1b[2J",
    ]
)
KEYS = st.sampled_from(
    [
        "front_matter",
        "license",
        "license_name",
        "licence",
        "base_model",
        "base_models",
        "base_model_relation",
        "base_model_name_or_path",
        "model_name",
        "library_name",
        "parameters",
        "model_size",
        "torch_dtype",
        "quantization_config",
        "quant_method",
        "architectures",
        "architecture",
        "model_type",
        "vocab_size",
        "vocabulary",
        "max_position_embeddings",
        "context_length",
        "text_config",
        "shards",
        "total_parameters",
        "dtypes",
        "bf16",
        "metadata",
        "general.license.name",
        "size_label",
        "file_type",
        "split",
        "count",
        "name",
        "repo_url",
    ]
)
VALUES = st.dictionaries(
    KEYS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=8,
    ),
    max_size=6,
)
TENSORS = st.lists(
    st.builds(
        Tensor,
        st.sampled_from(["model.embed_tokens.weight", "token_embd.weight", "x", "\x1b"]),
        st.sampled_from(["bf16", "f32", "i32", "q4_k", "\u202e"]),
        st.lists(st.integers(0, 1 << 40), max_size=3).map(tuple),
    ),
    max_size=4,
).map(tuple)
FORMATS = st.sampled_from(
    [
        ("README.md", "modelcard", Role.DOC),
        ("LICENSE", "licence", Role.DOC),
        ("config.json", "hf_config", Role.CONFIG),
        ("adapter_config.json", "peft", Role.CONFIG),
        ("tokenizer.json", "tokenizer", Role.CONFIG),
        ("model.safetensors.index.json", "safetensors_index", Role.CONFIG),
        ("model.safetensors", "safetensors", Role.WEIGHT),
        ("m-Q4_K_M.gguf", "gguf", Role.WEIGHT),
        ("m-00001-of-00002.gguf", "gguf", Role.WEIGHT),
        ("m.bin", "torch", Role.WEIGHT),
    ]
)
FILES = st.lists(
    st.builds(
        lambda folder, known, values, tensors: FileFacts(
            folder + known[0], 1, Facts(known[1], known[2], values=values, tensors=tensors)
        ),
        st.sampled_from(["", "part/", "\x1b/"]),
        FORMATS,
        VALUES,
        TENSORS,
    ),
    max_size=8,
)


@given(FILES)
def test_no_statement_is_too_wrong(files: list[FileFacts]):
    for finding in contradictions(files, describe(files)):
        assert finding.rule.startswith("AIV-CLAIM-")
        assert finding.message.isprintable()


@given(FILES)
def test_one_file_alone_contradicts_no_other(files: list[FileFacts]):
    """But a header may contradict its own tensors, and a card that no file is there for."""
    for item in files:
        told = {finding.rule for finding in contradictions([item], describe([item]))}
        assert told <= {"AIV-CLAIM-PARAMETERS", "AIV-CLAIM-QUANTIZATION", "AIV-CLAIM-VOCABULARY"}

"""Claims about the shape of a model: context length, vocabulary and architecture."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.claiming.group import Group, fields, models, quoted
from aiverify.core.describe import CONTEXT_LENGTHS
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.names import printable

EMBEDDINGS = (
    "embed_tokens.weight",
    "tok_embeddings.weight",
    "word_embeddings.weight",
    "wte.weight",
    "embed_in.weight",
    "shared.weight",
)
"""How the names of tensors end that have a row for every token."""

HEADER_EMBEDDINGS = "token_embd.weight"
"""The same in GGUF, where the rows are the last dimension."""

OFFSET = 2
"""Positions that RoBERTa's configuration counts and llama.cpp's header does not."""

ARCHITECTURES = {
    "bert": {"bert", "jina-bert-v2", "nomic-bert"},
    "bloom": {"bloom"},
    "cohere": {"command-r"},
    "cohere2": {"cohere2"},
    "deepseek_v2": {"deepseek2"},
    "deepseek_v3": {"deepseek2"},
    "falcon": {"falcon"},
    "gemma": {"gemma"},
    "gemma2": {"gemma2"},
    "gemma3_text": {"gemma3", "gemma-embedding"},
    "gpt2": {"gpt2", "jais"},
    "gpt_bigcode": {"starcoder"},
    "gpt_neox": {"gptneox"},
    "gptj": {"gptj"},
    "llama": {"llama", "deci", "minicpm", "orion", "granite", "llama-embed"},
    "mamba": {"mamba"},
    "mistral": {"llama", "mistral3", "mistral"},
    "mixtral": {"llama", "mixtral"},
    "mpt": {"mpt"},
    "olmo": {"olmo"},
    "olmo2": {"olmo2"},
    "phi": {"phi2"},
    "phi3": {"phi3"},
    "qwen2": {"qwen2", "dream"},
    "qwen2_moe": {"qwen2moe"},
    "qwen3": {"qwen3"},
    "qwen3_moe": {"qwen3moe"},
    "roberta": {"bert", "jina-bert-v2"},
    "stablelm": {"stablelm"},
    "starcoder2": {"starcoder2"},
    "t5": {"t5", "t5encoder"},
    "xlm-roberta": {"bert", "jina-bert-v3"},
}
"""What llama.cpp's converter makes of a `model_type`. Of others nothing is known."""


def context(group: Group) -> Iterator[Finding]:
    """The configuration's context length against the header's, where both are of one model."""
    config, header = group.config, _one_model(group)
    if not config or not header:
        return
    length = fields(header).integer("context_length")
    key, claimed = _context_length(config)
    if length is not None and claimed is not None and abs(length - claimed) > OFFSET:
        yield rules.claims.CONTEXT.found(
            f"{printable(config.name)} gives a context length of {claimed:,}, and "
            f"{printable(header.name)} one of {length:,}",
            file=config.name,
            place=f"/{key}",
        )


def architecture(group: Group) -> Iterator[Finding]:
    """The configuration's type of model against the header's architecture."""
    config, header = group.config, _one_model(group)
    if not config or not header:
        return
    claimed, named = fields(config).text("model_type"), fields(header).text("architecture")
    known = ARCHITECTURES.get(claimed)
    if known and named and named not in known:
        yield rules.claims.ARCHITECTURE.found(
            f"{printable(config.name)} says {quoted(claimed)}, and {printable(header.name)} says "
            f"{quoted(named)}",
            file=config.name,
            place="/model_type",
        )


def vocabulary(group: Group) -> Iterator[Finding]:
    """Tokens against rows of the embeddings. A model may have more rows than tokens, not fewer."""
    rows, where = _rows(group)
    if rows is not None:
        for item, key, tokens in _tokens(group):
            if tokens > rows:
                yield _too_many(item, key, tokens, f"{where} has {rows:,} embeddings")
    elif group.tokenizer and group.config:
        size = fields(group.config).integer("vocab_size")
        count = _entries(group.tokenizer)
        if size is not None and count is not None and count > size:
            claim = f"{printable(group.config.name)} says {size:,}"
            yield _too_many(group.tokenizer, "/model/vocab", count, claim)
    for item in group.ggufs:
        yield from _in_header(item)


def _context_length(config: FileFacts) -> tuple[str, int | None]:
    values = fields(config)
    for prefix, place in (("", values), ("text_config/", values.inner("text_config"))):
        for key in CONTEXT_LENGTHS:
            length = place.integer(key)
            if length is not None:
                return prefix + key, length
    return "", None


def _one_model(group: Group) -> FileFacts | None:
    """A header that is sure to be of the one model in a folder: all others say the same of it."""
    found = [parts[0] for parts in models(group.ggufs)]
    keys = ("architecture", "name", "context_length")
    said = {tuple(str(item.facts.values.get(key)) for key in keys) for item in found}
    return found[0] if len(said) == 1 else None


def _rows(group: Group) -> tuple[int | None, str]:
    """Rows of the largest embeddings, and the file that has them."""
    held = group.safetensors()
    if not held or not group.is_whole or group.adapter:
        return None, ""
    found = [
        (tensor.shape[0], printable(item.name))
        for item in held.files
        for tensor in item.facts.tensors
        if len(tensor.shape) == 2 and tensor.name.endswith(EMBEDDINGS)
    ]
    return max(found) if found else (None, "")


def _tokens(group: Group) -> Iterator[tuple[FileFacts, str, int]]:
    """Who says how many tokens there are, and where."""
    if group.tokenizer and (count := _entries(group.tokenizer)):
        yield group.tokenizer, "/model/vocab", count
    if group.config and (size := fields(group.config).integer("vocab_size")):
        yield group.config, "/vocab_size", size


def _entries(tokenizer: FileFacts) -> int | None:
    return fields(tokenizer).integer("vocabulary")


def _in_header(item: FileFacts) -> Iterator[Finding]:
    """The tokens of a GGUF file against its own embeddings."""
    count = fields(item).integer("vocabulary")
    rows = [
        tensor.shape[-1]
        for tensor in item.facts.tensors
        if tensor.name == HEADER_EMBEDDINGS and len(tensor.shape) == 2
    ]
    if count is not None and rows and count > rows[0]:
        yield _too_many(item, "tokenizer.ggml.tokens", count, f"it has {rows[0]:,} embeddings")


def _too_many(item: FileFacts, place: str, count: int, otherwise: str) -> Finding:
    message = f"{printable(item.name)} has {count:,} tokens, and {otherwise}"
    return rules.claims.VOCABULARY.found(message, file=item.name, place=place)

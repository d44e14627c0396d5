"""What a GGUF file's metadata says about the model, under the names that all formats share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.facts import Tensor
from aiverify.core.fields import TEXT, Fields
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats.gguf.types import FILES, SIZES
from aiverify.formats.gguf.values import Array, Item, Metadata, Text, to_json

TEXTS = {
    "architecture": "general.architecture",
    "type": "general.type",
    "name": "general.name",
    "size_label": "general.size_label",
    "licence": "general.license",
    "tokenizer": "tokenizer.ggml.model",
    "author": "general.author",
    "organization": "general.organization",
    "url": "general.url",
    "repository": "general.repo_url",
}
"""Statements that are strings, and their keys."""

SPLIT = {"number": "split.no", "count": "split.count", "tensors": "split.tensors.count"}
"""Of a model in several files: which this is, of how many, and the tensors of all."""

TOKENS = "tokenizer.ggml.tokens"
BY_TOKEN = ("tokenizer.ggml.scores", "tokenizer.ggml.token_type")
"""Arrays that llama.cpp reads as four bytes for every token, whatever they are."""

TEMPLATE = "tokenizer.chat_template"
USUAL_KEY = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")
BASE_MODEL = re.compile(r"general\.base_model\.([0-9]{1,6})\.([a-z_]{1,30})")


def state(metadata: Metadata, where: str) -> dict[str, Json]:
    """The statements that are there. One of the wrong type is left out, and `warnings` says so."""
    members = {key: _plain(value.item) for key, value in metadata.items()}
    fields = Fields(members, where)
    values = fields.pick(dict.fromkeys(TEXTS.values(), TEXT))
    values = {name: values[key] for name, key in TEXTS.items() if key in values}
    values |= _numbers(fields, str(values.get("architecture", "")))
    tokens = metadata.get(TOKENS)
    if tokens and isinstance(tokens.item, Array):
        values["vocabulary"] = tokens.item.count
    base_models = _base_models(fields)
    if base_models:
        values["base_models"] = base_models
    values["chat_templates"] = {
        name: str(Digest.of(text.data)) for name, _, text in templates(metadata)
    }
    fields.warnings.extend(_unusual(metadata))
    if fields.warnings:
        values["warnings"] = fields.warnings
    return values


def templates(metadata: Metadata) -> Iterator[tuple[str, str, Text]]:
    """Chat templates: the name of each, its key, and its text. The unnamed one is `default`."""
    for key, value in metadata.items():
        base, _, name = key.partition(TEMPLATE)
        if not base and name[:1] in ("", ".") and isinstance(value.item, Text):
            yield name[1:] or "default", key, value.item


def quantization(tensors: Sequence[Tensor]) -> dict[str, Json]:
    """How many tensors are of each type, and how many elements those have."""
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tensor in tensors:
        found[tensor.dtype][0] += 1
        found[tensor.dtype][1] += tensor.elements
    return {
        dtype: {"tensors": count, "parameters": elements}
        for dtype, (count, elements) in sorted(found.items())
    }


def vocabulary_findings(metadata: Metadata) -> Iterator[Finding]:
    """Arrays of the vocabulary that llama.cpp would read beyond their end."""
    tokens = metadata.get(TOKENS)
    if tokens is None or not isinstance(tokens.item, Array):
        return
    for key in BY_TOKEN:
        value = metadata.get(key)
        if value is None:
            continue
        array = value.item
        if not isinstance(array, Array) or _bytes(array) < 4 * tokens.item.count:
            held = f"{array.count} {array.items}" if isinstance(array, Array) else value.type
            message = f"{key} holds {held}, too little for {tokens.item.count} tokens"
            yield rules.contents.MALFORMED.found(message, place=key)


def _plain(item: Item) -> Json:
    return str(item) if isinstance(item, Text) else to_json(item)


def _numbers(fields: Fields, architecture: str) -> dict[str, Json]:
    values: dict[str, Json] = {}
    length = fields.integer(f"{architecture}.context_length")
    if length is not None:
        values["context_length"] = length
    file_type = fields.integer("general.file_type")
    if file_type is not None:
        values["file_type"] = FILES.get(file_type, str(file_type))
    split = {name: fields.integer(key) for name, key in SPLIT.items()}
    if split["count"] is not None:
        values["split"] = {name: number for name, number in split.items() if number is not None}
    return values


def _base_models(fields: Fields) -> list[Json]:
    """The base models by their numbers, each with what is said of it."""
    found: defaultdict[int, dict[str, Json]] = defaultdict(dict)
    for key in fields.members:
        named = BASE_MODEL.fullmatch(key)
        if named and (text := fields.text(key)):
            found[int(named[1])][named[2]] = text
    return [found[number] for number in sorted(found)]


def _unusual(metadata: Metadata) -> list[str]:
    """One sentence about keys that are not written as keys are."""
    unusual = [key for key in metadata if not USUAL_KEY.fullmatch(key)]
    if not unusual:
        return []
    more = f", nor are {len(unusual) - 1} more" if len(unusual) > 1 else ""
    return [f"the key {printable(unusual[0][:200])} is not in lower_snake.case{more}"]


def _bytes(array: Array) -> int:
    return array.count * SIZES[array.items]

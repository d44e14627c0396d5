"""GGUF files by hand, so that any part of one can lie."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {
    "u8": (0, "B"),
    "i8": (1, "b"),
    "u16": (2, "H"),
    "i16": (3, "h"),
    "u32": (4, "I"),
    "i32": (5, "i"),
    "f32": (6, "f"),
    "bool": (7, "B"),
    "string": (8, ""),
    "array": (9, ""),
    "u64": (10, "Q"),
    "i64": (11, "q"),
    "f64": (12, "d"),
}

F32, Q4_0, Q4_K, Q6_K = 0, 2, 12, 14

BLOCKS = {F32: (1, 4), Q4_0: (32, 18), Q4_K: (256, 144), Q6_K: (256, 210)}
"""Elements of a block and its bytes, for the types that tests write."""


@dataclass(frozen=True)
class Raw:
    """Bytes as they are, where a value or a key is due."""

    data: bytes


Pairs = Iterable[tuple[str | Raw, Any]]


@dataclass(frozen=True)
class Row:
    """A tensor of the table. What is None is as it has to be."""

    name: str | bytes
    shape: tuple[int, ...]
    type: int = F32
    offset: int | None = None
    dimensions: int | None = None

    @property
    def size(self) -> int:
        """Bytes of its data; none where the type is not one of those."""
        block, size = BLOCKS.get(self.type, (1, 0))
        elements = 1
        for dimension in self.shape:
            elements *= dimension
        return elements // block * size


@dataclass(frozen=True)
class Writer:
    """Writes files in one byte order, `<` or `>`."""

    sign: str = "<"

    def number(self, letter: str, value: float) -> bytes:
        return struct.pack(self.sign + letter, value)

    def string(self, text: str | bytes, length: int | None = None) -> bytes:
        data = text.encode() if isinstance(text, str) else text
        return self.number("Q", len(data) if length is None else length) + data

    def value(self, value: Any) -> bytes:
        """A value with its type. A pair gives both: `("u32", 32)`; a list is an array."""
        if isinstance(value, Raw):
            return value.data
        kind, content = typed(value)
        return self.number("I", KINDS[kind][0]) + self.content(kind, content)

    def content(self, kind: str, content: Any) -> bytes:
        if kind == "string":
            return self.string(content)
        if kind != "array":
            return self.number(KINDS[kind][1], content)
        items, values = content
        head = self.number("I", KINDS[items][0]) + self.number("Q", len(values))
        return head + b"".join(self.content(items, value) for value in values)

    def pair(self, key: str | Raw, value: Any) -> bytes:
        return (key.data if isinstance(key, Raw) else self.string(key)) + self.value(value)

    def row(self, row: Row, offset: int) -> bytes:
        count = len(row.shape) if row.dimensions is None else row.dimensions
        return (
            self.string(row.name)
            + self.number("I", count)
            + b"".join(self.number("q", dimension) for dimension in row.shape)
            + self.number("i", row.type)
            + self.number("Q", offset if row.offset is None else row.offset)
        )

    def head(
        self,
        pairs: Pairs = (),
        rows: Iterable[Row] = (),
        *,
        version: int = 3,
        keys: int | None = None,
        tensors: int | None = None,
        alignment: int = 32,
        magic: bytes = b"GGUF",
    ) -> bytes:
        """All before the data. `keys` and `tensors` are what it says to have of them."""
        pairs, rows = list(pairs), list(rows)
        parts = [magic, self.number("I", version)]
        parts.append(self.number("Q", len(rows) if tensors is None else tensors))
        parts.append(self.number("Q", len(pairs) if keys is None else keys))
        parts += [self.pair(key, value) for key, value in pairs]
        offset = 0
        for row in rows:
            parts.append(self.row(row, offset))
            offset += row.size + -row.size % alignment
        return b"".join(parts)

    def file(
        self,
        pairs: Pairs = (),
        rows: Iterable[Row] = (),
        *,
        alignment: int = 32,
        pad: bytes = b"\0",
        **changes: Any,
    ) -> bytes:
        """A whole file, its data zero."""
        rows = list(rows)
        head = self.head(pairs, rows, alignment=alignment, **changes)
        data = b"".join(filled(bytes(max(row.size, 0)), alignment, pad) for row in rows)
        return (filled(head, alignment, pad) if rows else head) + data


def typed(value: Any) -> tuple[str, Any]:
    """A value as a type and a content."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, int):
        return "u32", value
    if isinstance(value, float):
        return "f32", value
    if isinstance(value, list):
        return "array", ("string", value)
    return "string", value


def filled(data: bytes, alignment: int, pad: bytes = b"\0") -> bytes:
    """Data with padding behind it."""
    return data + pad * (-len(data) % alignment)


def gguf_bytes(
    pairs: Mapping[str, Any] | Pairs = (), rows: Iterable[Row] = (), **changes: Any
) -> bytes:
    """A file in little endian."""
    listed = pairs.items() if isinstance(pairs, Mapping) else pairs
    return Writer().file(listed, rows, **changes)


LLAMA: Mapping[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "general.license": "mit",
    "general.file_type": 15,
    "general.base_model.count": 1,
    "general.base_model.0.name": "Base",
    "general.base_model.0.repo_url": "https://huggingface.co/nobody/base",
    "llama.context_length": 2048,
    "llama.rope.freq_base": 10000.0,
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": [f"token{number}" for number in range(100)],
    "tokenizer.ggml.scores": ("array", ("f32", [0.0] * 100)),
    "tokenizer.ggml.token_type": ("array", ("i32", [1] * 100)),
    "tokenizer.ggml.add_bos_token": True,
}
"""The metadata of a small model."""

ROWS = (
    Row("token_embd.weight", (256, 2), Q4_K),
    Row("output_norm.weight", (3,)),
    Row("output.weight", (256, 2), Q6_K),
)
"""Its tensors; the second needs padding behind it."""

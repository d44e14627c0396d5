"""GGUF files: headers that lie, files that hide, templates that run, and honest ones."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.gguf_files import (
    LLAMA,
    Q4_0,
    Q4_K,
    ROWS,
    Raw,
    Row,
    Writer,
    filled,
    gguf_bytes,
)

MALFORMED_RULE = "AIV-FORMAT-MALFORMED"
HIDDEN = "AIV-CONTAINER-HIDDEN"
REAL = Path(__file__).parent.parent / "assets" / "real"

GOOD = partial(gguf_bytes, LLAMA, ROWS)
PLAIN = Row("w", (32,))
ESCAPE = "{{ cycler.__init__.__globals__.os.popen('touch /nonexistent/pwned').read() }}"
BENIGN_TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'user' %}<|user|>{{ m.content }}"
    "{% else %}<|assistant|>{{ m.content }}{% endif %}{% endfor %}"
)


def number(letter: str, value: float) -> bytes:
    return struct.pack("<" + letter, value)


def value_of(kind: int, data: bytes) -> Raw:
    """A value whose type is any number, and whose content any bytes."""
    return Raw(number("I", kind) + data)


def array_of(kind: int, count: int, data: bytes = b"") -> Raw:
    """An array that says to hold `count` items."""
    return value_of(9, number("I", kind) + number("Q", count) + data)


def key_of(length: int, data: bytes) -> Raw:
    """A key that says to be `length` bytes long."""
    return Raw(number("Q", length) + data)


def nested(depth: int) -> Raw:
    """Arrays of one array each, the innermost empty."""
    inner = number("I", 9) + number("Q", 1)
    return value_of(9, inner * (depth - 1) + number("I", 0) + number("Q", 0))


def one(key: str | Raw, value: Any) -> Callable[[], bytes]:
    return partial(gguf_bytes, [(key, value)])


def table(*rows: Row, **changes: Any) -> Callable[[], bytes]:
    return partial(gguf_bytes, [], rows, **changes)


def with_template(key: str = "tokenizer.chat_template", text: str = ESCAPE) -> bytes:
    return gguf_bytes({**LLAMA, key: text}, ROWS)


def with_value(changes: Mapping[str, Any]) -> bytes:
    return gguf_bytes({**LLAMA, **changes}, ROWS)


def archive() -> bytes:
    """A ZIP archive of one member."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr(zipfile.ZipInfo("data.pkl"), b"\x80\x04N.")
    return held.getvalue()


def hidden_between() -> bytes:
    """A payload in the padding between two tensors."""
    data = GOOD()
    payload = b"touch /nonexistent/pwned"[:20]
    at = len(data) - len(filled(bytes(420), 32)) - 20
    return data[:at] + payload + data[at + 20 :]


def malformed(name: str, technique: str, make: Callable[[], bytes]) -> Sample:
    return Sample(
        f"gguf/{name}", Label.MALFORMED, technique, "model.gguf", make, rule=MALFORMED_RULE
    )


def malicious(name: str, technique: str, make: Callable[[], bytes], rule: str) -> Sample:
    return Sample(f"gguf/{name}", Label.MALICIOUS, technique, "model.gguf", make, rule=rule)


def unread(name: str, technique: str, make: Callable[[], bytes]) -> Sample:
    return Sample(
        f"gguf/{name}", Label.MALFORMED, technique, "model.gguf", make, state=State.UNREAD
    )


def benign(name: str, technique: str, make: Callable[[], bytes]) -> Sample:
    return Sample(f"gguf/{name}", Label.BENIGN, technique, "model.gguf", make, state=State.CLEAN)


HEADERS = (
    malformed("empty", "no bytes at all", bytes),
    malformed("truncated-header", "the file ends in the first counts", lambda: GOOD()[:20]),
    malformed("truncated-metadata", "the file ends in the metadata", lambda: GOOD()[:600]),
    malformed("truncated-data", "the last tensor is cut off", lambda: GOOD()[:-100]),
    malformed("no-magic", "another magic below the extension", partial(GOOD, magic=b"GGML")),
    malformed("version-zero", "version 0", partial(GOOD, version=0)),
    malformed("version-huge", "a version of no byte order", partial(GOOD, version=0x01010101)),
    unread("version-one", "version 1, whose counts are shorter", partial(GOOD, version=1)),
    unread("version-next", "a version that nobody knows", partial(GOOD, version=4)),
    malformed("key-count", "2^63 keys (CVE-2024-21825)", partial(GOOD, keys=1 << 63)),
    malformed("key-count-large", "more keys than fit", partial(GOOD, keys=100_000)),
    malformed("tensor-count", "2^63 tensors (CVE-2024-23496)", partial(GOOD, tensors=1 << 63)),
    malformed(
        "tensor-count-wraps",
        "a product that wraps (CVE-2024-21836)",
        partial(GOOD, tensors=0xBA2E8BA2E8BA2F),
    ),
    malformed("tensor-missing", "a tensor more than there is", partial(GOOD, tensors=4)),
)

METADATA = (
    malformed(
        "key-length",
        "a key of 2^64 - 1 bytes (CVE-2024-23605)",
        one(key_of((1 << 64) - 1, b"a"), 1),
    ),
    malformed("key-long", "a key of 65,536 bytes", one("k" * 65_536, 1)),
    malformed("key-empty", "an empty key", one("", 1)),
    malformed("key-not-ascii", "a key that looks like another", one("general.n\u0430me", "x")),
    malformed("key-nul", "a key that ends early as a C string", one("general.name\0x", "x")),
    malformed(
        "key-twice",
        "two architectures",
        partial(gguf_bytes, [("general.architecture", "a"), ("general.architecture", "b")]),
    ),
    malformed("value-type", "the type 13", one("k", value_of(13, bytes(8)))),
    malformed("value-type-negative", "the type -1", one("k", value_of(0xFFFFFFFF, bytes(8)))),
    malformed("bool-two", "a boolean of 2", one("k", value_of(7, b"\2"))),
    malformed(
        "bool-array",
        "a boolean of 255 in an array",
        one("k", array_of(7, 100, b"\1" * 99 + b"\xff")),
    ),
    malformed(
        "string-length",
        "a string of 2^64 - 1 bytes (CVE-2024-21802)",
        one("k", value_of(8, number("Q", (1 << 64) - 1))),
    ),
    malformed(
        "string-beyond",
        "a string that ends beyond the file",
        one("k", value_of(8, number("Q", 1000) + b"short")),
    ),
    malformed("array-length", "an array of 2^62 numbers", one("k", array_of(4, 1 << 62))),
    malformed(
        "array-wraps",
        "a product of count and size that wraps",
        one("k", array_of(10, (1 << 61) + 1, bytes(8))),
    ),
    malformed(
        "array-strings",
        "strings of which one ends beyond the file",
        one("k", array_of(8, 2000, bytes(8 * 1999) + number("Q", 1 << 40))),
    ),
    malformed("array-type", "an array of the type 200", one("k", array_of(200, 1, bytes(8)))),
    malformed("array-nested-deep", "arrays within arrays, a thousand deep", one("k", nested(1000))),
    malformed("alignment-zero", "padding to multiples of 0", one("general.alignment", 0)),
    malformed("alignment-odd", "padding to multiples of 33", one("general.alignment", 33)),
    malformed("alignment-type", "an alignment of 64 bits", one("general.alignment", ("u64", 32))),
    malformed(
        "scores-narrow",
        "a byte for each score, of which loaders read four",
        partial(with_value, {"tokenizer.ggml.scores": ("array", ("u8", [0] * 100))}),
    ),
    malformed(
        "token-types-few",
        "fewer types than tokens",
        partial(with_value, {"tokenizer.ggml.token_type": ("array", ("i32", [1]))}),
    ),
)

TENSORS = (
    malformed("name-long", "a name of 64 bytes", table(Row("n" * 64, (32,)))),
    malformed(
        "name-nul",
        "a name that is another as a C string",
        table(Row("w\0a", (32,)), Row("w\0b", (32,))),
    ),
    malformed("name-not-utf8", "a name that is no text", table(Row(b"\xff\xfe", (32,)))),
    malformed("name-twice", "two tensors of one name", table(PLAIN, PLAIN)),
    malformed("dimensions", "five dimensions (CVE-2024-21825)", table(Row("w", (1, 1, 1, 1, 32)))),
    malformed(
        "dimensions-huge", "2^32 - 1 dimensions", table(Row("w", (32,), dimensions=0xFFFFFFFF))
    ),
    malformed("dimension-negative", "a dimension of -32", table(Row("w", (-32,)))),
    malformed(
        "dimension-zero", "a dimension by which older loaders divide", table(Row("w", (32, 0)))
    ),
    malformed(
        "dimension-overflow",
        "a product that wraps to 0",
        table(Row("w", (1 << 32, 1 << 32), offset=0, type=24)),
    ),
    malformed(
        "dimension-large",
        "a shape larger than the file (CVE-2026-7482)",
        table(Row("w", (1 << 40,), type=24)),
    ),
    malformed("block", "a row that is no whole number of blocks", table(Row("w", (33,), Q4_0))),
    malformed("block-rows", "rows that are blocks only together", table(Row("w", (128, 2), Q4_K))),
    malformed(
        "type-removed", "a type that went before the format came", table(Row("w", (32,), type=4))
    ),
    malformed("type-negative", "the type -1", table(Row("w", (32,), type=-1))),
    unread("type-unknown", "a type whose size nobody knows", table(Row("w", (32,), type=200))),
    malformed(
        "offset-overlap", "two tensors in one place", table(PLAIN, Row("v", (32,), offset=0))
    ),
    malformed(
        "offset-gap", "a hole between two tensors", table(PLAIN, Row("v", (32,), offset=256))
    ),
    malformed("offset-first", "a hole before the first tensor", table(Row("w", (32,), offset=32))),
    malformed(
        "offset-unaligned",
        "an offset that is no multiple of the alignment",
        table(Row("w", (3,)), Row("v", (32,), offset=12)),
    ),
    malformed(
        "offset-huge",
        "an offset of 2^64 - 32",
        table(PLAIN, Row("v", (32,), offset=(1 << 64) - 32)),
    ),
)

HIDING = (
    malicious(
        "renamed-pickle",
        "a pickle under this extension",
        lambda: b"\x80\x04c" + b"os\nsystem\n(S'touch /nonexistent/pwned'\ntR.",
        "AIV-PICKLE-DANGEROUS",
    ),
    malicious(
        "trailing",
        "bytes behind the last tensor",
        lambda: GOOD() + b"#!/bin/sh\ntouch /nonexistent/pwned\n",
        HIDDEN,
    ),
    malicious(
        "trailing-pickle",
        "a pickle behind the last tensor",
        lambda: GOOD() + pickle.dumps(["payload"]),
        HIDDEN,
    ),
    malicious(
        "trailing-zip", "an archive behind the last tensor", lambda: GOOD() + archive(), HIDDEN
    ),
    malicious(
        "trailing-elf",
        "a program behind the last tensor",
        lambda: GOOD() + b"\x7fELF\2\1\1".ljust(128, b"\0"),
        HIDDEN,
    ),
    malicious(
        "trailing-vocabulary",
        "bytes behind a file without tensors",
        lambda: gguf_bytes(LLAMA) + b"x" * 64,
        HIDDEN,
    ),
    malicious(
        "padding-header",
        "bytes in the padding behind the header",
        partial(gguf_bytes, [("a", 1)], [PLAIN], pad=b"\x90"),
        HIDDEN,
    ),
    malicious("padding-tensor", "bytes in the padding between two tensors", hidden_between, HIDDEN),
    malicious(
        "padding-large",
        "an alignment that makes room for a payload",
        partial(
            gguf_bytes, {"general.alignment": 1 << 16}, [PLAIN], alignment=1 << 16, pad=b"\x90"
        ),
        HIDDEN,
    ),
    malicious(
        "template",
        "a chat template that leaves its sandbox (CVE-2024-34359)",
        with_template,
        "AIV-TEMPLATE-ESCAPE",
    ),
    malicious(
        "template-named",
        "the same in a template of a name",
        partial(with_template, "tokenizer.chat_template.tool_use"),
        "AIV-TEMPLATE-ESCAPE",
    ),
    malicious(
        "template-big-endian",
        "the same in the other byte order",
        lambda: Writer(">").file({**LLAMA, "tokenizer.chat_template": ESCAPE}.items(), ROWS),
        "AIV-TEMPLATE-ESCAPE",
    ),
)

BENIGN = (
    benign("llama", "a small model", GOOD),
    benign("version-two", "version 2", partial(GOOD, version=2)),
    benign("big-endian", "the other byte order", lambda: Writer(">").file(LLAMA.items(), ROWS)),
    benign("vocabulary", "no tensors at all", partial(gguf_bytes, LLAMA)),
    benign("nothing", "neither keys nor tensors", gguf_bytes),
    benign(
        "aligned",
        "an alignment of 4096",
        partial(gguf_bytes, {"general.alignment": 4096}, ROWS, alignment=4096),
    ),
    benign("unpadded", "no padding behind the last tensor", lambda: GOOD()[:-28]),
    benign(
        "plain-template",
        "a chat template as models have",
        partial(with_template, text=BENIGN_TEMPLATE),
    ),
    benign("nested", "arrays in an array", one("k", nested(3))),
    benign("scalar", "a tensor without dimensions", table(Row("w", ()))),
    benign("real-llama", "a model that gguf 0.19 wrote", (REAL / "tiny-llama.gguf").read_bytes),
    benign("real-big-endian", "the same in big endian", (REAL / "tiny-llama-be.gguf").read_bytes),
    benign("real-adapter", "an adapter that gguf 0.19 wrote", (REAL / "lora.gguf").read_bytes),
    benign(
        "real-split",
        "one of two files that gguf 0.19 wrote",
        (REAL / "split-00002-of-00002.gguf").read_bytes,
    ),
)

SAMPLES: tuple[Sample, ...] = (*HEADERS, *METADATA, *TENSORS, *HIDING, *BENIGN)

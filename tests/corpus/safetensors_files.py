"""safetensors files: headers that lie about the data, data that hides, and honest ones."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.weights import safetensors_bytes, with_header

MALFORMED_RULE = "AIV-FORMAT-MALFORMED"
REAL = Path(__file__).parent.parent / "assets" / "real"

GOOD = partial(safetensors_bytes, {"a": ("F32", (2, 3)), "b": ("BF16", (4,))}, {"format": "pt"})
PAYLOAD = b"#!/bin/sh\ntouch /nonexistent/pwned\n"


def entry(begin: int = 0, end: int = 8, **changes: Any) -> dict[str, Any]:
    """A tensor of two numbers of four bytes, as far as the changes leave it so."""
    return {"dtype": "F32", "shape": [2], "data_offsets": [begin, end], **changes}


def header(data_size: int = 8, **tensors: Any) -> Callable[[], bytes]:
    """A file whose header has these members."""
    return text(json.dumps(tensors), data_size)


def text(written: str | bytes, data_size: int = 8) -> Callable[[], bytes]:
    """A file whose header is this text."""
    raw = written.encode() if isinstance(written, str) else written
    return partial(with_header, raw, data_size)


def one(members: str, data_size: int = 8) -> Callable[[], bytes]:
    """A file with one tensor, whose members are written out."""
    return text(f'{{"a": {{{members}}}}}', data_size)


def shaped(written: str) -> Callable[[], bytes]:
    """A file with one tensor, whose dimensions are written out."""
    return one(f'"dtype":"F32","shape":[{written}],"data_offsets":[0,8]')


def placed(written: str) -> Callable[[], bytes]:
    """A file with one tensor, whose offsets are written out."""
    return one(f'"dtype":"F32","shape":[2],"data_offsets":[{written}]')


def claiming(length: int) -> Callable[[], bytes]:
    """A file that says its header is so long."""
    return lambda: length.to_bytes(8, "little") + GOOD()[8:]


def archive() -> bytes:
    """A ZIP archive of one member."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr(zipfile.ZipInfo("data.pkl"), b"\x80\x04N.")
    return held.getvalue()


def as_tensor(data: bytes) -> bytes:
    """A file that keeps every rule, and whose only tensor is this."""
    size = len(data)
    entries = {"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}
    return with_header(json.dumps(entries).encode()) + data


def malformed(
    name: str, technique: str, make: Callable[[], bytes], file: str = "model.safetensors"
) -> Sample:
    return Sample(
        f"safetensors/{name}", Label.MALFORMED, technique, file, make, rule=MALFORMED_RULE
    )


def malicious(
    name: str, technique: str, make: Callable[[], bytes], rule: str = MALFORMED_RULE
) -> Sample:
    return Sample(
        f"safetensors/{name}", Label.MALICIOUS, technique, "model.safetensors", make, rule=rule
    )


def benign(name: str, technique: str, make: Callable[[], bytes]) -> Sample:
    return Sample(
        f"safetensors/{name}",
        Label.BENIGN,
        technique,
        "model.safetensors",
        make,
        state=State.CLEAN,
    )


LENGTHS = (
    malformed("empty", "no bytes at all", bytes),
    malformed("seven-bytes", "too short for a length", lambda: GOOD()[:7]),
    malformed("length-alone", "a length and nothing behind it", lambda: GOOD()[:8]),
    malformed("length-zero", "a header of no bytes", claiming(0)),
    malformed("length-short", "a length that cuts the header off", claiming(40)),
    malformed("length-beyond", "a header that ends beyond the file", claiming(5000)),
    malformed("length-limit", "a header of 100,000,001 bytes", claiming(100_000_001)),
    malformed("length-max", "a header of 2^64 - 1 bytes", claiming((1 << 64) - 1)),
    malformed("length-sign", "a header of 2^63 bytes, negative to some", claiming(1 << 63)),
    malformed(
        "length-big-endian",
        "the length in the other byte order",
        lambda: GOOD()[:8][::-1] + GOOD()[8:],
    ),
    malformed("truncated", "the last tensor is cut off", lambda: GOOD()[:-4]),
    malformed(
        "git-lfs",
        "a pointer where the file should be",
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
    ),
)

SYNTAX = (
    malformed("space-first", "a space before the header", text(" {}", 0)),
    malformed("byte-order-mark", "a mark before the header", text(b"\xef\xbb\xbf{}", 0)),
    malformed("utf-16", "a header in UTF-16", text("{}".encode("utf-16"), 0)),
    malformed("utf-7", "bytes that are no UTF-8", text(b'{"__metadata__": {"a": "\xff"}}', 0)),
    malformed("overlong", "an overlong NUL", text(b'{"__metadata__": {"a": "\xc0\x80"}}', 0)),
    malformed("surrogate", "half a character", text('{"__metadata__": {"a": "\\ud800"}}', 0)),
    malformed("list", "a list of tensors", text("[]", 0)),
    malformed("comment", "a comment in the header", text("{/* harmless */}", 0)),
    malformed("trailing-comma", "a comma behind the last tensor", text('{"__metadata__": {},}', 0)),
    malformed("two-headers", "a second object behind the first", text("{}{}", 0)),
    malformed(
        "junk-in-padding", "bytes other than spaces behind the header", text("{}\0\0\0\0", 0)
    ),
    malformed("single-quotes", "a Python dictionary", text("{'a': 1}", 0)),
    malformed("nested", "a hundred thousand levels", text('{"a":' * 100_000 + "1", 0)),
    malformed(
        "many-values",
        "a million small values for each megabyte",
        text('{"a":[' + "[]," * 4_000_000 + "[]]}", 0),
    ),
    malformed("control", "a raw line feed in a name", text('{"a\nb": 1}', 0)),
)

DOUBLES = (
    malformed(
        "tensor-twice",
        "two tensors of one name",
        text('{"a": %s, "a": %s}' % ((json.dumps(entry()),) * 2)),
    ),
    malformed(
        "tensor-twice-escaped",
        "the same, once with an escape",
        text('{"a": %s, "\\u0061": %s}' % ((json.dumps(entry()),) * 2)),
    ),
    malformed(
        "metadata-twice",
        "metadata that a second one replaces",
        text('{"__metadata__": {"a": "1"}, "__metadata__": {"a": "2"}}', 0),
    ),
    malformed(
        "metadata-key-twice",
        "a licence that a second one replaces",
        text('{"__metadata__": {"license": "mit", "license": "other"}}', 0),
    ),
    malformed("shape-twice", "two shapes of one tensor", shaped('2],"shape":[1,2')),
    malformed("offsets-twice", "two places of one tensor", placed('0,8],"data_offsets":[8,16')),
)

NUMBERS = (
    malformed("shape-float", "a dimension of 2.0", shaped("2.0")),
    malformed("shape-exponent", "a dimension of 2e0", shaped("2e0")),
    malformed("shape-nan", "a dimension that is no number", shaped("NaN")),
    malformed("shape-infinity", "a dimension without end", shaped("1e999")),
    malformed("shape-boolean", "a dimension of true", header(a=entry(shape=[True, 2]))),
    malformed("shape-string", "a dimension in quotes", header(a=entry(shape=["2"]))),
    malformed("shape-nested", "a list as a dimension", header(a=entry(shape=[[2]]))),
    malformed(
        "shape-negative",
        "two dimensions whose product is positive",
        header(a=entry(shape=[-1, -2])),
    ),
    malformed("shape-null", "no shape", header(a=entry(shape=None))),
    malformed("shape-digits", "a dimension of 5,000 digits", shaped("9" * 5000)),
    malformed(
        "shape-wraps", "a product that wraps to 2", header(a=entry(shape=[(1 << 63) + 1, 2]))
    ),
    malformed(
        "shape-wraps-bytes", "bytes that wrap to 0", header(0, a=entry(0, 0, shape=[1 << 62]))
    ),
    malformed(
        "shape-wraps-zero",
        "a product that wraps before it is 0",
        header(0, a=entry(0, 0, shape=[1 << 62, 1 << 62, 0])),
    ),
    malformed("leading-zero", "an octal dimension", shaped("02")),
    malformed("offset-float", "an offset of 8.0", placed("0,8.0")),
    malformed("offset-negative", "an offset of -8", header(a=entry(-8, 0))),
    malformed("offset-boolean", "an offset of false", header(a=entry(data_offsets=[False, 8]))),
    malformed("offset-three", "three offsets", header(a=entry(data_offsets=[0, 8, 8]))),
    malformed("offset-order", "an end before the begin", header(a=entry(8, 0))),
    malformed("offset-huge", "an end of 2^64 - 1", header(a=entry(0, (1 << 64) - 1))),
)

TENSORS = (
    malformed("dtype-unknown", "a dtype that the format lacks", header(a=entry(dtype="F31"))),
    malformed("dtype-lower", "a dtype in lower case", header(a=entry(dtype="f32"))),
    malformed("dtype-object", "Python objects as elements", header(a=entry(dtype="O"))),
    malformed("dtype-list", "a list of dtypes", header(a=entry(dtype=["F32"]))),
    malformed("dtype-missing", "no dtype", one('"shape":[2],"data_offsets":[0,8]')),
    malformed("offsets-missing", "no offsets", one('"dtype":"F32","shape":[2]')),
    malformed("entry-number", "a number for a tensor", header(0, a=1)),
    malformed("entry-null", "null for a tensor", header(0, a=None)),
    malformed("size-small", "fewer bytes than the shape needs", header(4, a=entry(0, 4))),
    malformed("size-large", "more bytes than the shape needs", header(16, a=entry(0, 16))),
    malformed(
        "half-byte", "three elements of four bits", header(1, a=entry(0, 1, dtype="F4", shape=[3]))
    ),
    malformed("overlap", "two tensors that share bytes", header(12, a=entry(0, 8), b=entry(4, 12))),
    malformed("overlap-same", "two tensors in one place", header(a=entry(), b=entry())),
    malformed("hole-first", "bytes before the first tensor", header(16, a=entry(8, 16))),
    malformed("metadata-list", "metadata that is a list", header(0, __metadata__=[])),
    malformed("metadata-number", "metadata that is not text", header(0, __metadata__={"a": 1})),
    malformed(
        "metadata-object", "metadata within metadata", header(0, __metadata__={"a": {"b": "c"}})
    ),
    malformed("metadata-null", "metadata that is null", header(0, __metadata__=None)),
    malformed(
        "renamed",
        "a lie under another extension",
        header(12, a=entry(0, 8), b=entry(4, 12)),
        "model.bin",
    ),
)

HIDING = (
    malicious(
        "renamed-pickle",
        "a pickle under this extension",
        lambda: b"\x80\x04c" + b"os\nsystem\n(S'touch /nonexistent/pwned'\ntR.",
        "AIV-PICKLE-DANGEROUS",
    ),
    malicious("trailing", "a script behind the last tensor", lambda: GOOD() + PAYLOAD),
    malicious("trailing-zip", "an archive behind the last tensor", lambda: GOOD() + archive()),
    malicious(
        "trailing-pickle",
        "a pickle behind the last tensor",
        lambda: GOOD() + pickle.dumps(["payload"]),
    ),
    malicious(
        "trailing-elf",
        "a program behind the last tensor",
        lambda: GOOD() + b"\x7fELF\2\1\1".ljust(64, b"\0"),
    ),
    malicious(
        "hole",
        "a script in a hole between two tensors",
        lambda: (
            header(0, a=entry(0, 8), b=entry(8 + len(PAYLOAD), 16 + len(PAYLOAD)))()
            + bytes(8)
            + PAYLOAD
            + bytes(8)
        ),
    ),
    malicious(
        "no-tensors", "a script that belongs to no tensor", lambda: text("{}", 0)() + PAYLOAD
    ),
    malicious("header-padding", "a script in the header's padding", text(b"{}" + PAYLOAD, 0)),
    malicious(
        "zip-in-tensor",
        "an archive at the end of a tensor, so that the file is both",
        lambda: as_tensor(bytes(64) + archive()),
        "AIV-CONTAINER-DISGUISE",
    ),
)

BENIGN = (
    benign("small", "two tensors and metadata", GOOD),
    benign("nothing", "no tensors", text("{}", 0)),
    benign("padded", "spaces behind the header", text(b"{}      ", 0)),
    benign("metadata", "metadata alone", header(0, __metadata__={"format": "pt"})),
    benign("scalar", "a tensor without dimensions", header(4, a=entry(0, 4, shape=[]))),
    benign("empty-tensor", "a tensor without elements", header(0, a=entry(0, 0, shape=[0, 9]))),
    benign("four-bits", "elements of four bits", header(2, a=entry(0, 2, dtype="F4", shape=[4]))),
    benign(
        "unordered",
        "tensors in another order than their bytes",
        header(16, b=entry(8, 16), a=entry(0, 8)),
    ),
    benign(
        "text", "any text in a name", header(8, **{"w\u00f6rter/\u6a21\u578b \U0001f600": entry()})
    ),
    benign("extra", "a member that the format does not know", header(8, a=entry(note="x"))),
    benign("real", "what safetensors wrote", (REAL / "small.safetensors").read_bytes),
    benign("real-lora", "what PEFT wrote", (REAL / "lora.safetensors").read_bytes),
)

SAMPLES: tuple[Sample, ...] = (
    *LENGTHS,
    *SYNTAX,
    *DOUBLES,
    *NUMBERS,
    *TENSORS,
    *HIDING,
    *BENIGN,
)

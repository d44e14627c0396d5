"""Files that are two things from their first byte on, each whole, and where a second one hides."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.corpus.sample import Label, Sample
from tests.support.archive_files import (
    BLOCK,
    OLD_PICKLE,
    PICKLE,
    mar,
    png,
    riff,
    tar_file,
    tar_member,
    zip_file,
)
from tests.support.weights import with_header

DISGUISE, HIDDEN = "AIV-CONTAINER-DISGUISE", "AIV-CONTAINER-HIDDEN"
CODE, DANGEROUS = "AIV-CONTAINER-CODE", "AIV-PICKLE-DANGEROUS"

FAR = 5000
"""Bytes that lead beyond the head by which readers recognise a file."""

END = b"PK\x05\x06"
PADDING = bytes(64 << 20)


def weights(raw: bytes, metadata: str = "") -> bytes:
    """safetensors whose one tensor has these bytes."""
    tensor = {"dtype": "U8", "shape": [len(raw)], "data_offsets": [0, len(raw)]}
    header = {"__metadata__": {"a": metadata}, "w": tensor}
    return with_header(json.dumps(header, separators=(",", ":")).encode()) + raw


def weights_and_pickle() -> bytes:
    """safetensors whose length is a short string's opcode (`U`), which leads to a long line."""
    skipped, prefix = 40, len('{"__metadata__":{"a":"')
    line = "x" * (2 + skipped - 8 - prefix) + "V" + "y" * FAR
    length = 256 * skipped + ord("U")
    header = weights(OLD_PICKLE, line)[8 : -len(OLD_PICKLE)]
    return length.to_bytes(8, "little") + header.ljust(length - 1) + b"\n" + OLD_PICKLE


def tar_and_pickle() -> bytes:
    """An archive whose first name is a long line (`V`), which ends in its first member."""
    return tar_file(tar_member("V.safetensors", weights(b"\n" + OLD_PICKLE, "y" * FAR)))


def text_and_pickle() -> bytes:
    """A text of short strings (`U~`), and then the program."""
    return (b"U~" + b"a" * 126) * 40 + OLD_PICKLE


def zip_across_members() -> bytes:
    """An archive that begins in one member of another and ends in the next.

    The comment of its only entry takes in what stands between them.
    """
    inner = bytearray(zip_file({"config.json": b'{"class_name": "Lambda"}'}))
    entry, end = inner.index(b"PK\x01\x02"), inner.index(END)
    first, last = weights(bytes(inner[:end])), weights(bytes(inner[end:]))
    between = -len(first) % BLOCK + BLOCK + len(last) - (len(inner) - end)
    size = int.from_bytes(inner[end + 12 : end + 16], "little") + between
    inner[entry + 32 : entry + 34] = between.to_bytes(2, "little")
    inner[end + 12 : end + 16] = size.to_bytes(4, "little")
    first, last = weights(bytes(inner[:end])), weights(bytes(inner[end:]))
    return tar_file(tar_member("a.safetensors", first), tar_member("b.safetensors", last))


def bad(name: str, technique: str, file: str, make: Callable[[], bytes], rule: str) -> Sample:
    """A file that means harm."""
    return Sample(f"polyglots/{name}", Label.MALICIOUS, technique, file, make, rule)


SAMPLES: tuple[Sample, ...] = (
    bad("weights-are-pickle", "weights whose length starts a pickle", "pytorch_model.bin",
        weights_and_pickle, DISGUISE),
    bad("tar-is-late-pickle", "a name that starts a pickle, far from its call", "model.dat",
        tar_and_pickle, DISGUISE),
    bad("text-is-late-pickle", "a text that is a pickle, far from its call", "notes.txt",
        text_and_pickle, DISGUISE),
    bad("tar-is-gzip", "an archive whose first name is gzip's mark", "model.joblib",
        lambda: tar_file(tar_member(b"\x1f\x8b\x08\0\0\0\0\0", b"x")), DISGUISE),
    bad("tar-is-script", "an archive whose first name is an interpreter", "model.run",
        lambda: tar_file(tar_member("#!/bin/sh\ntouch x\nexit\n", b"x")), DISGUISE),
    bad("zip-across-members", "an archive in no member of another", "model.keras",
        zip_across_members, DISGUISE),
    bad("zip-before-marks", "an archive's end before many that are none", "model.bin",
        lambda: weights(zip_file({"m.pkl": PICKLE}) + END * 100), DISGUISE),
    bad("mar-beside-schema", "a handler beside another program's schema", "model.mar",
        lambda: mar("evil:handle", **{"schema.json": b"{}"}), CODE),
    bad("picture-far-before-pickle", "a pickle behind more zeros than are read", "loss.png",
        lambda: png() + PADDING + PICKLE, HIDDEN),
    bad("riff-far-before-pickle", "the same behind a sound", "loss.wav",
        lambda: riff(b"WAVE") + PADDING + PICKLE, HIDDEN),
)  # fmt: skip

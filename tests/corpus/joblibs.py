"""joblib's files: attacks around arrays, in arrays, and in what the file is packed with."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.pickle_files import (
    COMMAND,
    OBJECTS,
    PROTO_3,
    array,
    attack,
    called,
    dtype,
    joblib,
    made,
    mapping,
    named,
    number,
    pickled,
    sequence,
    text,
    wrapper,
)

DANGEROUS = "AIV-PICKLE-DANGEROUS"
DYNAMIC = "AIV-PICKLE-DYNAMIC"
CALL, CONFUSION, FRAME = "AIV-PICKLE-CALL", "AIV-PICKLE-CONFUSION", "AIV-PICKLE-FRAME"
MALFORMED = "AIV-FORMAT-MALFORMED"

ARRAY = "joblib.numpy_pickle.NumpyArrayWrapper"
SYSTEM = called("os.system", text(COMMAND))

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "z-file": lambda data: b"ZF" + hex(len(data)).ljust(19).encode() + zlib.compress(data),
    "old z-file": lambda data: b"ZF" + hex(len(data)).ljust(20).encode() + zlib.compress(data),
}
"""What joblib packs with, and packed with once."""


def _sample(name: str, label: Label, data: bytes, rule: str, file: str = "") -> Sample:
    return Sample(
        f"joblib/{name}", label, name, file or "model.joblib", lambda: data, rule, _state(label)
    )


def _state(label: Label) -> State:
    return State.CLEAN if label is Label.BENIGN else State.FLAGGED


def _attacks() -> Iterator[Sample]:
    behind = joblib(SYSTEM, b"a")
    yield _sample("behind an array", Label.MALICIOUS, behind, DANGEROUS)
    objects = PROTO_3 + wrapper(OBJECTS, 1) + attack("os.system") + b"."
    yield _sample("in an array of objects", Label.MALICIOUS, objects, DANGEROUS)
    numbers = PROTO_3 + wrapper(dtype("u1"), len(SYSTEM), aligned=False) + SYSTEM + b"."
    yield _sample("in the numbers of an array", Label.MALICIOUS, numbers, DANGEROUS)
    shown = PROTO_3 + wrapper(dtype("f8", flags=63), 1) + attack("os.system") + b"."
    yield _sample("numbers that are read as objects", Label.MALICIOUS, shown, MALFORMED)
    lie = wrapper(dtype("f8"), 1) + b"0" + called("builtins.str")
    yield _sample("array cut off", Label.MALFORMED, PROTO_3 + lie, MALFORMED)
    other = called("sklearn.neighbors._kd_tree.newObj", named(ARRAY)) + mapping({"dtype": OBJECTS})
    data = PROTO_3 + other + b"b" + attack("os.system") + b"."
    yield _sample("array made by another function", Label.MALICIOUS, data, MALFORMED)
    twice = PROTO_3 + wrapper(dtype("u1"), 4)[:-2] + text("dtype") + OBJECTS + b"ub."
    yield _sample("dtype said twice", Label.MALICIOUS, twice, MALFORMED)
    huge = PROTO_3 + wrapper(dtype("f8"), 1 << 30, 1 << 30) + b"."
    yield _sample("array beyond the file", Label.MALFORMED, huge, MALFORMED)
    negative = PROTO_3 + wrapper(dtype("f8"), -1) + bytes(40) + b"."
    yield _sample("negative shape", Label.MALFORMED, negative, MALFORMED)
    unknown = PROTO_3 + wrapper(dtype("Q9"), 1) + bytes(40) + b"."
    yield _sample("dtype that is none", Label.MALFORMED, unknown, MALFORMED)
    changed = pickled(
        named("argparse.Namespace"), b")\x81",
        sequence(b"N", mapping({"__class__": named(ARRAY)})),
        b"b",
    )  # fmt: skip
    for name in ("../../etc/passwd", "C:\\x.npy", "/etc/passwd"):
        beside = made("joblib.numpy_pickle.NDArrayWrapper", mapping({"filename": text(name)}))
        yield _sample(f"array in {name}", Label.MALICIOUS, pickled(beside), MALFORMED)
    yield _sample("class changed to an array's", Label.MALICIOUS, changed, DYNAMIC)


def _desynchronised() -> Iterator[Sample]:
    """A program that stands where a scanner takes numbers for granted, or the reverse."""
    hidden = SYSTEM + b"0"
    inner = pickled(made("argparse.Namespace", mapping({"dtype": dtype("f8")})))
    numbers = wrapper(dtype("u1"), len(hidden), aligned=False)
    said = numbers[numbers.index(b"}(") :]
    twice = PROTO_3 + wrapper(OBJECTS, 1, aligned=False) + inner + said + hidden + b"."
    yield _sample("array's object built on again", Label.MALICIOUS, twice, DYNAMIC)
    frame = numbers + hidden
    size = struct.pack("<Q", len(frame))
    within = b"\x80\x04\x95" + size + frame + b"N0" * len(hidden) + b"N."
    yield _sample("array in the middle of a frame", Label.MALICIOUS, within, FRAME)
    first = named("joblib.numpy_pickle.NumpyArrayWrapper") + b")\x81q\x07"
    padded = wrapper(dtype("u1"), 0)
    again = PROTO_3 + first + padded[padded.index(b"}(") :] + b"\x000h\x07" + said + hidden + b"."
    yield _sample("padding said before the rest", Label.MALICIOUS, again, MALFORMED)
    given = named("joblib.numpy_pickle.NumpyArrayWrapper") + sequence(*[b"N"] * 5) + b"R"
    data = PROTO_3 + given + said + hidden + b"."
    yield _sample("padding handed to the object", Label.MALICIOUS, data, MALFORMED)
    state = sequence(number(3), text("|"), b"N", b"N", b"N", number(60), number(1), number(0))
    shared = called("numpy.dtype", text("V0"), b"\x89", b"\x89") + state + b"b"
    data = PROTO_3 + wrapper(shared, 1, aligned=False) + hidden.ljust(60, b"N") + b"."
    yield _sample("size said of a shared dtype", Label.MALICIOUS, data, CONFUSION)
    posix, system = called("builtins.str", text("posix")), called("builtins.str", text("system"))
    computed = b"0" + posix + system + b"\x93" + sequence(text(COMMAND)) + b"R."
    numbers = PROTO_3 + wrapper(dtype("u1"), len(computed), aligned=False)
    data = numbers + computed + b"."
    yield _sample("computed in the numbers of an array", Label.MALICIOUS, data, DYNAMIC)
    unlisted = b"0" + called("my_package.run", text(COMMAND)) + b"."
    numbers = PROTO_3 + wrapper(dtype("u1"), len(unlisted), aligned=False)
    data = numbers + unlisted + b"."
    yield _sample("unlisted in the numbers of an array", Label.MALICIOUS, data, CALL)


def _packed() -> Iterator[Sample]:
    hostile, harmless = attack("os.system"), joblib()
    plain = f"(S'{COMMAND}'\nios\nsystem\n.".encode()
    for name, pack in PACKERS.items():
        yield _sample(f"packed by {name}", Label.MALICIOUS, pack(hostile), DANGEROUS)
        renamed = pack(hostile)
        yield _sample(f"renamed, by {name}", Label.MALICIOUS, renamed, DANGEROUS, "notes.txt")
        yield _sample(f"protocol 0, by {name}", Label.MALICIOUS, pack(plain), DANGEROUS)
        yield _sample(f"cut off, by {name}", Label.MALFORMED, pack(harmless)[:-9], MALFORMED)
        yield _sample(f"benign, by {name}", Label.BENIGN, pack(harmless), "")
    bomb = zlib.compress(pickled(b"}") + bytes(80 << 20), 9)
    yield Sample(
        "joblib/bomb",
        Label.MALICIOUS,
        "unpacks to far more than its size",
        "model.joblib",
        lambda: bomb,
        "AIV-CONTAINER-BOMB",
        State.UNREAD,
    )


def _benign() -> Iterator[Sample]:
    yield _sample("benign, plain", Label.BENIGN, joblib(), "")
    inner = pickled(b"]" + text("a") + b"a")
    yield _sample("benign, objects", Label.BENIGN, PROTO_3 + wrapper(OBJECTS, 1) + inner + b".", "")
    start = PROTO_3 + b"("
    first = array(len(start), struct.pack("<2f", 1, 2), dtype("f4"), 2)
    second = array(len(start + first), bytes(8), dtype("i8"), 1)
    yield _sample("benign, two arrays", Label.BENIGN, start + first + second + b"t.", "")


SAMPLES: tuple[Sample, ...] = (*_attacks(), *_desynchronised(), *_packed(), *_benign())

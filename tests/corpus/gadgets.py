"""Pickles of harmless names alone, which together are an attack."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.sample import Label, Sample
from tests.support.pickle_files import (
    COMMAND,
    blob,
    called,
    dtype,
    made,
    mapping,
    named,
    number,
    pickled,
    sequence,
    text,
)

CONFUSION = "AIV-PICKLE-CONFUSION"
DANGEROUS = "AIV-PICKLE-DANGEROUS"
DYNAMIC = "AIV-PICKLE-DYNAMIC"

SPACE, BUNCH = "argparse.Namespace", "sklearn.utils._bunch.Bunch"
BY_TYPE = "torch._tensor._rebuild_from_type_v2"
LAYERS = "torch.nn.modules.container"
SCORER = "sklearn.metrics._scorer._Scorer"
PATH = called("pathlib.PosixPath", text("/nonexistent/pwned"))

MEMORY = mapping(
    {
        "data": sequence(number(65536), b"\x89"),
        "shape": sequence(number(4)),
        "typestr": text("<i8"),
        "version": number(3),
    }
)
ADDRESS = mapping({"__array_interface__": MEMORY})
"""An attribute that makes NumPy read and write any place in memory."""

REBUILT = called(BY_TYPE, named(SPACE), named(SPACE), b")", ADDRESS)
WRITER = made(SCORER, mapping({"_response_method": text("write_text")}))

ADDRESSES = {
    "in the state of a rebuilt object": REBUILT,
    "in what is rebuilt in turn": called(
        BY_TYPE, named(BY_TYPE), named(SPACE),
        sequence(named(SPACE), named(SPACE), b")", ADDRESS), b"N",
    ),
    "of a parameter": called(
        "torch._utils._rebuild_parameter_with_state", b"N", b"\x89", b"N", ADDRESS
    ),
    "in a dictionary of attributes": called(
        "copyreg._reconstructor", named(BUNCH), named("builtins.dict"), ADDRESS
    ),
    "in a dictionary handed back": made(
        SPACE, called("torch.jit._pickle.restore_type_tag", ADDRESS, text("x"))
    ),
    "set in a layer": (
        called(f"{LAYERS}.ParameterDict") + text("__array_interface__") + MEMORY + b"s"
    ),
    "handed to a layer": called(f"{LAYERS}.ParameterDict", ADDRESS),
    "set by number": made(f"{LAYERS}.Sequential", b"}") + number(0) + MEMORY + b"s",
}  # fmt: skip

CALLS = {
    "scorer of a method of any name": WRITER,
    "scorer that is made by a call": called(SCORER, b"N", number(1), b"}", text("write_text")),
    "scorer that rebuilds": called(
        BY_TYPE, made(SCORER, b"}"), named(SPACE), sequence(PATH, text("x"), b"N"), b"N"
    ),
    "function of estimators that calls a method": called(
        "numpy.sum", made(SPACE, mapping({"sum": named("builtins.list")}))
    ),
    "method that was set, by appending": (
        made(SPACE, mapping({"append": named("builtins.str")})) + text("x") + b"a"
    ),
}


def _fields(*pairs: tuple[str, bytes, int]) -> bytes:
    """A structured dtype of 8 bytes, which holds objects."""
    names = sequence(*(text(name) for name, _, _ in pairs))
    places = b"".join(text(name) + sequence(kind, number(at)) for name, kind, at in pairs)
    flags = 63 if any(b"O8" in kind for _, kind, _ in pairs) else 0
    state = sequence(
        number(3), text("|"), b"N", names, b"}(" + places + b"u", number(8), number(1),
        number(flags),
    )  # fmt: skip
    return called("numpy.dtype", text("V8"), b"\x89", b"\x88") + state + b"b"


OBJECTS = dtype("O8", flags=63, order="|")
ROW = sequence(
    number(3), text("|"), sequence(dtype("f8"), sequence(number(100))), b"N", b"N", number(8),
    number(1), number(0),
)  # fmt: skip

CONFUSIONS = {
    "array of objects laid over bytes": called(
        "numpy.ndarray", sequence(number(1)), text("O"), blob(b"A" * 8)
    ),
    "the same by rebuilding": called(
        BY_TYPE, named("numpy.ndarray"), named("numpy.ndarray"),
        sequence(sequence(number(1)), text("O"), blob(b"A" * 8)), b"N",
    ),
    "number over an object": _fields(("a", OBJECTS, 0), ("b", dtype("i8"), 0)),
    "field beyond its element": _fields(("a", dtype("i8"), 4096)),
    "row longer than its element": (
        called("numpy.dtype", text("V8"), b"\x89", b"\x88") + ROW + b"b"
    ),
    "fields changed afterwards": (
        called("numpy.dtype", text("V8"), b"\x89", b"\x88")
        + b"(" + number(3) + text("|") + b"NN}q\x05" + number(8) + number(1) + number(0) + b"tb"
        + b"h\x05" + text("a") + sequence(OBJECTS, number(0)) + b"s"
    ),
}  # fmt: skip

TEXT = f"cposixpath\nos\n(dS'x{COMMAND}'\ncposix\nsystem\nsb.".encode()
"""It changes a module, and calls nothing."""


def _samples() -> Iterator[Sample]:
    for name, body in ADDRESSES.items():
        data = pickled(called("numpy.array", body))
        yield _sample(f"an address in memory, {name}", data, DYNAMIC)
    for name, body in CALLS.items():
        yield _sample(name, pickled(body), DYNAMIC)
    for name, body in CONFUSIONS.items():
        yield _sample(name, pickled(body), CONFUSION)
    for file in ("model.sav", "model.npy", "weights", "vocab.txt", "model.json"):
        yield _sample(f"a module changed by {file}", TEXT, DANGEROUS, file)


def _sample(name: str, data: bytes, rule: str, file: str = "model.pkl") -> Sample:
    return Sample(f"pickle/gadget, {name}", Label.MALICIOUS, name, file, lambda: data, rule)


SAMPLES: tuple[Sample, ...] = tuple(_samples())

"""Whatever an array's header says, it is judged; what NumPy writes is read as NumPy reads it."""

from __future__ import annotations

import ast
import io
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.errors import MalformedError
from aiverify.formats.arrays import dtype, literal
from tests.support.looking import look_at
from tests.support.numpy_files import described, npy

modest = settings(deadline=None, max_examples=150, derandomize=True)

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6)
LITERALS = st.recursive(
    st.booleans() | st.none() | st.integers(-(10**18), 10**18) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)
CODES = st.sampled_from(
    ["<f4", ">f8", "|b1", "<i2", "|u1", "<c8", "<U3", "|S2", "|V4", "<M8[s]", "<f2", "<u8"]
)
DTYPES = CODES | st.lists(CODES, min_size=1, max_size=4).map(
    lambda codes: [(f"f{at}", code) for at, code in enumerate(codes)]
)
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)


def looked_at(data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        found = look_at(Path(folder), "a.npy", data)
    assert canonical(found.to_json())
    return found


@modest
@given(st.text(max_size=100) | LITERALS.map(repr), st.binary(max_size=40), st.integers(0, 200))
def test_any_header_is_judged(header: str, data: bytes, length: int) -> None:
    plain = header.encode("latin-1", "replace").decode("latin-1")
    looked_at(npy(plain, data))
    looked_at(npy(header.encode("utf-8", "replace").decode(), data, version=(3, 0), length=length))


@modest
@given(LITERALS.map(repr), st.sampled_from(["(1,)", "()", "(2, 3)", "(9" + "9" * 18 + ",)"]))
def test_any_dtype_is_judged(descr: str, shape: str) -> None:
    looked_at(npy(described(descr, shape)))


@modest
@given(DTYPES, SHAPES, st.data())
def test_a_damaged_array_is_judged(
    kind: object, shape: tuple[int, ...], draws: st.DataObject
) -> None:
    target = io.BytesIO()
    np.save(target, np.zeros(shape, kind))  # type: ignore[call-overload]
    data = bytearray(target.getvalue())
    data[draws.draw(st.integers(0, len(data) - 1))] = draws.draw(st.integers(0, 255))
    looked_at(bytes(data[: draws.draw(st.integers(0, len(data)))]))


@modest
@given(DTYPES, SHAPES)
def test_what_numpy_writes_is_clean_and_has_its_size(kind: object, shape: tuple[int, ...]) -> None:
    array = np.zeros(shape, kind)  # type: ignore[call-overload]
    target = io.BytesIO()
    np.save(target, array)
    found = looked_at(target.getvalue())
    assert found.state is State.CLEAN
    assert found.facts.tensors[0].shape == shape
    described_by_numpy = np.lib.format.dtype_to_descr(array.dtype)
    assert dtype.read(described_by_numpy).size == array.dtype.itemsize


@modest
@given(LITERALS)
def test_a_literal_is_read_as_python_reads_it(value: object) -> None:
    assert literal.read(repr(value)) == value


@modest
@given(st.text(st.sampled_from("()[]{},:'\"0129-LTrueNonFalsbu \\x\n"), max_size=40))
def test_no_text_is_read_that_python_would_not_read(text: str) -> None:
    try:
        value = literal.read(text)
    except MalformedError:
        return
    # Python 2's long numbers, and numbers with zeros in front, which Python 3 refuses.
    if "L" not in text and not any(char.isdigit() for char in text):
        assert ast.literal_eval(text.strip()) == value

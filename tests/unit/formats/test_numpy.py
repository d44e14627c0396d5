"""NumPy's arrays: headers that are believed only where they agree with the file."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from aiverify.core.facts import FileFacts, State, Tensor
from tests.corpus.numpys import SYSTEM
from tests.support.looking import look_at
from tests.support.numpy_files import OBJECTS, PLAIN, described, npy


@pytest.fixture
def seen(tmp_path: Path) -> partial[FileFacts]:
    return partial(look_at, tmp_path, "weights/a.npy")


def saved(array: object) -> bytes:
    target = io.BytesIO()
    np.save(target, np.asarray(array))
    return target.getvalue()


def test_an_array_states_dtype_and_shape(seen: partial[FileFacts]) -> None:
    found = seen(npy())
    assert found.state is State.CLEAN
    assert found.facts.tensors == (Tensor("weights/a", "f32", (2, 3)),)
    assert found.facts.values == {
        "version": "1.0",
        "dtype": "f32",
        "shape": [2, 3],
        "column_major": False,
        "tensors": 1,
        "parameters": 6,
        "dtypes": {"f32": 6},
    }


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        ("<f2", "f16"),
        (">f4", "f32"),
        ("<f8", "f64"),
        ("<c8", "c64"),
        ("<i8", "i64"),
        ("|u1", "u8"),
        ("|i1", "i8"),
        ("|b1", "bool"),
        ("<U5", "str"),
        ("|S5", "bytes"),
        ("|V5", "void"),
        ("<M8[ns]", "datetime64"),
        ("<m8[25us]", "timedelta64"),
    ],
)
def test_what_numpy_writes_is_read(seen: partial[FileFacts], dtype: str, name: str) -> None:
    found = seen(saved(np.zeros((2, 1), np.dtype(dtype))))
    assert found.state is State.CLEAN
    assert found.facts.values["dtype"] == name


@pytest.mark.parametrize(
    "dtype",
    [
        np.dtype([("a", "<f4"), ("b", "<i8", (2, 3))]),
        np.dtype([("a", [("x", "u1"), ("y", "<U3")])]),
        np.dtype([("a", "u1"), ("b", "<f8")], align=True),
        np.dtype([(("title", "name"), "<f4")]),
        np.dtype([("é", "<f4")]),
    ],
)
@pytest.mark.filterwarnings("ignore:Stored array in format")
def test_structures_that_numpy_writes_are_read(
    seen: partial[FileFacts], dtype: np.dtype[np.void]
) -> None:
    assert seen(saved(np.zeros(3, dtype))).state is State.CLEAN


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, "a", None], object),
        np.array([(1, "x")], [("a", "i4"), ("o", object)]),
        np.zeros((0,), object),
    ],
)
def test_objects_are_followed_and_judged(seen: partial[FileFacts], array: object) -> None:
    found = seen(saved(array))
    assert found.state is State.CLEAN
    assert found.facts.globals


@pytest.mark.parametrize(
    "descr",
    ["'|O'", "'|O8'", "[('a', '|O')]", "[('a', [('b', 'O', (2,))])]", "('|O', (2,))"],
)
def test_a_pickle_in_any_dtype_is_followed(seen: partial[FileFacts], descr: str) -> None:
    found = seen(npy(described(descr), SYSTEM))
    assert {finding.rule for finding in found.facts.findings} >= {"AIV-PICKLE-DANGEROUS"}
    assert found.facts.globals[0].name == "os.system"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (npy(version=(0, 0)), "version 0.0"),
        (npy(version=(2, 1)), "version 2.1"),
        (npy(length=9999), "are left"),
        (npy(version=(2, 0), length=1 << 31), "claims 2147483648"),
        (npy(length=10), "header"),
        (npy("[]"), "no dictionary"),
        (npy("{}"), "no dictionary"),
        (npy("{1: 2}"), "keys"),
        (npy(PLAIN + "x"), "no Python literal"),
        (npy(PLAIN + "{}"), "goes on"),
        (npy("1 +"), "no Python literal"),
        (npy("print()"), "no Python literal"),
        (npy(PLAIN.replace("(2, 3)", "f()")), "no Python literal"),
        (npy(PLAIN.replace("False", "None")), "fortran_order"),
        (npy(PLAIN.replace("'fortran_order'", "'descr'")), "each of them once"),
        (npy("(" * 100), "nested deeper"),
        (npy("[" * 60_000), "nested deeper"),
        (npy("{'a'"), "keys"),
        (npy(described("'<f4'", "3")), "shape"),
        (npy(described("'<f4'", "(True,)")), "shape"),
        (npy(described("'<f4'", "(-1,)")), "shape"),
        (npy(described("'<f4'", "(1,)" + "*9")), "no Python literal"),
        (npy(described("'<f4'", "(" + "1," * 65 + ")")), "shape"),
        (npy(described("'<f4'", f"({1 << 40}, {1 << 40})")), "overflows"),
        (npy(described("'<f4'", f"(0, {1 << 40}, {1 << 40})")), "overflows"),
        (npy(described("'<f4'", "(7,)")), "needs 28 bytes, and the file has 24"),
        (npy(described("''")), "no dtype"),
        (npy(described("'<x4'")), "no dtype"),
        (npy(described("'<f3'")), "no dtype"),
        (npy(described("4")), "no dtype"),
        (npy(described("[1]")), "field"),
        (npy(described("[(1, '<f4')]")), "without a name"),
        (npy(described("[('a', '<f4', (-1,))]")), "shape that is none"),
        (npy(described("[('a', '<f4', (1099511627776, 9))]")), "larger than any"),
        (npy(version=(3, 0))[:30] + b"\xff" + npy(version=(3, 0))[31:], "UTF-8"),
        (npy(PLAIN.replace("<f4", "<f\\q4")), "escape"),
        (npy(OBJECTS, b"\x80\x04N"), "breaks off"),
    ],
)
def test_a_header_that_breaks_a_rule_is_malformed(
    seen: partial[FileFacts], data: bytes, why: str
) -> None:
    (finding,) = seen(data).facts.findings
    assert finding.rule == "AIV-FORMAT-MALFORMED"
    assert why in finding.message


def test_bytes_behind_an_array_are_found(seen: partial[FileFacts]) -> None:
    (finding,) = seen(npy() + b"more").facts.findings
    assert (finding.rule, finding.severity) == ("AIV-CONTAINER-HIDDEN", "warning")
    (finding,) = seen(npy(OBJECTS, b"\x80\x04N.more")).facts.findings
    assert finding.rule == "AIV-PICKLE-TRAILING"

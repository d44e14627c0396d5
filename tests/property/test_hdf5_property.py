"""Whatever an HDF5 file holds, looking into it raises nothing and ends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.formats.hdf5.checksum import lookup3
from tests.corpus import hdf5s
from tests.support.keras_files import hdf5_bytes, poked
from tests.support.looking import look_at

FILES = tuple(
    data for sample in hdf5s.SAMPLES if (data := sample.make()).startswith(b"\x89HDF\r\n\x1a\n")
)
WHOLE = tuple(sample.make() for sample in hdf5s.BENIGN if sample.state is State.CLEAN)
MARKS = (b"TREE", b"SNOD", b"HEAP", b"OHDR", b"FRHP", b"FHIB", b"BTHD", b"BTLF", b"GCOL", b"HDF")

DTYPES = {"f2": "f16", "f4": "f32", "f8": "f64", "i1": "i8", "u4": "u32", "i8": "i64"}

modest = settings(deadline=None, max_examples=120, derandomize=True)

SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
TENSORS = st.dictionaries(
    st.from_regex(r"[a-c]{1,3}(/[a-c]{1,3}){0,2}:0", fullmatch=True),
    st.tuples(st.sampled_from(sorted(DTYPES)), SHAPES),
    max_size=12,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file with some numbers changed, near its structures or anywhere, and perhaps cut off."""
    data = FILES[draw(st.integers(0, len(FILES) - 1))]
    for _ in range(draw(st.integers(1, 5))):
        start = max(data.find(draw(st.sampled_from(MARKS))), 0)
        at = draw(st.integers(start, min(start + 150, len(data) - 1)) | st.integers(0, 1 << 12))
        new = draw(
            st.sampled_from([b"\xff", b"\xff" * 8, bytes(8)])
            | st.binary(min_size=1, max_size=8)
            | st.integers(0, len(data)).map(lambda number: number.to_bytes(8, "little"))
        )
        data = poked(data, min(at, len(data) - 1), new)
    if data[8:9] in (b"\x02", b"\x03"):
        data = poked(data, 44, lookup3(data[:44]).to_bytes(4, "little"))
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data


def looked_at(data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), "m.h5", data)


@modest
@given(damaged())
def test_a_damaged_file_gives_facts_that_can_be_written_down(data: bytes) -> None:
    found = looked_at(data)
    assert canonical(found.to_json())
    assert all(finding.message.isprintable() for finding in found.facts.findings)


@modest
@given(st.binary(max_size=300).map(lambda data: b"\x89HDF\r\n\x1a\n" + data))
def test_random_bytes_behind_a_signature_are_never_clean(data: bytes) -> None:
    assert looked_at(data).state is not State.CLEAN


@settings(deadline=None, max_examples=60, derandomize=True)
@given(TENSORS, st.sampled_from(["earliest", "v108", "latest"]))
def test_what_is_written_is_stated(tensors: dict[str, Any], version: str) -> None:
    def fill(file: Any) -> None:
        for name, (dtype, shape) in tensors.items():
            file[name] = np.zeros(shape, dtype)

    found = looked_at(hdf5_bytes(fill, libver=version))
    assert found.state is State.CLEAN
    assert {item.name: (item.dtype, item.shape) for item in found.facts.tensors} == {
        name: (DTYPES[dtype], shape) for name, (dtype, shape) in tensors.items()
    }


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.integers(0, len(WHOLE) - 1), st.floats(0.001, 0.999))
def test_a_file_that_is_cut_off_is_never_clean(chosen: int, kept: float) -> None:
    whole = WHOLE[chosen]
    assert looked_at(whole[: int(kept * len(whole))]).state is not State.CLEAN

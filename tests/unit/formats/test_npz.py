"""NumPy's archives: every array is looked into, and nothing else passes for one."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from aiverify.core.facts import FileFacts, State
from tests.corpus.numpys import SYSTEM
from tests.support.looking import look_at
from tests.support.numpy_files import OBJECTS, npy
from tests.support.zip_files import zip_bytes


@pytest.fixture
def seen(tmp_path: Path) -> partial[FileFacts]:
    return partial(look_at, tmp_path, "a.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_states_its_arrays(seen: partial[FileFacts], save: partial[None]) -> None:
    target = io.BytesIO()
    save(target, a=np.zeros((2, 3), "f4"), b=np.array([1, "x"], object))
    found = seen(target.getvalue())
    assert (found.state, found.facts.format) == (State.CLEAN, "npz")
    assert found.facts.values["arrays"] == ["a", "b"]
    assert found.facts.values["dtypes"] == {"f32": 6, "object": 2}


def test_an_object_array_is_named_with_its_member(seen: partial[FileFacts]) -> None:
    found = seen(zip_bytes({"a.npy": npy(), "b.npy": npy(OBJECTS, SYSTEM)}))
    (used,) = found.facts.globals
    assert used.name == "os.system"
    assert used.place.startswith("b.npy, byte")


def test_an_archive_of_arrays_alone_is_one(seen: partial[FileFacts], tmp_path: Path) -> None:
    mixed = zip_bytes({"a.npy": npy(), "model.weights.h5": b"x", "config.json": b"{}"})
    assert seen(mixed).facts.format != "npz"
    checkpoint = zip_bytes({"m/a.npy": npy(), "m/data.pkl": SYSTEM})
    found = look_at(tmp_path, "m.pt", checkpoint)
    assert found.facts.format == "torch"
    assert found.facts.globals[0].name == "os.system"

"""Memory does not grow with the artifact: 1 GB goes through every command in less than 120 MB.

The weights are one tensor of zeros in a sparse file, so that only what is copied takes room.
With 2 GB this took half a minute; `make bench` measures the same at that size.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.artifacts import CARD
from tests.support.processes import AIVERIFY, measure
from tests.support.weights import with_header

SIZE = 1 << 30
BUDGET_MB = 120


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory with `model`, which is removed in the end: it is too large to be kept."""
    place = tmp_path / "large"
    (place / "model").mkdir(parents=True)
    (place / "model" / "README.md").write_bytes(CARD)
    header = {"weight": {"dtype": "U8", "shape": [SIZE], "data_offsets": [0, SIZE]}}
    head = with_header(json.dumps(header).encode())
    (place / "model" / "model.safetensors").write_bytes(head)
    os.truncate(place / "model" / "model.safetensors", len(head) + SIZE)
    yield place
    shutil.rmtree(place)


@pytest.mark.slow
def test_a_gigabyte_is_packed_signed_verified_and_unpacked_in_little_memory(place):
    peaks = {
        line: measure(*AIVERIFY, *line.split(), cwd=place).peak_mb
        for line in (
            "keys generate -o release",
            "sign model --key release.key",
            "verify model --key release.pub",
            "bundle model model -o model.tar",
            "sign model.tar --key release.key",
            "verify model.tar --key release.pub",
            "unpack model.tar -o unpacked",
        )
    }

    assert {line: peak for line, peak in peaks.items() if peak >= BUDGET_MB} == {}

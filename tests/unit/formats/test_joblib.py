"""joblib's files: arrays are stepped over, packing is undone, and all of it is judged."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, State, Tensor
from tests.corpus.joblibs import PACKERS, SAMPLES
from tests.corpus.sample import Sample
from tests.support.looking import look_at
from tests.support.pickle_files import PROTO_3, array, attack, dtype, joblib, wrapper

REAL = Path(__file__).resolve().parents[2] / "assets" / "real"


def rules(found: FileFacts) -> set[str]:
    return {finding.rule for finding in found.facts.findings}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_of_the_corpus_is_seen_for_what_it_is(tmp_path: Path, sample: Sample) -> None:
    found = look_at(tmp_path, sample.file, sample.make())
    assert found.state is sample.state
    assert sample.rule in rules(found) if sample.rule else not found.facts.findings


def test_the_facts_of_a_file_with_an_array(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.joblib", joblib())
    assert found.facts.format == "joblib"
    assert found.facts.tensors == (Tensor("array 0", "f64", (2, 3)),)
    assert found.facts.values["parameters"] == 6
    assert found.facts.values["result"] == "a list of 1"


@pytest.mark.parametrize("packing", PACKERS)
def test_a_packed_file_states_the_same_and_its_packing(tmp_path: Path, packing: str) -> None:
    plain = look_at(tmp_path, "model.joblib", joblib())
    found = look_at(tmp_path, "model.joblib", PACKERS[packing](joblib()))
    assert found.facts.format == "joblib"
    assert found.facts.tensors == plain.facts.tensors
    named = {"bz2": "bzip2", "z-file": "zlib", "old z-file": "zlib"}.get(packing, packing)
    assert found.facts.values == {**plain.facts.values, "packing": named}


def test_arrays_are_stepped_over_by_their_size_and_padding(tmp_path: Path) -> None:
    start = PROTO_3 + b"("
    first = array(len(start), b"." * 3, dtype("u1"), 3)
    second = array(len(start + first), struct.pack("<4h", 1, 2, 3, 4), dtype("i2"), 2, 2)
    found = look_at(tmp_path, "model.joblib", start + first + second + b"t.")
    assert [(item.name, item.dtype, item.shape) for item in found.facts.tensors] == [
        ("array 0", "u8", (3,)),
        ("array 1", "i16", (2, 2)),
    ]
    assert found.state is State.CLEAN


def test_an_array_without_padding_is_an_old_one(tmp_path: Path) -> None:
    data = PROTO_3 + wrapper(dtype("f4"), 2, aligned=False) + bytes(8) + b"."
    assert look_at(tmp_path, "model.joblib", data).state is State.CLEAN


def test_lz4_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.joblib", b"\x04\x22\x4d\x18" + bytes(20))
    assert (found.facts.format, found.state) == ("joblib", State.UNREAD)


def test_what_follows_the_stream_is_found(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.joblib", zlib.compress(joblib()) + attack("os.system"))
    assert found.state is State.FLAGGED
    assert "AIV-CONTAINER-HIDDEN" in rules(found)


def test_a_packed_file_that_holds_no_pickle_is_none_of_joblib(tmp_path: Path) -> None:
    found = look_at(tmp_path, "notes.z", zlib.compress(b"words and words"))
    assert found.facts.format == "unknown"


@pytest.mark.parametrize(
    ("name", "result", "tensors"),
    [
        ("sklearn_pipeline.joblib", "sklearn.pipeline.Pipeline", 7),
        ("sklearn_pipeline_zlib.joblib", "sklearn.pipeline.Pipeline", 7),
        ("sklearn_pipeline.joblib.xz", "sklearn.pipeline.Pipeline", 7),
        ("joblib_objects.joblib", "a dictionary of 2", 2),
        ("sklearn_forest_protocol_2.pkl", "sklearn.ensemble._forest.RandomForestClassifier", 0),
        ("sklearn_neighbors.pkl", "sklearn.neighbors._classification.KNeighborsClassifier", 0),
    ],
)
def test_what_scikit_learn_wrote_is_clean(
    tmp_path: Path, name: str, result: str, tensors: int
) -> None:
    found = look_at(tmp_path, name, (REAL / name).read_bytes())
    assert found.state is State.CLEAN
    assert found.facts.values["result"] == result
    assert len(found.facts.tensors) == tensors

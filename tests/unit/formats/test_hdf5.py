"""HDF5: what a file's structures state, from the oldest to the newest, and every danger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from aiverify.core.facts import Role, State, Tensor
from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.hdf5 import store, walk
from aiverify.formats.hdf5.checksum import lookup3
from aiverify.formats.hdf5.contents import MAX_FINDINGS
from aiverify.formats.look import look
from tests.corpus import hdf5s
from tests.corpus.hdf5s import deep, newer, other_filter, simple, userblock
from tests.corpus.sample import Label, Sample
from tests.support.keras_files import hdf5_bytes, patched, poked
from tests.support.looking import look_at

VERSIONS = ("earliest", "v108", "v110", "v112", "latest")


def rules(folder: Path, data: bytes) -> dict[str, Severity]:
    found = look_at(folder, "m.h5", data).facts.findings
    return {finding.rule: finding.severity for finding in found}


@pytest.mark.parametrize("sample", hdf5s.SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_found_to_be_what_it_is(tmp_path: Path, sample: Sample) -> None:
    found = look_at(tmp_path, sample.file, sample.make())
    assert found.state is sample.state
    assert not sample.rule or sample.rule in {finding.rule for finding in found.facts.findings}
    if sample.label is Label.BENIGN:
        assert all(item.severity is not Severity.ERROR for item in found.facts.findings)


def test_a_file_states_its_tensors_by_path(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file["dense/dense/kernel:0"] = np.ones((3, 2), "f4")
        file["dense/dense/bias:0"] = np.zeros(2, ">f8")
        file["steps"] = np.int64(3)

    found = look_at(tmp_path, "m.h5", hdf5_bytes(fill))
    assert (found.state, found.facts.role) == (State.CLEAN, Role.WEIGHT)
    assert found.facts.tensors == (
        Tensor("dense/dense/bias:0", "f64", (2,)),
        Tensor("dense/dense/kernel:0", "f32", (3, 2)),
        Tensor("steps", "i64", ()),
    )
    assert found.facts.values == {
        "superblock": 0,
        "groups": 3,
        "datasets": 3,
        "attributes": 0,
        "soft_links": 0,
        "filters": [],
        "tensors": 3,
        "parameters": 9,
        "dtypes": {"f32": 6, "f64": 2, "i64": 1},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_the_format_states_the_same(tmp_path: Path, version: str) -> None:
    facts = look_at(tmp_path, "m.h5", newer(libver=version)).facts
    assert (facts.values["groups"], facts.values["datasets"]) == (2, 51)
    assert (facts.values["attributes"], facts.values["soft_links"]) == (50, 1)
    assert facts.values["filters"] == ["deflate", "shuffle"]
    assert facts.values["parameters"] == 2 * sum(range(1, 51)) + 1000


@pytest.mark.parametrize("version", VERSIONS)
def test_many_members_are_all_found(tmp_path: Path, version: str) -> None:
    def fill(file: Any) -> None:
        for index in range(2000):
            file.create_group(f"a_group_with_a_long_name_{index}")

    facts = look_at(tmp_path, "m.h5", hdf5_bytes(fill, libver=version)).facts
    assert facts.values["groups"] == 2001


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        ("f2", "f16"),
        ("i1", "i8"),
        ("u2", "u16"),
        ("u8", "u64"),
        (bool, "bool"),
        ("V4", "opaque"),
        ("S4", "text"),
        (h5py.string_dtype(), "text"),
        (np.dtype([("a", "i4"), ("b", "f4")]), "compound"),
        (h5py.vlen_dtype("i4"), "variable"),
        (h5py.ref_dtype, "reference"),
        (h5py.enum_dtype({"A": 1, "B": 2, "C": 3}), "enum"),
    ],
)
def test_a_type_is_named_as_safetensors_names_it(tmp_path: Path, dtype: Any, name: str) -> None:
    data = hdf5_bytes(lambda file: file.create_dataset("a", (3,), dtype))
    assert look_at(tmp_path, "m.h5", data).facts.tensors == (Tensor("a", name, (3,)),)


def test_a_dtype_that_keras_states_itself_is_taken(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file.create_dataset("a", (3,), "V2").attrs["dtype"] = "bfloat16"

    assert look_at(tmp_path, "m.h5", hdf5_bytes(fill)).facts.tensors == (Tensor("a", "bf16", (3,)),)


def test_a_type_that_is_kept_elsewhere_is_looked_up(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file["type"] = np.dtype("i2")
        file.create_dataset("a", (3,), file["type"])
        file.attrs.create("note", 1, (), file["type"])

    facts = look_at(tmp_path, "m.h5", hdf5_bytes(fill)).facts
    assert facts.tensors == (Tensor("a", "i16", (3,)),)
    assert facts.values["attributes"] == 1


def test_what_is_reached_twice_is_stated_once(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file["a/w"] = np.ones(2, "f4")
        file["a/again"] = file["a/w"]
        file["a/up"] = file["/"]

    assert look_at(tmp_path, "m.h5", hdf5_bytes(fill)).facts.values["datasets"] == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_configuration_is_found_wherever_attributes_are_kept(
    tmp_path: Path, version: str
) -> None:
    def fill(file: Any) -> None:
        for index in range(30):
            file.attrs[f"note{index}"] = "x" * 100
        file.attrs["model_config"] = '{"class_name": "Odd", "config": {}}' + " " * 200_000
        file.attrs["keras_version"] = b"2.4.0"

    values = look_at(tmp_path, "m.h5", hdf5_bytes(fill, libver=version)).facts.values
    assert (values["class"], values["keras_version"]) == ("Odd", "2.4.0")


def test_a_huge_attribute_is_found_in_a_heap(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file.attrs["model_config"] = np.bytes_(b'{"class_name": "Odd"}' + b" " * 100_000)

    values = look_at(tmp_path, "m.h5", hdf5_bytes(fill, libver="latest")).facts.values
    assert values["class"] == "Odd"


def test_a_configuration_that_is_no_text_is_unread(tmp_path: Path) -> None:
    data = hdf5_bytes(lambda file: file.attrs.__setitem__("model_config", np.ones(4)))
    assert look_at(tmp_path, "m.h5", data).state is State.UNREAD


def test_an_extension_alone_is_malformed_and_a_signature_is_enough(tmp_path: Path) -> None:
    assert rules(tmp_path, b"\x01\x02\x03") == {"AIV-FORMAT-MALFORMED": Severity.ERROR}
    assert look_at(tmp_path, "data", hdf5_bytes(simple)).facts.format == "hdf5"


@pytest.mark.parametrize("size", [512, 1024, 2048, 8192])
def test_room_before_the_superblock_is_a_warning_when_it_is_empty(
    tmp_path: Path, size: int
) -> None:
    data = hdf5_bytes(simple, userblock_size=size)
    assert rules(tmp_path, data) == {"AIV-CONTAINER-HIDDEN": Severity.WARNING}
    assert look_at(tmp_path, "m.h5", data).facts.values["parameters"] == 6
    filled = rules(tmp_path, poked(data, size - 1, b"x"))
    assert filled["AIV-CONTAINER-HIDDEN"] is Severity.ERROR


def test_a_superblock_that_states_another_place_is_found(tmp_path: Path) -> None:
    data = userblock(b"") + bytes(512)
    moved = poked(data, 512 + 24, (0).to_bytes(8, "little"))
    assert "AIV-CONTAINER-MISMATCH" in rules(tmp_path, moved)


def test_zeros_behind_the_end_are_a_warning(tmp_path: Path) -> None:
    found = rules(tmp_path, hdf5_bytes(simple) + bytes(100))
    assert found == {"AIV-CONTAINER-HIDDEN": Severity.WARNING}


@pytest.mark.parametrize(
    ("number", "severity"), [(32001, Severity.WARNING), (32015, Severity.WARNING), (999, "error")]
)
def test_a_filter_weighs_as_it_is_known(tmp_path: Path, number: int, severity: str) -> None:
    assert rules(tmp_path, other_filter(number)) == {"AIV-HDF5-FILTER": severity}


def test_what_is_not_followed_is_said_and_the_rest_is_looked_into(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file["away"] = h5py.ExternalLink("x.h5", "/")
        file.create_group("/".join("g" * (walk.MAX_DEPTH + 5)))

    found = look_at(tmp_path, "m.h5", hdf5_bytes(fill))
    assert found.facts.unread == f"groups nested deeper than {walk.MAX_DEPTH}"
    assert [finding.rule for finding in found.facts.findings] == ["AIV-HDF5-EXTERNAL"]
    assert look_at(tmp_path, "m.h5", deep(walk.MAX_DEPTH - 1)).state is State.CLEAN


def test_more_objects_than_are_followed_are_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_OBJECTS", 20)
    assert look_at(tmp_path, "m.h5", newer()).state is State.UNREAD


@pytest.mark.parametrize("name", ["MAX_READ", "LEAST"])
def test_more_structure_than_is_read_is_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(store, "MAX_TIMES", 0)
    monkeypatch.setattr(store, name, 2000)
    assert look_at(tmp_path, "m.h5", newer()).state is State.UNREAD


def test_a_message_that_must_be_understood_and_is_not_is_unread(tmp_path: Path) -> None:
    data = hdf5_bytes(lambda file: file.attrs.__setitem__("mark", 7))
    at = data.index(b"mark") - 16
    assert data[at : at + 2] == b"\x0c\x00"
    unknown = poked(poked(data, at, b"\x77"), at + 4, b"\x80")
    found = look_at(tmp_path, "m.h5", unknown)
    assert found.facts.unread == f"an object with a message of kind {0x77}"
    assert look_at(tmp_path, "m.h5", poked(data, at, b"\x77")).state is State.CLEAN


def test_an_image_of_the_cache_is_unread(tmp_path: Path) -> None:
    data = hdf5_bytes(simple, libver="latest", fs_strategy="page", fs_page_size=512)
    data = data.ljust(int.from_bytes(data[28:36], "little"), b"\0")
    assert look_at(tmp_path, "m.h5", data).state is State.CLEAN
    at = data.index(b"OHDR", int.from_bytes(data[20:28], "little"))
    kind = data.index(b"\x17", at)
    assert look_at(tmp_path, "m.h5", poked(data, kind, b"\x18")).state is State.UNREAD


def test_a_flag_on_a_message_that_cannot_stand_elsewhere_is_passed_over(tmp_path: Path) -> None:
    data = hdf5_bytes(simple)
    node = data.index(b"SNOD")
    at = int.from_bytes(data[node + 16 : node + 24], "little") + 16
    while data[at] != 8:
        at += 8 + int.from_bytes(data[at + 2 : at + 4], "little")
    found = look_at(tmp_path, "m.h5", poked(data, at + 4, b"\x02"))
    assert found.facts.values["parameters"] == 6


def test_an_error_does_not_hide_behind_many_warnings(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        for index in range(MAX_FINDINGS + 20):
            file.create_dataset(
                f"w{index:04}", data=np.zeros(20, "f4"), chunks=(10,), compression="lzf"
            )
        file["zz/away"] = h5py.ExternalLink("x.h5", "/")

    count = MAX_FINDINGS + 20
    data = patched(hdf5_bytes(fill), b"\x00\x7d\x08\x00", b"\x01\x7d\x08\x00", count)
    found = rules(tmp_path, data)
    assert found["AIV-HDF5-FILTER"] is Severity.WARNING
    assert found["AIV-HDF5-EXTERNAL"] is Severity.ERROR


def test_a_tree_that_has_a_node_twice_is_malformed(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        for index in range(2000):
            file.create_group(f"g{index}")

    data = hdf5_bytes(fill)
    at = data.index(b"TREE\x00\x01")  # a node on level 1: keys and children take turns
    twice = poked(data, at + 48, data[at + 32 : at + 40])
    (finding,) = look_at(tmp_path, "m.h5", twice).facts.findings
    assert "a tree reaches the node" in finding.message


def test_a_shape_that_overflows_is_malformed_when_nothing_was_written(tmp_path: Path) -> None:
    data = hdf5_bytes(lambda file: file.create_dataset("w", (0x1234567, 2), "f4"))
    huge = patched(
        data,
        b"\x67\x45\x23\x01" + bytes(4),
        b"\xff" * 7 + b"\x7f",
        data.count(b"\x67\x45\x23\x01" + bytes(4)),
    )
    (finding,) = look_at(tmp_path, "m.h5", huge).facts.findings
    assert "overflows" in finding.message


def test_a_hostile_name_is_escaped_in_the_message(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file["\x1b[2J"] = h5py.ExternalLink("\x1b[2J.h5", "/")

    (finding,) = look_at(tmp_path, "m.h5", hdf5_bytes(fill)).facts.findings
    assert finding.message == "\\x1b[2J is a link to another file: / in \\x1b[2J.h5"


def test_only_the_structure_of_a_huge_file_is_read(tmp_path: Path) -> None:
    ten_gigabytes = 10 << 30
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        space = h5py.h5s.create_simple((ten_gigabytes,))
        options = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        options.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        options.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        h5py.h5d.create(file.id, b"w", h5py.h5t.NATIVE_UINT8, space, options)
    assert path.stat().st_size > ten_gigabytes
    found = look(Member("m.h5", Extent.of_file(path)))
    assert (found.state, found.facts.values["parameters"]) == (State.CLEAN, ten_gigabytes)


def test_the_checksum_is_lookup3() -> None:
    # The values of Jenkins's own driver for its hashlittle, without a seed and with 0.
    assert lookup3(b"") == 0xDEADBEEF
    assert lookup3(b"Four score and seven years ago") == 0x17770551

"""Unpacking a layer: where its files come to lie, what is told of them, and what is in the way."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.layers import Compression, LayerForm
from aiverify.errors import ChangedError, InputError, MalformedError, OutputError, UnsafeNameError
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.extract import Unpacked, UnpackedLayer, unpack_layer
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.files.stream import CHUNK
from tests.support import foreign
from tests.support.artifacts import read_tree

FILES = {
    "b/run.sh": b"#!/bin/sh\n",
    "a": b"x" * (3 * CHUNK + 5),
    "empty": b"",
    "b/c/d": b"512" * 512,
}


def unpacked(
    data: bytes,
    root: Path,
    compression: Compression = Compression.NONE,
    prefix: str = "",
    budget: Budget | None = None,
) -> UnpackedLayer:
    blob = root.with_name("blob")
    blob.write_bytes(data)
    return unpack_layer(
        Extent.of_file(blob),
        compression,
        root,
        prefix=prefix,
        budget=budget or Budget(64 << 20),
        progress=Silent(),
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    root = tmp_path / "out"
    root.mkdir()
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {name: data for name, (data, _) in read_tree(root).items()}


@pytest.mark.parametrize("form", [form for form in LayerForm if form.is_archive])
def test_files_come_out_in_the_archives_order_with_their_digests(
    out: Path, form: LayerForm
) -> None:
    archive = foreign.tar(FILES, executable=["b/run.sh"])
    layer = unpacked(foreign.packed(archive, form), out, form.compression)
    assert layer.files == tuple(
        Unpacked(name, Digest.of(data), len(data), name == "b/run.sh")
        for name, data in FILES.items()
    )
    assert layer.diff_id == Digest.of(archive)
    assert contents(out) == FILES


def test_the_digest_of_the_archive_takes_in_its_padding(out: Path) -> None:
    archive = foreign.tar(FILES) + bytes(5000)
    assert unpacked(archive, out).diff_id == Digest.of(archive)


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [(0o644, 0o644), (0o755, 0o755), (0o4755, 0o755), (0o6511, 0o755), (0o077, 0o644), (0, 0o644)],
)
def test_only_the_owners_right_to_execute_is_kept(out: Path, mode: int, wanted: int) -> None:
    archive = bytearray(foreign.tar({"a": b"x"}))
    archive[100:108] = b"%07o\0" % mode
    archive[148:156] = b" " * 8
    archive[148:156] = b"%06o\0 " % sum(archive[:512])
    old = os.umask(0o077)
    try:
        [file] = unpacked(bytes(archive), out).files
    finally:
        os.umask(old)
    assert read_tree(out)["a"][1] == wanted
    assert file.executable == (wanted == 0o755)


def test_a_prefix_is_a_directory_that_all_files_lie_in(out: Path) -> None:
    layer = unpacked(foreign.tar(FILES, directories=["b"]), out, prefix="kit/code")
    assert [file.name for file in layer.files] == [f"kit/code/{name}" for name in FILES]
    assert contents(out / "kit/code") == FILES


@pytest.mark.parametrize("prefix", ["../up", "/etc", "a/../..", "a\\b", ".git"])
def test_a_prefix_that_leads_elsewhere_is_refused(out: Path, prefix: str) -> None:
    with pytest.raises(UnsafeNameError):
        unpacked(foreign.tar({"x": b""}), out, prefix=prefix)
    assert not list(out.iterdir())


def test_a_name_is_held_to_its_length_with_the_prefix(out: Path) -> None:
    with pytest.raises(UnsafeNameError, match="more than 100 parts"):
        unpacked(foreign.tar({"d/" * 60 + "x": b""}), out, prefix="p/" * 50 + "p")


def test_each_chunk_of_the_blob_goes_to_the_sinks_once(tmp_path: Path, out: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_bytes(foreign.packed(foreign.tar({"a": os.urandom(2 * CHUNK)}), LayerForm.TAR_GZIP))
    hashers = hashlib.sha256(), hashlib.sha512()
    advanced: list[int] = []

    class Told(Silent):
        def advance(self, count: int) -> None:
            advanced.append(count)

    unpack_layer(
        Extent.of_file(blob),
        Compression.GZIP,
        out,
        budget=Budget(64 << 20),
        progress=Told(),
        sinks=[hasher.update for hasher in hashers],
    )
    assert hashers[0].digest() == hashlib.sha256(blob.read_bytes()).digest()
    assert hashers[1].digest() == hashlib.sha512(blob.read_bytes()).digest()
    assert sum(advanced) == blob.stat().st_size


def test_a_part_of_a_file_can_be_a_layer(tmp_path: Path, out: Path) -> None:
    archive = foreign.tar(FILES)
    held = tmp_path / "held"
    held.write_bytes(b"before" + archive + b"after")
    extent = Extent.of_file(held).part(6, len(archive))
    budget = Budget(64 << 20)
    layer = unpack_layer(extent, Compression.NONE, out, budget=budget, progress=Silent())
    assert layer.diff_id == Digest.of(archive)
    assert contents(out) == FILES


def test_layers_of_one_artifact_share_directories(out: Path) -> None:
    unpacked(foreign.tar({"d/a": b"1"}), out)
    unpacked(foreign.tar({"d/b": b"2"}), out)
    assert contents(out) == {"d/a": b"1", "d/b": b"2"}


def test_a_file_that_another_layer_wrote_is_kept(out: Path) -> None:
    unpacked(foreign.tar({"d/a": b"1"}), out)
    with pytest.raises(MalformedError, match="holds d/a, and so does a layer before it"):
        unpacked(foreign.tar({"d/a": b"2"}), out)
    assert contents(out) == {"d/a": b"1"}


def test_a_directory_that_another_layer_wrote_as_a_file_is_refused(out: Path) -> None:
    unpacked(foreign.tar({"d": b"1"}), out)
    with pytest.raises(UnsafeNameError, match="d is both a file and a directory"):
        unpacked(foreign.tar({"d/a": b"2"}), out)
    assert contents(out) == {"d": b"1"}


def test_a_file_that_another_layer_wrote_as_a_directory_is_refused(out: Path) -> None:
    unpacked(foreign.tar({"d/a": b"1"}), out)
    with pytest.raises(MalformedError, match="holds d, and so does a layer before it"):
        unpacked(foreign.tar({"d": b"2"}), out)


@pytest.mark.parametrize("target", [".", "..", "nowhere"])
def test_a_link_in_the_way_is_not_followed(tmp_path: Path, out: Path, target: str) -> None:
    (out / "d").symlink_to(target)
    (out / "f").symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafeNameError, match="d is both a file and a directory"):
        unpacked(foreign.tar({"d/escaped": b"x"}), out)
    with pytest.raises(MalformedError, match="holds f, and so does a layer before it"):
        unpacked(foreign.tar({"f": b"x"}), out)
    found = {path.name for path in tmp_path.rglob("*")}
    assert found == {"blob", "out", "d", "f"}


def test_a_root_that_is_a_link_is_not_followed(tmp_path: Path, out: Path) -> None:
    (tmp_path / "link").symlink_to(out)
    with pytest.raises(OutputError, match="cannot be written"):
        unpacked(foreign.tar({"a": b"x"}), tmp_path / "link")
    assert not list(out.iterdir())


@pytest.mark.parametrize("name", ["a" * 256, "\u00e9" * 128])
def test_a_name_that_the_system_cannot_take_is_our_error(out: Path, name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        unpacked(foreign.tar({name: b"x"}), out)


def test_a_path_as_deep_as_names_may_be_is_written(out: Path) -> None:
    name = "/".join(["d" * 40] * 99 + ["file"])
    assert [file.name for file in unpacked(foreign.tar({name: b"x"}), out).files] == [name]


def test_a_blob_that_changes_meanwhile_is_noticed(tmp_path: Path, out: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_bytes(foreign.tar(FILES))
    extent = Extent.of_file(blob)

    def meddle(_: memoryview) -> None:
        blob.write_bytes(b"other")

    with pytest.raises(ChangedError):
        unpack_layer(
            extent,
            Compression.NONE,
            out,
            budget=Budget(64 << 20),
            progress=Silent(),
            sinks=[meddle],
        )


def test_names_are_shown_so_that_a_terminal_is_safe(out: Path) -> None:
    for files in ({"\x1b[2J": b"", "x/..": b""}, {"\u202egpj": b"", "\x07/../x": b""}):
        with pytest.raises(InputError) as caught:
            unpacked(foreign.tar(files), out)
        assert caught.value.message.isprintable()


def test_an_error_of_a_sink_comes_out_as_it_is(tmp_path: Path, out: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_bytes(foreign.tar(FILES))

    def full(_: memoryview) -> None:
        raise OutputError("the store is full")

    with pytest.raises(OutputError, match="the store is full"):
        unpack_layer(
            Extent.of_file(blob),
            Compression.NONE,
            out,
            budget=Budget(64 << 20),
            progress=Silent(),
            sinks=[full],
        )


def test_files_are_closed_when_an_archive_is_refused(tmp_path: Path, out: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    for at in range(3):
        with pytest.raises(MalformedError):
            unpacked(foreign.tar({f"d{at}/a": b"x" * 9000})[:3000], out)
    assert open_files() == before

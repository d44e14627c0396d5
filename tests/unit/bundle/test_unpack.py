"""Unpacking: the identical tree or nothing, and never a byte outside the target."""

from __future__ import annotations

import json

import pytest

from aiverify.bundle.layout import open_bundle
from aiverify.bundle.unpack import unpack
from aiverify.core import mediatypes
from aiverify.core.digest import Digest
from aiverify.errors import (
    DeniedError,
    InputError,
    MalformedError,
    OutputError,
    UnsafeNameError,
    UsageError,
)
from aiverify.files.progress import Silent
from tests.support.artifacts import (
    MODEL,
    Forger,
    archive,
    contents_of,
    pack,
    read_tree,
    write_tree,
)


@pytest.fixture
def tree(tmp_path):
    return write_tree(tmp_path / "tree", executable=["onnx/run.sh"])


@pytest.fixture
def forger(tree, tmp_path):
    """A good bundle in a directory, open to change."""
    return Forger(pack(contents_of(tree), tmp_path / "bundle").path)


@pytest.fixture
def out(tmp_path):
    """Where to unpack to, in a folder of its own."""
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "out"


@pytest.fixture(params=["directory", "tar"])
def opened(request, forger):
    """Opens what was forged, in either form."""

    def open_it():
        path = forger.root
        if request.param == "tar":
            path = archive(path, path.with_name("bundle.tar"))
        return open_bundle(path)

    return open_it


class Counting:
    """Somebody who adds up what is told."""

    def __init__(self):
        self.total = self.done = 0

    def begin(self, label, total):
        self.total = total

    def advance(self, count):
        self.done += count


def test_the_tree_comes_back_with_its_modes(tree, opened, out):
    members = unpack(opened(), out, Silent())

    assert read_tree(out) == read_tree(tree)
    assert [member.name for member in members] == sorted(MODEL)


def test_a_bundle_that_shares_its_bytes_is_unpacked_to_files_of_their_own(tree, tmp_path, out):
    linked = pack(contents_of(tree), tmp_path / "linked", link=True).path

    unpack(open_bundle(linked), out, Silent())

    assert read_tree(out) == read_tree(tree)
    inodes = {path.stat().st_ino for path in (*tree.rglob("*"), *linked.rglob("*"))}
    assert not inodes & {path.stat().st_ino for path in out.rglob("*")}


def test_progress_is_told_in_bytes(opened, out):
    progress = Counting()

    unpack(opened(), out, progress)

    assert progress.done == progress.total == sum(map(len, MODEL.values()))


@pytest.mark.parametrize("name", MODEL)
def test_a_file_that_was_altered_is_refused_and_nothing_is_left(forger, opened, out, name):
    data = MODEL[name]
    forger.blob(str(Digest.of(data))).write_bytes(bytes([data[0] ^ 1]) + data[1:])

    with pytest.raises(DeniedError, match=f"{name} was altered") as caught:
        unpack(opened(), out, Silent())
    assert str(Digest.of(data)) in caught.value.message
    assert str(Digest.of(bytes([data[0] ^ 1]) + data[1:])) in caught.value.message
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"short", MODEL["README.md"] + b"\n"])
def test_a_file_of_another_length_is_refused_and_nothing_is_left(forger, opened, out, data):
    forger.blob(str(Digest.of(MODEL["README.md"]))).write_bytes(data)

    with pytest.raises(MalformedError, match=f"has {len(data)} bytes"):
        unpack(opened(), out, Silent())
    assert list(out.parent.iterdir()) == []


def test_a_file_that_is_not_there_is_refused_and_nothing_is_left(forger, opened, out):
    forger.blob(str(Digest.of(MODEL["README.md"]))).unlink()

    with pytest.raises(InputError):
        unpack(opened(), out, Silent())
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["../escaped", "a/../../escaped", "{}/escaped", "onnx/../../x"])
def test_a_name_that_leads_out_writes_nothing_anywhere(forger, opened, out, name):
    name = name.format(out.parent)
    forger.layer(
        lambda layer: layer["annotations"].update(
            {mediatypes.FILEPATH: name, mediatypes.TITLE: name}
        )
    )

    with pytest.raises(UnsafeNameError):
        unpack(opened(), out, Silent())
    assert list(out.parent.iterdir()) == []


def test_a_name_that_no_file_system_takes_is_one_clear_error(forger, opened, out):
    forger.layer(
        lambda layer: layer["annotations"].update(
            {mediatypes.FILEPATH: "a" * 300, mediatypes.TITLE: "a" * 300}
        )
    )

    with pytest.raises(OutputError, match="out cannot be written"):
        unpack(opened(), out, Silent())
    assert list(out.parent.iterdir()) == []


def test_modes_that_nobody_should_get_are_not_given(forger, opened, out):
    at = sorted(MODEL).index("onnx/run.sh")
    metadata = {mediatypes.FILE_METADATA: json.dumps({"mode": 0o6777, "uid": 0})}
    forger.layer(lambda layer: layer["annotations"].update(metadata), at)

    unpack(opened(), out, Silent())

    assert (out / "onnx/run.sh").stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize("kind", ["file", "directory", "link", "dangling link"])
def test_a_target_that_is_there_is_not_touched(opened, out, tmp_path, kind):
    elsewhere = tmp_path / "elsewhere"
    if kind == "link":
        elsewhere.mkdir()
    make = {"file": out.touch, "directory": out.mkdir}
    make.get(kind, lambda: out.symlink_to(elsewhere))()

    with pytest.raises(OutputError, match="already there"):
        unpack(opened(), out, Silent())
    assert list(out.parent.iterdir()) == [out]
    assert not elsewhere.exists() or list(elsewhere.iterdir()) == []


def test_a_target_in_a_folder_that_is_not_there_is_one_clear_error(opened, out):
    with pytest.raises(OutputError, match="out cannot be written"):
        unpack(opened(), out / "below" / "out", Silent())


@pytest.mark.parametrize(
    ("only", "names"),
    [
        (["config.json"], ["config.json"]),
        (["onnx"], ["onnx/run.sh"]),
        (["onnx/"], ["onnx/run.sh"]),
        (["onnx", "onnx/run.sh", "README.md"], ["README.md", "onnx/run.sh"]),
    ],
)
def test_only_what_is_named_is_written(opened, out, only, names):
    unpack(opened(), out, Silent(), only=only)

    assert sorted(read_tree(out)) == names


@pytest.mark.parametrize(
    "name", ["missing", "config", "onn", "", "/", ".", "..", "./onnx", "a\x1b"]
)
def test_a_name_that_the_bundle_does_not_hold_is_refused(opened, out, name):
    with pytest.raises(UsageError, match="the bundle holds no") as caught:
        unpack(opened(), out, Silent(), only=["config.json", name])
    assert "\x1b" not in caught.value.message
    assert not out.exists()


def test_a_file_that_was_altered_does_not_matter_where_it_is_not_wanted(forger, opened, out):
    data = MODEL["README.md"]
    forger.blob(str(Digest.of(data))).write_bytes(b"!" + data[1:])

    unpack(opened(), out, Silent(), only=["config.json"])

    assert (out / "config.json").read_bytes() == MODEL["config.json"]


def test_the_signature_goes_where_other_tools_look_for_it(opened, out):
    unpack(opened(), out, Silent(), signature=b"signature")

    assert (out / "model.sig").read_bytes() == b"signature"


def test_a_file_that_is_called_like_the_signature_is_not_replaced(tmp_path, out):
    tree = write_tree(tmp_path / "other", {"model.sig": b"a file of the artifact"})
    bundle = open_bundle(pack(contents_of(tree), tmp_path / "bundle").path)

    unpack(bundle, out, Silent(), signature=b"signature")

    assert (out / "model.sig").read_bytes() == b"a file of the artifact"

"""Packing: what goes in, what is refused, and that the same files give the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aiverify.bundle.layout import open_bundle
from aiverify.core import mediatypes
from aiverify.core.artifact import Kind
from aiverify.errors import DeniedError, InputError, MalformedError, OutputError, UsageError
from aiverify.files.progress import Silent
from aiverify.operations.bundle import Bundled, BundleRequest, bundle_artifact
from aiverify.operations.unpack import unpack_bundle
from tests.support import artifacts
from tests.support.story import Story
from tests.support.verifying import sbom_in, signed_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return artifacts.write_tree(tmp_path / "tiny")


def packed(source: Path, out: Path, kind: Kind = Kind.MODEL, **given) -> Bundled:
    return bundle_artifact(BundleRequest(source, out, kind, **given), Silent())


@pytest.mark.parametrize("suffix", [".tar", ""])
def test_the_same_files_give_the_same_bytes_whatever_their_times(tree: Path, suffix: str):
    first, second = tree.parent / f"first{suffix}", tree.parent / f"second{suffix}"
    one = packed(tree, first)
    for path in tree.rglob("*"):
        os.utime(path, (1, 1))
    two = packed(tree, second)
    assert one.built.manifest_digest == two.built.manifest_digest
    if suffix:
        assert first.read_bytes() == second.read_bytes()
    else:
        assert artifacts.read_tree(first) == artifacts.read_tree(second)


def test_the_stated_time_goes_into_the_bundle_and_nothing_else_does(
    tree: Path, monkeypatch: pytest.MonkeyPatch
):
    without = packed(tree, tree.parent / "a.tar").built.manifest_digest
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with_time = packed(tree, tree.parent / "b.tar").built.manifest_digest
    again = packed(tree, tree.parent / "c.tar").built.manifest_digest
    assert without != with_time == again
    assert sbom_in(tree.parent / "b.tar")["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert "timestamp" not in sbom_in(tree.parent / "a.tar")["metadata"]


@pytest.mark.parametrize("out", ["x.tar", "onnx/x", "../tiny/x.tar", "."])
def test_a_bundle_may_not_lie_inside_its_source(tree: Path, out: str):
    with pytest.raises(UsageError, match="lies inside"):
        packed(tree, tree / out)
    assert artifacts.read_tree(tree) == artifacts.read_tree(tree)


def test_a_link_to_the_source_does_not_hide_that_the_bundle_lies_inside(tree: Path):
    (tree.parent / "door").symlink_to(tree)
    with pytest.raises(UsageError, match="lies inside"):
        packed(tree, tree.parent / "door" / "x.tar")


def test_what_is_there_is_not_overwritten(tree: Path):
    (tree.parent / "x.tar").write_bytes(b"mine")
    with pytest.raises(OutputError, match="already there"):
        packed(tree, tree.parent / "x.tar")
    assert (tree.parent / "x.tar").read_bytes() == b"mine"


def test_a_directorys_signature_comes_along_and_goes_out_again(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny")
    signature = (tree / "model.sig").read_bytes()
    packed(tree, tmp_path / "x.tar")
    found = open_bundle(tmp_path / "x.tar").attachments
    assert [item.artifact_type for item in found] == [mediatypes.SBOM, mediatypes.SIGNATURE]
    unpack_bundle(tmp_path / "x.tar", tmp_path / "out", Silent())
    assert (tmp_path / "out" / "model.sig").read_bytes() == signature
    assert artifacts.read_tree(tmp_path / "out") == artifacts.read_tree(tree)


def test_what_is_left_out_and_what_is_empty_is_told(tree: Path):
    (tree / ".git").mkdir()
    (tree / ".git" / "config").write_bytes(b"")
    (tree / "void").mkdir()
    result = packed(tree, tree.parent / "x.tar")
    assert (result.ignored, result.empty_directories) == ((".git/config",), ("void",))


def test_a_component_is_one_file_under_its_name(tree: Path):
    result = packed(tree / "onnx" / "run.sh", tree.parent / "x.tar", Kind.COMPONENT, version="2")
    artifact = result.built.artifact
    assert (artifact.kind, artifact.name, artifact.version) == (Kind.COMPONENT, "run.sh", "2")
    assert [entry.name for entry in artifact.manifest.entries] == ["run.sh"]


def test_an_adapter_is_pinned_to_the_digest_of_its_base(story: Story):
    document = sbom_in(story.adapter_tar)
    (ancestor,) = document["metadata"]["component"]["pedigree"]["ancestors"]
    properties = {item["name"]: item["value"] for item in ancestor["properties"]}
    base = open_bundle(story.model_tar).promised().root
    assert str(base) in properties.values()


def test_an_adapter_may_be_packed_for_a_base_that_is_a_bundle(story: Story, tmp_path: Path):
    packed(story.adapter, tmp_path / "x.tar", Kind.ADAPTER, base=story.model_tar)
    (ancestor,) = sbom_in(tmp_path / "x.tar")["metadata"]["component"]["pedigree"]["ancestors"]
    assert str(open_bundle(story.model_tar).promised().root) in str(ancestor)


def test_an_adapter_that_does_not_fit_is_denied(story: Story, tmp_path: Path):
    with pytest.raises(DeniedError, match="does not fit its base llama-demo"):
        packed(story.specimens.foreign_adapter, tmp_path / "x.tar", Kind.ADAPTER, base=story.model)
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_no_adapter_and_a_bundle_is_no_source(story: Story, tmp_path: Path):
    with pytest.raises(InputError, match="no adapter"):
        packed(story.model, tmp_path / "x.tar", Kind.ADAPTER)
    with pytest.raises(InputError, match="bundle already"):
        packed(story.model_tar, tmp_path / "x.tar")


def test_files_that_contradict_themselves_are_not_packed(tree: Path):
    (tree / "model.safetensors").write_bytes(bytes(8))
    with pytest.raises(MalformedError):
        packed(tree, tree.parent / "x.tar")
    assert [path.name for path in tree.parent.iterdir()] == ["tiny"]


def test_a_file_that_is_no_signature_is_not_carried_as_one(tree: Path):
    (tree / "model.sig").write_bytes(b"{}")
    with pytest.raises(MalformedError, match=r"model\.sig"):
        packed(tree, tree.parent / "x.tar")

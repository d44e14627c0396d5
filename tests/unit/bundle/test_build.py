"""Building a bundle: the same files give the same bytes, and the source stays as it was."""

from __future__ import annotations

import json
import os
import tarfile

import pytest

from aiverify.bundle.build import build
from aiverify.bundle.layout import open_bundle
from aiverify.core import mediatypes
from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.errors import ChangedError, InputError, OutputError
from aiverify.files.progress import Silent
from tests.support.artifacts import MODEL, contents_of, manifest_of, pack, read_tree, write_tree

ATTACHED = ((mediatypes.SBOM, "", b"sbom"), (mediatypes.SIGNATURE, "https://x", b"signature"))


@pytest.fixture
def tree(tmp_path):
    return write_tree(tmp_path / "tree", executable=["onnx/run.sh"])


def layout_bytes(root):
    """The bytes of every file of a layout."""
    return {name: data for name, (data, _) in read_tree(root).items()}


def tar_bytes(path):
    """The bytes of every member of a tar, read by the standard library."""
    with tarfile.open(path, "r:") as archive:
        return {
            member.name: archive.extractfile(member).read()
            for member in archive.getmembers()
            if member.isfile()
        }


def manifests(root):
    """The manifests that an index lists."""
    index = json.loads((root / "index.json").read_bytes())
    for descriptor in index["manifests"]:
        yield json.loads((root / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes())


def test_a_build_says_what_it_wrote(tree, tmp_path):
    built = pack(contents_of(tree, version="1.0"), tmp_path / "out", ATTACHED)

    assert built.path == tmp_path / "out"
    assert built.artifact.manifest == manifest_of(MODEL)
    assert (built.artifact.kind, built.artifact.version) == (Kind.MODEL, "1.0")
    assert built.manifest_digest == open_bundle(built.path).descriptor.digest


def test_every_blob_has_the_name_of_its_digest_and_nothing_else_is_there(tree, tmp_path):
    root = pack(contents_of(tree), tmp_path / "out", ATTACHED).path

    blobs = layout_bytes(root)
    assert blobs.pop("oci-layout") == b'{"imageLayoutVersion":"1.0.0"}'
    assert blobs.pop("index.json")
    assert {f"blobs/sha256/{Digest.of(data).hex}" for data in blobs.values()} == blobs.keys()


def test_a_files_digest_is_its_layers_digest(tree, tmp_path):
    root = pack(contents_of(tree), tmp_path / "out").path

    [manifest] = manifests(root)

    assert {
        layer["annotations"]["org.cncf.model.filepath"]: layer["digest"]
        for layer in manifest["layers"]
    } == {name: str(Digest.of(data)) for name, data in MODEL.items()}


def test_a_model_is_a_modelpack_artifact(tree, tmp_path):
    root = pack(contents_of(tree, version="1.0"), tmp_path / "out").path

    [manifest] = manifests(root)

    assert manifest["artifactType"] == "application/vnd.cncf.model.manifest.v1+json"
    assert manifest["config"]["mediaType"] == "application/vnd.cncf.model.config.v1+json"
    assert manifest["annotations"] == {
        "org.opencontainers.image.title": "tiny",
        "org.opencontainers.image.version": "1.0",
        "dev.aiverify.artifact.kind": "model",
    }


def test_a_component_is_no_modelpack_artifact(tree, tmp_path):
    root = pack(contents_of(tree, Kind.COMPONENT), tmp_path / "out").path

    [manifest] = manifests(root)

    assert manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
    assert {layer["mediaType"] for layer in manifest["layers"]} == {"application/octet-stream"}
    assert "org.opencontainers.image.version" not in manifest["annotations"]


def test_attachments_speak_of_the_artifact_as_cosign_writes_them(tree, tmp_path):
    built = pack(contents_of(tree), tmp_path / "out", ATTACHED)

    _, sbom, signature = manifests(built.path)

    for attachment in (sbom, signature):
        assert attachment["subject"]["digest"] == str(built.manifest_digest)
        assert attachment["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
        assert attachment["artifactType"] == attachment["layers"][0]["mediaType"]
    assert "annotations" not in sbom
    assert signature["annotations"] == {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": "https://x",
    }


def test_attachments_are_made_for_the_digests_that_were_written(tree, tmp_path):
    seen = []
    build(
        contents_of(tree),
        tmp_path / "out",
        lambda artifact: seen.append(artifact.manifest.root) or (),
        Silent(),
        mtime="",
    )

    assert seen == [manifest_of(MODEL).root]


def test_two_builds_are_the_same_bytes(tree, tmp_path):
    again = write_tree(tmp_path / "again", dict(reversed(MODEL.items())), ["onnx/run.sh"])
    for path in again.rglob("*"):
        os.utime(path, (1, 1))

    one = pack(contents_of(tree), tmp_path / "one", ATTACHED).path
    other = pack(contents_of(again), tmp_path / "other", ATTACHED).path
    assert layout_bytes(one) == layout_bytes(other)

    one_tar = pack(contents_of(tree), tmp_path / "one.tar", ATTACHED).path
    other_tar = pack(contents_of(again), tmp_path / "other.tar", ATTACHED).path
    assert one_tar.read_bytes() == other_tar.read_bytes()


def test_the_executable_bit_is_all_of_a_files_mode_that_counts(tree, tmp_path):
    one = pack(contents_of(tree), tmp_path / "one")
    for name in MODEL:
        (tree / name).chmod(0o711 if name == "onnx/run.sh" else 0o640)

    assert pack(contents_of(tree), tmp_path / "two").manifest_digest == one.manifest_digest
    (tree / "onnx/run.sh").chmod(0o644)
    assert pack(contents_of(tree), tmp_path / "three").manifest_digest != one.manifest_digest


def test_a_directory_and_a_tar_hold_the_same_blobs(tree, tmp_path):
    directory = pack(contents_of(tree), tmp_path / "out", ATTACHED)
    tar = pack(contents_of(tree), tmp_path / "out.tar", ATTACHED)

    assert tar_bytes(tar.path) == layout_bytes(directory.path)
    assert tar.manifest_digest == directory.manifest_digest


def test_the_index_is_the_last_member_of_a_tar(tree, tmp_path):
    path = pack(contents_of(tree), tmp_path / "out.tar", ATTACHED).path

    names = list(tar_bytes(path))

    assert (names[0], names[-1]) == ("oci-layout", "index.json")


@pytest.mark.parametrize("out", ["out", "out.tar"])
def test_files_with_the_same_bytes_share_a_blob(tmp_path, out):
    files = {"a": b"same", "b": b"same", "c": b"", "d": b"", "e": bytes(512)}
    tree = write_tree(tmp_path / "tree", files)

    path = pack(contents_of(tree), tmp_path / out).path

    held = tar_bytes(path) if path.is_file() else layout_bytes(path)
    assert sum(data in files.values() for data in held.values()) == 3
    read = {member.name: member.extent.read(1024) for member in open_bundle(path).members()}
    assert read == files


def test_a_link_changes_nothing_but_who_holds_the_bytes(tree, tmp_path):
    copied = pack(contents_of(tree), tmp_path / "copied", ATTACHED)
    linked = pack(contents_of(tree), tmp_path / "linked", ATTACHED, link=True)

    assert layout_bytes(linked.path) == layout_bytes(copied.path)
    assert linked.artifact == copied.artifact


def test_a_link_has_no_effect_on_a_tar(tree, tmp_path):
    copied = pack(contents_of(tree), tmp_path / "copied.tar").path
    linked = pack(contents_of(tree), tmp_path / "linked.tar", link=True).path

    assert linked.read_bytes() == copied.read_bytes()


def test_files_that_are_one_on_disk_leave_nothing_behind_when_they_are_linked(tmp_path):
    tree = write_tree(tmp_path / "tree", {"a": b"same"})
    os.link(tree / "a", tree / "b")

    copied = pack(contents_of(tree), tmp_path / "copied")
    linked = pack(contents_of(tree), tmp_path / "linked", link=True)

    assert layout_bytes(linked.path) == layout_bytes(copied.path)


@pytest.mark.parametrize("link", [False, True])
def test_nothing_is_written_to_the_source(tree, tmp_path, link):
    for path in tree.rglob("*"):
        os.utime(path, (1, 1))
    before = read_tree(tree)

    pack(contents_of(tree), tmp_path / "out", ATTACHED, link=link)

    assert read_tree(tree) == before
    assert {path.stat().st_mtime for path in tree.rglob("*")} == {1}


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("data", [b"# Tidy\n", b"# another length\n"])
def test_a_file_that_changed_since_it_was_looked_into_is_refused(tree, tmp_path, link, data):
    contents = contents_of(tree)
    (tree / "README.md").write_bytes(data)

    with pytest.raises(ChangedError, match=r"README\.md changed"):
        pack(contents, tmp_path / "out", link=link)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["out", "out.tar"])
def test_what_is_there_already_is_not_overwritten(tree, tmp_path, out):
    (tmp_path / out).write_bytes(b"precious")

    with pytest.raises(OutputError, match=f"{out} is already there"):
        pack(contents_of(tree), tmp_path / out)
    assert (tmp_path / out).read_bytes() == b"precious"


@pytest.mark.parametrize("out", ["out", "out.tar"])
def test_a_build_that_fails_leaves_nothing_behind(tree, tmp_path, out):
    contents = contents_of(tree)
    (tree / "model.safetensors").unlink()
    target = tmp_path / "folder" / out
    target.parent.mkdir()

    with pytest.raises(InputError, match=r"model\.safetensors"):
        pack(contents, target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("out", ["out", "out.tar"])
def test_a_folder_that_is_not_there_is_one_clear_error(tree, tmp_path, out):
    with pytest.raises(OutputError, match=out):
        pack(contents_of(tree), tmp_path / "missing" / out)

"""The target: whatever path somebody names, opened as an artifact."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.describe import describe
from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.core.manifest import Manifest
from aiverify.errors import InputError, MalformedError
from aiverify.files.stream import digest_all
from aiverify.formats.look import look_at_all
from aiverify.verify.target import Form, guess_kind, open_target, read_signature
from tests.support import artifacts, signatures
from tests.support.verifying import signed_bundle, signed_tree, unsigned_bundle


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return artifacts.write_tree(tmp_path / "tiny")


def test_a_directory_a_file_and_both_forms_of_a_bundle_are_told_apart(tree: Path):
    layout = unsigned_bundle(tree, tree.parent / "tiny.bundle")
    tar = unsigned_bundle(tree, tree.parent / "tiny.tar")
    paths = (tree, tree / "config.json", layout, tar)
    assert [open_target(path).form for path in paths] == [
        Form.DIRECTORY,
        Form.FILE,
        Form.BUNDLE,
        Form.BUNDLE,
    ]


def test_a_file_is_a_bundle_by_its_bytes_and_not_by_its_name(tree: Path):
    path = tree.parent / "weights.tar"
    path.write_bytes(b"no tar at all" * 100)
    assert open_target(path).form is Form.FILE


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_refused(device: str):
    with pytest.raises(InputError, match="neither a file nor a directory"):
        open_target(Path(device))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="neither a file nor a directory"):
        open_target(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["nothing", "link to nothing"])
def test_what_is_not_there_does_not_exist(tmp_path: Path, name: str):
    (tmp_path / "link to nothing").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="does not exist"):
        open_target(tmp_path / name)


@pytest.mark.parametrize("files", [{}, {".git/config": b""}, {"model.sig": b""}])
def test_a_directory_without_files_of_its_own_is_no_artifact(tmp_path: Path, files):
    tree = artifacts.write_tree(tmp_path / "hollow", files)
    with pytest.raises(InputError, match="holds no files"):
        open_target(tree).tree(["model.sig"])


def test_signatures_are_looked_for_where_oms_tools_write_them(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny")
    file = tree / "config.json"
    assert [item.source for item in open_target(tree).signatures()] == [str(tree / "model.sig")]
    assert open_target(file).signature_path.name == "config.json.sigstore.json"
    assert open_target(file).signatures() == ()


def test_a_bundle_brings_its_signature_and_its_attestation(tree: Path):
    path = signed_bundle(tree, tree.parent / "tiny.tar")
    assert len(open_target(path).signatures()) == 2
    assert len(open_target(path).sboms()) == 1


def test_named_signatures_take_the_place_of_a_directorys_own(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny")
    other = tmp_path / "other.sig"
    other.write_bytes((tree / "model.sig").read_bytes())
    assert [item.source for item in open_target(tree).signatures((other,))] == [str(other)]


def test_a_signature_that_is_a_link_is_not_followed(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny")
    (tmp_path / "link.sig").symlink_to(tree / "model.sig")
    with pytest.raises(InputError, match="a symbolic link"):
        read_signature(tmp_path / "link.sig")


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b"[]", b"\xff" * 9])
def test_what_is_no_signature_is_refused_with_its_name(tmp_path: Path, data: bytes):
    (tmp_path / "x.sig").write_bytes(data)
    with pytest.raises(MalformedError, match=r"x\.sig"):
        read_signature(tmp_path / "x.sig")


def test_a_signature_with_two_signatures_is_refused(tmp_path: Path):
    value = signatures.good_file()
    value["dsseEnvelope"]["signatures"] *= 2
    (tmp_path / "x.sig").write_text(json.dumps(value))
    with pytest.raises(MalformedError, match=r"x\.sig has 2 signatures"):
        read_signature(tmp_path / "x.sig")


def artifact_of(path: Path):
    """The artifact at a path, as `verify` names it."""
    target = open_target(path)
    members = target.tree(["model.sig"]).members
    files = look_at_all(members)
    return target.artifact(Manifest.of(digest_all(members)), files, describe(files))


def test_an_artifact_is_named_by_its_bundle_its_card_or_its_path(tree: Path, tmp_path: Path):
    assert artifact_of(tree).name == "tiny"
    named = artifacts.write_tree(
        tmp_path / "other",
        {**artifacts.MODEL, "README.md": b"---\nmodel_name: By its card\n---\n"},
    )
    assert artifact_of(named).name == "By its card"
    assert artifact_of(unsigned_bundle(named, tmp_path / "x.tar")).name == "By its card"


@pytest.mark.parametrize(
    ("formats", "kind"),
    [
        (("peft", "safetensors"), Kind.ADAPTER),
        (("elf",), Kind.COMPONENT),
        (("executable", "elf"), Kind.COMPONENT),
        (("elf", "safetensors"), Kind.MODEL),
        (("unknown",), Kind.MODEL),
        ((), Kind.MODEL),
    ],
)
def test_the_kind_is_guessed_by_the_formats(formats: tuple[str, ...], kind: Kind):
    files = [FileFacts(name, 1, Facts(name, Role.WEIGHT)) for name in formats]
    assert guess_kind(files) is kind


@pytest.mark.parametrize(
    ("path", "name"),
    [("model.sig", "model.sig"), ("a/b.sig", "a/b.sig"), ("../x.sig", None), (".", None)],
)
def test_a_place_is_inside_a_directory_or_it_is_not(tree: Path, path: str, name: str | None):
    assert open_target(tree).inside(tree / path) == name


def test_nothing_is_inside_a_file(tree: Path):
    assert open_target(tree / "config.json").inside(tree / "config.json") is None

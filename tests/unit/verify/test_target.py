"""The target: whatever path somebody names, opened as an artifact."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from aiverify.bundle.layout import open_bundle
from aiverify.bundle.opened import Unusable
from aiverify.bundle.unpack import extract
from aiverify.core import reference
from aiverify.core.describe import describe
from aiverify.core.digest import Digest
from aiverify.core.manifest import Manifest
from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.files.progress import Silent
from aiverify.files.stream import digest_all
from aiverify.formats.look import look_at_all
from aiverify.signing.rejected import Rejected
from aiverify.verify.location import InRegistry
from aiverify.verify.target import (
    Form,
    SignatureSource,
    Target,
    open_target,
    read_signature,
)
from tests.support import artifacts, foreign, signatures
from tests.support.verifying import attach_signature, signed_bundle, signed_tree, unsigned_bundle


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


def test_a_bundle_brings_its_signature_and_its_attestations(tree: Path):
    path = signed_bundle(tree, tree.parent / "tiny.tar")
    assert len(open_target(path).signatures()) == 3
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
    ("path", "name"),
    [("model.sig", "model.sig"), ("a/b.sig", "a/b.sig"), ("../x.sig", None), (".", None)],
)
def test_a_place_is_inside_a_directory_or_it_is_not(tree: Path, path: str, name: str | None):
    assert open_target(tree).inside(tree / path) == name


def test_nothing_is_inside_a_file(tree: Path):
    assert open_target(tree / "config.json").inside(tree / "config.json") is None


def in_registry(word: str = "registry.example/acme/llama:1.2") -> Target:
    return Target(InRegistry(reference.parse(word)), Form.REGISTRY)


def test_what_is_in_a_registry_is_named_by_its_repository_and_has_no_path():
    target = in_registry()
    assert (target.shown, target.own_name) == ("registry.example/acme/llama:1.2", "llama")
    assert target.inside(Path("llama")) is None
    with pytest.raises(UsageError, match="has no path here") as caught:
        _ = target.path
    assert caught.value.hint == "Pull it first."


def test_a_broken_signature_in_a_bundle_is_refused_and_one_in_a_registry_does_not_count(tree: Path):
    """Anybody may put one there; who packs a bundle says what is in it."""
    path = signed_bundle(tree, tree.parent / "tiny.tar")
    attach_signature(path, b"no signature")
    digest = Digest.of(b"no signature")
    here = open_target(path)
    with pytest.raises(MalformedError, match=str(digest)):
        here.signatures()
    elsewhere = InRegistry(reference.parse("registry.example/acme/tiny"))
    *good, broken = replace(here, location=elsewhere).signatures()
    assert [type(item) for item in good] == [SignatureSource] * 3
    assert isinstance(broken, Rejected)
    assert (broken.source, str(digest) in broken.reason) == (str(digest), True)


def test_what_a_registry_lists_and_cannot_be_read_is_rejected_with_its_reason(tree: Path):
    here = open_target(signed_bundle(tree, tree.parent / "tiny.tar"))
    assert here.bundle
    broken = Unusable(Digest.of(b"gone"), "it is gone")
    target = replace(here, bundle=replace(here.bundle, unusable=(broken,)))
    assert target.signatures()[-1] == Rejected(str(Digest.of(b"gone")), "it is gone")


def test_a_broken_signature_that_is_named_is_refused_wherever_the_artifact_is(tmp_path: Path):
    (tmp_path / "x.sig").write_bytes(b"no signature")
    with pytest.raises(MalformedError, match=r"x\.sig"):
        in_registry().signatures((tmp_path / "x.sig",))


def test_of_archives_that_were_unpacked_the_files_are_the_artifacts(tmp_path: Path):
    files = {"README.md": b"card", "onnx/b": b"b", "onnx/a": b"a"}
    bundle = open_bundle(foreign.oras_artifact(tmp_path / "bundle", files))
    packed = Target(tmp_path / "bundle", Form.BUNDLE, bundle)
    (tmp_path / "unpacked").mkdir()
    unpacked = replace(packed, unpacked=extract(bundle, tmp_path / "unpacked", Silent()))
    assert [member.name for member in packed.tree().members] == ["README.md", "onnx.tar.gz"]
    assert [member.name for member in unpacked.tree().members] == sorted(files)
    assert packed.promised() == bundle.promised()
    assert unpacked.promised() == artifacts.manifest_of(files)
    assert Manifest.of(digest_all(unpacked.tree().members)) == unpacked.promised()


def test_nobody_promises_anything_of_plain_files(tree: Path):
    assert open_target(tree).promised() is None

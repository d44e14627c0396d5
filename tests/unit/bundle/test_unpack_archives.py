"""Unpacking archives that other tools pack files in: their files or nothing, beside the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.bundle.layout import open_bundle
from aiverify.bundle.unpack import extract, plain_members, unpack
from aiverify.core.digest import Digest
from aiverify.core.layers import LayerForm
from aiverify.errors import (
    AiverifyError,
    DeniedError,
    MalformedError,
    UnsafeNameError,
    UsageError,
)
from aiverify.files.progress import Silent
from tests.support import foreign
from tests.support.artifacts import MODEL, Forger, read_tree

MODEL_TYPE = "application/vnd.cncf.model.manifest.v1+json"
CONFIG_TYPE = "application/vnd.cncf.model.config.v1+json"
CONFIG = "application/vnd.cncf.model.weight.config.v1"

ARCHIVES = [form for form in LayerForm if form.is_archive]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "bundle"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where to unpack to, in a folder of its own."""
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "out"


def of_layers(root: Path, *layers: tuple[str, bytes, str]) -> Path:
    """A layout whose layers are given by type, bytes and name; an empty name is left out."""
    layout = foreign.Layout(root)
    made = [
        layout.blob(media_type, data, {foreign.FILEPATH: name} if name else None)
        for media_type, data, name in layers
    ]
    return layout.finish(layout.json(CONFIG_TYPE, {}), made, MODEL_TYPE)


def plain(name: str, data: bytes = b"plain") -> tuple[str, bytes, str]:
    """A layer that is a file."""
    return (f"{CONFIG}.raw", data, name)


def packed(files: foreign.Files, name: str = "files", **given: Any) -> tuple[str, bytes, str]:
    """A layer that is an archive of files."""
    return (f"{CONFIG}.tar", foreign.tar(files, **given), name)


def content(root: Path) -> dict[str, bytes]:
    """The bytes of every file below a directory."""
    return {name: data for name, (data, _) in read_tree(root).items()}


def sizes(files: foreign.Files) -> dict[str, int]:
    """How many bytes each file has."""
    return {name: len(data) for name, data in files.items()}


def refused(root: Path, out: Path, error: type[AiverifyError] = MalformedError) -> str:
    """The message with which a bundle is refused. Nothing is left where it should go."""
    with pytest.raises(error) as caught:
        unpack(open_bundle(root), out, Silent())
    assert type(caught.value) is error
    assert list(out.parent.iterdir()) == []
    return caught.value.message


@pytest.mark.parametrize("form", LayerForm)
def test_the_files_come_out_of_a_modelpack(form: LayerForm, root: Path, out: Path):
    members = unpack(open_bundle(foreign.modelpack(root, MODEL, form)), out, Silent())

    assert content(out) == MODEL
    assert {member.name: member.extent.size for member in members} == sizes(MODEL)


@pytest.mark.parametrize("form", ARCHIVES)
def test_the_files_come_out_of_a_modelkit(form: LayerForm, root: Path, out: Path):
    members = unpack(open_bundle(foreign.modelkit(root, MODEL, form)), out, Silent())

    assert content(out) == MODEL
    assert {member.name: member.extent.size for member in members} == sizes(MODEL)


def test_the_files_come_out_of_a_model_of_docker(root: Path, out: Path):
    unpack(open_bundle(foreign.docker_model(root, MODEL, named=True)), out, Silent())

    assert content(out) == MODEL


def test_files_that_docker_leaves_without_names_are_called_by_their_types(root: Path, out: Path):
    files = {"a.gguf": b"GGUF", "b.gguf": b"GGUF2", "LICENSE": b"text", "chat.jinja": b"{{ }}"}

    unpack(open_bundle(foreign.docker_model(root, files)), out, Silent())

    assert content(out) == {
        "model-00001-of-00002.gguf": b"GGUF",
        "model-00002-of-00002.gguf": b"GGUF2",
        "LICENSE": b"text",
        "template.jinja": b"{{ }}",
    }


def test_the_files_come_out_of_an_artifact_of_oras(root: Path, out: Path):
    unpack(open_bundle(foreign.oras_artifact(root, MODEL)), out, Silent())

    assert content(out) == MODEL


def test_files_and_archives_are_unpacked_side_by_side(root: Path, out: Path):
    of_layers(
        root,
        plain("README.md", b"card"),
        packed({"onnx/run.sh": b"run", "onnx/model.onnx": b"graph"}, "onnx"),
        plain("onnx/config.json", b"{}"),
    )

    members = unpack(open_bundle(root), out, Silent())

    assert content(out) == {
        "README.md": b"card",
        "onnx/run.sh": b"run",
        "onnx/model.onnx": b"graph",
        "onnx/config.json": b"{}",
    }
    assert sorted(member.name for member in members) == sorted(content(out))


def test_what_was_in_an_archive_is_told_with_its_digest(root: Path, out: Path):
    of_layers(root, plain("README.md"), packed({"a/b": b"content"}))

    members = {member.name: member for member in unpack(open_bundle(root), out, Silent())}

    assert members["a/b"].digest == Digest.of(b"content")
    assert members["README.md"].digest is None


def test_of_a_mode_only_the_owners_right_to_execute_comes_out(root: Path, out: Path):
    of_layers(root, packed({"run.sh": b"#!", "data": b""}, executable=["run.sh"]))

    members = unpack(open_bundle(root), out, Silent())

    assert {name: mode for name, (_, mode) in read_tree(out).items()} == {
        "run.sh": 0o755,
        "data": 0o644,
    }
    assert [member.name for member in members if member.executable] == ["run.sh"]


def test_two_archives_may_fill_one_folder(root: Path, out: Path):
    of_layers(root, packed({"onnx/a": b"a"}, "first"), packed({"onnx/b": b"b"}, "second"))

    unpack(open_bundle(root), out, Silent())

    assert content(out) == {"onnx/a": b"a", "onnx/b": b"b"}


def test_an_archive_that_nobody_names_is_unpacked_all_the_same(root: Path, out: Path):
    """Nobody looks for it under a name: its files have theirs."""
    of_layers(root, packed({"a": b"a"}, ""), packed({"b": b"b"}, ""))

    unpack(open_bundle(root), out, Silent())

    assert content(out) == {"a": b"a", "b": b"b"}


def test_a_file_that_nobody_names_is_refused(root: Path, out: Path):
    of_layers(root, plain(""), packed({"a": b"a"}))

    assert "has no file name" in refused(root, out)


@pytest.mark.parametrize(
    "media_type", [f"{CONFIG}.tar+xz", "application/vnd.kitops.modelkit.code.v1.raw+gzip"]
)
def test_a_layer_of_a_type_that_nobody_knows_is_refused(media_type: str, root: Path, out: Path):
    of_layers(root, plain("README.md"), (media_type, b"bytes", "code"))

    assert f"the layer code is {media_type}, of which nobody here knows" in refused(root, out)


def test_a_layer_of_a_container_image_is_refused(root: Path, out: Path):
    of_layers(root, (f"{foreign.OCI_TAR}+gzip", b"bytes", ""))

    assert "of which nobody here knows what it is" in refused(root, out)


@pytest.mark.parametrize("form", ARCHIVES)
def test_an_archive_that_was_swapped_for_another_is_denied(form: LayerForm, root: Path, out: Path):
    """It is a good archive of the same length, and not the one that the bundle promises."""
    foreign.modelpack(root, {"README.md": b"card", "config.json": b"{}"}, form)
    was, other = (
        foreign.packed(foreign.tar({"config.json": data}), form) for data in (b"{}", b"[]")
    )
    assert len(was) == len(other)
    Forger(root).blob(str(Digest.of(was))).write_bytes(other)

    message = refused(root, out, DeniedError)

    assert f"config.json.{form.value}".replace("+gzip", ".gz").replace("+zstd", ".zst") in message
    assert str(Digest.of(was)) in message
    assert str(Digest.of(other)) in message


@pytest.mark.parametrize("form", ARCHIVES)
def test_no_byte_of_an_archive_can_be_altered(form: LayerForm, root: Path, out: Path):
    foreign.modelpack(root, {"config.json": b"{}"}, form)
    data = foreign.packed(foreign.tar({"config.json": b"{}"}), form)
    blob = Forger(root).blob(str(Digest.of(data)))

    for at in range(0, len(data), max(1, len(data) // 40)):
        blob.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises((DeniedError, MalformedError, UnsafeNameError)):
            unpack(open_bundle(root), out, Silent())
        assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("form", ARCHIVES)
def test_what_is_no_archive_of_its_form_is_refused(form: LayerForm, root: Path, out: Path):
    of_layers(root, (f"{CONFIG}.{form.value}", b"no archive at all", "config.json"))

    refused(root, out)


def test_a_file_that_was_altered_is_denied_beside_an_archive_that_was_not(root: Path, out: Path):
    of_layers(root, plain("README.md", b"card"), packed({"a": b"a"}))
    Forger(root).blob(str(Digest.of(b"card"))).write_bytes(b"CARD")

    assert "README.md was altered" in refused(root, out, DeniedError)


def test_a_file_that_is_in_two_archives_is_refused(root: Path, out: Path):
    of_layers(root, packed({"a": b"one"}, "first"), packed({"a": b"two"}, "second"))

    assert "holds a, and so does a layer before it" in refused(root, out)


def test_a_file_that_is_in_an_archive_and_beside_it_is_refused(root: Path, out: Path):
    of_layers(root, plain("a"), packed({"a": b"packed"}))

    assert "holds a, and so does a layer before it" in refused(root, out)


@pytest.mark.parametrize(
    ("beside", "inside"),
    [("A", "a"), ("a", "a/b"), ("a/b", "a"), ("a/B", "a/b"), ("Dir/x", "dir/y"), ("e\u0301", "é")],
)
def test_names_that_collide_are_refused_wherever_they_are(
    beside: str, inside: str, root: Path, tmp_path: Path, out: Path
):
    of_layers(root, plain(beside), packed({inside: b"packed"}))
    of_layers(tmp_path / "two", packed({beside: b"first"}, "1"), packed({inside: b"second"}, "2"))

    for path in (root, tmp_path / "two"):
        with pytest.raises((UnsafeNameError, MalformedError)):
            unpack(open_bundle(path), out, Silent())
        assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("beside", "inside"),
    [("a", "a"), ("A", "a"), ("a", "a/b"), ("a/b", "a"), ("Dir/x", "dir/y")],
)
def test_names_that_collide_are_refused_though_the_plain_files_lie_elsewhere(
    beside: str, inside: str, root: Path, tmp_path: Path
):
    """Whoever extracts archives alone puts the other files beside them later."""
    of_layers(root, plain(beside), packed({inside: b"packed"}))
    (tmp_path / "alone").mkdir()

    with pytest.raises((UnsafeNameError, MalformedError)):
        extract(open_bundle(root), tmp_path / "alone", Silent())


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a//b", "a\\b", "C:x"])
def test_a_name_in_an_archive_that_leads_out_writes_nothing(name: str, root: Path, out: Path):
    of_layers(root, packed({"good": b"good", name: b"bad"}))

    refused(root, out, UnsafeNameError)


@pytest.mark.parametrize("name", [".git/config", ".GIT/hooks/post-checkout", ".git"])
def test_what_git_would_run_does_not_come_out_of_an_archive(name: str, root: Path, out: Path):
    of_layers(root, packed({name: b"bad"}))

    assert "git runs" in refused(root, out, UnsafeNameError)


def test_a_bomb_is_refused(root: Path, out: Path, monkeypatch: pytest.MonkeyPatch):
    """All archives share what they may unpack to; here that is made small."""
    monkeypatch.setattr("aiverify.bundle.unpack.UNPACKED_ALLOWED", 1 << 10)
    bomb = foreign.packed(foreign.tar({"zeros": bytes(4 << 20)}), LayerForm.TAR_GZIP)
    of_layers(root, (f"{CONFIG}.tar+gzip", bomb, "zeros"))

    assert f"would unpack to more than {64 * len(bomb) + (1 << 10)} bytes" in refused(root, out)


def test_archives_that_are_small_alone_may_not_be_too_large_together(
    root: Path, out: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("aiverify.bundle.unpack.UNPACKED_ALLOWED", 5 << 20)
    bombs = [
        foreign.packed(foreign.tar({name: bytes(4 << 20)}), LayerForm.TAR_GZIP) for name in "ab"
    ]
    kind = f"{CONFIG}.tar+gzip"
    of_layers(root.with_name("one"), (kind, bombs[0], "a"))
    of_layers(root, (kind, bombs[0], "a"), (kind, bombs[1], "b"))

    unpack(open_bundle(root.with_name("one")), out.with_name("fits"), Silent())
    with pytest.raises(MalformedError, match="would unpack to more than"):
        unpack(open_bundle(root), out, Silent())
    assert not out.exists()


@pytest.mark.parametrize("only", [["README.md"], ["a"], ["files"], ["files.tar"], ["missing"]])
def test_a_part_of_a_bundle_with_archives_is_refused(only: list[str], root: Path, out: Path):
    of_layers(root, plain("README.md"), packed({"a": b"a"}))

    with pytest.raises(UsageError, match="archives, which are unpacked whole") as caught:
        unpack(open_bundle(root), out, Silent(), only=only)
    assert "--only" in caught.value.hint
    assert not out.exists()


def test_a_signature_does_not_replace_a_file_that_came_out_of_an_archive(root: Path, out: Path):
    of_layers(root, packed({"model.sig": b"a file of the artifact"}))

    unpack(open_bundle(root), out, Silent(), signature=b"signature")

    assert content(out) == {"model.sig": b"a file of the artifact"}


def test_a_signature_goes_beside_what_came_out_of_an_archive(root: Path, out: Path):
    of_layers(root, packed({"onnx/model.sig": b"another"}))

    unpack(open_bundle(root), out, Silent(), signature=b"signature")

    assert content(out) == {"onnx/model.sig": b"another", "model.sig": b"signature"}


def test_progress_is_told_of_every_byte_that_lies_in_the_bundle(root: Path, out: Path):
    class Counting:
        total = done = 0

        def begin(self, label: str, total: int) -> None:
            self.total += total

        def advance(self, count: int) -> None:
            self.done += count

    archive = packed({"a": b"a"})
    of_layers(root, plain("README.md", b"card"), archive)
    progress = Counting()

    unpack(open_bundle(root), out, progress)

    assert progress.total == progress.done == len(b"card") + len(archive[1])


def test_an_archive_is_one_member_of_the_bundle_and_none_of_its_plain_files(root: Path):
    of_layers(root, plain("README.md"), packed({"a": b"a"}, "folder/"))
    bundle = open_bundle(root)

    assert [member.name for member in bundle.members()] == ["README.md", "folder.tar"]
    assert [member.name for member in plain_members(bundle)] == ["README.md"]


def test_a_link_where_a_folder_should_go_is_not_followed(root: Path, tmp_path: Path):
    of_layers(root, packed({"onnx/a": b"a"}))
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "target"
    elsewhere.mkdir()
    target.mkdir()
    (target / "onnx").symlink_to(elsewhere)

    with pytest.raises(UnsafeNameError):
        extract(open_bundle(root), target, Silent())
    assert list(elsewhere.iterdir()) == []

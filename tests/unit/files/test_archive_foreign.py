"""Layers as other tools pack them come out as the files that went in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.digest import Digest
from aiverify.core.layers import NAME_KEYS, LayerForm, layer_form, maker, unnamed
from aiverify.core.oci import Descriptor, ImageManifest, parse_manifest
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.extract import UnpackedLayer, unpack_layer
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from tests.support import foreign

FILES = {
    "model.safetensors": bytes(range(256)) * 5000,
    "config.json": b'{"model_type": "llama"}',
    "README.md": b"# Tiny\n",
    "src/run/f\u00fcr-alle.py": b"print()\n",
    "src/empty.txt": b"",
    "src/" + "long-" * 30 + "name": b"a name of more than a header's 100 bytes",
}


def blob(root: Path, descriptor: Descriptor) -> Extent:
    return Extent.of_file(root / "blobs/sha256" / descriptor.digest.hex)


def opened(root: Path) -> ImageManifest:
    """The one manifest of a layout."""
    listed = json.loads((root / "index.json").read_text())["manifests"]
    [path] = [root / "blobs" / entry["digest"].replace(":", "/") for entry in listed]
    return parse_manifest(path.read_bytes(), "the manifest")


def config(root: Path, manifest: ImageManifest) -> Any:
    return json.loads(blob(root, manifest.config).read(1 << 20))


def unpacked(root: Path, out: Path) -> list[UnpackedLayer]:
    """Write all files of a layout below a directory; the layers that were archives."""
    out.mkdir()
    budget = Budget(64 << 20)
    found = []
    for layer in opened(root).layers:
        form = layer_form(layer.media_type, layer.annotations)
        assert form is not None, layer.media_type
        extent = blob(root, layer)
        if form.is_archive:
            done = unpack_layer(extent, form.compression, out, budget=budget, progress=Silent())
            found.append(done)
            continue
        said = (layer.annotations.get(key) for key in NAME_KEYS)
        name = next(filter(None, said), unnamed(layer.media_type))
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(extent.read(1 << 24))
    return found


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("form", LayerForm)
def test_a_modelpack_comes_out_whole(tmp_path: Path, form: LayerForm) -> None:
    root = foreign.modelpack(tmp_path / "pack", FILES, form)
    layers = unpacked(root, tmp_path / "out")
    assert tree(tmp_path / "out") == FILES
    manifest = opened(root)
    assert maker(manifest.config.media_type, manifest.artifact_type) == "ModelPack"
    stated = config(root, manifest)["modelfs"]["diffIds"]
    assert [str(layer.diff_id) for layer in layers] == (stated if form.is_archive else [])


@pytest.mark.parametrize("form", [form for form in LayerForm if form.is_archive])
def test_a_modelkit_comes_out_whole(tmp_path: Path, form: LayerForm) -> None:
    root = foreign.modelkit(tmp_path / "kit", FILES, form)
    layers = unpacked(root, tmp_path / "out")
    assert tree(tmp_path / "out") == FILES
    manifest = opened(root)
    assert maker(manifest.config.media_type, manifest.artifact_type) == "KitOps ModelKit"
    kitfile = config(root, manifest)
    entries = [kitfile["model"], *kitfile["model"]["parts"], *kitfile["code"], *kitfile["docs"]]
    assert {str(layer.diff_id) for layer in layers} == {entry["diffId"] for entry in entries}


def test_a_named_docker_model_comes_out_whole(tmp_path: Path) -> None:
    root = foreign.docker_model(tmp_path / "docker", FILES, named=True)
    unpacked(root, tmp_path / "out")
    assert tree(tmp_path / "out") == FILES
    manifest = opened(root)
    assert maker(manifest.config.media_type, manifest.artifact_type) == "Docker model"


def test_an_unnamed_docker_model_gets_the_names_that_docker_gives(tmp_path: Path) -> None:
    files = {"llama-q4.gguf": b"GGUF", "chat.jinja": b"{{ x }}", "LICENSE": b"MIT"}
    unpacked(foreign.docker_model(tmp_path / "docker", files), tmp_path / "out")
    found = {"model.gguf": b"GGUF", "template.jinja": b"{{ x }}", "LICENSE": b"MIT"}
    assert tree(tmp_path / "out") == found


def test_an_oras_artifact_comes_out_whole(tmp_path: Path) -> None:
    root = foreign.oras_artifact(tmp_path / "oras", FILES)
    [folder] = unpacked(root, tmp_path / "out")
    assert tree(tmp_path / "out") == FILES
    manifest = opened(root)
    assert maker(manifest.config.media_type, manifest.artifact_type) == ""
    assert str(folder.diff_id) == manifest.layers[-1].annotations["io.deis.oras.content.digest"]


def test_the_written_files_are_told_with_their_digests(tmp_path: Path) -> None:
    layers = unpacked(foreign.modelkit(tmp_path / "kit", FILES), tmp_path / "out")
    told = {file.name: (file.digest, file.size) for layer in layers for file in layer.files}
    assert told == {name: (Digest.of(data), len(data)) for name, data in FILES.items()}

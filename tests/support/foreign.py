"""Artifacts as other tools make them, each as an OCI image layout: ModelPack, KitOps, Docker, ORAS.

Media types, annotations and the order of what is in a manifest are those that the tools write.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aiverify.core.layers import LayerForm

Files = Mapping[str, bytes]
Descriptor = dict[str, Any]

FILEPATH = "org.cncf.model.filepath"
FILE_METADATA = "org.cncf.model.file.metadata+json"
UNTESTED = "org.cncf.model.file.mediatype.untested"
TITLE = "org.opencontainers.image.title"
CREATED = "org.opencontainers.image.created"
TIME = "2025-11-03T10:20:30Z"

OCI_TAR = "application/vnd.oci.image.layer.v1.tar"
EMPTY = "application/vnd.oci.empty.v1+json"

WEIGHTS = (".gguf", ".safetensors", ".bin")


def digest_of(data: bytes) -> str:
    """The digest of bytes as a descriptor has it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def zstd(data: bytes) -> bytes:
    """Bytes packed by zstd, as one frame."""
    if sys.version_info >= (3, 14):
        from compression import zstd as library
    else:
        from backports import zstd as library
    return library.compress(data)


def tar(
    files: Files,
    *,
    executable: Iterable[str] = (),
    directories: Iterable[str] = (),
    form: int = tarfile.PAX_FORMAT,
) -> bytes:
    """An archive of directories and files. The form is plain POSIX where that can say it all."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name in directories:
            info = tarfile.TarInfo(name)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(info)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755 if name in executable else 0o644
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def packed(archive: bytes, form: LayerForm) -> bytes:
    """An archive as a layer of some form holds it."""
    if form is LayerForm.TAR_GZIP:
        return gzip.compress(archive, mtime=0)
    return zstd(archive) if form is LayerForm.TAR_ZSTD else archive


class Layout:
    """A layout that is being written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "blobs/sha256").mkdir(parents=True)

    def blob(
        self, media_type: str, data: bytes, annotations: Mapping[str, str] | None = None
    ) -> Descriptor:
        """Write a blob; its descriptor."""
        digest = digest_of(data)
        (self.root / "blobs" / digest.replace(":", "/")).write_bytes(data)
        descriptor = {"mediaType": media_type, "digest": digest, "size": len(data)}
        return {**descriptor, "annotations": dict(annotations)} if annotations else descriptor

    def json(self, media_type: str, value: object) -> Descriptor:
        """Write a document; its descriptor."""
        return self.blob(media_type, json.dumps(value, separators=(",", ":")).encode())

    def finish(
        self,
        config: Descriptor,
        layers: list[Descriptor],
        artifact_type: str = "",
        annotations: Mapping[str, str] | None = None,
    ) -> Path:
        """Write the manifest and what makes a layout of the folder."""
        manifest: dict[str, Any] = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
        }
        if artifact_type:
            manifest["artifactType"] = artifact_type
        manifest |= {"config": config, "layers": layers}
        if annotations:
            manifest["annotations"] = dict(annotations)
        listed = self.json(manifest["mediaType"], manifest)
        listed["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
        index = {"schemaVersion": 2, "manifests": [listed]}
        (self.root / "index.json").write_text(json.dumps(index))
        (self.root / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        return self.root


def modelpack(root: Path, files: Files, form: LayerForm = LayerForm.TAR) -> Path:
    """A ModelPack by modctl: a layer for each file, which is an archive of that file alone.

    The archive has the file's whole path, and so has the annotation.
    """
    layout = Layout(root)
    layers, diff_ids = [], []
    for name, content in files.items():
        archive = content if form is LayerForm.RAW else tar({name: content})
        kind = "weight" if name.endswith(WEIGHTS) else "weight.config"
        kind = "doc" if name.endswith(".md") else kind
        media_type = f"application/vnd.cncf.model.{kind}.v1.{form}"
        said = {FILEPATH: name, FILE_METADATA: _metadata(name, content, ord("0")), UNTESTED: "true"}
        layers.append(layout.blob(media_type, packed(archive, form), said))
        diff_ids.append(digest_of(archive))
    config = {
        "descriptor": {"createdAt": TIME, "name": "tiny"},
        "modelfs": {"type": "layers", "diffIds": diff_ids},
        "config": {"format": "safetensors", "paramSize": "1m"},
    }
    described = layout.json("application/vnd.cncf.model.config.v1+json", config)
    return layout.finish(described, layers, "application/vnd.cncf.model.manifest.v1+json")


def modelkit(root: Path, files: Files, form: LayerForm = LayerForm.TAR_GZIP) -> Path:
    """A ModelKit by KitOps: a layer for each path of the Kitfile, which is a file or a folder.

    Names in an archive are relative to the kit, folders have entries of their own, and the
    config is the Kitfile as JSON, with the digests of each layer.
    """
    layout = Layout(root)
    layers, docs, code, parts = [], [], [], []
    model: dict[str, Any] = {}
    for path in dict.fromkeys(name.partition("/")[0] for name in files):
        held = {name: files[name] for name in files if name.split("/")[0] == path}
        archive = tar(held, directories=_folders(held))
        blob = packed(archive, form)
        entry = {"path": path, "digest": digest_of(blob), "diffId": digest_of(archive)}
        if path.endswith(WEIGHTS) and not model:
            model, kind = {"name": "tiny", **entry}, "model"
        elif path not in files:
            code.append(entry)
            kind = "code"
        elif path.endswith(".md"):
            docs.append(entry)
            kind = "docs"
        else:
            parts.append(entry)
            kind = "modelpart"
        media_type = f"application/vnd.kitops.modelkit.{kind}.v1.{form}"
        layers.append(layout.blob(media_type, blob, {FILEPATH: path}))
    kitfile = {
        "manifestVersion": "1.0.0",
        "package": {"name": "tiny", "version": "1.0.0"},
        "model": {**model, "parts": parts},
        "code": code,
        "docs": docs,
    }
    described = layout.json("application/vnd.kitops.modelkit.config.v1+json", kitfile)
    said = {"ml.kitops.modelkit.cli-version": "1.9.0", CREATED: TIME}
    artifact_type = "application/vnd.kitops.modelkit.manifest.v1+json"
    return layout.finish(described, layers, artifact_type, said)


def docker_model(root: Path, files: Files, *, named: bool = False) -> Path:
    """A model by Docker Model Runner: raw layers, and an archive for what is in folders.

    Until late in 2025 no layer had a name: whoever unpacked it took one by its type. There is no
    artifact type.
    """
    layout = Layout(root)
    layers = []
    for name, content in files.items():
        if "/" not in name:
            said = {
                FILEPATH: name,
                FILE_METADATA: _metadata(name, content, 0),
                UNTESTED: "false",
            }
            layers.append(layout.blob(_docker_type(name), content, said if named else None))
    held = {name: content for name, content in files.items() if "/" in name}
    if held:
        archive = tar(held, directories=_folders(held))
        layers.append(layout.blob("application/vnd.docker.ai.dir.tar", archive))
    config = {
        "config": {"format": "gguf", "quantization": "Q4_0", "parameters": "1 M"},
        "descriptor": {"created": TIME},
        "rootfs": {"type": "rootfs", "diff_ids": [layer["digest"] for layer in layers]},
    }
    described = layout.json("application/vnd.docker.ai.model.config.v0.1+json", config)
    return layout.finish(described, layers)


def oras_artifact(
    root: Path, files: Files, artifact_type: str = "application/vnd.acme.model"
) -> Path:
    """An artifact by `oras push`: files as they are, and each folder as one packed archive.

    A file whose type nobody gives has the type of an image's layer and is no archive all the
    same. Names in a folder's archive begin with the folder's name.
    """
    layout = Layout(root)
    layers = []
    for path in dict.fromkeys(name.partition("/")[0] for name in files):
        if path in files:
            layers.append(layout.blob(OCI_TAR, files[path], {TITLE: path}))
            continue
        held = {name: files[name] for name in files if name.startswith(f"{path}/")}
        archive = tar(held, directories=_folders(held))
        said = {
            "io.deis.oras.content.digest": digest_of(archive),
            "io.deis.oras.content.unpack": "true",
            TITLE: path,
        }
        blob = packed(archive, LayerForm.TAR_GZIP)
        layers.append(layout.blob(f"{OCI_TAR}+gzip", blob, said))
    described = layout.blob(EMPTY, b"{}")
    return layout.finish(described, layers, artifact_type, {CREATED: TIME})


def _folders(files: Files) -> list[str]:
    """The folders that hold the files, the topmost first."""
    found = {str(parent) for name in files for parent in Path(name).parents}
    return sorted(found - {"."})


def _metadata(name: str, content: bytes, typeflag: int) -> str:
    base = name.rpartition("/")[2]
    said = {"name": base, "mode": 0o644, "uid": 0, "gid": 0, "size": len(content)}
    return json.dumps({**said, "mtime": TIME, "typeflag": typeflag}, separators=(",", ":"))


def _docker_type(name: str) -> str:
    types = {
        ".gguf": "gguf.v3",
        ".safetensors": "safetensors",
        ".mmproj": "mmproj",
        ".jinja": "chat.template.jinja",
        "LICENSE": "license",
    }
    found = next((kind for suffix, kind in types.items() if name.endswith(suffix)), "model.file")
    return f"application/vnd.docker.ai.{found}"

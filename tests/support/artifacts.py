"""Small artifacts for tests: trees on disk, bundles of them, and layouts whose maker lies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiverify.bundle.build import Built, Contents, build
from aiverify.bundle.layout import open_bundle
from aiverify.bundle.opened import Bundle
from aiverify.core.artifact import Kind
from aiverify.core.describe import describe
from aiverify.core.digest import Digest
from aiverify.core.manifest import Entry, Manifest
from aiverify.files import tar
from aiverify.files.progress import Silent
from aiverify.files.tree import list_tree
from aiverify.formats.look import look_at_all
from tests.support.weights import safetensors_bytes

Files = Mapping[str, bytes]
Attachments = Sequence[tuple[str, str, bytes]]

TIME = "1970-01-01T00:00:00Z"

CARD = b"""---
license: apache-2.0
language: en
---
# Tiny
"""

MODEL: Files = {
    "README.md": CARD,
    "config.json": b'{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}',
    "generation_config.json": b"{}",
    "model.safetensors": safetensors_bytes({"lm_head.weight": ("F32", (4, 4))}),
    "onnx/run.sh": b"#!/bin/sh\n",
}
"""A model with a file in a folder, one to execute, and one that is the bytes of an empty config."""


def manifest_of(files: Files) -> Manifest:
    """The manifest of files in memory."""
    return Manifest.of(Entry(name, Digest.of(data), len(data)) for name, data in files.items())


def write_tree(root: Path, files: Files = MODEL, executable: Iterable[str] = ()) -> Path:
    """Write files below a new directory."""
    root.mkdir(parents=True)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o755 if name in executable else 0o644)
    return root


def read_tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """The bytes and permissions of every file below a directory."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o7777)
        for path in root.rglob("*")
        if path.is_file()
    }


def contents_of(tree: Path, kind: Kind = Kind.MODEL, version: str = "") -> Contents:
    """What `build` takes, from the files of a directory."""
    members = list_tree(tree).members
    files = look_at_all(members)
    return Contents(kind, "tiny", version, members, files, describe(files))


def pack(contents: Contents, out: Path, attachments: Attachments = (), link: bool = False) -> Built:
    """Build a bundle at a fixed time."""
    return build(contents, out, lambda _: attachments, Silent(), mtime=TIME, link=link)


def bundle_of(tree: Path, out: Path, attachments: Attachments = ()) -> Bundle:
    """Build a bundle of a directory, and open it."""
    return open_bundle(pack(contents_of(tree), out, attachments).path)


@dataclass(frozen=True)
class Forger:
    """Changes a layout in a directory, and keeps every digest above the change right."""

    root: Path

    def blob(self, digest: str) -> Path:
        """The file of a blob."""
        return self.root / "blobs" / digest.replace(":", "/")

    def put(self, data: bytes) -> dict[str, Any]:
        """Write a blob, and say its digest and size."""
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.blob(digest).write_bytes(data)
        return {"digest": digest, "size": len(data)}

    def index(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the index."""
        path = self.root / "index.json"
        value = json.loads(path.read_bytes())
        change(value)
        path.write_bytes(json.dumps(value).encode())

    def manifest(self, change: Callable[[dict[str, Any]], None], at: int = 0) -> None:
        """Change a manifest, the artifact's own or that of an attachment."""

        def change_index(index: dict[str, Any]) -> None:
            descriptor = index["manifests"][at]
            value = json.loads(self.blob(descriptor["digest"]).read_bytes())
            change(value)
            descriptor.update(self.put(json.dumps(value).encode()))

        self.index(change_index)

    def layer(self, change: Callable[[dict[str, Any]], None], at: int = 0) -> None:
        """Change the descriptor of one of the artifact's files."""
        self.manifest(lambda manifest: change(manifest["layers"][at]))


def archive(layout: Path, out: Path, last: Sequence[str] = ("index.json",)) -> Path:
    """The same layout as a tar, whose last members are the ones named, in that order."""
    files = (path for path in layout.rglob("*") if path.is_file())
    names = sorted(path.relative_to(layout).as_posix() for path in files)
    with out.open("wb") as file:
        for name in sorted(names, key=lambda name: last.index(name) if name in last else -1):
            tar.add(file, name, (layout / name).read_bytes())
        file.write(tar.END)
    return out

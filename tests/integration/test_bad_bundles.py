"""Bundles that were cut, altered, or made to write where they should not."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from tests.support.artifacts import Forger
from tests.support.commands import refused


def cut(stage: Path, size: int) -> None:
    path = stage / "llama.tar"
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize("size", [600, 5_000, 100_000, 300_000, 311_000])
@pytest.mark.parametrize(
    "line",
    [
        "unpack llama.tar -o out",
        "verify llama.tar --key release.pub",
        "inspect llama.tar",
        "sign llama.tar --key release.key",
    ],
)
def test_a_truncated_bundle_is_refused(stage: Path, size: int, line: str):
    cut(stage, size)
    refused(stage, line, 3, "llama.tar")


@pytest.mark.parametrize("size", [0, 100])
def test_a_bundle_without_its_first_header_is_refused(stage: Path, size: int):
    cut(stage, size)
    refused(stage, "unpack llama.tar -o out", 3, "llama.tar")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a/../../evil", "..", "a\\..\\evil", "C:evil"]
)
@pytest.mark.parametrize("command", ["unpack llama.bundle -o out", "inspect llama.bundle"])
def test_a_layer_that_would_leave_the_target_is_refused(stage: Path, name: str, command: str):
    key = "org.cncf.model.filepath"
    Forger(stage / "llama.bundle").layer(lambda layer: layer["annotations"].update({key: name}))
    refused(stage, command, 3, name)


def test_a_tar_with_a_member_outside_is_refused(stage: Path):
    with tarfile.open(stage / "evil.tar", "w") as archive:
        for name in ("oci-layout", "../evil"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    refused(stage, "unpack evil.tar -o out", 3, "../evil")
    assert not (stage.parent / "evil").exists()


def test_a_blob_that_was_altered_is_denied_and_nothing_is_unpacked(stage: Path):
    forger = Forger(stage / "llama.bundle")
    index = json.loads((stage / "llama.bundle" / "index.json").read_bytes())
    main = json.loads(forger.blob(index["manifests"][0]["digest"]).read_bytes())
    blob = forger.blob(main["layers"][0]["digest"])
    blob.write_bytes(blob.read_bytes().swapcase())
    refused(stage, "unpack llama.bundle -o out", 10, "llama.bundle", "was altered")
    refused(stage, "sign llama.bundle --key release.key", 10, "llama.bundle", "was altered")


@pytest.mark.parametrize("missing", ["index.json", "blob"])
def test_a_layout_that_lacks_a_part_is_refused(stage: Path, missing: str):
    layout = stage / "llama.bundle"
    if missing == "blob":
        shutil.rmtree(layout / "blobs")
    else:
        (layout / missing).unlink()
    refused(stage, "unpack llama.bundle -o out", 3, "llama.bundle")

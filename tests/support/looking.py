"""Looking at bytes as if they were a file of an artifact."""

from __future__ import annotations

import json
from pathlib import Path

from aiverify.core.facts import FileFacts
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look


def look_at(folder: Path, name: str, data: bytes) -> FileFacts:
    """Write a file on disk, and look into it under its name in the artifact."""
    path = folder / "content"
    path.write_bytes(data)
    return look(Member(name, Extent.of_file(path)))


def look_at_json(folder: Path, name: str, value: object) -> FileFacts:
    """The same for a JSON document."""
    return look_at(folder, name, json.dumps(value).encode())

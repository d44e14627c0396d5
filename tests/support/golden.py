"""Golden files: an output that changes must change in the review as well."""

from __future__ import annotations

import os
from pathlib import Path

UPDATE = "AIVERIFY_UPDATE_GOLDEN"
"""Set to 1, this environment variable has golden files written instead of compared."""


def assert_golden(path: Path, text: str) -> None:
    """Hold a text to a golden file, byte for byte."""
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    assert path.is_file(), f"{path} does not exist; set {UPDATE}=1 to write it"
    assert text == path.read_bytes().decode("utf-8"), f"set {UPDATE}=1 to accept the difference"

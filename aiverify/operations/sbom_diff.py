"""Saying what changed between two bills of materials."""

from __future__ import annotations

from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.files.progress import Progress, Silent
from aiverify.operations.documents import is_document, read_document
from aiverify.operations.sbom import sbom_document
from aiverify.sbom.difference import Difference, difference


def difference_of(old: Path, new: Path, progress: Progress | None = None) -> Difference:
    """What changed from one document to another.

    Each is a file of CycloneDX JSON, or a directory or bundle whose document is written now.

    Raises:
        InputError: one of them cannot be read.
        MalformedError: one of them is no CycloneDX document in JSON, or a file in a directory
            contradicts itself.
    """
    seen = progress or Silent()
    return difference(_document(old, seen), _document(new, seen))


def _document(path: Path, progress: Progress) -> dict[str, Json]:
    return read_document(path) if is_document(path) else sbom_document(path, progress)

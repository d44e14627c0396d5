"""Reading somebody's bill of materials from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.files.extent import Extent

MAX_DOCUMENT = 256 << 20
"""Bytes that a bill of materials may have."""

_WRITE = "Write one with `aiverify sbom TARGET -o FILE`."

_BEGINNING = 256

_BOM = b"\xef\xbb\xbf"
"""The mark that some tools put before JSON, though it has no place there (RFC 8259, 8.1)."""


def is_document(path: Path) -> bool:
    """Whether a file is a document by how it begins, whatever standard it follows.

    Raises:
        InputError: it cannot be read.
    """
    if path.is_dir():
        return False
    extent = Extent.of_named(path)
    begins = extent.part(0, min(extent.size, _BEGINNING)).read(_BEGINNING)
    begins = begins.removeprefix(_BOM).lstrip()
    return begins[:1] in (b"", b"{", b"<", b"[")


def read_document(path: Path) -> dict[str, Json]:
    """Somebody's CycloneDX document, of any version.

    Raises:
        InputError: it cannot be read.
        MalformedError: it is too large, no strict JSON, or no CycloneDX document.
    """
    shown = printable(str(path))
    data = Extent.of_named(path).read(MAX_DOCUMENT).removeprefix(_BOM)
    if data.lstrip()[:1] == b"<":
        raise MalformedError(
            f"{shown} is XML; what is read here is CycloneDX JSON",
            hint="Convert it to CycloneDX JSON.",
        )
    document = load_object(data, shown)
    _refuse_other(document, shown)
    return document


def _refuse_other(document: Mapping[str, Json], shown: str) -> None:
    """Stop at a document of another standard: every field would seem to be missing."""
    if document.get("bomFormat") == "CycloneDX":
        return
    context = document.get("@context")
    if "spdxVersion" in document or (isinstance(context, str) and "spdx" in context.casefold()):
        raise MalformedError(
            f"{shown} is an SPDX document; what is read here is CycloneDX JSON", hint=_WRITE
        )
    raise MalformedError(f"{shown} is no CycloneDX document: it has no bomFormat", hint=_WRITE)

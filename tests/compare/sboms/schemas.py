"""Whether documents are valid by the schemas of their standards."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.compare.sboms.documents import Document, Evidence
from tests.compare.sboms.fixture import Fixture
from tests.compare.sboms.found import NOTHING, Extent, Found
from tests.support import cyclonedx, spdx


def schemas(evidence: Evidence, _: Fixture) -> Found:
    """Every document that is of CycloneDX or SPDX, by the strict schema of its version."""
    standing = dict(_standing(evidence))
    if not standing:
        return NOTHING
    bad = [name for name, good in standing.items() if not good]
    names = tuple(document.name for document in evidence.documents if document.standard)
    if bad:
        extent = Extent.PART if len(bad) < len(standing) else Extent.NONE
        return Found(extent, f"not {', '.join(bad)}", names)
    return Found(Extent.ALL, ", ".join(standing), names)


def _standing(evidence: Evidence) -> Iterator[tuple[str, bool]]:
    """Standards with their versions, and whether all documents of one are valid."""
    for standard in ("CycloneDX", "SPDX"):
        documents = list(evidence.of(standard))
        for version in sorted({document.version for document in documents}):
            of_it = [document for document in documents if document.version == version]
            yield f"{standard} {version}", all(map(is_valid, of_it))


def is_valid(document: Document) -> bool:
    """By CycloneDX's strict JSON schema, or by SPDX's JSON schema."""
    if document.standard == "CycloneDX":
        text = json.dumps(document.content)
        return cyclonedx.validator(document.version).validate_str(text) is None
    return next(iter(spdx.wrong(document.content)), None) is None

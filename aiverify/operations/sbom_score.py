"""Rating somebody's bill of materials by what authorities ask for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from aiverify.operations.documents import read_document
from aiverify.sbom.scoring.interface import Standard
from aiverify.sbom.scoring.score import Score, score


def score_of(path: Path, standards: Collection[Standard] = ()) -> Score:
    """What a file of CycloneDX JSON says of the elements of some standards, or of all.

    Raises:
        InputError: it cannot be read.
        MalformedError: it is too large, no strict JSON, or no CycloneDX document.
    """
    return score(read_document(path)).of(standards or tuple(Standard))

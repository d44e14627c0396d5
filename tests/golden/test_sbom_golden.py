"""The CycloneDX documents of three artifacts, as people will read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.core.jsonvalue import pretty
from aiverify.sbom.composing.compose import compose
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.identity import serial_number
from tests.support import described
from tests.support.cyclonedx import assert_sound
from tests.support.described import Described
from tests.support.golden import assert_golden

GOLDEN = Path(__file__).parent / "sbom"


@pytest.mark.parametrize("case", [described.llama, described.lora, described.component])
def test_the_document_is_the_golden_one(case: Callable[[], Described]):
    given = case()
    bom = compose(given.artifact, given.description, given.files, base=given.base)
    serial = serial_number(given.artifact.manifest.root)

    document = encode(bom, serial=serial, timestamp="2025-01-01T00:00:00Z")

    assert_sound(document)
    document["metadata"]["tools"]["components"][0].pop("version", None)
    assert_golden(GOLDEN / f"{case.__name__}.json", pretty(document))

"""The SPDX documents of four artifacts, as people will read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.core.jsonvalue import pretty
from aiverify.sbom.bom import Bom
from tests.support import spdx_boms
from tests.support.golden import assert_golden
from tests.support.spdx import encoded

GOLDEN = Path(__file__).parent / "sbom"


@pytest.mark.parametrize(
    "case", [spdx_boms.llama, spdx_boms.lora, spdx_boms.component, spdx_boms.dataset]
)
def test_the_spdx_document_is_the_golden_one(case: Callable[[], Bom]):
    document = encoded(case())

    for item in document["@graph"]:
        if item["type"] in {"Tool", "SoftwareAgent"}:
            item["name"] = "aiverify"
    assert_golden(GOLDEN / f"{case.__name__}.spdx.json", pretty(document))

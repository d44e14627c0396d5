"""How documents are rated, as people and tools will read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.jsonvalue import pretty
from aiverify.render.page import Style
from aiverify.render.scoring import as_json, as_table
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.scoring.schema import score_schema
from aiverify.sbom.scoring.score import score
from tests.support.boms import SERIAL, TIME, full
from tests.support.commands import PROJECT
from tests.support.golden import assert_golden
from tests.support.scored import complete
from tests.support.scoring_page import scoring_page

GOLDEN = Path(__file__).parent / "sbom_score"
DOCUMENTS = {
    "complete": complete(),
    "empty": {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1},
    "libraries": {
        "bomFormat": "CycloneDX",
        "specVersion": "1.4",
        "version": 1,
        "metadata": {
            "timestamp": "2025-01-01T00:00:00Z",
            "tools": [{"vendor": "acme", "name": "scanner", "version": "3.1"}],
            "component": {"type": "application", "bom-ref": "app", "name": "app"},
        },
        "components": [
            {"type": "library", "bom-ref": f"l{i}", "name": f"l{i}", "version": version}
            for i, version in enumerate(("1.0", "2.0", "latest", "", "unknown"))
        ],
        "dependencies": [{"ref": "app", "dependsOn": ["l0", "l1", "l2", "gone"]}],
    },
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_table_is_the_golden_one(name: str):
    text = as_table(score(DOCUMENTS[name]), style=Style(100))
    assert_golden(GOLDEN / f"{name}.txt", text)


def test_the_json_is_the_golden_one():
    assert_golden(GOLDEN / "libraries.json", as_json(score(DOCUMENTS["libraries"])))


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_the_rating_of_a_document_of_our_own_is_the_golden_one(version: str):
    document = encode(full(), serial=SERIAL, timestamp=TIME, spec_version=version)
    # A checkout that nobody installed has no version to tell.
    document["metadata"]["tools"]["components"][0].pop("version", None)  # type: ignore[index]
    rated = score(document).rated
    lines = (f"{item.element.id}: {item.rating.status}: {item.rating.reason}" for item in rated)
    assert_golden(GOLDEN / f"full-{version}.txt", "\n".join(lines) + "\n")


def test_the_page_is_what_the_elements_say():
    assert_golden(PROJECT / "docs" / "sbom-score.md", scoring_page())


def test_the_schema_is_what_the_code_says():
    assert_golden(PROJECT / "docs" / "schemas" / "sbom-score.v1.json", pretty(score_schema()))

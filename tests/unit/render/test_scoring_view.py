from __future__ import annotations

import json

import jsonschema
import pytest

from aiverify.core.names import printable
from aiverify.render.page import Style
from aiverify.render.scoring import COLOURS, as_json, as_table, share
from aiverify.sbom.scoring.elements import ELEMENTS
from aiverify.sbom.scoring.interface import Standard, Status
from aiverify.sbom.scoring.schema import score_schema
from aiverify.sbom.scoring.score import score
from tests.support.scored import about_model, complete

HOSTILE = "\x1b[2Jgone\u202e\nmissing  Author"


def table(document, width=100, *, colour=False, standards=tuple(Standard)) -> str:
    return as_table(score(document).of(standards), style=Style(width, colour=colour))


def test_every_element_is_on_a_row_with_its_status():
    lines = table(complete(), 200).splitlines()
    rows = [line for line in lines if line.split("  ")[0] in set(Status)]
    assert len(rows) == len(ELEMENTS)
    assert all(item.title in row for item, row in zip(ELEMENTS, rows, strict=True))


def test_columns_are_aligned_from_the_first_list_to_the_last():
    lines = table(complete()).splitlines()
    starts = {
        line.index(words) for words in ("at /", 'it says "') for line in lines if words in line
    }
    assert len(starts) == 1


def test_the_place_is_below_the_reason_and_the_fix_below_that():
    document = about_model({"type": "machine-learning-model", "bom-ref": "b", "name": "b"})
    lines = [line.strip() for line in table(document).splitlines()]
    at = next(i for i, line in enumerate(lines) if line.startswith("missing   Identifier"))
    assert lines[at].endswith('0 of 2 models have an identifier; without: "tiny", "b"')
    assert lines[at + 1] == "at /metadata/component and others"
    assert lines[at + 2] == "-> purl"


def test_the_last_lines_are_what_each_list_comes_to():
    *_, g7, cisa, ntia = table(complete(), 160).splitlines()
    assert g7.startswith("G7/BSI SBOM for AI (2026)")
    assert "100.0 %  50 of 50 filled: " in g7
    assert cisa.endswith("0 review, 0 missing")
    assert "7 of 7 filled" in ntia


def test_one_list_alone_is_shown_alone():
    text = table(complete(), standards=[Standard.NTIA])
    assert "G7" not in text
    assert "CISA" not in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_fits_its_terminal(width):
    assert max(map(len, table(complete(), width).splitlines())) <= width


def test_colour_says_the_status_and_nothing_else():
    code = {"green": "32", "cyan": "36", "magenta": "35", "yellow": "33", "red": "31"}
    text = table(about_model(version="latest"), 120, colour=True)
    for status in (Status.FOUND, Status.DECLARED, Status.REVIEW, Status.MISSING):
        colours = {
            line.partition("m")[0].rpartition("[")[2]
            for line in text.splitlines()
            if f"m{status}" in line
        }
        assert colours <= {code[COLOURS[status]]}
        assert colours or status is Status.FOUND
    assert set(COLOURS) == set(Status)
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_a_document_cannot_draw_on_the_terminal():
    document = {
        "specVersion": HOSTILE,
        "serialNumber": HOSTILE,
        "metadata": {
            "component": {"name": HOSTILE, "version": HOSTILE, "type": HOSTILE},
            "authors": [{"name": HOSTILE}],
        },
        "components": [{"type": HOSTILE, "name": HOSTILE, "bom-ref": HOSTILE}],
        "dependencies": [{"ref": f"{HOSTILE}!"}],
    }
    text = table(document)
    assert all(line == printable(line) for line in text.split("\n"))
    assert "\nmissing  Author" not in text
    assert "\x1b" not in as_json(score(document))


@pytest.mark.parametrize("document", [complete(), {}, about_model()])
def test_the_json_keeps_to_the_schema(document):
    made = json.loads(as_json(score(document)))
    jsonschema.validate(made, score_schema())
    assert [item["id"] for item in made["elements"]] == [item.id for item in ELEMENTS]
    assert all(sum(item["counts"].values()) == item["elements"] for item in made["summary"])


def test_a_share_is_said_in_words():
    [tally] = score(complete()).of([Standard.NTIA]).tallies
    assert share(tally) == "NTIA minimum elements (2021): 100.0 % are filled"

from __future__ import annotations

import json

import pytest

from aiverify.core.jsonvalue import Json
from aiverify.sbom.advisories.details import Details, details_of
from aiverify.sbom.advisories.record import read
from tests.support.osv_records import TORCH


def details(**changed: Json) -> Details:
    return details_of(read(json.dumps({**TORCH, **changed}).encode(), "osv.json"))


def test_a_record_that_is_as_it_should_be_has_no_warnings():
    found = details()

    assert found.warnings == ()
    assert found.summary == TORCH["summary"]
    assert found.cwes == (502,)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("summary", 7),
        ("details", ["x"]),
        ("details", "x" * 30_000),
        ("published", "yesterday"),
        ("published", 20250101),
        ("modified", "2025-13-01T00:00:00Z"),
        ("modified", None),
        ("withdrawn", True),
        ("aliases", "CVE-2025-32434"),
        ("aliases", ["CVE-2025-32434", 7]),
        ("aliases", ["two words"]),
        ("aliases", ["CVE-2025-1", "CVE-2025-1"]),
        ("aliases", [f"CVE-2025-{index}" for index in range(1001)]),
        ("references", {}),
        ("references", [7]),
        ("references", [{"type": "ADVISORY", "url": "javascript:alert(1)"}]),
        ("references", [{"type": "ADVISORY", "url": 7}]),
        ("references", [{"type": "WEB", "url": "https://example.org"}] * 1001),
        ("severity", "high"),
        ("severity", [{"type": "CVSS_V3", "score": "high"}]),
        ("database_specific", []),
        ("database_specific", {"severity": 7}),
        ("database_specific", {"cwe_ids": ["CWE-0"]}),
        ("database_specific", {"cwe_ids": 502}),
    ],
)
def test_what_cannot_be_used_is_told_of(key, value):
    found = details(**{key: value})

    assert found.warnings
    assert all(TORCH["id"] in warning for warning in found.warnings)
    assert len(found.detail) <= 20_000


def test_a_warning_moves_no_cursor():
    found = details(published="\x1b[2J", severity=["\x1b[2J"])

    assert len(found.warnings) == 2
    assert not any("\x1b" in warning for warning in found.warnings)
    assert found.published == ""


def test_what_can_be_used_is_kept_beside_what_cannot():
    found = details(
        references=[
            {"type": "ADVISORY", "url": "ftp://example.org"},
            {"type": "ADVISORY", "url": "https://example.org/a"},
        ],
        database_specific={"cwe_ids": ["CWE-502", "CWE-x"], "severity": "HIGH"},
    )

    assert found.advisories == ("https://example.org/a",)
    assert found.cwes == (502,)
    assert found.ratings[-1].severity == "high"
    assert len(found.warnings) == 2


def test_a_record_that_is_all_wrong_is_told_of_in_a_few_sentences():
    found = details(severity=list(range(500)), references=[{"url": 7}] * 500)

    assert len(found.warnings) == 21
    assert found.warnings[-1].endswith(f"more things in {TORCH['id']} could not be used")

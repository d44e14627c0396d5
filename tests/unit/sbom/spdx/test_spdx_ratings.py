"""How severe a vulnerability is said to be, in SPDX."""

from __future__ import annotations

import pytest

from aiverify.sbom.vulnerability import Rating
from tests.support.spdx import assessments, elements, found, named, statements
from tests.support.spdx_boms import GHSA


def test_a_rating_by_cvss_is_an_assessment_of_its_version():
    document = found()
    [two], [three], [four] = (assessments(document, f"CvssV{number}") for number in (2, 3, 4))

    assert (three["security_score"], three["security_severity"]) == ("7.5", "high")
    assert three["security_vectorString"].startswith("CVSS:3.1/")
    assert three["suppliedBy"] == next(
        item["spdxId"] for item in elements(document, "Agent") if item["name"] == "NVD"
    )
    assert two["security_score"] == "5.0"
    assert "security_severity" not in two
    assert four["security_severity"] == "none"


def test_a_rating_without_a_score_or_by_another_method_is_a_statement():
    document = found()

    lines = statements(document, named(document, GHSA)["spdxId"])
    assert [line for line in lines if line.startswith("aiverify:rating=")] == [
        "aiverify:rating=CVSSv3, high, CVSS:3.0/AV:N",
        "aiverify:rating=other, medium",
    ]


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -1.0, 10.1])
def test_a_score_that_cvss_does_not_have_is_a_statement(score):
    document = found(ratings=(Rating("CVSSv31", "CVSS:3.1/AV:N", "high", score),))

    assert assessments(document, "CvssV3") == []
    lines = statements(document, named(document, GHSA)["spdxId"])
    assert any(line.startswith("aiverify:rating=CVSSv31, high, ") for line in lines)


@pytest.mark.parametrize(
    ("score", "severity"),
    [(0.0, "none"), (1e-7, "low"), (3.9, "low"), (4.0, "medium"), (8.9, "high"), (9.0, "critical")],
)
def test_a_severity_that_is_not_stated_follows_from_the_score(score, severity):
    document = found(ratings=(Rating("CVSSv31", "CVSS:3.1/AV:N", "", score),))
    [rating] = assessments(document, "CvssV3")

    assert rating["security_severity"] == severity
    assert "e" not in rating["security_score"]

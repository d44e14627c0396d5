from __future__ import annotations

import pytest

from aiverify.sbom.advisories.severity import ratings
from aiverify.sbom.vulnerability import Rating


def one(kind: str, score: object) -> Rating:
    found, faults = ratings([[{"type": kind, "score": score}]], "", "OSV-1")
    assert faults == ()
    [rating] = found
    return rating


@pytest.mark.parametrize(
    ("kind", "vector", "method", "score", "severity"),
    [
        ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSSv31", 9.8, "critical"),
        ("CVSS_V3", "CVSS:3.0/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", "CVSSv3", 5.4, "medium"),
        ("CVSS_V3", "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", "CVSSv31", 0.0, "none"),
        ("CVSS_V2", "AV:L/AC:M/Au:N/C:N/I:P/A:C", "CVSSv2", 5.4, "medium"),
        (
            "CVSS_V4",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "CVSSv4",
            9.3,
            "critical",
        ),
    ],
)
def test_the_score_follows_from_the_vector(kind, vector, method, score, severity):
    assert one(kind, vector) == Rating(method, vector, severity, score, "OSV-1")


def test_the_base_score_counts_whatever_else_a_vector_says():
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U"

    assert one("CVSS_V3", vector).score == 9.8


def test_the_priority_of_ubuntu_is_a_severity_without_a_score():
    assert one("Ubuntu", "negligible") == Rating("other", severity="info", source="OSV-1")


@pytest.mark.parametrize(
    ("word", "severity"),
    [("MODERATE", "medium"), ("Important", "high"), ("critical", "critical"), ("awful", "unknown")],
)
def test_the_word_of_a_database_is_a_rating(word, severity):
    found, faults = ratings([None], word, "OSV-1")

    assert found == (Rating("other", severity=severity, source="OSV-1"),)
    assert faults == ()


@pytest.mark.parametrize(
    "item",
    [
        7,
        None,
        {},
        {"type": "CVSS_V3"},
        {"type": "CVSS_V3", "score": 9.8},
        {"type": "CVSS_V3", "score": "9.8"},
        {"type": "CVSS_V3", "score": "CVSS:4.0/AV:N"},
        {"type": "CVSS_V2", "score": "AV:\0"},
        {"type": "CVSS_V4", "score": "CVSS:4.0/" + "E:A/" * 1000},
        {"type": "CVSS_V5", "score": "CVSS:5.0/"},
    ],
)
def test_what_is_no_rating_is_told_of(item):
    found, faults = ratings([[item]], "", "OSV-1")

    assert found == ()
    assert len(faults) == 1


@pytest.mark.parametrize(
    ("kind", "vector", "method"),
    [
        ("CVSS_V3", "CVSS:3.1/AV:N", "CVSSv31"),
        ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", "CVSSv31"),
        ("CVSS_V2", "AV:L/AC:M", "CVSSv2"),
        ("CVSS_V4", "CVSS:4.0/AV:N/AV:N", "CVSSv4"),
    ],
)
def test_a_vector_without_a_score_stands_alone(kind, vector, method):
    found, faults = ratings([[{"type": kind, "score": vector}]], "", "OSV-1")

    assert found == (Rating(method, vector, "unknown", source="OSV-1"),)
    assert faults == (f"OSV-1 has a severity whose vector has no score by the rules: '{vector}'",)


def test_severities_that_are_no_list_are_told_of():
    assert ratings(["high"], "", "OSV-1") == (
        (),
        ("OSV-1 has a severity that is no rating: 'high'",),
    )


def test_a_rating_that_comes_twice_is_told_once():
    item = {"type": "Ubuntu", "score": "low"}

    assert len(ratings([[item], [item]], "", "OSV-1")[0]) == 1


def test_not_more_ratings_are_looked_at_than_a_record_may_have():
    found, faults = ratings([list(range(1000))], "", "OSV-1")

    assert found == ()
    assert len(faults) == 101
    assert faults[-1] == "OSV-1 has more than 100 severities; the rest were left out"

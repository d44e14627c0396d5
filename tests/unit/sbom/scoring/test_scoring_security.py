from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, named, rating_of, status_of

DECLARED, FOUND, MISSING, REVIEW = Status.DECLARED, Status.FOUND, Status.MISSING, Status.REVIEW
KNOWN = "g7-security-vulnerabilities"


def linking(kind: str, url: str = "https://acme.dev/x"):
    return {"externalReferences": [{"type": kind, "url": url}]}


def test_a_report_has_to_be_read_before_it_names_controls():
    assert status_of(linking("threat-model"), "g7-security-controls") is REVIEW
    assert status_of({"declarations": {"claims": [{}]}}, "g7-security-controls") is DECLARED
    told = about_model(properties=named(security_controls="a filter"))
    assert status_of(told, "g7-security-controls") is DECLARED
    assert status_of({}, "g7-security-controls") is MISSING


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"declarations": {"attestations": [{}]}}, DECLARED),
        ({"definitions": {"standards": [{}]}}, DECLARED),
        (linking("certification-report"), DECLARED),
        (linking("certification-report", "https://example.com"), REVIEW),
        (linking("website"), MISSING),
        ({"declarations": 7, "definitions": []}, MISSING),
    ],
)
def test_compliance_is_a_standard_or_an_attestation(document, status):
    assert status_of(document, "g7-security-compliance") is status


@pytest.mark.parametrize("kind", ["security-contact", "advisories", "rfc-9116"])
def test_a_policy_is_where_vulnerabilities_are_reported(kind):
    assert status_of(linking(kind), "g7-security-policy") is DECLARED
    inside = about_model({"name": "l", **linking(kind)})
    assert status_of(inside, "g7-security-policy") is DECLARED


@pytest.mark.parametrize(
    ("listed", "status"),
    [
        ([{"id": "CVE-1", "affects": [{"ref": "m"}]}], FOUND),
        ([{"id": "CVE-1", "affects": [{"ref": "urn:cdx:x"}]}], FOUND),
        ([{"id": "CVE-1"}], DECLARED),
        ([{"id": "CVE-1", "affects": [{"ref": "m"}]}, {"id": "CVE-2"}], DECLARED),
        ([{"id": "CVE-1", "affects": [{"ref": "gone"}]}], REVIEW),
        ([{"affects": [{"ref": "m"}]}], REVIEW),
        ([7], REVIEW),
        ([], REVIEW),
        ({}, REVIEW),
        (None, MISSING),
    ],
)
def test_a_vulnerability_is_listed_with_what_it_affects(listed, status):
    assert status_of({**about_model(), "vulnerabilities": listed}, KNOWN) is status


def test_an_empty_list_does_not_tell_whether_anybody_looked():
    rating = rating_of({"vulnerabilities": []}, KNOWN)
    assert rating.reason == "the list is empty: does that mean none, or that nobody looked?"


def test_a_list_that_lies_elsewhere_will_do():
    assert status_of(linking("vulnerability-assertion"), KNOWN) is DECLARED

"""Vulnerabilities in SPDX, and what somebody made of them."""

from __future__ import annotations

from dataclasses import replace

from aiverify.sbom.vulnerability import Affects, Effect, Vulnerability
from tests.support import spdx_boms
from tests.support.spdx import assessments, elements, encoded, found, named, statements, targets
from tests.support.spdx_boms import GHSA, IDNA, REQUESTS


def test_a_vulnerability_has_its_names_and_where_to_read_of_it():
    vulnerability = named(found(), GHSA)

    assert [
        (item["externalIdentifierType"], item["identifier"], item.get("issuingAuthority"))
        for item in vulnerability["externalIdentifier"]
    ] == [
        ("securityOther", GHSA, "GitHub Advisory Database"),
        ("cve", "CVE-2018-18074", None),
    ]
    assert [
        (item["externalRefType"], *item["locator"]) for item in vulnerability["externalRef"]
    ] == [
        ("securityAdvisory", f"https://example.org/{GHSA}"),
        ("securityAdvisory", "https://example.org/advisory"),
        ("cwe", "CWE-522"),
    ]


def test_a_time_is_in_whole_seconds_and_what_is_no_time_is_a_statement():
    document = found()
    vulnerability = named(document, GHSA)

    assert vulnerability["security_publishedTime"] == "2018-10-29T19:06:46Z"
    assert "security_modifiedTime" not in vulnerability
    assert "aiverify:misfit:updated=yesterday" in statements(document, vulnerability["spdxId"])


def test_a_component_is_affected_or_not_known_to_be_safe():
    document = found()

    assert targets(document, "requests", "hasAssociatedVulnerability") == {GHSA: ""}
    assert targets(document, "idna", "hasAssociatedVulnerability") == {GHSA: "noAssertion"}
    assert [
        item["comment"]
        for item in elements(document, "Relationship")
        if item["relationshipType"] == "hasAssociatedVulnerability"
    ] == [
        "Version 2.19.0 is affected. Fixed in 2.20.0.",
        "Version unreleased is not known to be safe: it cannot be compared.",
    ]


def test_what_is_unaffected_is_not_associated_and_not_assessed():
    affects = (Affects(REQUESTS, "3", Effect.UNAFFECTED), Affects(IDNA, "1", Effect.AFFECTED))
    document = found(affects=affects)
    [unaffected], [affected] = (
        assessments(document, "VexNotAffected"),
        assessments(document, "VexAffected"),
    )

    assert targets(document, "requests", "hasAssociatedVulnerability") == {}
    assert unaffected["to"] == [named(document, "requests")["spdxId"]]
    assert unaffected["security_impactStatement"] == "Version 3 is not affected."
    assert affected["to"] == [named(document, "idna")["spdxId"]]


def test_a_component_that_is_not_in_the_bill_leaves_no_dangling_reference():
    document = found(affects=(Affects("gone", "1", Effect.AFFECTED),))

    [affected] = assessments(document, "VexAffected")
    assert affected["to"] == ["NoAssertionElement"]


def test_a_vulnerability_that_comes_twice_is_two_elements():
    bare = Vulnerability("X", ())
    document = encoded(replace(spdx_boms.component(), vulnerabilities=(bare, bare)))

    assert len(elements(document, "security_Vulnerability")) == 2

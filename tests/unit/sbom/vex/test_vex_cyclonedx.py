from __future__ import annotations

import pytest

from aiverify.core.digest import Digest
from aiverify.sbom.vex.cyclonedx import link_of
from aiverify.sbom.vulnerability import Analysis
from tests.support.vex_documents import (
    CVE,
    LINK,
    NUMPY,
    ROOT,
    SERIAL,
    TORCH,
    analysed,
    analyses,
    applied,
    cyclonedx,
    ref_of,
    states,
    vulnerability,
)


def component(ref: str, **more):
    return {"type": "library", "name": "x", "bom-ref": ref, **more}


def test_all_that_an_analysis_says_is_taken():
    said = {
        "state": "exploitable",
        "detail": "It is called.",
        "response": ["update", "workaround_available", "update"],
    }

    [analysis] = analyses(cyclonedx(analysed(analysis=said)))

    assert analysis == Analysis(
        "exploitable",
        responses=("update", "workaround_available"),
        detail="It is called.",
        source="a.vex.json#/vulnerabilities/0",
    )


def test_a_vulnerability_without_an_analysis_says_nothing():
    document = cyclonedx({"id": CVE, "affects": [{"ref": TORCH}]}, analysed())

    found, warnings = applied(document)

    assert [item.analysis.state for item in found if item.analysis] == ["not_affected"]
    assert warnings == ()


@pytest.mark.parametrize(
    "ref",
    [
        TORCH,
        ref_of(TORCH),
        f"{LINK}#package:pkg:pypi/torch%402.5.1",
        f"{LINK}#package%3Apkg%3Apypi%2Ftorch%25402.5.1",
        f"{LINK}#pkg%3Apypi%2Ftorch%402.5.1",
        LINK,
        LINK.upper().replace("URN:CDX", "urn:cdx"),
        SERIAL,
        "artifact:tiny",
    ],
)
def test_a_component_of_the_bill_is_found_by_its_ref_purl_or_link(ref):
    assert states(cyclonedx(analysed(ref=ref))) == ["not_affected"]


@pytest.mark.parametrize(
    "ref",
    [
        "urn:cdx:3e671687-395b-41f5-a30f-000000000000/1#package:pkg:pypi/torch%402.5.1",
        "urn:cdx:3e671687-395b-41f5-a30f-000000000000/1",
        "urn:cdx:",
        "urn:cdx:#",
        "urn:uuid:3e671687-395b-41f5-a30f-000000000000",
        NUMPY,
        "pkg:pypi/torch@2.5.0",
        "x",
    ],
)
def test_what_is_said_of_something_else_says_nothing_here(ref):
    found, [warning] = applied(cyclonedx(analysed(ref=ref)))

    assert [item.analysis for item in found] == [None]
    assert "no product that it names is known to have CVE-2025-32434" in warning


def test_a_component_of_the_document_is_what_its_purl_says():
    document = cyclonedx(analysed(ref="a"), components=[component("a", purl=TORCH)])
    other = cyclonedx(
        analysed(ref=ref_of(TORCH)),
        components=[component(ref_of(TORCH), purl="pkg:pypi/torch@2.5.0")],
    )

    assert states(document) == ["not_affected"]
    assert states(other) == [""]


def test_a_purl_without_a_version_is_of_the_version_that_its_component_has():
    for version, state in (
        ("2.5.1", "not_affected"),
        ("2.5.0", ""),
        (2.5, ""),
        ("", "not_affected"),
    ):
        own = component("a", purl="pkg:pypi/torch", version=version)
        assert states(cyclonedx(analysed(ref="a"), components=[own])) == [state]


def test_another_artifact_of_the_same_name_is_another_artifact():
    def document(**more):
        root = component("artifact:tiny", **more)
        return cyclonedx(analysed(ref="artifact:tiny"), metadata={"component": root})

    def digest(value: str):
        return [{"name": "aiverify:root-digest", "value": value}]

    assert states(document(version="1.0")) == ["not_affected"]
    assert states(document(version="2.0")) == [""]
    assert states(document(version="2.0", properties=digest(str(ROOT)))) == ["not_affected"]
    assert states(document(version="1.0", properties=digest(f"sha256:{'0' * 64}"))) == [""]


def test_the_only_file_of_an_artifact_is_the_artifact():
    file = {"alg": "SHA-256", "content": Digest.of(b"m").hex}
    own = component("a", hashes=[{"alg": "MD5", "content": "0" * 32}, file])

    assert states(cyclonedx(analysed(ref="a"), components=[own])) == ["not_affected"]


def test_a_ref_that_two_components_have_is_neither():
    twice = [component("a", purl=TORCH), component("a", purl=NUMPY)]

    found, warnings = applied(cyclonedx(analysed(ref="a"), components=twice))

    assert [item.analysis for item in found] == [None]
    assert "two components have the ref 'a'" in warnings[0]


@pytest.mark.parametrize(
    ("versions", "state"),
    [
        ([{"version": "2.5.1", "status": "affected"}], "not_affected"),
        ([{"version": "2.5.0"}], ""),
        ([{"range": "vers:pypi/>=2.0|<2.6"}], ""),
        ([{"range": "vers:pypi/*"}, {"version": "2.5.1"}], "not_affected"),
        ([7], ""),
        ({"version": "2.5.0"}, ""),
        ("2.5.1", ""),
        ([], "not_affected"),
    ],
)
def test_versions_limit_what_is_said(versions, state):
    document = cyclonedx(analysed(affects=[{"ref": "pkg:pypi/torch", "versions": versions}]))

    assert states(document) == [state]


def test_the_time_of_an_analysis_counts_before_that_of_the_document():
    later = {"state": "exploitable", "lastUpdated": "2025-08-01T00:00:00Z"}
    earlier = {"state": "exploitable", "firstIssued": "2025-01-01T00:00:00Z"}

    assert states(cyclonedx(analysed(), analysed(analysis=later))) == ["exploitable"]
    assert states(cyclonedx(analysed(), analysed(analysis=earlier))) == ["not_affected"]


def test_not_affected_without_a_reason_counts_and_is_told_of():
    found, [warning] = applied(cyclonedx(analysed(analysis={"state": "not_affected"})))

    assert [item.analysis.state for item in found if item.analysis] == ["not_affected"]
    assert warning == "a.vex.json#/vulnerabilities/0 says not_affected, and does not say why"


@pytest.mark.parametrize("name", ["GHSA-x", CVE])
def test_a_vulnerability_is_found_by_a_reference(name):
    named = analysed(id="OURS-1", references=[7, {"id": name}, {"id": CVE}])

    assert states(cyclonedx(named), vulnerability(TORCH)) == ["not_affected"]


BROKEN = (
    7,
    None,
    [],
    analysed(id=7),
    analysed(analysis=7),
    analysed(analysis={}),
    analysed(analysis={"state": "safe"}),
    analysed(analysis={"state": ["not_affected"]}),
    analysed(affects=None),
    analysed(affects={}),
    analysed(affects=[7, {}, {"ref": 7}]),
)


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_an_analysis_that_cannot_be_used_is_told_of_by_its_place(broken):
    found, warnings = applied(cyclonedx(broken, analysed("exploitable")))

    assert [item.analysis.state for item in found if item.analysis] == ["exploitable"]
    assert any(
        warning.startswith("a.vex.json#/vulnerabilities/0 was not applied: ")
        for warning in warnings
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("detail", 7),
        ("detail", "x" * 20_001),
        ("justification", "because"),
        ("justification", []),
        ("response", ["update", "pray"]),
        ("lastUpdated", "soon"),
        ("firstIssued", 7),
    ],
)
def test_what_of_an_analysis_cannot_be_used_is_told_of(key, value):
    said = {"state": "exploitable", key: value}

    found, [warning] = applied(cyclonedx(analysed(analysis=said)))

    assert [item.analysis.state for item in found if item.analysis] == ["exploitable"]
    assert warning.startswith("a.vex.json#/vulnerabilities/0")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{LINK}#a%20b", (SERIAL, "a%20b")),
        (LINK, (SERIAL, "")),
        ("pkg:pypi/torch", ("", "")),
    ],
)
def test_a_link_has_a_serial_number_and_a_ref(name, expected):
    assert link_of(name) == expected

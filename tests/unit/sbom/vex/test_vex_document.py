from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.sbom.vex.document import combined, read_vex
from tests.support.vex_documents import (
    CVE,
    NUMPY,
    OTHER_CVE,
    TORCH,
    analysed,
    applied,
    bill,
    cyclonedx,
    openvex,
    ref_of,
    statement,
    states,
    vex_of,
    vulnerability,
)

BOTH = f"{TORCH} {NUMPY}".split()


def test_a_statement_about_a_vulnerability_that_nobody_found_is_told_of():
    about = statement(vulnerability={"name": OTHER_CVE})

    found, warnings = applied(openvex(about))

    assert [item.analysis for item in found] == [None]
    assert warnings == (
        "a.vex.json#/statements/0 was not applied: nothing here is known to have CVE-2025-0001",
    )


def test_the_later_of_two_statements_counts_in_whichever_order_they_come():
    old = openvex(statement("affected"), timestamp="2025-01-01T00:00:00Z")
    new = cyclonedx(analysed("resolved"))

    for documents in ((old, new), (new, old)):
        found, warnings = combined(map(vex_of, documents)).apply([vulnerability(TORCH)], bill())
        assert [item.analysis.state for item in found if item.analysis] == ["resolved"]
        assert warnings == ()


def test_where_no_time_tells_the_worst_counts_and_is_told_of():
    found, [warning] = applied(openvex(statement("fixed"), statement("affected"), statement()))

    assert [item.analysis.state for item in found if item.analysis] == ["exploitable"]
    assert "contradict each other" in warning


def test_a_statement_without_a_time_is_replaced_by_none():
    timeless = openvex(statement("affected", timestamp="soon"))
    later = openvex(statement(timestamp="2099-01-01T00:00:00Z"))

    found, _ = combined(map(vex_of, (timeless, later))).apply([vulnerability(TORCH)], bill())

    assert [item.analysis.state for item in found if item.analysis] == ["exploitable"]


def test_what_is_said_of_one_component_is_not_said_of_the_other():
    found, _ = applied(openvex(statement(product=NUMPY)), vulnerability(*BOTH))

    assert [(item.affects[0].ref, bool(item.analysis)) for item in found] == [
        (ref_of(TORCH), False),
        (ref_of(NUMPY), True),
    ]
    assert {item.id for item in found} == {CVE}


def test_two_components_of_which_the_same_is_said_stay_one_vulnerability():
    document = openvex(statement(products=[{"@id": name} for name in BOTH]))

    [found], _ = applied(document, vulnerability(*BOTH))

    assert [affects.ref for affects in found.affects] == [ref_of(name) for name in BOTH]


@pytest.mark.parametrize("state", ["not_affected", "false_positive", "resolved"])
def test_no_vulnerability_and_no_effect_goes_away(state):
    known = (vulnerability(*BOTH), vulnerability(NUMPY, name=OTHER_CVE))

    found, _ = applied(cyclonedx(analysed(state, ref="artifact:tiny")), *known)

    assert {item.id for item in found} == {CVE, OTHER_CVE}
    for before in known:
        after = [item for item in found if item.id == before.id]
        assert [effect for item in after for effect in item.affects] == list(before.affects)


def test_a_document_that_says_nothing_is_told_of():
    for document in (openvex(), cyclonedx(), openvex(statements={}), cyclonedx(vulnerabilities=7)):
        found, warnings = applied(document)
        assert [item.analysis for item in found] == [None]
        assert warnings == ("a.vex.json says nothing about any vulnerability",)


def test_many_warnings_are_counted():
    _, warnings = applied(openvex(*range(50), statement()))

    assert len(warnings) == 21
    assert warnings[-1] == "30 more warnings about a.vex.json"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b"<bom/>",
        b'{"bomFormat": "SPDX"}',
        b'{"bomFormat": ["CycloneDX"]}',
        b'{"@context": "https://openvex.dev/ns/v1.0.0"}',
        b'{"@context": "https://openvex.dev/nsx"}',
        b'{"@context": 7}',
        b'{"@context": [{"a": "https://openvex.dev/ns"}]}',
        b'{"bomFormat": "CycloneDX", "bomFormat": "CycloneDX"}',
        b"[" * 100_000,
        b'{"bomFormat": "\xff"}',
    ],
)
def test_what_is_no_vex_is_refused_by_its_name(data):
    with pytest.raises(MalformedError, match=r"a\.vex\.json"):
        read_vex(data, "a.vex.json")


def test_what_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("aiverify.sbom.vex.document.MAX_SIZE", 10)

    with pytest.raises(MalformedError, match=r"a\.json is 11 bytes; the limit here is 10"):
        read_vex(b"x" * 11, "a.json")


def test_too_many_statements_are_refused(monkeypatch):
    monkeypatch.setattr("aiverify.sbom.vex.document.MAX_STATEMENTS", 2)

    with pytest.raises(MalformedError, match="more than 2 statements"):
        vex_of(openvex(*[statement()] * 3))


def test_statements_that_name_components_too_often_are_refused(monkeypatch):
    monkeypatch.setattr("aiverify.sbom.vex.products.MAX_WORK", 10)

    with pytest.raises(MalformedError, match="name components too often"):
        applied(openvex(*[statement()] * 20))


def test_a_vulnerability_that_affects_nothing_is_left_as_it_is():
    assert states(openvex(statement(product="artifact:tiny")), vulnerability()) == [""]

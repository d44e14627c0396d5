"""Known vulnerabilities of two documents: new ones, those that are gone, and what is said."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.sbom.difference import Change, Matters, Way, difference
from tests.support.sbom_versions import document, package

REF = "pypi/torch@2.9.0"


def record(name: Any = "CVE-1", **more: Any) -> dict[str, Any]:
    return {"id": name, "affects": [{"ref": REF}], **more}


def changes(old: list[Any], new: list[Any]) -> list[Change]:
    torch = [package("torch", "2.9.0")]
    found = difference(
        document({}, torch, vulnerabilities=old), document({}, torch, vulnerabilities=new)
    )
    return list(found.changes)


def test_a_new_one_matters_for_security():
    (change,) = changes([], [record()])

    assert (change.way, change.matters) == (Way.ADDED, Matters.SECURITY)
    assert change.sentence == "The vulnerability CVE-1 of torch is new."


def test_a_new_one_that_does_not_affect_is_notable():
    (change,) = changes([], [record(analysis={"state": "not_affected"})])

    assert change.matters is Matters.NOTABLE


def test_one_record_that_still_affects_is_enough():
    harmless = record(analysis={"state": "false_positive"})
    (change,) = changes([], [harmless, record(analysis={"state": "exploitable"})])

    assert change.matters is Matters.SECURITY


def test_one_that_is_gone_is_notable():
    (change,) = changes([record()], [])

    assert (change.way, change.matters) == (Way.REMOVED, Matters.NOTABLE)
    assert change.sentence == "The vulnerability CVE-1 of torch is gone."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("in_triage", "not_affected", "changed from in_triage to not_affected."),
        ("not_affected", "exploitable", "changed from not_affected to exploitable."),
        ("", "in_triage", "now in_triage; before, none was given."),
        ("resolved", "", "was resolved, and is no longer given."),
    ],
)
def test_another_analysis_matters_for_security(old: str, new: str, words: str):
    (change,) = changes(
        [record(analysis={"state": old})],
        [record(analysis={"state": new})],
    )

    assert (change.what, change.matters) == ("analysis", Matters.SECURITY)
    assert change.sentence.endswith(words)


def test_what_becomes_unknown_is_told():
    def said(status: str) -> list[Any]:
        return [{"ref": REF, "versions": [{"version": "2.9.0", "status": status}]}]

    (change,) = changes(
        [record(affects=said("affected"))],
        [record(affects=said("unknown"))],
    )

    assert change.sentence == (
        "The affected components of CVE-1 changed from torch to torch (unknown)."
    )


def test_a_new_version_of_the_component_is_told_of_that_alone():
    old = document({}, [package("torch", "2.9.0")], vulnerabilities=[record()])
    new = document(
        {},
        [package("torch", "2.10.0")],
        vulnerabilities=[record(affects=[{"ref": "pypi/torch@2.10.0"}])],
    )
    (change,) = difference(old, new).changes

    assert change.what == "version"


def test_a_severity_is_compared():
    (change,) = changes(
        [record(ratings=[{"severity": "high", "method": "CVSSv31"}])],
        [record(ratings=[{"severity": "low", "method": "CVSSv31"}])],
    )

    assert change.sentence == "The severity of CVE-1 changed from high CVSSv31 to low CVSSv31."


def test_records_without_an_id_are_one():
    (change,) = changes([], [record(7), record(None)])

    assert change.subject == "without an id"


def test_a_ref_to_nothing_is_repeated_as_it_is():
    (change,) = changes([], [record(affects=[{"ref": "nowhere"}])])

    assert change.sentence == "The vulnerability CVE-1 of nowhere is new."

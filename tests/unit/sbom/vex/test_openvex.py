from __future__ import annotations

import pytest

from aiverify.sbom.vulnerability import Analysis
from tests.support.vex_documents import (
    CVE,
    NUMPY,
    ROOT,
    TORCH,
    analyses,
    applied,
    openvex,
    ref_of,
    statement,
    states,
    vulnerability,
)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("not_affected", "not_affected"),
        ("affected", "exploitable"),
        ("fixed", "resolved"),
        ("under_investigation", "in_triage"),
    ],
)
def test_every_status_has_a_state(status, state):
    assert states(openvex(statement(status))) == [state]


@pytest.mark.parametrize(
    ("label", "justification"),
    [
        ("component_not_present", "code_not_present"),
        ("vulnerable_code_not_present", "code_not_present"),
        ("vulnerable_code_not_in_execute_path", "code_not_reachable"),
        ("inline_mitigations_already_exist", "protected_by_mitigating_control"),
    ],
)
def test_a_justification_has_cyclonedx_word(label, justification):
    [analysis] = analyses(openvex(statement(justification=label)))

    assert analysis == Analysis("not_affected", justification, source="a.vex.json#/statements/0")


def test_a_justification_for_which_cyclonedx_has_no_word_stays_in_the_detail():
    label = "vulnerable_code_cannot_be_controlled_by_adversary"

    [analysis] = analyses(openvex(statement(justification=label, status_notes="Looked.")))

    assert analysis is not None
    assert analysis.justification == ""
    assert analysis.detail == f"Looked.\n\nJustification: {label}."


def test_an_impact_statement_is_enough_for_not_affected():
    [analysis] = analyses(
        openvex(statement(justification=None, impact_statement="It is never called."))
    )

    assert analysis is not None
    assert analysis.detail == "It is never called."


@pytest.mark.parametrize(
    "changed",
    [
        {"justification": None},
        {"justification": ""},
        {"justification": "we_think_so"},
        {"justification": 7},
        {"justification": None, "impact_statement": "  "},
        {"justification": None, "impact_statement": ["It is not called."]},
        {"justification": None, "status_notes": "It is not called."},
    ],
)
def test_not_affected_without_a_reason_does_not_count(changed):
    found, warnings = applied(openvex(statement(**changed)))

    assert [item.analysis for item in found] == [None]
    assert "not_affected needs a justification or an impact statement" in warnings[-1]


@pytest.mark.parametrize(
    "product",
    [
        TORCH,
        "pkg:pypi/Torch@2.5.1",
        "pkg:pypi/torch",
        ref_of(TORCH),
        {"identifiers": {"purl": TORCH}},
        {"@id": "https://example.org/torch", "identifiers": {"purl": TORCH}},
        str(ROOT),
        {"hashes": {"sha-256": ROOT.hex.upper()}},
        "artifact:tiny",
    ],
)
def test_a_product_is_found_by_each_of_its_names(product):
    assert states(openvex(statement(product=product))) == ["not_affected"]


@pytest.mark.parametrize(
    "product",
    [
        "pkg:pypi/torch@2.5.0",
        "pkg:pypi/torch@2.5.1+cu118",
        "pkg:pypi/torch@2.5.1?repository_url=example.org",
        "pkg:npm/torch@2.5.1",
        NUMPY,
        "torch",
        "artifact:other",
        {"hashes": {"sha-256": "0" * 64}},
        {"identifiers": {"cpe23": "cpe:2.3:a:pytorch:torch:2.5.1:*:*:*:*:*:*:*"}},
    ],
)
def test_what_is_said_of_another_product_or_version_says_nothing_here(product):
    found, warnings = applied(openvex(statement(product=product)))

    assert [item.analysis for item in found] == [None]
    assert warnings


def test_parts_of_the_artifact_are_what_is_meant():
    both = vulnerability(TORCH, NUMPY)
    product = {"@id": "artifact:tiny", "subcomponents": [{"@id": NUMPY}]}

    found, _ = applied(openvex(statement(product=product)), both)

    assert {item.affects[0].ref: item.analysis is not None for item in found} == {
        ref_of(TORCH): False,
        ref_of(NUMPY): True,
    }


@pytest.mark.parametrize("parts", [[{"@id": "pkg:pypi/other"}], [7], [{}], {"@id": TORCH}, TORCH])
def test_parts_that_are_not_here_do_not_stand_for_the_whole(parts):
    product = {"@id": "artifact:tiny", "subcomponents": parts}

    assert states(openvex(statement(product=product))) == [""]


def test_what_is_said_of_a_part_of_a_library_is_not_said_of_the_library():
    product = {"@id": TORCH, "subcomponents": [{"@id": "pkg:generic/onednn"}]}

    assert states(openvex(statement(product=product))) == [""]


def test_an_early_version_names_things_by_strings():
    early = statement(vulnerability=CVE, products=["artifact:tiny"], subcomponents=[TORCH])
    document = openvex(early, **{"@context": "https://openvex.dev/ns"})

    assert states(document) == ["not_affected"]


def test_a_statement_has_its_own_time_or_its_documents():
    own = statement("affected", timestamp="2025-08-01T00:00:00Z")
    updated = statement("fixed", timestamp="2024-01-01T00:00:00Z", last_updated="2025-09-01")

    assert states(openvex(own, statement())) == ["exploitable"]
    assert states(openvex(updated, own, statement())) == ["resolved"]


@pytest.mark.parametrize("name", [CVE.lower(), f"GHSA-of-{CVE}"])
def test_a_vulnerability_is_found_by_each_of_its_names(name):
    assert states(openvex(statement(vulnerability={"name": name}))) == ["not_affected"]
    named = {"name": "OSV-1", "aliases": [7, name]}
    assert states(openvex(statement(vulnerability=named))) == ["not_affected"]


BROKEN = (
    7,
    None,
    [],
    {},
    statement(vulnerability=None),
    statement(vulnerability=[CVE]),
    statement(vulnerability={"name": 7}),
    statement(products=None),
    statement(products={}),
    statement(products=[7, None, {}]),
    statement(products=[{"@id": 7, "identifiers": [], "hashes": "x"}]),
    statement(status=7),
    statement(status="safe"),
    statement(status="\x1b[2J"),
)


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_statement_that_cannot_be_used_is_told_of_by_its_place(broken):
    found, warnings = applied(openvex(broken, statement("affected")))

    assert [item.analysis.state for item in found if item.analysis] == ["exploitable"]
    assert any(
        warning.startswith("a.vex.json#/statements/0 was not applied: ") for warning in warnings
    )
    assert not any("\x1b" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("timestamp", "soon"),
        ("timestamp", 7),
        ("impact_statement", 7),
        ("impact_statement", "x" * 20_001),
        ("action_statement", {}),
        ("products", [{"@id": TORCH}, {}]),
    ],
)
def test_what_of_a_statement_cannot_be_used_is_told_of(key, value):
    found, [warning] = applied(openvex(statement(**{key: value})))

    assert [item.analysis.state for item in found if item.analysis] == ["not_affected"]
    assert warning.startswith("a.vex.json#/statements/0")

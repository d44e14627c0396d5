"""What somebody made of a vulnerability, in SPDX."""

from __future__ import annotations

import pytest

from aiverify.sbom.vulnerability import Affects, Analysis, Effect
from tests.support.spdx import assessments, found, named, statements
from tests.support.spdx_boms import GHSA, REQUESTS


@pytest.mark.parametrize(
    ("state", "kind", "relation"),
    [
        ("exploitable", "VexAffected", "affects"),
        ("resolved", "VexFixed", "fixedIn"),
        ("resolved_with_pedigree", "VexFixed", "fixedIn"),
        ("in_triage", "VexUnderInvestigation", "underInvestigationFor"),
        ("not_affected", "VexNotAffected", "doesNotAffect"),
        ("false_positive", "VexNotAffected", "doesNotAffect"),
    ],
)
def test_every_state_of_an_analysis_has_a_class(state, kind, relation):
    document = found(analysis=Analysis(state, detail="Because.", source="vex.json#/0"))
    [statement] = assessments(document, kind)

    assert statement["relationshipType"] == relation
    assert statement["security_statusNotes"] == "Because."
    assert statement["comment"] == "Stated by vex.json#/0"


def test_a_state_that_spdx_does_not_have_is_a_statement_with_all_that_was_said():
    document = found(analysis=Analysis("dubious", "none", ("update",), "Because.", "vex.json"))

    assert not any("_Vex" in item["type"] for item in document["@graph"])
    assert statements(document, named(document, GHSA)["spdxId"])[2:7] == [
        "aiverify:analysis:state=dubious",
        "aiverify:analysis:justification=none",
        "aiverify:analysis:response=update",
        "aiverify:analysis:detail=Because.",
        "aiverify:analysis:source=vex.json",
    ]


def test_what_to_do_is_said_even_if_nobody_says_it():
    affects = (Affects(REQUESTS, "1", Effect.AFFECTED),)
    [told] = assessments(found(), "VexAffected")
    [untold] = assessments(found(affects=affects, analysis=Analysis("exploitable")), "VexAffected")

    assert told["security_actionStatement"] == "update; fixed in 2.20.0"
    assert untold["security_actionStatement"] == "No action is stated."


@pytest.mark.parametrize(
    ("justification", "label", "impact"),
    [
        ("code_not_present", "vulnerableCodeNotPresent", None),
        ("protected_by_compiler", "inlineMitigationsAlreadyExist", None),
        ("requires_configuration", None, "requires configuration"),
        ("", None, "not affected"),
    ],
)
def test_why_a_component_is_not_affected_is_a_label_or_a_sentence(justification, label, impact):
    document = found(analysis=Analysis("not_affected", justification))
    [statement] = assessments(document, "VexNotAffected")

    assert statement.get("security_justificationType") == label
    assert statement.get("security_impactStatement") == impact

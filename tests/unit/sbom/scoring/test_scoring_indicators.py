from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, named, status_of

DECLARED, MISSING, REVIEW = Status.DECLARED, Status.MISSING, Status.REVIEW
SECURITY, OPERATION = "g7-kpi-security", "g7-kpi-operation"


def measured(**metric):
    return about_model(modelCard={"quantitativeAnalysis": {"performanceMetrics": [metric]}})


def using(**energy):
    environment = {"environmentalConsiderations": {"energyConsumptions": [energy]}}
    return about_model(modelCard={"considerations": environment})


@pytest.mark.parametrize(
    ("metric", "security", "operation"),
    [
        ({"type": "accuracy", "value": "0.6"}, MISSING, DECLARED),
        ({"type": "accuracy", "value": "0.6", "slice": "adversarial GLUE"}, DECLARED, MISSING),
        ({"type": "attackSuccessRate", "value": "0.1"}, DECLARED, MISSING),
        ({"type": "accuracy", "value": "TBD"}, MISSING, REVIEW),
        ({"type": "accuracy"}, MISSING, REVIEW),
        ({"value": "0.6"}, MISSING, REVIEW),
        ({"type": "accuracy", "value": 0.6}, MISSING, REVIEW),
        ({}, MISSING, MISSING),
    ],
)
def test_a_measure_is_of_how_it_works_or_of_how_it_resists(metric, security, operation):
    assert status_of(measured(**metric), SECURITY) is security
    assert status_of(measured(**metric), OPERATION) is operation


def test_the_score_of_a_vulnerability_is_no_measure_of_the_system():
    document = {"vulnerabilities": [{"ratings": [{"score": 9.8}]}]}
    assert status_of(document, SECURITY) is REVIEW


def test_a_report_may_give_measures():
    report = {"externalReferences": [{"type": "pentest-report", "url": "https://acme.dev/r"}]}
    assert status_of(report, SECURITY) is REVIEW


def test_the_energy_of_training_is_not_that_of_use():
    assert status_of(using(activity="inference"), OPERATION) is DECLARED
    assert status_of(using(activity="training"), OPERATION) is REVIEW
    assert status_of(using(), OPERATION) is REVIEW


def test_a_property_can_tell_a_measure():
    assert status_of(about_model(properties=named(latency="20 ms")), OPERATION) is DECLARED

from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, named, rating_of, status_of

DECLARED, MISSING, REVIEW = Status.DECLARED, Status.MISSING, Status.REVIEW
SOFTWARE, HARDWARE = "g7-infrastructure-software", "g7-infrastructure-hardware"


@pytest.mark.parametrize("kind", ["library", "framework", "operating-system", "container"])
def test_software_is_listed_as_components(kind):
    assert status_of(about_model({"type": kind, "name": "x"}), SOFTWARE) is DECLARED


def test_what_a_document_is_about_is_not_what_that_needs():
    document = {"metadata": {"component": {"type": "application", "name": "x"}}}
    assert status_of(document, SOFTWARE) is MISSING


def test_many_are_not_all_named():
    libraries = [{"type": "library", "name": f"l{i}"} for i in range(5)]
    assert rating_of(about_model(*libraries), SOFTWARE).reason == '"l0", "l1", "l2" and 2 more'


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (about_model({"type": "device", "name": "gpu"}), DECLARED),
        (about_model(properties=named(gpu="H100")), DECLARED),
        (about_model(modelCard={"properties": named(hardware="TPU v4")}), DECLARED),
        (about_model(properties=named(training_hardware="H100")), REVIEW),
        (
            about_model(properties=[{"name": "aiverify:environment:hardware", "value": "H100"}]),
            REVIEW,
        ),
        (about_model(properties=named(training_hardware="H100", gpu="L4")), DECLARED),
        (about_model(properties=named(hardware="unknown")), REVIEW),
        (about_model(), MISSING),
    ],
)
def test_what_a_model_was_made_on_is_not_what_it_needs(document, status):
    assert status_of(document, HARDWARE) is status


def test_the_energy_it_used_is_near_to_hardware():
    energy = {"environmentalConsiderations": {"energyConsumptions": [{"activity": "training"}]}}
    document = about_model(modelCard={"considerations": energy})
    assert status_of(document, HARDWARE) is REVIEW

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aiverify.sbom.bom import Means, ModelCard, Origin, Port
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.reading import Located
from aiverify.sbom.scoring.inference import inferences, is_inferred
from aiverify.sbom.scoring.interface import Status
from tests.support.boms import SERIAL, TIME, small
from tests.support.scored import about_model, rating_of, status_of

LICENCE = "/components/0/licenses"


def told_by(**component: Any) -> dict[str, bool]:
    return dict(inferences(Located({}, ""), [Located(component, "/components/0")]))


def source(field: str, value: str) -> dict[str, str]:
    return {"name": f"aiverify:source:{field}", "value": value}


def test_a_property_marks_a_field_as_inferred():
    assert told_by(properties=[source("licence", "LICENSE (inferred)")]) == {LICENCE: True}


@pytest.mark.parametrize("value", ["README.md#license", "--licence (given)", "x (inferred) y", ""])
def test_a_source_that_is_no_inference_marks_it_as_not(value):
    assert told_by(properties=[source("licence", value)]) == {LICENCE: False}


@pytest.mark.parametrize("order", [1, -1])
def test_what_one_source_states_is_not_inferred(order):
    both = [source("licence", "LICENSE (inferred)"), source("licence", "README.md#license")]
    assert told_by(properties=both[::order]) == {LICENCE: False}


def test_a_property_can_be_inferred_as_well_wherever_it_stands():
    told = told_by(
        properties=[
            {"name": "aiverify:parameters", "value": "7"},
            source("parameters", "config.json (inferred)"),
            source("co2", "README.md (inferred)"),
        ],
        modelCard={"properties": [{"name": "aiverify:co2", "value": "8"}]},
    )
    assert told == {
        "/components/0/properties/0": True,
        "/components/0/modelCard/properties/0": True,
    }


@pytest.mark.parametrize(
    "identity", [{"field": "purl", "confidence": 0.7}, [{"field": "purl", "confidence": 0.7}]]
)
def test_an_identity_of_less_than_full_confidence_is_inferred(identity):
    assert told_by(evidence={"identity": identity}) == {"/components/0/purl": True}


@pytest.mark.parametrize("confidence", [1, 1.0, True, "0.5", None, [], {}])
def test_other_words_on_confidence_say_no_such_thing(confidence):
    told = told_by(evidence={"identity": [{"field": "hash", "confidence": confidence}]})
    assert not told.get("/components/0/hashes")


def cited(note: str, *pointers: Any) -> dict[str, bool]:
    citation = {"note": note, "pointers": list(pointers)}
    return dict(inferences(Located({"citations": [citation]}, ""), ()))


@pytest.mark.parametrize("note", ["LICENSE (inferred)", "Inferred by a scanner."])
def test_a_citation_marks_what_it_points_to(note):
    assert cited(note, LICENCE, 7) == {LICENCE: True}


@pytest.mark.parametrize(
    "note", ["inferred.json#/licence (stated)", "as somebody typed (given)", ""]
)
def test_a_citation_that_speaks_of_no_inference_does_not(note):
    assert cited(note, LICENCE) == {LICENCE: False}


@pytest.mark.parametrize("about", ["tag", "aiverify:emission"])
def test_a_citation_of_what_has_no_place_says_nothing_of_the_whole(about):
    assert cited(f"{about}: README.md#tags (inferred)", "/components/0") == {}


def test_what_is_told_of_the_nearest_counts():
    told = {"/a": True, "/a/b": False, "/a/b/c": True}
    assert is_inferred(told, "/a/x/y")
    assert not is_inferred(told, "/a/b/x")
    assert is_inferred(told, "/a/b/c/0")
    assert not is_inferred(told, "/b")
    assert not is_inferred(told, "")


def test_a_licence_that_a_stranger_calls_inferred_is_rated_so():
    document = about_model(
        licenses=[{"license": {"id": "MIT"}}], properties=[source("licence", "LICENSE (inferred)")]
    )
    rating = rating_of(document, "g7-models-licence")
    assert rating.status is Status.INFERRED
    assert rating.reason == "the SPDX id MIT, which the document calls inferred"


@pytest.mark.parametrize("version", ["1.6", "1.7"])
@pytest.mark.parametrize(
    ("means", "status"),
    [
        (Means.STATED, Status.DECLARED),
        (Means.GIVEN, Status.DECLARED),
        (Means.INFERRED, Status.INFERRED),
    ],
)
def test_our_own_documents_tell_of_every_version_what_is_inferred(version, means, status):
    fields = ("version", "input", "output")
    bom = small(
        root=replace(
            small().root, version="1.0", origins=tuple(Origin(f, "x", means) for f in fields)
        ),
        card=ModelCard(inputs=(Port("text"),), outputs=(Port("text", "answer"),)),
    )
    document = encode(bom, serial=SERIAL, timestamp=TIME, spec_version=version)
    assert status_of(document, "g7-models-version") is status
    assert status_of(document, "g7-models-input-output") is status

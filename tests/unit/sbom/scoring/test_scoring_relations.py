from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, rating_of, status_of

GRAPH = "ntia-dependency-relationship"


def graph(*edges: object, **more: object) -> dict:
    document = about_model(
        {"type": "library", "bom-ref": "a", "name": "a"}, {"bom-ref": "b", "name": "b"}
    )
    return {**document, "dependencies": list(edges), **more}


def test_a_closed_graph_of_all_components_is_found():
    assert (
        status_of(graph({"ref": "m", "dependsOn": ["a"], "provides": ["b"]}), GRAPH) is Status.FOUND
    )


def test_a_component_outside_of_it_is_named():
    rating = rating_of(graph({"ref": "m", "dependsOn": ["a"]}), GRAPH)
    assert rating.status is Status.MISSING
    assert rating.reason == ('2 of 3 components have a stated relationship; without: "b"')


@pytest.mark.parametrize(
    "edge",
    [{"ref": "gone"}, {"ref": "m", "dependsOn": ["gone"]}, {"ref": "m", "provides": ["gone"]}],
)
def test_a_reference_that_leads_nowhere_is_for_review(edge):
    rating = rating_of(graph(edge, {"ref": "m", "dependsOn": ["a", "b"]}), GRAPH)
    assert rating.status is Status.REVIEW
    assert '"gone"' in rating.reason
    assert rating.places[0].startswith("/dependencies/0/")


def test_a_reference_into_another_document_may_be_good():
    link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x"
    assert status_of(graph({"ref": "m", "dependsOn": ["a", "b", link]}), GRAPH) is Status.FOUND


def test_two_things_with_one_ref_are_for_review():
    document = about_model({"bom-ref": "m", "name": "other"})
    assert status_of({**document, "dependencies": [{"ref": "m"}]}, GRAPH) is Status.REVIEW


def test_what_is_nested_is_related():
    document = about_model(components=[{"name": "inner"}])
    assert status_of(document, GRAPH) is Status.FOUND


def test_an_empty_document_has_no_relations():
    assert status_of({}, GRAPH) is Status.MISSING
    assert status_of(about_model(), GRAPH) is Status.MISSING


@pytest.mark.parametrize(
    ("aggregates", "coverage", "unknowns"),
    [
        ([], Status.MISSING, Status.MISSING),
        (["complete"], Status.DECLARED, Status.DECLARED),
        (["complete", "unknown"], Status.REVIEW, Status.DECLARED),
        (["incomplete"], Status.REVIEW, Status.REVIEW),
        (["complete", "incomplete_first_party_only"], Status.REVIEW, Status.REVIEW),
        (["not_specified"], Status.REVIEW, Status.REVIEW),
        (["whatever", 7], Status.MISSING, Status.MISSING),
    ],
)
def test_coverage_and_unknowns_are_what_compositions_say(aggregates, coverage, unknowns):
    document = {"compositions": [{"aggregate": said} for said in aggregates]}
    assert status_of(document, "cisa-coverage") is coverage
    assert status_of(document, "cisa-known-unknowns") is unknowns

from __future__ import annotations

import pytest

from aiverify.sbom.scoring.document import read
from tests.support.scored import about_model, hashes

MODEL = {"type": "machine-learning-model", "name": "base", "version": "1"}


def places(things):
    return [thing.place for thing in things]


def test_components_are_found_however_deep_and_the_subject_first():
    document = read(
        about_model(
            {"name": "a", "components": [{"name": "b", "components": [{"name": "c"}]}]},
            components=[{"name": "inner"}],
        )
    )
    assert places(document.components) == [
        "/metadata/component",
        "/metadata/component/components/0",
        "/components/0",
        "/components/0/components/0",
        "/components/0/components/0/components/0",
    ]


@pytest.mark.parametrize("value", [None, 7, "x", [], [7], {"component": 7}, {"component": []}])
def test_what_is_no_object_is_passed_over(value):
    document = read({"metadata": value, "components": value, "services": value})
    assert not document.subject.sides
    assert document.components == ()


def test_a_model_that_only_a_pedigree_names_is_a_model_too():
    document = read(
        about_model(
            pedigree={
                "ancestors": [{**MODEL, "pedigree": {"ancestors": [{**MODEL, "version": "0"}]}}]
            }
        )
    )
    assert places(document.models) == [
        "/metadata/component",
        "/metadata/component/pedigree/ancestors/0",
        "/metadata/component/pedigree/ancestors/0/pedigree/ancestors/0",
    ]


@pytest.mark.parametrize("known_by", [{"bom-ref": "b"}, {"purl": "pkg:generic/b@1"}, {}])
def test_a_model_is_not_counted_twice(known_by):
    same = {**MODEL, **known_by}
    document = read(about_model(same, pedigree={"ancestors": [dict(same)]}))
    assert places(document.models) == ["/metadata/component", "/components/0"]


def test_one_name_in_two_versions_is_two_models():
    document = read(about_model(MODEL, pedigree={"ancestors": [{**MODEL, "version": "2"}]}))
    assert len(document.models) == 3


def test_whatever_has_a_model_card_is_a_model():
    assert (
        len(read({"components": [{"type": "library", "modelCard": {}}, {"modelCard": 7}]}).models)
        == 1
    )


def test_datasets_are_components_entries_and_what_cards_name():
    document = read(
        about_model(
            {"type": "data", "bom-ref": "d", "name": "d"},
            {
                "type": "library",
                "data": [{"type": "dataset", "name": "e"}, {"type": "configuration"}],
            },
            {"type": "data", "name": "template", "data": [{"type": "configuration"}]},
            modelCard={
                "modelParameters": {"datasets": [{"ref": "d"}, {"name": "f"}, {"ref": "gone"}, 7]}
            },
        )
    )
    card = "/metadata/component/modelCard/modelParameters/datasets"
    assert places(document.datasets) == [
        "/components/0",
        "/components/1/data/0",
        f"{card}/1",
        "",
        "",
    ]
    assert document.datasets[3].ref == "gone"


def test_services_inside_services_are_found():
    document = read({"services": [{"name": "a", "services": [{"name": "b"}, 7]}]})
    assert places(document.services) == ["/services/0", "/services/0/services/0"]


def test_refs_that_several_have_are_known():
    document = read(
        {"components": [{"bom-ref": "a"}, {"bom-ref": "a"}, {"bom-ref": "b"}, {"bom-ref": 7}]}
    )
    assert document.repeated == ("a",)
    assert document.refs["a"].place == "/components/0"


def test_the_files_of_a_model_are_inside_it_or_needed_by_it():
    document = read(
        {
            **about_model(
                {"type": "file", "bom-ref": "f", "hashes": hashes("f")},
                {"type": "library", "bom-ref": "l"},
                components=[{"type": "file", "name": "g"}],
            ),
            "dependencies": [
                {"ref": "m", "dependsOn": ["f", "l", "gone", 7], "provides": ["f"]},
                7,
            ],
        }
    )
    files = document.files_of(document.subject)
    assert [item.place for item in files] == ["/metadata/component/components/0", "/components/0"]


def test_of_two_with_one_ref_only_the_first_has_its_files():
    document = read(
        {
            **about_model({**MODEL, "bom-ref": "m"}, {"type": "file", "bom-ref": "f"}),
            "dependencies": [{"ref": "m", "dependsOn": ["f"]}],
        }
    )
    first, second = document.models
    assert len(document.files_of(first)) == 1
    assert document.files_of(second) == []

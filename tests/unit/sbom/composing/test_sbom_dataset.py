"""A dataset: what is in it, who keeps it, and what in it is sensitive."""

from __future__ import annotations

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.description import Description, Stated
from aiverify.sbom.bom import Means
from aiverify.sbom.composing.compose import compose
from aiverify.sbom.composing.dataset import at_hand, dataset
from tests.support.described import artifact_of
from tests.support.stating import card, stating

CROISSANT = {
    "description": "Notes.",
    "creators": ["The Herbarium"],
    "publishers": ["The Laboratory"],
    "sensitive": ["Names."],
    "url": "https://example.org/notes",
}

PRIVATE = Description(
    sections={"personal and sensitive information": Stated("Places.", "README.md#personal")},
    licences=(Stated("cc-by-4.0", "README.md#license"),),
)


def notes(*files) -> list[str]:
    _, properties, _ = dataset(Description(), files)
    return [f"{item.name.removeprefix('aiverify:dataset:')} {item.value}" for item in properties]


def test_croissant_and_the_card_say_who_keeps_it_and_what_is_sensitive():
    keepers = card(bullets={"curated by": "Curators", "shared by": "The Laboratory"})
    croissant = stating("croissant.json", "croissant", CROISSANT)

    found, _, origins = dataset(PRIVATE, [keepers, croissant])

    assert (found.owners, found.stewards) == (("The Herbarium",), ("Curators",))
    assert found.custodians == ("The Laboratory",)
    assert found.sensitive == ("Places.", "Names.")
    assert (found.description, found.url) == ("Notes.", "https://example.org/notes")
    assert "croissant.json#/creator" in {origin.source for origin in origins}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "notes", " "])
def test_an_address_that_is_none_is_left_out(url: str):
    found, _, _ = dataset(Description(), [stating("croissant.json", "croissant", {"url": url})])

    assert found.url == ""


@pytest.mark.parametrize(
    "info",
    [
        {"features": [{"name": "text"}], "splits": [{"name": "train", "num_examples": 3}]},
        {"features": {"text": {}}, "splits": {"train": {"num_examples": 3}}},
    ],
    ids=["as lists", "as objects"],
)
def test_features_and_splits_are_read_in_both_forms_that_are_about(info):
    assert notes(stating("dataset_info.json", "dataset_info", info)) == [
        "feature text",
        "split train: 3 examples",
    ]
    assert notes(card(front_matter={"dataset_info": info})) == notes(
        card(front_matter={"dataset_info": [info]})
    )


def test_a_split_whose_size_nobody_states_is_a_name():
    info = {"splits": [{"name": "test"}]}

    assert notes(stating("dataset_info.json", "dataset_info", info)) == ["split test"]


@pytest.mark.parametrize("value", [None, 5, "x", [None, 5], {"a": 5}, [{"name": 5}]])
def test_statements_of_the_wrong_type_break_nothing(value):
    values = dict.fromkeys(["features", "splits", "description", "creators", "url"], value)

    found, _, _ = dataset(
        Description(),
        [
            stating("dataset_info.json", "dataset_info", values),
            stating("croissant.json", "croissant", values),
            card(front_matter={"dataset_info": value, "task_categories": value}, bullets=value),
        ],
    )

    assert isinstance(found.description, str)


def test_a_dataset_at_hand_is_pinned_by_its_root_digest():
    artifact = artifact_of("train.csv", kind=Kind.DATASET, name="notes")

    found = at_hand(artifact, PRIVATE, [])

    assert found.ref == f"dataset:notes#{artifact.manifest.root}"
    assert found.licences[0].text == "CC-BY-4.0"
    assert found.origins[0].means is Means.GIVEN


def test_a_dataset_at_hand_stands_for_the_one_that_the_card_names():
    artifact = artifact_of("train.csv", kind=Kind.DATASET, name="acme/notes")
    description = Description(datasets=(Stated("acme/notes", "README.md#datasets"),))

    bom = compose(
        artifact_of("a"), description, [], datasets=[at_hand(artifact, Description(), [])]
    )

    (only,) = bom.datasets
    assert [origin.source for origin in only.origins] == ["README.md#datasets", "--dataset"]


def test_a_table_says_how_many_examples_and_which_features_it_has():
    table = stating("train.parquet", "parquet", {"rows": 5, "columns": ["text"]})

    assert notes(table) == ["examples 5 in train.parquet", "feature text"]
    assert {origin.means for origin in dataset(Description(), [table])[2]} == {Means.INFERRED}

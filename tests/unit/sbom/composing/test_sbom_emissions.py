"""What making a model cost the environment, as its card says."""

from __future__ import annotations

import pytest

from aiverify.sbom.composing.emissions import emissions
from tests.support.stating import card, stating


def told(*files) -> dict[str, str]:
    prefix = "aiverify:environment:"
    return {item.name.removeprefix(prefix): item.value for item in emissions(files).properties}


def test_a_bare_number_is_grams_of_co2():
    assert told(card(front_matter={"co2_eq_emissions": 12.5})) == {"co2": "12.5 g"}


def test_an_object_says_how_it_came_about():
    said = {"emissions": 3, "source": "CodeCarbon", "hardware_used": "8 x A100", "odd": "x"}

    assert told(card(front_matter={"co2_eq_emissions": said})) == {
        "co2": "3 g",
        "source": "CodeCarbon",
        "hardware": "8 x A100",
    }


def test_the_front_matter_counts_before_the_prose():
    prose = {"carbon emitted": "a lot", "hours used": "6"}

    both = card(front_matter={"co2_eq_emissions": 1}, bullets=prose)

    assert told(both) == {"co2": "1 g", "hours": "6"}
    assert told(card(bullets=prose))["co2"] == "a lot"


@pytest.mark.parametrize("value", [None, True, "12", [], {"emissions": "12"}, {"emissions": None}])
def test_what_is_no_number_is_no_emission(value):
    assert told(card(front_matter={"co2_eq_emissions": value})) == {}


def test_only_the_artifacts_own_card_counts():
    elsewhere = stating("docs/other.md", "modelcard", {"front_matter": {"co2_eq_emissions": 1}})

    assert told(elsewhere) == {}

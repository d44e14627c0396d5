"""The model card of two documents."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.sbom.difference import Change, Topic, Way, difference
from tests.support.sbom_versions import document


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    made = difference(document({"modelCard": old}, []), document({"modelCard": new}, []))
    return list(made.changes)


def measured(value: Any, **more: Any) -> dict[str, Any]:
    metric = {"type": "accuracy", "slice": "arc", "value": value, **more}
    return {"quantitativeAnalysis": {"performanceMetrics": [metric]}}


@pytest.mark.parametrize(
    ("old", "new", "verb"),
    [
        ("9.5", "10", "went up"),
        ("61%", "60%", "went down"),
        ("0.5", "0.50", "changed"),
        ("good", "better", "changed"),
        ("1", "9" * 5000, "changed"),
        ("1", "NaN", "changed"),
        ("1", "1e999999999", "went up"),
    ],
)
def test_a_metric_goes_up_or_down_where_it_is_a_number(old: str, new: str, verb: str):
    (change,) = changes(measured(old), measured(new))

    assert change.topic is Topic.METRICS
    assert change.sentence.startswith(f"The metric accuracy on arc {verb} from {old}")


def test_a_metric_that_came_or_went_is_told():
    (came,) = changes({}, measured("1"))
    (went,) = changes(measured("1"), {})

    assert came.sentence == "The metric accuracy on arc is new: 1."
    assert went.sentence == "The metric accuracy on arc was 1, and is no longer given."


def test_an_interval_belongs_to_its_value():
    (change,) = changes(
        measured("1"), measured("1", confidenceInterval={"lowerBound": "0", "upperBound": "2"})
    )

    assert change.new == "1 (0 to 2)"


@pytest.mark.parametrize(
    ("key", "old", "new", "words"),
    [
        ("useCases", ["Chat."], ["Chat.", "Search."], "use cases"),
        ("technicalLimitations", ["Slow."], ["Wrong."], "limitations"),
        ("users", ["All."], ["Some."], "users"),
        ("ethicalConsiderations", [{"name": "a"}], [{"name": "b"}], "ethical considerations"),
        (
            "fairnessAssessments",
            [{"groupAtRisk": "a"}],
            [{"groupAtRisk": "a", "harms": "b"}],
            "fairness assessments",
        ),
        (
            "environmentalConsiderations",
            {"energyConsumptions": [{"activity": "training"}]},
            {"energyConsumptions": [{"activity": "inference"}]},
            "environmental considerations",
        ),
    ],
)
def test_prose_is_told_to_have_changed_and_not_repeated(key: str, old: Any, new: Any, words: str):
    (change,) = changes({"considerations": {key: old}}, {"considerations": {key: new}})

    assert change.sentence == f"The {words} in the model card changed."
    (change,) = changes({}, {"considerations": {key: new}})
    assert (change.way, change.sentence) == (
        Way.ADDED,
        f"The {words} in the model card are given now.",
    )


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("task", "task"),
        ("architectureFamily", "architecture family"),
        ("modelArchitecture", "architecture"),
    ],
)
def test_what_the_model_is_for_and_how_it_is_built_is_compared(key: str, words: str):
    (change,) = changes({"modelParameters": {key: "a"}}, {"modelParameters": {key: "b"}})

    assert change.sentence == f"The {words} changed from a to b."


def test_what_goes_in_and_comes_out_is_compared():
    (change,) = changes(
        {"modelParameters": {"inputs": [{"format": "text"}]}},
        {"modelParameters": {"inputs": [{"format": "text"}, {"format": "image"}]}},
    )

    assert change.sentence == "The format of inputs changed: added image."

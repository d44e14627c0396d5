"""A model's own fields in SPDX."""

from __future__ import annotations

from dataclasses import replace

from aiverify.core.description import Metric
from aiverify.sbom.bom import Bom, Component, ModelCard, Sort
from tests.support import spdx_boms
from tests.support.spdx import encoded, named


def dictionary(entries: list[dict[str, str]]) -> dict[str, str]:
    found = {item["key"]: item["value"] for item in entries}
    assert len(found) == len(entries)
    return found


def test_what_the_card_says_is_in_the_fields_of_a_model():
    model = named(encoded(spdx_boms.llama()), "example/tiny-llama")

    assert model["ai_domain"] == ["text-generation"]
    assert model["ai_typeOfModel"] == ["supervised", "llama", "LlamaForCausalLM"]
    assert model["ai_informationAboutApplication"].split("\n\n") == [
        "Users: Testers.",
        "Use: For tests only.",
        "Input: text (inferred)",
        "Output: logits: float32[batch, 128256]",
    ]
    assert model["ai_limitation"].split("\n\n") == [
        "Limitation: It knows little.",
        "Trade-off: Small rather than right.",
        "Ethical consideration: It repeats what it read.",
        "Fairness: It speaks English alone.",
    ]


def test_a_metric_is_told_from_others_of_its_type_and_a_key_comes_once():
    model = named(encoded(spdx_boms.llama()), "example/tiny-llama")

    assert dictionary(model["ai_metric"]) == {
        "accuracy (Accuracy, text-generation, arc_easy)": "0.612",
        "perplexity": "7.1, 7.2",
    }


def test_a_metric_without_a_type_goes_by_its_name():
    card = ModelCard(metrics=(Metric("", "1", "F1"),))
    model = named(encoded(replace(spdx_boms.lora(), card=card)), "tiny-lora")

    assert dictionary(model["ai_metric"]) == {"F1": "1"}


def test_the_part_of_a_dataset_and_whether_a_result_was_verified_tell_results_apart():
    metrics = tuple(
        Metric("f1", value, dataset="arc", part=part, verified=verified)
        for value, part, verified in (("1", "test", True), ("2", "test", False), ("3", "dev", None))
    )
    bill = replace(spdx_boms.lora(), card=ModelCard(metrics=metrics))

    assert dictionary(named(encoded(bill), "tiny-lora")["ai_metric"]) == {
        "f1 (arc, test, verified)": "1",
        "f1 (arc, test, not verified)": "2",
        "f1 (arc, dev)": "3",
    }


def test_an_adapters_settings_are_hyperparameters():
    model = named(encoded(spdx_boms.lora()), "tiny-lora")

    assert dictionary(model["ai_hyperparameter"]) == {
        "type": "LORA",
        "r": "8",
        "alpha": "16",
        "target": "q_proj, v_proj",
    }


def test_what_nobody_says_of_a_model_is_left_out():
    model = named(encoded(Bom(Component("a", Sort.MODEL, "a"), (), card=ModelCard())), "a")

    assert {key for key in model if key.startswith("ai_")} == {"ai_useSensitivePersonalInformation"}
    assert model["ai_useSensitivePersonalInformation"] == "noAssertion"


def test_a_card_makes_anything_a_model_so_that_nothing_of_it_is_lost():
    root = Component("a", Sort.APPLICATION, "a")
    model = named(encoded(Bom(root, (), card=spdx_boms.card())), "a")

    assert model["ai_domain"] == ["text-generation"]
    assert model["software_primaryPurpose"] == "application"

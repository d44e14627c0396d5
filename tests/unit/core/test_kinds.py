"""What an artifact is, guessed from its files."""

from __future__ import annotations

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.kinds import guess_kind
from tests.support.stating import card, stating

DATASET_CARD = card(front_matter={"task_categories": ["text-generation"]})


@pytest.mark.parametrize(
    ("formats", "kind"),
    [
        (("peft", "safetensors"), Kind.ADAPTER),
        (("elf",), Kind.COMPONENT),
        (("executable", "elf"), Kind.COMPONENT),
        (("elf", "safetensors"), Kind.MODEL),
        (("unknown",), Kind.MODEL),
        ((), Kind.MODEL),
    ],
)
def test_the_kind_is_guessed_by_the_formats(formats: tuple[str, ...], kind: Kind):
    files = [FileFacts(name, 1, Facts(name, Role.WEIGHT)) for name in formats]

    assert guess_kind(files) is kind


@pytest.mark.parametrize(
    ("config", "weights", "kind"),
    [
        ("adapter_config.json", "adapter_model.safetensors", Kind.ADAPTER),
        ("fr/adapter_config.json", "fr/adapter_model.safetensors", Kind.ADAPTER),
        ("lora/adapter_config.json", "model.safetensors", Kind.MODEL),
        ("adapter_config.json", "checkpoint/model.safetensors", Kind.ADAPTER),
    ],
)
def test_an_adapter_holds_no_weights_but_an_adapters(config: str, weights: str, kind: Kind):
    tensor = Tensor("w", "f32", (1,))

    found = guess_kind([stating(config, "peft"), stating(weights, "safetensors", {}, [tensor])])

    assert found is kind


@pytest.mark.parametrize(
    "description", [DATASET_CARD, stating("croissant.json", "croissant")], ids=["card", "croissant"]
)
def test_what_is_described_as_a_dataset_is_one(description: FileFacts):
    assert guess_kind([description, stating("train.csv", "csv")]) is Kind.DATASET


def test_what_holds_weights_is_no_dataset_whatever_its_card_says():
    weights = FileFacts("pytorch_model.bin", 1, Facts("unknown", Role.WEIGHT, unread="encrypted"))

    assert guess_kind([DATASET_CARD, weights]) is Kind.MODEL


def test_a_card_below_the_top_describes_nothing():
    assert guess_kind([stating("data/croissant.json", "croissant")]) is Kind.MODEL

"""How the components belong together in SPDX, and what is known to be complete."""

from __future__ import annotations

from dataclasses import replace

from aiverify.sbom.bom import Bom, Component, Sort
from tests.support import spdx_boms
from tests.support.spdx import encoded, targets

LLAMA = "example/tiny-llama"


def test_the_files_are_complete_and_the_parts_may_not_be():
    contained = targets(encoded(spdx_boms.llama()), LLAMA, "contains")

    assert contained == {
        "README.md": "complete",
        "config.json": "complete",
        "model.safetensors": "complete",
        "weights.enc": "complete",
        "chat template": "noAssertion",
    }


def test_what_a_model_was_made_from_may_not_be_all():
    document = encoded(spdx_boms.llama())

    assert targets(document, LLAMA, "descendantOf") == {"meta-llama/Llama-3.2-1B": "noAssertion"}
    assert targets(document, LLAMA, "trainedOn") == {
        "example/chats": "noAssertion",
        "arc_easy": "noAssertion",
    }


def test_the_dataset_of_a_metric_is_what_the_model_was_tested_on():
    document = encoded(spdx_boms.llama())

    assert targets(document, LLAMA, "testedOn") == {"arc_easy": "noAssertion"}


def test_the_weights_that_were_read_are_data_of_the_model():
    weights = targets(encoded(spdx_boms.llama()), LLAMA, "hasDataFile")

    assert weights == {"model.safetensors": "noAssertion"}


def test_the_weights_are_complete_when_every_file_was_read():
    weights = targets(encoded(spdx_boms.lora()), "tiny-lora", "hasDataFile")

    assert weights == {"adapter_model.safetensors": "complete"}


def test_of_a_model_it_is_said_that_nobody_knows_what_it_was_made_from():
    document = encoded(Bom(Component("a", Sort.MODEL, "a"), ()))

    for relation in ("descendantOf", "trainedOn", "dependsOn"):
        assert targets(document, "a", relation) == {"NoAssertionElement": "noAssertion"}


def test_a_program_was_not_trained():
    document = encoded(spdx_boms.component())

    for relation in ("descendantOf", "trainedOn", "testedOn"):
        assert targets(document, "runner", relation) == {}


def test_data_that_was_made_from_other_data_is_its_descendant():
    source = Component("dataset:b", Sort.DATA, "b")
    document = encoded(replace(spdx_boms.dataset(), datasets=(source,)))

    assert targets(document, "chats", "descendantOf") == {"b": "noAssertion"}


def test_a_model_needs_what_it_says_and_not_what_it_was_made_from():
    bill = spdx_boms.llama()
    refs = tuple(component.ref for component in bill.components)
    bill = replace(bill, root=replace(bill.root, needs=(*refs, "gone", bill.root.ref)))

    needed = targets(encoded(bill), LLAMA, "dependsOn")

    assert needed == {"torch": "noAssertion", "numpy": "noAssertion"}


def test_an_adapter_needs_its_base():
    needed = targets(encoded(spdx_boms.lora()), "tiny-lora", "dependsOn")

    assert needed == {"example/tiny-llama": "noAssertion"}


def test_where_nobody_says_what_is_needed_it_is_the_packages():
    needed = targets(encoded(spdx_boms.component()), "runner", "dependsOn")

    assert needed == {"requests": "noAssertion", "idna": "noAssertion"}


def test_to_need_nothing_is_not_to_be_unknown():
    document = encoded(spdx_boms.llama())

    assert targets(document, "numpy", "dependsOn") == {"NoneElement": "complete"}
    assert targets(document, "torch", "dependsOn") == {}


def test_of_every_single_file_it_is_not_said_that_it_needs_nothing():
    assert targets(encoded(spdx_boms.llama()), "config.json", "dependsOn") == {}


def test_to_need_what_is_not_in_the_bill_is_to_be_unknown():
    lost = replace(spdx_boms.package("a", "1"), needs=("gone",))
    document = encoded(replace(spdx_boms.component(), packages=(lost,)))

    assert targets(document, "a", "dependsOn") == {"NoAssertionElement": "noAssertion"}


def test_what_was_not_looked_into_is_not_known():
    document = encoded(spdx_boms.llama())

    for name in ("weights.enc", "meta-llama/Llama-3.2-1B", "example/chats"):
        assert targets(document, name, "contains") == {"NoAssertionElement": "noAssertion"}
    assert targets(document, "model.safetensors", "contains") == {}

"""The description: every statement with its source, and nothing that nobody states."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.core import rules
from aiverify.core.describe import describe
from aiverify.core.description import (
    AdapterSettings,
    BaseReference,
    Description,
    Metric,
    Stated,
)
from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json


def file(
    name: str, format_name: str, values: dict[str, Json], role: Role = Role.CONFIG
) -> FileFacts:
    return FileFacts(name, 1, Facts(format_name, role, values=values))


def card(**front_matter: Any) -> FileFacts:
    return file("README.md", "modelcard", {"front_matter": front_matter}, Role.DOC)


def config(**values: Any) -> FileFacts:
    return file("config.json", "hf_config", values)


def peft(**values: Any) -> FileFacts:
    return file("adapter_config.json", "peft", values)


def weights(name: str, **dtypes: int) -> FileFacts:
    values: dict[str, Json] = {"dtypes": dtypes}
    tensors = (Tensor("a", "f32", (1,)),)
    return FileFacts(name, 1, Facts("safetensors", Role.WEIGHT, values=values, tensors=tensors))


def test_nothing_is_stated_by_nothing() -> None:
    assert describe([]) == Description()


def test_a_card_states_what_it_is_asked_for() -> None:
    found = describe(
        [
            card(
                model_name="Mini",
                license="mit",
                language=["en", "no"],
                tags="small",
                datasets=["wiki"],
                library_name="transformers",
                pipeline_tag="text-generation",
                base_model="big/one",
            )
        ]
    )
    assert found.name == Stated("Mini", "README.md#model_name")
    assert found.licences == (Stated("mit", "README.md#license"),)
    assert [stated.value for stated in found.languages] == ["en", "no"]
    assert found.tags == (Stated("small", "README.md#tags"),)
    assert found.datasets == (Stated("wiki", "README.md#datasets"),)
    assert found.library == Stated("transformers", "README.md#library_name")
    assert found.task == Stated("text-generation", "README.md#pipeline_tag")
    assert found.base_models == (Stated(BaseReference("big/one"), "README.md#base_model"),)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("front_matter", "licences"),
    [
        ({"license": ["mit", "apache-2.0"]}, ["mit", "apache-2.0"]),
        ({"license": "other", "license_name": "llama3.2"}, ["llama3.2"]),
        ({"license": "other"}, ["other"]),
        ({"license": "mit", "license_name": "ignored"}, ["mit"]),
        ({"license": ""}, []),
    ],
)
def test_a_licence_called_other_goes_by_its_name(
    front_matter: dict[str, Any], licences: list[str]
) -> None:
    assert [stated.value for stated in describe([card(**front_matter)]).licences] == licences


def test_metrics_come_with_their_task_and_data_set() -> None:
    metric = {"type": "acc", "name": "Accuracy", "value": 0.5}
    unusable = {"type": "f1", "value": {"a": 1}}
    result = {
        "task": {"type": "text-generation"},
        "dataset": {"name": "GLUE", "type": "glue"},
        "metrics": [metric, unusable],
    }
    found = describe([card(**{"model-index": [{"name": "Mini", "results": [result]}]})])
    source = "README.md#model-index/0/results/0/metrics/0"
    expected = Metric("acc", "0.5", name="Accuracy", task="text-generation", dataset="GLUE")
    assert found.metrics == (Stated(expected, source),)
    assert found.name == Stated("Mini", "README.md#model-index/0/name")
    assert len(found.warnings) == 1


def test_a_configuration_states_architecture_and_sizes() -> None:
    found = describe(
        [config(architectures=["A", "B"], model_type="a", n_positions=8, vocab_size=9)]
    )
    assert found.architecture == Stated("A", "config.json#/architectures/0")
    assert found.family == Stated("a", "config.json#/model_type")
    assert found.context_length == Stated(8, "config.json#/n_positions")
    assert found.vocabulary == Stated(9, "config.json#/vocab_size")


def test_the_text_part_of_a_multimodal_configuration_counts() -> None:
    found = describe([config(text_config={"max_position_embeddings": 8, "vocab_size": 9})])
    source = "config.json#/text_config/"
    assert found.context_length == Stated(8, source + "max_position_embeddings")
    assert found.vocabulary == Stated(9, source + "vocab_size")


def test_a_tokenizer_counts_where_the_configuration_is_silent() -> None:
    tokenizer = file("tokenizer.json", "tokenizer", {"vocabulary": 7})
    assert describe([tokenizer]).vocabulary == Stated(7, "tokenizer.json")
    assert describe([config(vocab_size=9), tokenizer]).vocabulary == Stated(
        9, "config.json#/vocab_size"
    )


def test_where_training_started_is_not_the_name() -> None:
    assert describe([config(_name_or_path="big/one")]).name is None


def test_files_in_folders_do_not_speak_for_the_artifact() -> None:
    found = describe(
        [
            file("1_Pooling/config.json", "hf_config", {"model_type": "pooling"}),
            file("docs/README.md", "modelcard", {"front_matter": {"license": "mit"}}),
        ]
    )
    assert (found.family, found.licences) == (None, ())


def test_parameters_are_summed_over_all_weights() -> None:
    found = describe([weights("a.safetensors", f32=2, i64=1), weights("b.safetensors", f32=3)])
    assert found.parameters == Stated(6, "a.safetensors and 1 more")
    assert found.dtypes == {"f32": 5, "i64": 1}
    assert found.formats == ("safetensors",)


def test_a_model_that_comes_in_shards_and_in_one_piece_is_counted_once() -> None:
    index = file("m.safetensors.index.json", "safetensors_index", {"shards": ["s.safetensors"]})
    found = describe([weights("whole.safetensors", f32=2), index, weights("s.safetensors", f32=2)])
    assert found.parameters == Stated(2, "s.safetensors")


def test_formats_that_nobody_knows_are_not_stated() -> None:
    files = [file("a", "unknown", {}, Role.WEIGHT), file("b", "pickle", {}, Role.WEIGHT)]
    assert describe(files).formats == ("pickle",)


def test_an_adapter_states_its_settings_and_its_base() -> None:
    found = describe(
        [
            peft(
                peft_type="LORA",
                r=8,
                lora_alpha=16,
                target_modules=["q", "v"],
                base_model_name_or_path="big/one",
                revision="abc",
            )
        ]
    )
    settings = AdapterSettings("LORA", 8, 16, ("q", "v"))
    assert found.adapter == Stated(settings, "adapter_config.json")
    reference = BaseReference("big/one", "abc")
    source = "adapter_config.json#/base_model_name_or_path"
    assert found.base_models == (Stated(reference, source),)


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        (None, Stated(BaseReference("big/one"), "README.md#base_model")),
        (
            "abc",
            Stated(BaseReference("big/one", "abc"), "adapter_config.json#/base_model_name_or_path"),
        ),
    ],
)
def test_one_base_named_twice_is_stated_once_and_as_precisely_as_possible(
    revision: str | None, expected: Stated[BaseReference]
) -> None:
    adapter = peft(base_model_name_or_path="big/one", revision=revision)
    assert describe([card(base_model="big/one"), adapter]).base_models == (expected,)


def test_two_bases_that_contradict_each_other_are_both_stated() -> None:
    found = describe([card(base_model="one"), peft(base_model_name_or_path="two")])
    assert [stated.value.name for stated in found.base_models] == ["one", "two"]


def test_sections_are_stated_unless_nobody_wrote_them() -> None:
    sections = {"uses": "Many.", "risks": "[More Information Needed]"}
    values: dict[str, Json] = {"front_matter": {}, "sections": sections}
    found = describe([file("README.md", "modelcard", values)])
    assert found.sections == {"uses": Stated("Many.", "README.md#uses")}


@pytest.mark.parametrize("value", [1, 1.5, True, [1], [[]], {"a": 1}, {"a": {}}, "text"])
def test_wrong_types_are_warnings_and_never_errors(value: Any) -> None:
    keys = ("license", "license_name", "base_model", "language", "tags", "datasets", "model_name")
    found = describe(
        [
            card(**dict.fromkeys((*keys, "model-index", "library_name"), value)),
            config(architectures=value, model_type=value, vocab_size=value, text_config=value),
            peft(peft_type=value, r=value, lora_alpha=value, target_modules=value),
            file("tokenizer.json", "tokenizer", {"vocabulary": value, "warnings": value}),
        ]
    )
    assert found.warnings
    assert len(set(found.warnings)) == len(found.warnings)


def test_the_readers_warnings_are_kept() -> None:
    assert describe([config(warnings=["config.json#/x is odd"])]).warnings == (
        "config.json#/x is odd",
    )


def test_a_card_that_is_broken_is_a_warning_in_its_readers_words():
    finding = rules.contents.MALFORMED.found("line 3 is not YAML", severity=Severity.WARNING)
    card = FileFacts("README.md", 1, Facts("modelcard", Role.DOC, findings=(finding,)))

    assert describe([card]).warnings == ("README.md: line 3 is not YAML",)


@pytest.mark.parametrize(
    ("form", "values"),
    [("croissant", {"licences": ["cc-by-4.0"]}), ("dataset_info", {"license": "cc-by-4.0"})],
)
def test_a_description_of_data_names_its_licence(form, values):
    file = FileFacts("data.json", 1, Facts(form, Role.DATASET, values=values))

    (licence,) = describe([file]).licences
    assert licence.value == "cc-by-4.0"

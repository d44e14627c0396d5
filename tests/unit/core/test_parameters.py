"""Which files are counted, where a model comes in several forms."""

from __future__ import annotations

import pytest

from aiverify.core.describe import describe
from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.jsonvalue import Json
from aiverify.core.parameters import FORMS, parameter_files


def weights(name: str, form: str, elements: int = 4, **values: Json) -> FileFacts:
    tensor = Tensor("w", "f32", (elements,))
    stated = {"dtypes": {"f32": elements}, **values}
    return FileFacts(name, 1, Facts(form, Role.WEIGHT, values=stated, tensors=(tensor,)))


def counted(*files: FileFacts, shards: tuple[str, ...] = ()) -> list[str]:
    return [item.name for item in parameter_files(files, shards)]


def test_one_form_of_several_is_counted() -> None:
    files = [weights(f"m.{form}", form) for form in reversed(FORMS)]
    for form in FORMS:
        assert counted(*files) == [f"m.{form}"]
        files.pop()
    assert counted() == []


def test_shards_are_counted_and_the_model_in_one_piece_is_not() -> None:
    files = (weights("a", "safetensors"), weights("b", "safetensors"), weights("c", "safetensors"))
    assert counted(*files, shards=("a", "b")) == ["a", "b"]
    assert counted(*files) == ["a", "b", "c"]
    assert counted(*files, shards=("gone",)) == ["a", "b", "c"]


def test_of_several_quantizations_the_largest_is_counted() -> None:
    assert counted(weights("q4", "gguf", 4), weights("q8", "gguf", 9)) == ["q8"]


def test_the_parts_of_a_split_model_are_counted_together() -> None:
    parts = [weights(f"{number}", "gguf", split={"count": 2}) for number in range(2)]
    assert counted(*parts, weights("other", "gguf", 99)) == ["0", "1"]


@pytest.mark.parametrize("name", ["optimizer.pt", "last/scheduler.pt", "rng_state_0.pth"])
def test_what_a_trainer_leaves_is_not_the_model(name: str) -> None:
    assert counted(weights(name, "torch", 99), weights("model.pt", "torch")) == ["model.pt"]


def test_what_a_gguf_file_says_of_itself_counts_where_no_other_file_says_it() -> None:
    header: dict[str, Json] = {
        "architecture": "llama",
        "licence": "mit",
        "context_length": 4096,
        "vocabulary": 32000,
        "base_models": [{"name": "Base", "organization": "acme"}, {"name": "Other"}, {}],
    }
    found = describe([weights("m.gguf", "gguf", 4, **header)])
    assert found.family
    assert (found.family.value, found.family.source) == ("llama", "m.gguf#/architecture")
    assert [licence.value for licence in found.licences] == ["mit"]
    assert found.context_length
    assert found.context_length.value == 4096
    assert found.vocabulary
    assert (found.vocabulary.value, found.vocabulary.source) == (32000, "m.gguf#/vocabulary")
    assert [base.value.name for base in found.base_models] == ["acme/Base", "Other"]

    config = Facts("hf_config", Role.CONFIG, values={"model_type": "mistral", "vocab_size": 9})
    both = describe([weights("m.gguf", "gguf", 4, **header), FileFacts("config.json", 1, config)])
    assert both.family
    assert both.vocabulary
    assert (both.family.value, both.vocabulary.value) == ("mistral", 9)

"""An index and its shards, and every way in which they can disagree."""

from __future__ import annotations

import pytest

from aiverify.core.facts import Facts, FileFacts, Role, Tensor
from aiverify.core.finding import Severity
from aiverify.core.rules.contents import MALFORMED
from aiverify.core.shards import disagreements

ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
MAP = {"a": ONE, "b": ONE, "c": TWO}


def index(weight_map: dict[str, str], total: int | None = None, folder: str = "") -> FileFacts:
    values = {"weight_map": weight_map, **({} if total is None else {"total_size": total})}
    facts = Facts("safetensors_index", Role.CONFIG, values=values)
    return FileFacts(f"{folder}model.safetensors.index.json", 1, facts)


def shard(name: str, *tensors: str) -> FileFacts:
    held = tuple(Tensor(tensor, "f32", (1,)) for tensor in tensors)
    values = {"bytes": 4 * len(held)}
    return FileFacts(name, 1, Facts("safetensors", Role.WEIGHT, values=values, tensors=held))


def complaints(*files: FileFacts) -> list[str]:
    return [finding.message for finding in disagreements(files)]


@pytest.mark.parametrize("folder", ["", "unet/"])
def test_a_whole_model_has_no_disagreements(folder: str) -> None:
    files = (index(MAP, 12, folder), shard(folder + ONE, "a", "b"), shard(folder + TWO, "c"))
    assert complaints(*files) == []


def test_shards_without_an_index_are_not_judged() -> None:
    assert complaints(shard(ONE, "a")) == []


def test_a_shard_that_is_not_there_is_named() -> None:
    (found,) = disagreements([index(MAP), shard(ONE, "a", "b")])
    assert found.severity is Severity.ERROR
    assert f"{TWO} is not there" in found.message
    assert (found.file, found.place) == ("model.safetensors.index.json", "/weight_map")


def test_a_shard_in_another_folder_is_not_there() -> None:
    assert len(complaints(index(MAP), shard("x/" + ONE, "a", "b"), shard(TWO, "c"))) == 1


def test_tensors_that_a_shard_lacks_are_counted() -> None:
    (message,) = complaints(index(MAP), shard(ONE), shard(TWO, "c"))
    assert message.endswith("lacks the tensor a and 1 more")


def test_tensors_that_the_index_does_not_place_are_a_warning() -> None:
    (found,) = disagreements([index(MAP), shard(ONE, "a", "b", "c"), shard(TWO, "c")])
    assert found.severity is Severity.WARNING
    assert "holds the tensor c" in found.message


def test_a_shard_that_is_no_safetensors_file_cannot_be_told() -> None:
    pickle = FileFacts(TWO, 1, Facts("pickle", Role.WEIGHT))
    (message,) = complaints(index(MAP), shard(ONE, "a", "b"), pickle)
    assert "cannot be told" in message


def test_a_malformed_shard_is_reported_as_that_and_not_twice() -> None:
    broken = Facts("safetensors", Role.WEIGHT, findings=(MALFORMED.found("broken"),))
    assert complaints(index(MAP), shard(ONE, "a", "b"), FileFacts(TWO, 1, broken)) == []


def test_a_sibling_that_the_index_does_not_mention_is_found() -> None:
    files = (index({"a": ONE}), shard(ONE, "a"), shard(TWO, "evil"), shard("x/" + TWO, "b"))
    (message,) = complaints(*files)
    assert f"{TWO} is named as a shard" in message


def test_a_sibling_that_another_index_mentions_is_not() -> None:
    other = FileFacts("m.fp16.safetensors.index.json", 1, index({"c": TWO}).facts)
    assert complaints(index({"a": ONE}), other, shard(ONE, "a"), shard(TWO, "c")) == []


@pytest.mark.parametrize(("total", "notes"), [(8, 0), (9, 1), (None, 0)])
def test_a_total_that_is_not_the_sum_is_a_note(total: int | None, notes: int) -> None:
    found = disagreements([index({"a": ONE, "b": ONE}, total), shard(ONE, "a", "b")])
    assert [finding.severity for finding in found] == [Severity.NOTE] * notes


def test_a_hostile_shard_name_is_escaped() -> None:
    (message,) = complaints(index({"a": "\x1b[2J.safetensors"}))
    assert "\\x1b[2J" in message


class Counted(str):
    """A name that counts how often a set or a dictionary looks at it."""

    __slots__ = ()
    looks = 0

    def __hash__(self) -> int:
        Counted.looks += 1
        return super().__hash__()


def test_a_shard_that_many_indexes_name_is_looked_through_once() -> None:
    """All names for each index would be 100 x 1,000 looks."""
    held = shard(ONE, *(Counted(f"t{number:04}") for number in range(1000)))
    indexes = [index({f"t{number:04}": ONE}, folder="") for number in range(100)]
    named = [FileFacts(f"{n}.index.json", 1, item.facts) for n, item in enumerate(indexes)]
    Counted.looks = 0
    messages = complaints(*named, held)
    assert len(messages) == 100
    assert messages[0].endswith(
        "holds the tensor t0001 and 998 more that the index does not place there"
    )
    assert messages[1].endswith(
        "holds the tensor t0000 and 998 more that the index does not place there"
    )
    assert 1000 <= Counted.looks < 3000

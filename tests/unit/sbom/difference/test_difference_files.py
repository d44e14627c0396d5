"""Files of two documents: which came, went, moved, or have other bytes."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.sbom.difference import Change, Matters, Topic, Way, difference
from tests.support.sbom_versions import digest, document, file


def changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    return list(difference(document({}, old), document({}, new)).changes)


@pytest.mark.parametrize(
    ("name", "role", "topic", "matters"),
    [
        ("model.safetensors", "", Topic.WEIGHTS, Matters.SECURITY),
        ("odd.name", "weight", Topic.WEIGHTS, Matters.SECURITY),
        ("modeling.py", "", Topic.CODE, Matters.SECURITY),
        ("chat_template.jinja", "", Topic.TEMPLATE, Matters.SECURITY),
        ("tokenizer.json", "", Topic.TOKENIZER, Matters.NOTABLE),
        ("config.json", "", Topic.FILES, Matters.NOTABLE),
        ("README.md", "", Topic.FILES, Matters.MINOR),
        ("strange", "doc", Topic.FILES, Matters.MINOR),
        ("train.parquet", "dataset", Topic.DATASETS, Matters.NOTABLE),
        ("adapter_config.json", "", Topic.ADAPTER, Matters.NOTABLE),
    ],
)
def test_bytes_weigh_as_much_as_what_the_file_is_for(
    name: str, role: str, topic: Topic, matters: Matters
):
    (change,) = changes([file(name, "one", role)], [file(name, "two", role)])

    assert (change.topic, change.matters, change.way) == (topic, matters, Way.CHANGED)
    assert (change.old, change.new) == (f"sha256:{digest('one')}", f"sha256:{digest('two')}")


def test_a_file_with_another_name_and_the_same_bytes_has_moved():
    (change,) = changes([file("a.txt", "same")], [file("b.txt", "same")])

    assert change.way is Way.MOVED
    assert (change.old, change.new, change.matters) == ("a.txt", "b.txt", Matters.MINOR)


def test_text_that_becomes_code_by_its_name_matters_for_security():
    (change,) = changes([file("a.txt", "same")], [file("a.py", "same")])

    assert (change.way, change.matters) == (Way.MOVED, Matters.SECURITY)


def test_a_weak_digest_does_not_tell_that_a_file_moved():
    weak = {"hashes": [{"alg": "MD5", "content": "0" * 32}]}
    found = changes([file("a.txt", "", **weak)], [file("b.txt", "", **weak)])

    assert sorted(change.way for change in found) == [Way.ADDED, Way.REMOVED]


def test_a_weak_digest_that_differs_tells_that_bytes_changed():
    old = {"hashes": [{"alg": "MD5", "content": "0" * 32}]}
    new = {"hashes": [{"alg": "MD5", "content": "1" * 32}]}
    (change,) = changes([file("a.bin", "", **old)], [file("a.bin", "", **new)])

    assert (change.what, change.matters) == ("digest", Matters.SECURITY)


def test_digests_in_other_case_are_the_same():
    upper = {"hashes": [{"alg": "SHA-256", "content": digest("one").upper()}]}

    assert changes([file("a.bin", "one")], [file("a.bin", "", **upper)]) == []


def test_a_digest_that_is_gone_is_told():
    bare = {key: value for key, value in file("a.txt", "one").items() if key != "hashes"}
    (change,) = changes([file("a.txt", "one")], [bare])

    assert (change.way, change.what) == (Way.REMOVED, "digest")
    assert change.sentence.endswith("and is no longer given.")


def test_a_size_tells_where_no_digest_does():
    def sized(size: str) -> dict[str, Any]:
        made = file("model.bin", "", properties={"aiverify:size": size})
        return {key: value for key, value in made.items() if key != "hashes"}

    (change,) = changes([sized("10")], [sized("11")])

    assert (change.what, change.matters) == ("size", Matters.SECURITY)


@pytest.mark.parametrize(
    ("old", "new", "matters", "words"),
    [
        ("clean", "flagged", Matters.SECURITY, "was clean, and is flagged now"),
        ("flagged", "clean", Matters.NOTABLE, "was flagged, and is clean now"),
        ("clean", "unread", Matters.NOTABLE, "was clean, and is unread now"),
        ("", "flagged", Matters.SECURITY, "was not looked into, and is flagged now"),
        ("clean", "", Matters.NOTABLE, "was clean, and is not looked into any more"),
    ],
)
def test_what_a_look_inside_came_to_is_told(old: str, new: str, matters: Matters, words: str):
    def seen(state: str) -> dict[str, Any]:
        return file("a.pkl", "same", properties={"aiverify:state": state})

    (change,) = changes([seen(old)], [seen(new)])

    assert change.matters is matters
    assert words in change.sentence

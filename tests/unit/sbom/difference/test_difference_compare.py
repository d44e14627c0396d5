"""Comparing two documents as wholes: what counts as a change, in which order, and the weights."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from aiverify.sbom.difference import Matters, Topic, Way, Weights, difference
from tests.support.sbom_versions import digest, document, file, new_version, old_version


def sentences(old: Any, new: Any) -> list[str]:
    return [change.sentence for change in difference(old, new).changes]


def with_files(*files: dict[str, Any]) -> dict[str, Any]:
    return document({}, list(files))


def unhashed(component: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in component.items() if key != "hashes"}


def test_a_document_does_not_differ_from_itself():
    found = difference(old_version(), old_version())

    assert found.changes == ()
    assert found.remarks == ()
    assert found.weights is Weights.SAME


def test_serial_number_time_and_tools_are_no_changes():
    other = old_version()
    other["serialNumber"] = "urn:uuid:00000000-0000-0000-0000-000000000001"
    other["version"] = 7
    other["metadata"]["timestamp"] = "2031-01-01T00:00:00Z"
    other["metadata"]["tools"] = [{"vendor": "acme", "name": "other"}]

    assert difference(old_version(), other).changes == ()


def test_the_order_of_components_is_no_change():
    other = old_version()
    other["components"].reverse()

    assert difference(old_version(), other).changes == ()


def test_refs_of_one_run_are_no_change():
    other = old_version()
    for number, component in enumerate(other["components"]):
        for record in other["vulnerabilities"]:
            for affected in record["affects"]:
                if affected["ref"] == component.get("bom-ref"):
                    affected["ref"] = f"random-{number}"
        component["bom-ref"] = f"random-{number}"

    assert difference(old_version(), other).changes == ()


def test_a_component_that_is_listed_in_another_is_listed_all_the_same():
    other = old_version()
    other["metadata"]["component"]["components"] = other.pop("components")

    assert difference(old_version(), other).changes == ()


def test_topics_are_told_in_the_order_of_their_weight():
    found = difference(old_version(), new_version())
    ranks = [list(Topic).index(change.topic) for change in found.changes]

    assert ranks == sorted(ranks)
    for topic in Topic:
        weights = [
            list(Matters).index(change.matters) for change in found.changes if change.topic is topic
        ]
        assert weights == sorted(weights)


def test_the_other_way_round_everything_is_turned_round():
    there = difference(old_version(), new_version())
    back = difference(new_version(), old_version())
    opposite = {Way.ADDED: Way.REMOVED, Way.REMOVED: Way.ADDED}
    moved = {(change.old, change.new) for change in there.changes if change.way is Way.MOVED}

    assert {
        (c.topic, opposite.get(c.way, c.way), c.what, c.new, c.old)
        for c in there.changes
        if c.way is not Way.MOVED
    } == {(c.topic, c.way, c.what, c.old, c.new) for c in back.changes if c.way is not Way.MOVED}
    assert {(c.new, c.old) for c in back.changes if c.way is Way.MOVED} == moved


def test_a_root_digest_that_no_file_explains_matters_for_security():
    other = old_version()
    for item in other["metadata"]["component"]["properties"]:
        if item["name"] == "aiverify:root-digest":
            item["value"] = f"sha256:{digest('three')}"
    (change,) = difference(old_version(), other).changes

    assert change.matters is Matters.SECURITY
    assert change.sentence.endswith("and no file that is listed explains it.")


def test_a_file_that_changed_explains_the_root_digest():
    found = difference(old_version(), new_version())
    (change,) = (
        change
        for change in found.changes
        if change.what == "root digest" and change.topic is Topic.IDENTITY
    )

    assert change.matters is Matters.NOTABLE


@pytest.mark.parametrize(
    ("files", "weights"),
    [
        ([file("model.safetensors", "one")], Weights.SAME),
        ([file("renamed.safetensors", "one")], Weights.SAME),
        ([file("model.safetensors", "two")], Weights.CHANGED),
        ([unhashed(file("model.safetensors", "one"))], Weights.UNKNOWN),
        ([], Weights.CHANGED),
        ([file("model.safetensors", "one"), file("extra.gguf", "more")], Weights.CHANGED),
    ],
)
def test_whether_weights_are_the_same_bytes(files: list[dict[str, Any]], weights: Weights):
    old = with_files(file("model.safetensors", "one"))

    assert difference(old, with_files(*files)).weights is weights


def test_two_weights_that_swap_their_names_are_no_longer_the_same():
    old = with_files(file("a.safetensors", "one"), file("b.safetensors", "two"))
    new = with_files(file("a.safetensors", "two"), file("b.safetensors", "one"))

    assert difference(old, new).weights is Weights.CHANGED


def test_documents_that_list_no_weights_say_so():
    found = difference(with_files(), with_files())

    assert found.weights is Weights.NONE
    assert found.remarks == ("Neither document lists weights.",)


def test_a_model_that_is_one_file_is_known_by_its_own_hash():
    def of(content: str) -> dict[str, Any]:
        return document({"hashes": [{"alg": "SHA-256", "content": digest(content)}]}, [])

    assert difference(of("one"), of("one")).weights is Weights.SAME
    assert difference(of("one"), of("two")).weights is Weights.CHANGED
    (change,) = difference(of("one"), of("two")).changes
    assert (change.what, change.matters) == ("digest", Matters.SECURITY)


def test_files_that_cannot_be_compared_are_counted():
    old = with_files(unhashed(file("config.json", "one")))
    found = difference(old, copy.deepcopy(old))

    assert found.changes == ()
    assert found.remarks[0].startswith("1 file of the same name cannot be compared by bytes")


def test_what_both_documents_are_about_comes_first():
    found = difference(old_version(), new_version())

    assert (found.old.name, found.old.version) == ("acme/chat", "1.0.0")
    assert found.new.version == "1.1.0"
    assert found.new.digest == f"sha256:{digest('two')}"


def test_another_name_is_told():
    new = old_version()
    new["metadata"]["component"]["name"] = "acme/other"

    assert "The name changed from acme/chat to acme/other." in sentences(old_version(), new)


def test_a_duplicated_component_is_one_that_came():
    new = old_version()
    new["components"].append(copy.deepcopy(new["components"][0]))
    (change,) = difference(old_version(), new).changes

    assert (change.way, change.subject) == (Way.ADDED, "README.md")


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        [],
        "text",
        7,
        {"metadata": []},
        {"metadata": {"component": "x"}, "components": {}},
        {"components": [None, 7, "x", [], {"name": 7, "hashes": "x", "properties": {}}]},
        {"components": [{"type": "file", "name": {}, "hashes": [{"alg": 1, "content": []}]}]},
        {"vulnerabilities": [None, {"id": 7, "affects": [None, {"ref": []}], "analysis": []}]},
        {"compositions": [{"aggregate": [], "assemblies": "x"}, 7]},
        {"metadata": {"component": {"modelCard": {"considerations": [], "modelParameters": 7}}}},
        {"metadata": {"component": {"pedigree": {"ancestors": [7, None]}, "licenses": "MIT"}}},
    ],
)
def test_wrong_types_count_as_absent(hostile: Any):
    for pair in ((hostile, old_version()), (old_version(), hostile), (hostile, hostile)):
        for change in difference(*pair).changes:
            assert change.sentence


def test_what_a_document_says_cannot_command_a_terminal():
    new = old_version()
    new["metadata"]["component"]["version"] = "1\x1b[2J\n1.0 \u202e"
    new["components"].append(file("a\nb\x07.py", "code"))

    for sentence in sentences(old_version(), new):
        assert sentence.isprintable()


def test_many_components_of_one_name_are_paired_without_comparing_each_with_each():
    """As many as some documents have would take hours otherwise."""
    count = 10_000
    old = with_files(
        *({"type": "library", "name": "same", "version": str(n)} for n in range(count))
    )
    new = with_files(
        *({"type": "library", "name": "same", "version": f"v{n}"} for n in range(count))
    )
    found = difference(old, new)

    assert len(found.changes) == count
    assert {change.way for change in found.changes} == {Way.CHANGED}

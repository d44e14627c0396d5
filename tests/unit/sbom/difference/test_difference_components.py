"""Base models, datasets, parts and packages, and the fields of each."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.sbom.difference import Change, Matters, Topic, Way, difference
from tests.support.sbom_versions import base, document, named, old_version, package, part


def changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    return list(difference(document({}, old), document({}, new)).changes)


def of_root(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    return list(difference(document(old, []), document(new, [])).changes)


@pytest.mark.parametrize(
    ("kind", "old", "new", "verb", "matters"),
    [
        ("pypi", "2.9.0", "2.10.0", "was upgraded", Matters.NOTABLE),
        ("pypi", "2.10.0", "2.9.0", "was downgraded", Matters.SECURITY),
        ("pypi", "1.0rc1", "1.0", "was upgraded", Matters.NOTABLE),
        ("npm", "1.0.0", "1.0.0-beta.2", "was downgraded", Matters.SECURITY),
        ("golang", "v1.9.0", "v1.10.0", "was upgraded", Matters.NOTABLE),
        ("deb", "2.36-9", "2.36-10", "changed", Matters.NOTABLE),
        ("pypi", "1.0", "not a version", "changed", Matters.NOTABLE),
        ("pypi", "1.0", "1.0.0", "changed", Matters.NOTABLE),
        ("npm", "1.0.0", "1.0.0+build", "changed", Matters.NOTABLE),
    ],
)
def test_a_package_goes_up_or_down_where_its_ecosystem_says_so(
    kind: str, old: str, new: str, verb: str, matters: Matters
):
    (change,) = changes([package("x", old, kind)], [package("x", new, kind)])

    assert change.sentence == f"The package x {verb} from {old} to {new}."
    assert (change.topic, change.matters) == (Topic.PACKAGES, matters)


def test_python_packages_are_known_under_any_spelling():
    (change,) = changes(
        [package("Foo_Bar", "1.0", purl="pkg:pypi/Foo_Bar@1.0")],
        [package("Foo_Bar", "1.1", purl="pkg:PyPI/foo.bar@1.1")],
    )

    assert change.what == "version"


def test_a_package_of_the_same_version_and_other_bytes_matters_for_security():
    def made(content: str) -> dict[str, Any]:
        return package("x", "1.0", hashes=[{"alg": "SHA-256", "content": content * 64}])

    (change,) = changes([made("a")], [made("b")])

    assert change.matters is Matters.SECURITY
    assert change.sentence == "The package x has the same version and other bytes."


def test_two_versions_of_one_package_are_kept_apart():
    old = [package("x", "1.0.0", "npm"), package("x", "2.0.0", "npm")]
    new = [package("x", "2.0.0", "npm"), package("x", "1.0.1", "npm")]
    (change,) = changes(old, new)

    assert (change.old, change.new) == ("1.0.0", "1.0.1")


def test_a_component_whose_purl_only_one_tool_gives_is_known_by_its_name():
    bare = {key: value for key, value in package("x", "1.0").items() if key != "purl"}

    assert changes([package("x", "1.0")], [bare]) == []
    assert changes([bare], [package("x", "1.0")]) == []


def test_another_base_model_matters_for_security():
    found = of_root(
        {"pedigree": {"ancestors": [base("meta/a", "1", "x")]}},
        {"pedigree": {"ancestors": [base("meta/b", "1", "x")]}},
    )

    assert [(c.topic, c.way, c.matters) for c in found] == [
        (Topic.BASE, Way.REMOVED, Matters.SECURITY),
        (Topic.BASE, Way.ADDED, Matters.SECURITY),
    ]


def test_a_base_model_that_is_a_component_as_well_is_told_once():
    old, new = old_version(), old_version()
    for made, revision in ((old, "1111"), (new, "2222")):
        llama = base("meta-llama/Llama-3.2-1B", revision, "same")
        made["metadata"]["component"]["pedigree"] = {"ancestors": [llama]}
        made["components"] = [{**llama, "bom-ref": "model:llama"}]
        made["vulnerabilities"] = []
    (change,) = difference(old, new).changes

    assert (change.topic, change.what) == (Topic.BASE, "revision")


def test_a_chat_template_with_other_text_matters_for_security():
    (change,) = changes(
        [part("default", "chat-template", "one")], [part("default", "chat-template", "two")]
    )

    assert (change.topic, change.matters) == (Topic.TEMPLATE, Matters.SECURITY)
    assert "chat template default" in change.sentence


def test_a_dataset_that_only_the_card_names_is_one_all_the_same():
    card = {"modelCard": {"modelParameters": {"datasets": [{"type": "dataset", "name": "a/b"}]}}}
    (change,) = of_root({}, card)

    assert (change.topic, change.way, change.subject) == (Topic.DATASETS, Way.ADDED, "a/b")


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ([{"license": {"id": "MIT"}}], [{"license": {"id": "mit"}}], False),
        ([{"license": {"id": "MIT"}}], [{"license": {"name": "MIT"}}], False),
        ([{"license": {"id": "MIT"}}], [{"expression": "MIT OR Apache-2.0"}], True),
        ([{"license": {"id": "MIT"}}], [], True),
        ([], [{"license": {"name": "llama3.2"}}], True),
    ],
)
def test_a_licence_is_the_same_in_any_case_and_form(old: list[Any], new: list[Any], changed: bool):
    found = of_root({"licenses": old}, {"licenses": new})

    assert [change.what for change in found] == ["licence"] * changed
    assert all(change.matters is Matters.SECURITY for change in found)


@pytest.mark.parametrize(
    ("name", "topic", "sentence"),
    [
        ("aiverify:parameters", Topic.WEIGHTS, "The number of parameters changed from 1 to 2."),
        ("aiverify:dtype:bf16", Topic.WEIGHTS, "The number of parameters in bf16 changed"),
        ("aiverify:quantization:label", Topic.WEIGHTS, "The quantization label changed"),
        ("aiverify:adapter:alpha", Topic.ADAPTER, "The adapter's alpha changed"),
        ("aiverify:size", Topic.IDENTITY, "The size in bytes changed"),
        ("aiverify:environment:co2", Topic.CONSIDERATIONS, "The environment's co2 changed"),
        ("acme:ticket", Topic.OTHER, "The property acme:ticket changed from 1 to 2."),
    ],
)
def test_properties_are_told_in_words(name: str, topic: Topic, sentence: str):
    (change,) = of_root({"properties": named({name: "1"})}, {"properties": named({name: "2"})})

    assert change.topic is topic
    assert change.sentence.startswith(sentence)


@pytest.mark.parametrize("name", ["aiverify:source:licence", "aiverify:inferred:input"])
def test_where_a_value_came_from_is_no_change(name: str):
    assert of_root({"properties": named({name: "a"})}, {"properties": named({name: "b"})}) == []


def test_what_is_no_longer_known_is_told():
    (change,) = of_root({"supplier": {"name": "Acme"}}, {})

    assert change.way is Way.REMOVED
    assert change.sentence == "The supplier was Acme, and is no longer given."


def test_of_values_that_are_many_those_are_told_that_came_or_went():
    tags = [f"tag{number}" for number in range(20)]
    (change,) = of_root({"tags": tags}, {"tags": [*tags[1:], "new"]})

    assert change.sentence == "The tags changed: added new; removed tag0."


def test_a_dataset_and_its_governance_are_compared():
    def data(owner: str) -> dict[str, Any]:
        governance = {"owners": [{"organization": {"name": owner}}]}
        described = [{"type": "dataset", "classification": "public", "governance": governance}]
        return {"type": "data", "name": "acme/chats", "data": described}

    (change,) = changes([data("Acme")], [data("Other")])

    assert change.sentence == (
        "The governance of the dataset acme/chats changed from owner Acme to owner Other."
    )


def test_what_is_no_longer_vouched_for_as_complete_is_told():
    def made(aggregate: str) -> dict[str, Any]:
        said = [{"aggregate": aggregate, "assemblies": ["artifact:chat"]}] if aggregate else []
        return document({}, [], compositions=said)

    (change,) = difference(made("complete"), made("unknown")).changes
    assert change.sentence == "The list of parts was complete, and is unknown now."
    assert change.matters is Matters.NOTABLE
    (change,) = difference(made("complete"), made("")).changes
    assert change.sentence == "The list of parts was complete, and is not vouched for now."
    (change,) = difference(made(""), made("incomplete_first_party_only")).changes
    assert change.matters is Matters.MINOR

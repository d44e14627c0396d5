"""The difference of any two documents, however wrong they are."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from aiverify.render.difference import as_json
from aiverify.sbom.difference import Way, difference
from aiverify.sbom.difference.schema import difference_schema
from tests.support.sbom_versions import new_version, old_version

WORDS = st.sampled_from(
    [
        "",
        "file",
        "library",
        "data",
        "machine-learning-model",
        "SHA-256",
        "MD5",
        "a.py",
        "model.safetensors",
        "1.0.0",
        "2.0.0",
        "pkg:pypi/x@1",
        "aiverify:role",
        "aiverify:root-digest",
        "weight",
        "complete",
        "\u202e\x1b[2J",
    ]
)
KEYS = st.sampled_from(
    [
        "name",
        "version",
        "type",
        "group",
        "purl",
        "bom-ref",
        "hashes",
        "alg",
        "content",
        "properties",
        "value",
        "licenses",
        "license",
        "id",
        "components",
        "metadata",
        "component",
        "pedigree",
        "ancestors",
        "modelCard",
        "modelParameters",
        "datasets",
        "considerations",
        "vulnerabilities",
        "affects",
        "ref",
        "versions",
        "analysis",
        "state",
        "compositions",
        "assemblies",
        "aggregate",
    ]
)
HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
COMPONENTS = st.lists(
    st.fixed_dictionaries(
        {"type": WORDS, "name": WORDS},
        optional={
            "version": WORDS,
            "purl": WORDS,
            "bom-ref": WORDS,
            "hashes": st.lists(
                st.fixed_dictionaries({"alg": WORDS, "content": st.sampled_from("abc")}),
                max_size=2,
            ),
            "properties": st.lists(
                st.fixed_dictionaries({"name": WORDS, "value": WORDS}), max_size=3
            ),
        },
    ),
    max_size=8,
)


def listing(components: list[Any]) -> dict[str, Any]:
    return {**old_version(), "components": components, "vulnerabilities": []}


@given(HOSTILE, HOSTILE)
def test_no_document_is_too_wrong_to_be_compared(old: Any, new: Any):
    found = difference(old, new)

    jsonschema.validate(json.loads(as_json(found)), difference_schema())
    for change in found.changes:
        assert change.sentence.isprintable()


@given(HOSTILE)
def test_a_part_that_is_wrong_leaves_the_rest_to_be_compared(part: Any):
    for key in new_version():
        difference(old_version(), {**new_version(), key: part})


@given(HOSTILE)
def test_no_document_differs_from_itself(document: Any):
    assert difference(document, document).changes == ()


@given(COMPONENTS, st.randoms())
def test_order_is_no_change(components: list[Any], random: Any):
    shuffled = list(components)
    random.shuffle(shuffled)

    assert difference(listing(components), listing(shuffled)).changes == ()


@given(COMPONENTS, COMPONENTS)
def test_what_came_there_went_back(old: list[Any], new: list[Any]):
    there = difference(listing(old), listing(new)).changes
    back = difference(listing(new), listing(old)).changes

    assert len(there) == len(back)
    for one, other in ((Way.ADDED, Way.REMOVED), (Way.REMOVED, Way.ADDED)):
        assert sum(change.way is one for change in there) == sum(
            change.way is other for change in back
        )
    assert bool(there) == bool(back)

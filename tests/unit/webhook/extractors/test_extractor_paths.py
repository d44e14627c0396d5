from __future__ import annotations

import pytest

from aiverify.errors import UsageError
from aiverify.webhook.extractors import paths

DOCUMENT = {
    "spec": {
        "rules": [{"id": "a", "rev": "1"}, {"id": "b"}, {"id": None}, {}],
        "a/b": {"c~d": "x"},
        "graph": {"uri": "r", "children": [{"uri": "s"}]},
        "word": "text",
    }
}


def pointers(path):
    return [(spot.pointer, spot.value) for spot in paths.walk(DOCUMENT, path) if not spot.wrong]


def test_a_path_leads_to_every_item():
    assert pointers(".spec.rules[*].id") == [("/spec/rules/0/id", "a"), ("/spec/rules/1/id", "b")]


def test_a_quoted_name_may_have_any_character_and_its_pointer_is_escaped():
    assert pointers('.spec["a/b"]["c~d"]') == [("/spec/a~1b/c~0d", "x")]


def test_a_name_is_found_at_any_depth():
    assert dict(pointers(".spec..uri")) == {
        "/spec/graph/uri": "r",
        "/spec/graph/children/0/uri": "s",
    }


@pytest.mark.parametrize("path", [".spec.word.more", ".spec.word[*]", ".spec.graph[*].uri"])
def test_a_way_that_ends_in_a_wrong_type_is_told(path):
    [spot] = paths.walk(DOCUMENT, path)

    assert spot.wrong


@pytest.mark.parametrize("path", [".none", ".spec.none.more", ".spec.none[*]", ".spec.rules[*].no"])
def test_what_is_missing_is_nothing(path):
    assert list(paths.walk(DOCUMENT, path)) == []


@pytest.mark.parametrize(
    "path",
    ["", "spec", ".", ".spec.", ".spec[0]", ".spec[", '.["a]', ".a b", '.["\\x"]', "." * 2000],
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(UsageError, match="no path into an object"):
        paths.parse(path)


def test_what_stands_beside_is_that_of_the_same_item():
    spots = list(paths.walk(DOCUMENT, ".spec.rules[*].id"))

    beside = [
        [
            found.value
            for found in paths.beside(DOCUMENT, ".spec.rules[*].id", spot, ".spec.rules[*].rev")
        ]
        for spot in spots
    ]

    assert beside == [["1"], []]

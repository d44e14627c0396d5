"""A stream of YAML documents, as `kubectl` takes one."""

from __future__ import annotations

import pytest

from aiverify.core import yamlvalue
from aiverify.core.yamlvalue import parse_all
from aiverify.errors import MalformedError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("---\n---\n# nothing\n", ()),
        ("a: 1", ({"a": 1},)),
        ("a: 1\n---\nb: [no, 2]\n...\n---\nc: null\n", ({"a": 1}, {"b": ["no", 2]}, {"c": None})),
    ],
)
def test_documents_are_read_in_their_order_and_empty_ones_left_out(text: str, found: object):
    assert parse_all(text, "it") == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: 1\n---\n- b\n", "line 2: it has a document that is no mapping"),
        ("a: 1\n---\na: 1\na: 2\n", "line 4: it has the key 'a' twice"),
        ("a: 1\n---\nb: !!python/object:os.system x\n", "line 3: it has a tag"),
        ("a: &x 1\n---\nb: *x\n", "line 3: it"),
        ("a: [\n---\n", "is not YAML"),
    ],
)
def test_a_bad_document_is_refused_by_its_line(text: str, why: str):
    with pytest.raises(MalformedError) as error:
        parse_all(text, "it")
    assert why in error.value.message


def test_there_is_an_end_to_documents(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(yamlvalue, "MAX_DOCUMENTS", 3)
    assert len(parse_all("---\na: 1\n" * 3, "it")) == 3
    with pytest.raises(MalformedError, match="more than 3 documents"):
        parse_all("---\na: 1\n" * 4, "it")

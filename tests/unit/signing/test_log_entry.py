"""Log entries are read strictly, and written as they were read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from aiverify.core.jsonvalue import load_object
from aiverify.errors import MalformedError
from aiverify.signing.log import entry
from tests.support.logs import Book, b64, envelope

WHERE = "the signature x"
V2 = Book(2).enter(envelope())
V1 = Book(1, "p256").enter(envelope())


def changed(path, value, good=V1):
    """The good entry in JSON with another value at a path."""
    copy = json.loads(json.dumps(good.to_json()))
    at = copy
    for name in path[:-1]:
        at = at[name]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    "made",
    [
        V1,
        V2,
        replace(V1, proof=None),
        replace(V1, promise=None, integrated_time=None),
        replace(V1, proof=replace(V1.proof, checkpoint="", hashes=())),
        replace(V1, index=2**63 - 1),
    ],
)
def test_what_is_written_is_read(made):
    text = json.dumps(made.to_json())

    assert entry.parse(load_object(text, WHERE), WHERE) == made


def test_numbers_are_written_as_texts_as_other_readers_want_them():
    value = V1.to_json()

    assert value["logIndex"] == str(V1.index)
    assert value["integratedTime"] == str(V1.integrated_time)
    assert value["inclusionProof"]["treeSize"] == str(V1.proof.tree_size)


@pytest.mark.parametrize("path", [("logIndex",), ("inclusionProof", "logIndex")])
def test_numbers_may_come_as_numbers(path):
    assert entry.parse(changed(path, 3), WHERE) == entry.parse(changed(path, "3"), WHERE)


@pytest.mark.parametrize("name", ["inclusionPromise", "inclusionProof", "integratedTime"])
def test_what_an_entry_may_lack_may_be_null(name):
    assert entry.parse(changed((name,), None), WHERE) == entry.parse(changed((name,), ...), WHERE)


NUMBERS = [
    ("logIndex",),
    ("integratedTime",),
    ("inclusionProof", "logIndex"),
    ("inclusionProof", "treeSize"),
]


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize("value", [-1, "-1", 2**63, str(2**63), "9" * 5000, 1.5, True, "1 ", []])
def test_a_number_that_is_negative_huge_or_none_is_refused(path, value):
    with pytest.raises(MalformedError, match="whole number"):
        entry.parse(changed(path, value), WHERE)


@pytest.mark.parametrize(
    "path",
    [
        ("logId",),
        ("logId", "keyId"),
        ("kindVersion",),
        ("kindVersion", "kind"),
        ("kindVersion", "version"),
        ("canonicalizedBody",),
        ("inclusionPromise", "signedEntryTimestamp"),
        ("inclusionProof", "rootHash"),
    ],
)
@pytest.mark.parametrize("value", [..., None, "", 7, [], {}, "*"])
def test_a_part_that_is_missing_or_something_else_is_refused(path, value):
    if path[0] == "kindVersion" and value == "*":
        value = "*" * 101
    with pytest.raises(MalformedError):
        entry.parse(changed(path, value), WHERE)


@pytest.mark.parametrize("path", [(), ("logId",), ("kindVersion",), ("inclusionProof",)])
def test_a_part_that_nobody_knows_is_refused(path):
    with pytest.raises(MalformedError, match="unknown member"):
        entry.parse(changed((*path, "extra"), "x"), WHERE)


@pytest.mark.parametrize("count", [65, 10_000])
def test_a_proof_of_more_hashes_than_any_tree_is_high_is_refused(count):
    with pytest.raises(MalformedError, match="at most 64"):
        entry.parse(changed(("inclusionProof", "hashes"), [b64(bytes(32))] * count), WHERE)


@pytest.mark.parametrize("item", [b64(bytes(31)), b64(bytes(33)), "", None, 7, []])
def test_a_hash_of_another_length_is_refused(item):
    with pytest.raises(MalformedError):
        entry.parse(changed(("inclusionProof", "hashes"), [item]), WHERE)


@pytest.mark.parametrize("item", [b64(bytes(31)), b64(bytes(64))])
def test_a_root_of_another_length_is_refused(item):
    with pytest.raises(MalformedError):
        entry.parse(changed(("inclusionProof", "rootHash"), item), WHERE)


def test_a_huge_body_is_refused():
    with pytest.raises(MalformedError, match="longer"):
        entry.parse(changed(("canonicalizedBody",), b64(bytes(entry.MAX_BODY + 3))), WHERE)


def test_a_huge_checkpoint_is_refused():
    path = ("inclusionProof", "checkpoint", "envelope")
    with pytest.raises(MalformedError, match="characters"):
        entry.parse(changed(path, "x" * (entry.MAX_CHECKPOINT + 1)), WHERE)


def test_a_list_of_entries_may_be_absent_or_empty():
    assert entry.parse_all(None, WHERE) == ()
    assert entry.parse_all([], WHERE) == ()
    assert entry.parse_all([V1.to_json(), V2.to_json()], WHERE) == (V1, V2)


@pytest.mark.parametrize("value", [{}, "x", [None], [7], [V2.to_json()] * 33])
def test_a_list_of_entries_that_is_none_or_too_long_is_refused(value):
    with pytest.raises(MalformedError):
        entry.parse_all(value, WHERE)

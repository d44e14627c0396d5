"""The manifest: one order, one root, and differences that name each file once."""

from __future__ import annotations

import hashlib

import pytest

from aiverify.core.digest import Digest
from aiverify.core.manifest import Difference, Entry, Manifest, compare
from aiverify.errors import MalformedError, UnsafeNameError


def entry(name: str, content: bytes = b"", size: int | None = None) -> Entry:
    return Entry(name, Digest.of(content), size)


def manifest(**files: bytes) -> Manifest:
    return Manifest.of(entry(name, content) for name, content in files.items())


def test_entries_are_sorted_by_code_point() -> None:
    """Not by UTF-16 unit, nor with a directory's files behind its name."""
    order = ["Z", "a!", "a/b", "a0", "b", "\uffee", "\U00010000"]
    assert [item.name for item in Manifest.of(map(entry, reversed(order))).entries] == order


def test_entries_are_found_by_name() -> None:
    made = manifest(a=b"1", b=b"2")
    assert made.by_name == {"a": entry("a", b"1"), "b": entry("b", b"2")}


def test_the_root_is_over_the_raw_digests_in_name_order() -> None:
    digests = hashlib.sha256(b"1").digest() + hashlib.sha256(b"2").digest()
    assert manifest(b=b"2", a=b"1").root.hex == hashlib.sha256(digests).hexdigest()


def test_the_root_of_no_files_is_the_digest_of_nothing() -> None:
    assert Manifest.of([]).root == Digest.of(b"")


def test_the_root_changes_with_any_byte_of_any_file() -> None:
    roots = {manifest(a=a, b=b).root for a in (b"1", b"2") for b in (b"1", b"2")}
    assert len(roots) == 4


def test_the_size_is_the_sum_of_the_known_ones() -> None:
    made = Manifest.of([entry("a", size=3), entry("b"), entry("c", size=4)])
    assert made.size == 7


@pytest.mark.parametrize("second", [b"same", b"other"])
def test_a_name_twice_is_refused_whatever_its_digests(second: bytes) -> None:
    with pytest.raises(MalformedError, match="listed twice"):
        Manifest.of([entry("x", b"same"), entry("y"), entry("x", second)])


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "", "a\\b", "C:x", "bad\udcff"])
def test_an_unsafe_name_is_refused(name: str) -> None:
    with pytest.raises(UnsafeNameError):
        Manifest.of([entry("ok"), entry(name)])


@pytest.mark.parametrize("pair", [("a", "A"), ("d/x", "D/y"), ("d", "d/x"), ("\u00e9", "e\u0301")])
def test_names_that_collide_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(UnsafeNameError):
        Manifest.of(map(entry, pair))


def test_a_manifest_does_not_differ_from_itself() -> None:
    made = manifest(a=b"1", b=b"2")
    assert not compare(made, made)
    assert compare(made, made) == Difference((), (), ())


def test_differences_are_told_apart_each_in_name_order() -> None:
    promised = manifest(same=b"s", z=b"1", c=b"1", gone2=b"g", gone1=b"g")
    at_hand = manifest(same=b"s", z=b"2", c=b"2", new2=b"n", new1=b"n")
    difference = compare(promised, at_hand)
    assert difference == Difference(
        changed=(
            (entry("c", b"1"), entry("c", b"2")),
            (entry("z", b"1"), entry("z", b"2")),
        ),
        missing=(entry("gone1", b"g"), entry("gone2", b"g")),
        extra=(entry("new1", b"n"), entry("new2", b"n")),
    )
    assert difference


def test_a_renamed_file_is_missing_and_extra() -> None:
    difference = compare(manifest(old=b"x"), manifest(new=b"x"))
    assert difference == Difference((), (entry("old", b"x"),), (entry("new", b"x"),))


def test_two_files_that_swap_their_contents_both_changed() -> None:
    difference = compare(manifest(a=b"1", b=b"2"), manifest(a=b"2", b=b"1"))
    assert [then.name for then, _ in difference.changed] == ["a", "b"]


def test_a_size_that_is_not_known_is_no_difference() -> None:
    assert not compare(Manifest.of([entry("a")]), Manifest.of([entry("a", size=0)]))


@pytest.mark.parametrize(
    ("promised", "at_hand"),
    [({"a": b"1"}, {"a": b"2"}), ({"a": b"1"}, {}), ({}, {"a": b"1"})],
    ids=["changed", "missing", "extra"],
)
def test_one_difference_of_any_kind_is_a_difference(
    promised: dict[str, bytes], at_hand: dict[str, bytes]
) -> None:
    assert compare(manifest(**promised), manifest(**at_hand))

"""Names, JSON and manifests: what holds whatever an attacker or a user writes into them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from aiverify.core import jsonvalue, names
from aiverify.core.digest import Digest
from aiverify.core.manifest import Entry, Manifest, compare
from aiverify.errors import InputError, MalformedError, UnsafeNameError

anything = st.text(st.characters(), max_size=30)
"""Lone surrogates and control characters included."""

parts = st.text(st.sampled_from("aAbB\u00e9\u0301e\u00df\u212ak."), min_size=1, max_size=3)
paths = st.lists(parts, min_size=1, max_size=3).map("/".join)
"""Few letters, so that names meet."""

plain = st.text("abcxyz", min_size=1, max_size=4).map(lambda text: f"f-{text}")
digests = st.binary(max_size=1).map(Digest.of)
contents = st.dictionaries(plain, digests, max_size=8)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**38), 10**38)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def manifest(files: dict[str, Digest]) -> Manifest:
    return Manifest.of(Entry(name, digest) for name, digest in files.items())


def outcome(function: Callable[..., object], *arguments: object) -> object:
    """What a function gives, or our own error; any other comes out."""
    try:
        return function(*arguments)
    except InputError as error:
        return error


def collide(members: list[str]) -> bool:
    return isinstance(outcome(names.check_all, members), UnsafeNameError)


@given(anything)
@example("\x1b[2J\u202e\u2028\udcff\ud800")
def test_printable_text_has_nothing_that_acts_and_stays_as_it_is(text: str) -> None:
    shown = names.printable(text)
    assert shown.isprintable()
    assert names.printable(shown) == shown
    shown.encode("utf-8")


@given(st.text(st.characters(max_codepoint=0x7F)).filter(str.isprintable))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert names.printable(text) == text


@given(anything)
def test_a_checked_name_stays_below_its_root(text: str) -> None:
    found = outcome(names.check, text)
    if isinstance(found, UnsafeNameError):
        assert found.message.isprintable()
    else:
        assert found == text
        assert not {"", ".", ".."} & set(text.split("/"))


@given(st.data(), st.lists(paths, max_size=6))
def test_whether_names_collide_does_not_depend_on_their_order(
    data: st.DataObject, members: list[str]
) -> None:
    assert collide(members) == collide(data.draw(st.permutations(members)))


@given(st.lists(paths, max_size=6), paths)
def test_more_names_never_undo_a_collision(members: list[str], another: str) -> None:
    if collide(members):
        assert collide([another, *members])


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1))
@example("\u0345\u03b1")
@example("\u1fb3\u0301")
@example("\uac01\u11a8")
def test_the_spellings_of_one_text_are_one_name(text: str) -> None:
    spellings = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    folded = [spelling.casefold() for spelling in spellings]
    distinct = list(dict.fromkeys([text, *spellings, *folded]))
    assert not any(collide([one]) for one in distinct)
    assert all(collide([text, other]) for other in distinct if other != text)


@given(json_values)
def test_canonical_json_is_read_back_as_it_was(value: jsonvalue.Json) -> None:
    written = jsonvalue.canonical(value)
    again = jsonvalue.loads(written, "it")
    assert again == value
    assert jsonvalue.canonical(again) == written


@given(json_values)
def test_json_for_people_is_read_back_as_it_was(value: jsonvalue.Json) -> None:
    assert jsonvalue.loads(jsonvalue.pretty(value), "it") == value


@given(st.binary(max_size=40) | st.text('[]{}":,0123456789.eE+-\\u d8nulltrefasNI', max_size=40))
@example("1e999")
def test_what_is_read_can_be_written_and_the_rest_is_malformed(data: bytes | str) -> None:
    found = outcome(jsonvalue.loads, data, "it")
    if not isinstance(found, MalformedError):
        assert found == json.loads(data)
        assert jsonvalue.loads(jsonvalue.canonical(found), "it") == found


@given(anything | digests.map(str))
def test_a_digest_is_read_exactly_or_refused(text: str) -> None:
    found = outcome(Digest.parse, text)
    if isinstance(found, MalformedError):
        assert found.message.isprintable()
    else:
        assert str(found) == text


@given(st.data(), contents)
def test_the_root_does_not_depend_on_the_order_of_entries(
    data: st.DataObject, files: dict[str, Digest]
) -> None:
    shuffled = dict(data.draw(st.permutations(list(files.items()))))
    assert manifest(shuffled).root == manifest(files).root
    assert manifest(shuffled) == manifest(files)


@given(st.lists(st.tuples(paths | anything, digests), max_size=6))
def test_a_manifest_is_sorted_and_safe_or_refused(pairs: list[tuple[str, Digest]]) -> None:
    found = outcome(Manifest.of, [Entry(name, digest) for name, digest in pairs])
    if isinstance(found, Manifest):
        assert [entry.name for entry in found.entries] == sorted(name for name, _ in pairs)
        assert len(found.by_name) == len(pairs)
    else:
        assert found.message.isprintable()


@given(contents, contents)
def test_a_difference_is_empty_exactly_when_the_files_are_the_same(
    one: dict[str, Digest], other: dict[str, Digest]
) -> None:
    assert bool(compare(manifest(one), manifest(other))) == (one != other)


@given(contents, contents)
def test_seen_from_the_other_side_missing_is_extra(
    one: dict[str, Digest], other: dict[str, Digest]
) -> None:
    there = compare(manifest(one), manifest(other))
    back = compare(manifest(other), manifest(one))
    assert back.missing == there.extra
    assert back.extra == there.missing
    assert back.changed == tuple((now, then) for then, now in there.changed)


@given(contents, contents)
def test_a_difference_says_how_to_get_from_one_to_the_other(
    one: dict[str, Digest], other: dict[str, Digest]
) -> None:
    difference = compare(manifest(one), manifest(other))
    files = dict(one)
    for entry in difference.missing:
        del files[entry.name]
    for then, now in difference.changed:
        assert files[then.name] == then.digest != now.digest
        files[now.name] = now.digest
    for entry in difference.extra:
        assert files.setdefault(entry.name, entry.digest) is entry.digest
    assert files == other

"""Names an attacker would choose: refused, or printed so that nobody is fooled."""

from __future__ import annotations

import contextlib
import tracemalloc
import unicodedata

import pytest

from aiverify.core import names
from aiverify.errors import UnsafeNameError

NFC, NFD = "caf\u00e9.txt", "cafe\u0301.txt"


@pytest.mark.parametrize(
    "name",
    [
        "model.safetensors",
        "a/b/c",
        ".hidden",
        "..data",
        "a/...",
        "with space",
        "\u6a21\u578b.bin",
        "layers/0:weight",
        "line\nbreak",
        "\x1b[2Jcleared",
        "evil\u202etxt.exe",
    ],
)
def test_a_plain_relative_name_is_returned_unchanged(name: str) -> None:
    assert names.check(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/etc/passwd",
        "//server/share",
        "C:",
        "C:evil",
        "C:/evil",
        "c:\\evil",
        "\\\\server\\share",
        "a\\..\\b",
        "a\0b",
        ".",
        "./a",
        "a/.",
        "..",
        "../a",
        "a/../b",
        "a/..",
        "a//b",
        "a/",
    ],
)
def test_a_name_that_could_leave_the_target_is_refused(name: str) -> None:
    with pytest.raises(UnsafeNameError):
        names.check(name)


@pytest.mark.parametrize("name", ["bad\udcff", "\udc80/ok", "\ud800"])
def test_a_name_that_is_not_utf_8_is_refused_and_its_bytes_are_shown(name: str) -> None:
    with pytest.raises(UnsafeNameError, match="not UTF-8") as caught:
        names.check(name)
    assert names.printable(name) in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.hint


@pytest.mark.parametrize("letter", ["a", "\u00e9"])
def test_a_name_longer_than_a_system_opens_is_refused_in_a_short_message(letter: str) -> None:
    longest = letter * (names.MAX_NAME // len(letter.encode()))
    assert names.check(longest) == longest
    with pytest.raises(UnsafeNameError) as caught:
        names.check(longest + "a")
    assert len(caught.value.message) < 300


def test_a_refused_name_is_shown_escaped_once() -> None:
    with pytest.raises(UnsafeNameError) as caught:
        names.check("../\x1b[31m")
    assert r"../\x1b[31m" in caught.value.message
    assert r"\\x1b" not in caught.value.message


def test_the_memory_for_deep_names_grows_with_their_length_only() -> None:
    """Keeping every prefix of a name takes its length squared: gigabytes for one megabyte."""
    deep = [f"{first}/" + "a/" * 2000 + "a" for first in "vwxyz"]
    tracemalloc.start()
    try:
        with contextlib.suppress(UnsafeNameError):  # to refuse so deep a name is fine
            names.check_all(map(names.check, deep))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("README", "readme"),
        ("a/x", "a/X"),
        ("A/x", "a/y"),
        ("p/A/x", "p/a/y"),
        ("stra\u00dfe", "STRASSE"),
        ("\u212a", "k"),
        ("\u1fb4", "\u03b1\u0345\u0301"),
        (NFC, NFD),
        (NFC, NFD.upper()),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_two_spellings_of_one_name_collide(one: str, other: str, swapped: bool) -> None:
    pair = (other, one) if swapped else (one, other)
    with pytest.raises(UnsafeNameError, match="same name") as caught:
        names.check_all(pair)
    assert caught.value.hint


@pytest.mark.parametrize("pair", [("a", "a/b"), ("a/b", "a"), ("x/a/b/c", "x/a")])
def test_a_name_is_not_both_a_file_and_a_directory(pair: tuple[str, str]) -> None:
    with pytest.raises(UnsafeNameError, match="both a file and a directory"):
        names.check_all(pair)


def test_a_file_collides_with_a_directory_that_differs_in_case() -> None:
    with pytest.raises(UnsafeNameError):
        names.check_all(["Config", "config/x"])


def test_a_collision_is_found_far_from_its_twin() -> None:
    many = [f"f{number}" for number in range(1000)]
    with pytest.raises(UnsafeNameError, match="F7"):
        names.check_all([*many, "F7"])


@pytest.mark.parametrize(
    "members",
    [
        [],
        ["a"],
        ["a", "a.b", "ab", "a-b"],
        ["a/x", "a/y", "b/x"],
        ["s", "\u00df"],
        ["e", "\u00e9"],
    ],
)
def test_names_that_are_distinct_everywhere_pass(members: list[str]) -> None:
    names.check_all(members)


def test_colliding_names_are_printed_escaped() -> None:
    with pytest.raises(UnsafeNameError) as caught:
        names.check_all(["\x1b[2Ja", "\x1b[2JA"])
    assert "\x1b" not in caught.value.message
    assert r"\x1b[2JA" in caught.value.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.txt", "plain name.txt"),
        ("na\u00efve \u6a21\u578b \U0001f600", "na\u00efve \u6a21\u578b \U0001f600"),
        ("a\nb\rc\td", r"a\x0ab\x0dc\x09d"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("gpj\u202eexe", r"gpj\u202eexe"),
        ("a\u2066b\u2069", r"a\u2066b\u2069"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("a\u00a0b\u3000c\u2028d\u2029", r"a\xa0b\u3000c\u2028d\u2029"),
        ("soft\u00adhyphen", r"soft\xadhyphen"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("private\ue000", r"private\ue000"),
        ("byte\udcff", r"byte\xff"),
        ("lone\ud800", r"lone\ud800"),
        ("", ""),
    ],
)
def test_text_is_printed_so_that_nothing_acts_or_hides(text: str, shown: str) -> None:
    assert names.printable(text) == shown


@pytest.mark.parametrize(
    "char",
    [
        "\u034f",  # combining grapheme joiner
        "\u115f",  # Hangul fillers: letters without a shape
        "\u1160",
        "\u3164",
        "\uffa0",
        "\u17b4",  # Khmer inherent vowels
        "\u2800",  # Braille blank
        "\U000e0100",  # variation selectors, of which a whole text can be made
        "\U000e01ef",
    ],
)
def test_a_character_without_a_shape_is_escaped(char: str) -> None:
    assert names.printable(f"a{char}b").isascii(), unicodedata.name(char)

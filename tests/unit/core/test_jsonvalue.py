"""JSON that two parsers could read in two ways is refused; what we write has one form."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from aiverify.core import jsonvalue
from aiverify.core.jsonvalue import MAX_DEPTH, Json
from aiverify.errors import MalformedError, UnsafeNameError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ("-0", 0),
        ("1.5e2", 150.0),
        ('"\\u00e9\\ud83d\\ude00"', "\u00e9\U0001f600"),
        (' {"b": [1, {}], "a": ""}\r\n', {"b": [1, {}], "a": ""}),
        (str(10**39), 10**39),
    ],
)
def test_a_plain_document_is_read(text: str, value: Json) -> None:
    assert jsonvalue.loads(text, "it") == value
    assert jsonvalue.loads(text.encode(), "it") == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a": 1, "a": 1}', "duplicate key 'a'"),
        (b'[{"x": {"a": 1, "b": 2, "a": 3}}]', "duplicate key 'a'"),
        (b'{"a": 1, "\\u0061": 2}', "duplicate key 'a'"),
        (b"NaN", "NaN is not a JSON number"),
        (b'{"a": [Infinity]}', "Infinity is not a JSON number"),
        (b"-Infinity", "-Infinity is not a JSON number"),
        (b"1" * 41, "more than 40 digits"),
        (b"1" * 10_000, "more than 40 digits"),
    ],
)
def test_a_document_that_parsers_disagree_about_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why) as caught:
        jsonvalue.loads(data, "the header")
    assert caught.value.message.startswith("the header")


@pytest.mark.parametrize("text", ["1e400", "-1e400", '{"a": [1E999999999]}'])
def test_a_number_too_large_for_a_float_is_not_infinity(text: str) -> None:
    with pytest.raises(MalformedError):
        jsonvalue.loads(text, "it")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"{",
        b'{"a": 1,}',
        b"[1 2]",
        b"01",
        b"1.",
        b".5",
        b"+1",
        b"0x10",
        b"'a'",
        b"True",
        b"// a\n1",
        b"1 // a",
        b'"line\nbreak"',
        b'"\\x41"',
        b"{} {}",
        b"{}\0",
        b'{"a": 1}trailing',
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_json_is_refused_with_the_place(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^it is not valid JSON: .* at line \d+ column \d+$"):
        jsonvalue.loads(data, "it")


def test_the_place_is_where_the_fault_is() -> None:
    with pytest.raises(MalformedError, match=r"at line 2 column 3$"):
        jsonvalue.loads(b'{"a":\n  x}', "it")


@pytest.mark.parametrize(
    "data",
    [
        b'"\xff"',
        b'"\xc0\xaf"',
        b'"\xed\xa0\x80"',
        b'{"\xe9": 1}',
        "{}".encode("utf-16"),
        b'"\\ud800"',
        b'"\\ude00\\ud83d"',
        b'{"\\ud800": 1}',
        b'[[["a\\udfff"]]]',
        '"\udcff"',
    ],
)
def test_what_is_not_utf_8_is_refused_escaped_or_not(data: bytes | str) -> None:
    with pytest.raises(MalformedError, match="not valid UTF-8"):
        jsonvalue.loads(data, "it")


def nested(depth: int, inside: str = "") -> str:
    return "[" * depth + inside + "]" * depth


@pytest.mark.parametrize("inside", ["", "1", '"a"'])
def test_a_document_may_be_nested_to_the_limit(inside: str) -> None:
    jsonvalue.loads(nested(MAX_DEPTH, inside), "it")


@pytest.mark.parametrize(
    "text",
    [
        nested(MAX_DEPTH + 1),
        nested(MAX_DEPTH + 1, "1"),
        '{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1),
        nested(100_000),
        "[" * 100_000,
    ],
)
def test_a_document_nested_deeper_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match=f"nested deeper than {MAX_DEPTH} levels"):
        jsonvalue.loads(text, "it")


def test_a_wide_document_is_not_a_deep_one() -> None:
    assert jsonvalue.loads("[" + "[]," * 1000 + "[]]", "it") == [[]] * 1001


MANY_KEYS = """
import resource
from aiverify.core import jsonvalue
from aiverify.errors import MalformedError

resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
keys = ",".join(f'"{number}":0' for number in range(200_000))
try:
    jsonvalue.loads("{" + keys + ',"199999":0}', "it")
except MalformedError:
    print("refused")
"""


def test_a_duplicate_at_the_end_of_many_keys_is_found_in_linear_time() -> None:
    """Looking for each key among all before it takes minutes; 10 s of processor is plenty."""
    done = subprocess.run(
        [sys.executable, "-c", MANY_KEYS], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "refused\n")


def test_an_object_is_an_object() -> None:
    assert jsonvalue.load_object(b'{"a": 1}', "it") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("null", "null"),
        ("false", "a boolean"),
        ("1", "a number"),
        ("1.5", "a number"),
        ('"{}"', "a string"),
        ("[{}]", "an array"),
    ],
)
def test_another_top_level_is_named(text: str, kind: str) -> None:
    with pytest.raises(MalformedError, match=f"^it must be a JSON object, not {kind}$"):
        jsonvalue.load_object(text, "it")


def test_the_kind_of_an_object_is_an_object() -> None:
    assert jsonvalue.kind({}) == "an object"


def test_the_canonical_form_is_sorted_compact_utf_8() -> None:
    value = {"b": [1, True, None], "a": "\u00e9\n", "A": {}}
    assert jsonvalue.canonical(value) == '{"A":{},"a":"\u00e9\\n","b":[1,true,null]}'.encode()


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    one, other = {"a": {"x": 1, "y": 2}, "b": 3}, {"b": 3, "a": {"y": 2, "x": 1}}
    assert jsonvalue.canonical(one) == jsonvalue.canonical(other)


def test_a_name_that_is_not_unicode_has_no_canonical_form() -> None:
    with pytest.raises(UnsafeNameError, match="not UTF-8") as caught:
        jsonvalue.canonical({"files": ["\x1b", "bad\udcff" + "x" * 1000]})
    assert r"bad\xff" in caught.value.message
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200


def test_people_are_shown_a_name_that_is_not_unicode_in_json_all_the_same() -> None:
    assert json.loads(jsonvalue.pretty(["bad\udcff"])) == ["bad\udcff"]


def test_the_form_for_people_keeps_the_order_and_ends_its_last_line() -> None:
    assert jsonvalue.pretty({"b": "\u00e9", "a": 1}) == '{\n  "b": "\u00e9",\n  "a": 1\n}\n'


@pytest.mark.parametrize(
    "char",
    [
        *"\x7f\x85\u00a0\u00ad\u034f\u115f\u180e\u200b\u202e\u2028\u2800\u3000\u3164\ue000\ufe0f",
        *"\ufeff\ufff9\ud800\t\r\U000e0041\U000e0100\U0001d173\U0010ffff",
    ],
    ids=ascii,
)
def test_people_are_shown_what_cannot_be_seen_as_an_escape(char: str) -> None:
    text = jsonvalue.pretty({char: [char]})
    assert char not in text
    assert text.isascii()
    assert json.loads(text) == {char: [char]}


@pytest.mark.parametrize("char", [*" ~\u00e9\u6a21\U0001f600"])
def test_people_are_shown_what_can_be_seen_as_it_is(char: str) -> None:
    assert jsonvalue.pretty([char]) == f'[\n  "{char}"\n]\n'


@pytest.mark.parametrize("text", ["[1,2,3]", '{"a":1,"b":2,"c":3}', "[[],[]]", '{"a":{"b":{}}}'])
def test_a_document_of_more_values_than_are_parsed_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonvalue, "MAX_VALUES", 4)
    jsonvalue.loads(text, "it")
    monkeypatch.setattr(jsonvalue, "MAX_VALUES", 2)
    for data in (text, text.encode()):
        with pytest.raises(MalformedError, match=r"^it holds more than 2 JSON values$"):
            jsonvalue.loads(data, "it")


def test_values_are_counted_before_they_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows the third value is no JSON, and nobody comes to see it."""
    monkeypatch.setattr(jsonvalue, "MAX_VALUES", 2)
    with pytest.raises(MalformedError, match="more than 2 JSON values"):
        jsonvalue.loads("[1,2,}", "it")

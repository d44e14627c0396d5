"""Protobuf's JSON form: one way to write each value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aiverify.errors import MalformedError
from aiverify.signing import dsse, protojson

WHERE = "the file"


def test_members_that_are_null_count_as_absent():
    assert dsse.members({"a": None, "b": 1}, ("a", "b"), WHERE) == {"b": 1}


@pytest.mark.parametrize("name", ["log_index", "LogIndex", "c\x1b[2J"])
def test_a_member_that_nobody_knows_is_refused(name):
    with pytest.raises(MalformedError, match="unknown member") as caught:
        dsse.members({name: 1}, ("logIndex",), WHERE)
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("value", [[], "text", 7, True])
def test_what_is_no_object_is_refused(value):
    with pytest.raises(MalformedError, match="where an object belongs"):
        dsse.members(value, (), WHERE)


@pytest.mark.parametrize(
    ("written", "number"),
    [("0", 0), (7, 7), ("7", 7), (2**63 - 1, 2**63 - 1), (str(2**63 - 1),) * 2],
)
def test_a_count_is_a_number_or_its_digits(written, number):
    assert protojson.integer({"n": written}, "n", WHERE) == int(number)


def test_an_absent_count_is_zero():
    assert protojson.integer({}, "n", WHERE) == 0


@pytest.mark.parametrize(
    "written",
    [-1, "-1", "+1", " 1", "1 ", "01", "1.0", 1.0, 1.5, "1e3", "0x1", "", "\u0663", "1_0", True,
     False, [], {}, 2**63, str(2**63), 2**64, "9" * 19, "9" * 400],
)  # fmt: skip
def test_a_count_of_any_other_form_is_refused(written):
    with pytest.raises(MalformedError, match="whole number"):
        protojson.integer({"n": written}, "n", WHERE)


def test_bytes_are_in_plain_base64():
    assert protojson.octets({"b": "+/8="}, "b", WHERE, least=1, most=2) == b"\xfb\xff"


@pytest.mark.parametrize("written", ["-_8=", "+/8", "+/8=\n", " +/8=", "+/9=", "+/8==", "+!/8="])
def test_base64_of_any_other_form_is_refused(written):
    with pytest.raises(MalformedError, match="base64"):
        protojson.octets({"b": written}, "b", WHERE, least=1, most=8)


@pytest.mark.parametrize("written", [None, 7, [], {}])
def test_bytes_that_are_no_text_are_refused(written):
    with pytest.raises(MalformedError):
        protojson.octets({"b": written}, "b", WHERE, least=1, most=8)


@pytest.mark.parametrize("written", ["", "AAAA", "A" * 4000])
def test_too_few_or_too_many_bytes_are_refused(written):
    with pytest.raises(MalformedError, match="bytes"):
        protojson.octets({"b": written}, "b", WHERE, least=1, most=2)


def test_a_list_has_its_limit():
    assert protojson.items({"l": [1, 2]}, "l", WHERE, 2) == [1, 2]
    assert protojson.items({}, "l", WHERE, 2) == []
    with pytest.raises(MalformedError, match="at most 2"):
        protojson.items({"l": [1, 2, 3]}, "l", WHERE, 2)


@pytest.mark.parametrize("written", [{}, "text", 7])
def test_a_list_that_is_none_is_refused(written):
    with pytest.raises(MalformedError, match="not an array"):
        protojson.items({"l": written}, "l", WHERE, 2)


@pytest.mark.parametrize("written", ["", "x" * 11, 7, None])
def test_a_text_that_is_empty_too_long_or_none_is_refused(written):
    with pytest.raises(MalformedError):
        protojson.text({"t": written}, "t", WHERE, 10)


def test_a_text_that_may_be_absent_may_be_empty():
    assert protojson.optional_text({}, "t", WHERE) == ""
    assert protojson.optional_text({"t": ""}, "t", WHERE) == ""
    assert protojson.optional_text({"t": "x"}, "t", WHERE) == "x"


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2021-01-12T11:53:27Z", datetime(2021, 1, 12, 11, 53, 27, tzinfo=UTC)),
        ("2022-12-31T23:59:59.999Z", datetime(2022, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ("2022-12-31T23:59:59.123456789Z", datetime(2022, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)),
        ("2021-01-12T11:53:27+01:00", datetime(2021, 1, 12, 10, 53, 27, tzinfo=UTC)),
    ],
)
def test_a_time_is_in_rfc_3339(written, time):
    assert protojson.moment({"t": written}, "t", WHERE) == time


def test_an_absent_time_is_none():
    assert protojson.moment({}, "t", WHERE) is None


@pytest.mark.parametrize(
    "written",
    ["2021-01-12", "2021-01-12T11:53:27", "2021-01-12 11:53:27Z", "20210112T115327Z", "now", "",
     "2021-13-12T11:53:27Z", "2021-01-12T25:53:27Z", "2021-01-12T11:53:27.Z",
     "0001-01-01T00:00:00+23:59", "2021-01-12T11:53:27+99:00", "2021-01-12T11:53:27Z\n",
     "\u0662021-01-12T11:53:27Z", 1610452407],
)  # fmt: skip
def test_a_time_of_any_other_form_is_refused(written):
    with pytest.raises(MalformedError):
        protojson.moment({"t": written}, "t", WHERE)

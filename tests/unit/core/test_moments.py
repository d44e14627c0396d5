"""Days and times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from aiverify.core import moments

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31t12:00:00z", NOON),
        ("2026-01-31 12:00:00Z", NOON),
        ("2026-01-31T13:30:00+01:30", NOON),
        ("2026-01-31T12:00:00.25Z", NOON + timedelta(milliseconds=250)),
        ("2026-01-31T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
    ],
)
def test_a_day_is_its_beginning_in_utc_and_a_time_has_its_zone(text: str, found: datetime):
    assert moments.parse(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-1-31",
        "20260131",
        "2026-W05-6",
        "2026-02-30",
        "0000-01-01",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-01-31T24:00:01Z",
        "2026-01-31T12:00:00+25:00",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        " 2026-01-31",
        "2026-01-31\n",
        "\u0662\u0660\u0662\u0666-01-31",
        "tomorrow",
    ],
)
def test_anything_else_is_no_time(text: str):
    assert moments.parse(text) is None


def test_a_day_is_shown_as_one_and_a_time_in_utc():
    assert moments.shown(datetime(2026, 1, 31, tzinfo=UTC)) == "2026-01-31"
    assert moments.shown(NOON.astimezone(timezone(timedelta(hours=5)))) == "2026-01-31T12:00:00Z"
    assert moments.rfc3339(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"


def test_nanoseconds_are_exact_in_both_directions():
    moment = NOON + timedelta(microseconds=1)
    assert moments.nanoseconds(moment) == 1_769_860_800_000_001_000
    assert moments.of_nanoseconds(moments.nanoseconds(moment) + 999) == moment

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from aiverify.errors import UndecidedError
from aiverify.registry.retrying import Attempts, Backoff, TransientError
from tests.support.registry_desk import Waits

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BACKOFF = Backoff(jitter=lambda: 1.0, now=NOON.timestamp)


def fault(retry_after: str = "") -> TransientError:
    return TransientError(UndecidedError("it does not answer"), retry_after)


def test_each_wait_may_be_twice_the_last_up_to_a_cap():
    waits = [BACKOFF.wait(failures) for failures in range(1, 8)]

    assert waits == [0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]


def test_the_whole_of_a_wait_is_left_to_chance():
    assert Backoff(jitter=lambda: 0.0).wait(3) == 0.0
    assert 0.0 <= Backoff().wait(3) <= 1.6


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        (format_datetime(NOON.replace(second=30), usegmt=True), 30.0),
        ("Mon, 01 Jun 2026 12:00:30 -0000", 30.0),
        ("3600", 60.0),
        ("9" * 400, 60.0),
        ("0", 0.4),
        (format_datetime(NOON.replace(hour=11), usegmt=True), 0.4),
    ],
)
def test_the_servers_wish_counts_where_it_is_longer_and_bounded(wish, seconds):
    assert BACKOFF.wait(1, wish) == seconds


@pytest.mark.parametrize(
    "wish", ["", "soon", "-5", "1e9", "inf", "nan", "٣", "Mon, 99 Foo 2026", "\0", "1;2", "0" * 99]
)
def test_a_wish_that_is_none_does_not_count(wish):
    assert BACKOFF.wait(1, wish) == 0.4


def test_after_so_many_failures_in_a_row_the_last_is_told():
    waits = Waits()
    attempts = Attempts(waits.backoff(attempts=3))

    attempts.failed(fault())
    attempts.failed(fault("9"))
    with pytest.raises(UndecidedError, match="it does not answer"):
        attempts.failed(fault())

    assert waits.seconds == [0.2, 9.0]


def test_progress_makes_up_for_failures():
    attempts = Attempts(Waits().backoff(attempts=2))

    for _ in range(10):
        attempts.failed(fault())
        attempts.progressed()

    attempts.failed(fault())
    with pytest.raises(UndecidedError):
        attempts.failed(fault())

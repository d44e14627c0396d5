"""Single flight: one question for all who ask it, and no host that stops the others."""

from __future__ import annotations

import threading

import pytest

from aiverify.errors import UndecidedError
from aiverify.webhook.caching import flights
from aiverify.webhook.caching.flights import Flights

LONG = 30


def test_whoever_asks_the_same_meanwhile_gets_the_same_answer():
    flying, told = Flights(), threading.Event()
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        told.wait(LONG)
        return 7

    answers = [flying.join("a", "host", ask) for _ in range(5)]
    told.set()
    assert [answer.result(LONG) for answer in answers] == [7] * 5
    assert len(asked) == 1


def test_who_asks_afterwards_asks_anew():
    flying = Flights()
    count = iter(range(10))
    assert flying.join("a", "host", lambda: next(count)).result(LONG) == 0
    assert flying.join("a", "host", lambda: next(count)).result(LONG) == 1
    assert len(flying) == 0


def test_what_goes_wrong_goes_wrong_for_all_who_wait():
    flying, told = Flights(), threading.Event()

    def fail() -> int:
        told.wait(LONG)
        raise UndecidedError("out of reach")

    answers = [flying.join("a", "host", fail) for _ in range(3)]
    told.set()
    for answer in answers:
        with pytest.raises(UndecidedError):
            answer.result(LONG)
    assert flying.join("a", "host", lambda: 1).result(LONG) == 1


def test_a_slow_host_keeps_no_other_from_being_asked():
    flying, told = Flights(workers=4, per_host=2), threading.Event()
    slow = [flying.join(at, "slow", lambda: told.wait(LONG)) for at in range(20)]
    assert flying.join("quick", "quick", lambda: 1).result(LONG) == 1
    told.set()
    assert all(answer.result(LONG) for answer in slow)


def test_no_more_are_asked_at_a_time_than_there_may_be():
    flying, told, lock = Flights(workers=3, per_host=9), threading.Event(), threading.Lock()
    at_once, most = 0, 0

    def ask() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        told.wait(0.01)
        with lock:
            at_once -= 1

    answers = [flying.join(at, f"h{at}", ask) for at in range(30)]
    for answer in answers:
        answer.result(LONG)
    assert most <= 3


def test_too_many_that_wait_are_turned_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(flights, "MAX_WAITING", 2)
    flying, told, begun = Flights(workers=1), threading.Event(), threading.Event()

    def ask() -> bool:
        begun.set()
        return told.wait(LONG)

    first = flying.join(0, "host", ask)
    begun.wait(LONG)
    others = [flying.join(at, "host", ask) for at in (1, 2)]
    with pytest.raises(UndecidedError, match="too many"):
        flying.join(3, "host", ask)
    told.set()
    assert all(answer.result(LONG) for answer in (first, *others))

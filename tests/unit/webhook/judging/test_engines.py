"""Engines for many requests at a time: each in its time, and in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aiverify.core.jsonvalue import canonical
from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.sources import Module, PolicySet
from aiverify.webhook.judging.engines import Engines, Hurried, Remembered

ASIDE = 'package aside\n\ndeny contains "aside" if input.sbom == 1'
LOOKING = "package looking\n\ndeny contains input.request.name if input.request.name"
SLOW = """package slow

deny contains "slow" if {
    input.request.slow
    some a in numbers.range(1, 4000)
    some b in numbers.range(1, 4000)
    a == b + 5000
}
"""


def engine(*texts: str) -> BoundedEngine:
    modules = (Module(f"{at}.rego", text, f"{at}.rego") for at, text in enumerate(texts))
    return BoundedEngine(PolicySet(tuple(modules)), {})


@pytest.fixture
def engines() -> Iterator[Engines]:
    made = Engines.of(engine(ASIDE, LOOKING, SLOW))
    assert made
    yield made
    made.close()


def soon(seconds: float = 60.0) -> float:
    return time.monotonic() + seconds


def about(sbom: int = 0, **request: Any) -> dict[str, Any]:
    """A policy document, as far as these policies read one."""
    return {"adapter": None, "sbom": sbom, "request": request, "now_ns": 5}


def messages(found: object) -> list[str]:
    return sorted(item.message for item in found)  # type: ignore[attr-defined]


def test_what_does_not_look_at_the_request_is_asked_once(engines: Engines):
    assert (engines.others, engines.looking) == ({"aside"}, {"looking", "slow"})
    known = Remembered()
    first = Hurried(engines, soon(), known).evaluate(about(1, name="a"))
    assert messages(first) == ["a", "aside"]
    again = Hurried(engines, soon(), known).evaluate(about(2, name="b"))
    assert messages(again) == ["aside", "b"]
    anew = Hurried(engines, soon()).evaluate(about(2, name="b"))
    assert messages(anew) == ["b"]


def test_many_at_a_time_get_each_their_own_answer(engines: Engines):
    def ask(at: int) -> list[str]:
        return messages(Hurried(engines, soon()).evaluate(about(name=f"n{at}")))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(60)))
    assert found == [[f"n{at}"] for at in range(60)]


def test_a_judgement_that_takes_too_long_is_given_up_and_the_next_one_is_not(engines: Engines):
    with pytest.raises(UndecidedError, match="no answer within"):
        Hurried(engines, soon(0.4)).evaluate(about(slow=True))
    for _ in range(3):
        assert messages(Hurried(engines, soon()).evaluate(about(name="a"))) == ["a"]


def test_without_time_nobody_is_asked(engines: Engines):
    with pytest.raises(UndecidedError):
        Hurried(engines, soon(-1)).evaluate(about(name="a"))
    assert messages(Hurried(engines, soon()).evaluate(about(name="a"))) == ["a"]


def test_who_waits_in_vain_takes_no_engine_away():
    single = Engines.of(engine(LOOKING), count=1)
    assert single
    taken = single._taken(soon())
    with pytest.raises(UndecidedError, match="busy"):
        single.evaluate("{}", single.looking, soon(0.05))
    single._put_back(taken)
    assert messages(Hurried(single, soon()).evaluate(about(name="a"))) == ["a"]
    single.close()


def test_policies_that_ask_for_nothing_are_refused():
    with pytest.raises(MalformedError):
        Engines.of(engine("package nothing\n\nx := 1"))


def test_without_policies_there_are_no_engines():
    assert Engines.of(None) is None


def test_the_text_is_the_document_whatever_stands_in_it():
    known = Remembered()
    odd = {'"request":null,"sbom":': ["now_ns", "}"], "request": None}
    for at in range(3):
        document = {"adapter": odd, "facts": {}, "sbom": odd, "signatures": [odd]}
        document |= {"request": {"at": at, "odd": odd}, "now_ns": at}
        assert known.text(document).encode() == canonical(document)

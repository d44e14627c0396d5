"""Names that are given out once each."""

from __future__ import annotations

from aiverify.sbom.allotment import Allotment


def test_who_comes_second_gets_a_number():
    allotment = Allotment("-")

    assert [allotment.name("a") for _ in range(3)] == ["a", "a-2", "a-3"]


def test_a_name_that_looks_like_a_numbered_one_is_not_given_out_twice():
    allotment = Allotment("-")

    assert [allotment.name(name) for name in ("a-2", "a", "a", "a-2", "a")] == [
        "a-2",
        "a",
        "a-3",
        "a-2-2",
        "a-4",
    ]


def test_a_hundred_thousand_for_one_name_are_told_apart():
    allotment = Allotment("~")

    assert len({allotment.name("a") for _ in range(100_000)}) == 100_000

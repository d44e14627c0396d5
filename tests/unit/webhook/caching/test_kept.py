"""Values that are kept for a while, within bounds."""

from __future__ import annotations

from aiverify.webhook.caching.caches import Caches
from aiverify.webhook.caching.kept import Kept


def test_a_value_counts_until_its_end_and_not_a_moment_longer():
    kept: Kept[str, int] = Kept(10, 10)
    kept.put("a", 1, 100, 200)
    assert [kept.get("a", now) for now in (100, 199, 200, 150)] == [1, 1, None, None]
    assert len(kept) == 0


def test_a_value_from_before_the_clock_was_set_back_does_not_count():
    kept: Kept[str, int] = Kept(10, 10)
    kept.put("a", 1, 100, 200)
    assert kept.get("a", 99) is None


def test_the_least_used_goes_first():
    kept: Kept[str, int] = Kept(2, 10)
    kept.put("a", 1, 0, 9)
    kept.put("b", 2, 0, 9)
    kept.get("a", 1)
    kept.put("c", 3, 0, 9)
    assert [kept.get(key, 1) for key in "abc"] == [1, None, 3]


def test_what_is_heavy_drives_out_more_than_one():
    kept: Kept[str, int] = Kept(10, 10)
    for key in "abc":
        kept.put(key, 0, 0, 9, weight=3)
    kept.put("d", 1, 0, 9, weight=7)
    assert [kept.get(key, 1) for key in "abcd"] == [None, None, 0, 1]


def test_what_is_too_heavy_is_not_kept_and_takes_the_old_value_away():
    kept: Kept[str, int] = Kept(10, 10)
    kept.put("a", 1, 0, 9)
    kept.put("a", 2, 0, 9, weight=11)
    assert kept.get("a", 1) is None


def test_replacing_and_forgetting_give_the_weight_back():
    kept: Kept[str, int] = Kept(10, 10)
    for _ in range(5):
        kept.put("a", 1, 0, 9, weight=10)
    kept.forget("a")
    kept.forget("a")
    kept.put("b", 2, 0, 9, weight=10)
    assert kept.get("b", 1) == 2


def test_what_ended_already_is_not_kept():
    kept: Kept[str, int] = Kept(10, 10)
    kept.put("a", 1, 5, 5)
    assert len(kept) == 0


def test_caches_say_what_happened_and_what_they_hold():
    caches = Caches()
    caches.count("hit")
    caches.count("hit")
    caches.denied.put("a", 1, 0, 9)
    counts = caches.counts
    assert (counts["hit"], counts["miss"], counts["denied"], counts["allowed"]) == (2, 0, 1, 0)

"""Decisions that serve for the next pod: for as long as all counts on which they rest."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from aiverify.webhook.judging.alike import SAME
from tests.support.judging import Court, court, pod, request
from tests.support.small_registry import Fault, Out
from tests.support.story import Story
from tests.support.verifying import unsigned_bundle

NONE = "AIV-SIGNATURE-NONE"
LATER = (datetime.now(UTC) + timedelta(days=30)).isoformat()
SECOND = timedelta(seconds=1)


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        yield made


@pytest.fixture
def good(sitting: Court) -> str:
    """The signed model, by digest."""
    return sitting.put(sitting.story.model_tar)


@pytest.fixture
def bad(sitting: Court) -> str:
    """A model that nobody signed, by digest."""
    tree = sitting.story.copy(sitting.story.model, sitting.place / "bad")
    (tree / "model.sig").unlink()
    return sitting.put(unsigned_bundle(tree, sitting.place / "bad.tar"), "bad")


def is_settled(sitting: Court, document: dict[str, Any], **more: Any) -> bool:
    return sitting.judge.settled(request(document, **more)) is not None


def test_the_first_is_judged_and_the_next_is_settled(sitting: Court, good: str):
    assert not is_settled(sitting, pod(good))
    sitting.admits(request(pod(good)))
    settled = sitting.judge.settled(request(pod(good, name="next"), user="bob"))
    assert settled
    assert settled.allowed
    assert [item.cached for item in settled.judged] == [True]
    sitting.liar.registry.faults.append(Fault(".*", times=10**6, says=Out(503)))
    assert sitting.admits(request(pod(good, name="third"))) == settled


def test_a_refusal_serves_for_the_next_as_well(sitting: Court, bad: str):
    first = sitting.refuses(request(pod(bad)), NONE)
    settled = sitting.judge.settled(request(pod(bad, name="next")))
    assert settled
    assert not settled.allowed
    assert (settled.message, settled.annotations) == (first.message, first.annotations)


def test_another_model_is_judged(sitting: Court, good: str, bad: str):
    sitting.admits(request(pod(good)))
    assert not is_settled(sitting, pod(bad))
    sitting.refuses(request(pod(good, bad)), NONE)


def test_what_was_found_to_have_no_verdict_is_asked_again(sitting: Court, good: str):
    sitting.liar.registry.faults.append(Fault(".*", times=10**6, says=Out(503)))
    sitting.refuses(request(pod(good)), "AIV-ADMISSION-OUT-OF-REACH")
    assert not is_settled(sitting, pod(good))
    sitting.liar.registry.faults.clear()
    sitting.clock.advance(timedelta(seconds=3))
    sitting.admits(request(pod(good)))


def test_a_last_good_verdict_is_not_handed_on(sitting: Court, good: str):
    sitting.rule({"out_of_reach": "last-verdict", "keep_allowed": "1s"})
    sitting.admits(request(pod(good)))
    sitting.clock.advance(2 * SECOND)
    sitting.liar.registry.faults.append(Fault(".*", times=10**6, says=Out(503)))
    decision = sitting.admits(request(pod(good)))
    assert decision.judged[0].stale
    assert not is_settled(sitting, pod(good))


def test_it_serves_for_a_moment_alone(sitting: Court, good: str):
    sitting.admits(request(pod(good)))
    sitting.clock.advance(SAME - SECOND)
    assert is_settled(sitting, pod(good))
    sitting.clock.advance(SECOND)
    assert not is_settled(sitting, pod(good))


def test_it_ends_with_the_verdict_on_which_it_rests(sitting: Court, good: str):
    sitting.rule({"keep_allowed": "5s"})
    sitting.admits(request(pod(good)))
    sitting.clock.advance(4 * SECOND)
    assert is_settled(sitting, pod(good))
    sitting.clock.advance(SECOND)
    assert not is_settled(sitting, pod(good))


def test_it_ends_when_the_tag_leads_elsewhere(sitting: Court, good: str, bad: str):
    del good, bad
    sitting.rule({"keep_allowed": "5s"})
    sitting.admits(request(pod(sitting.tagged())))
    sitting.liar.put(sitting.place / "bad.tar", "1")
    sitting.clock.advance(5 * SECOND)
    assert not is_settled(sitting, pod(sitting.tagged()))
    sitting.refuses(request(pod(sitting.tagged())), NONE)


def test_it_ends_when_what_it_rests_on_was_found_anew(sitting: Court, good: str):
    sitting.admits(request(pod(good)))
    sitting.caches.allowed.forget(next(iter(sitting.caches.allowed._entries)))
    assert not is_settled(sitting, pod(good))


def test_it_keeps_nothing_alive_on_which_it_rests(sitting: Court, good: str):
    sitting.admits(request(pod(good)))
    [key] = sitting.caches.allowed._entries
    known = ref(sitting.caches.allowed.get(key, sitting.clock()).remembered)
    sitting.caches.allowed.forget(key)
    gc.collect()
    assert len(sitting.caches.settled) == 1
    assert known() is None


def test_another_profile_settles_nothing(sitting: Court, good: str):
    sitting.admits(request(pod(good)))
    sitting.rule(trust={"signers": [{"name": "stranger", "keys": ["stranger.pub"]}]})
    assert not is_settled(sitting, pod(good))
    assert not sitting.decide(request(pod(good))).allowed


# Who asks, and by which name.


@pytest.mark.parametrize(
    "scope",
    [{"users": ["alice"]}, {"groups": ["ops"]}, {"objects": ["Pod/p"]}],
    ids=["user", "group", "object"],
)
def test_an_exemption_is_for_nobody_else(scope: dict[str, Any], sitting: Court, bad: str):
    made = {"reason": "being moved", "expires": LATER, "namespaces": ["serving"], **scope}
    sitting.rule({"exemptions": [made]})
    other = request(pod(bad, name="other"), user="bob", groups=["devs"])
    exempt = request(pod(bad), user="alice", groups=["ops"])
    for _ in range(2):
        sitting.refuses(other, NONE)
        assert sitting.admits(exempt).annotations["verdict"] == "exempt"


def test_an_exemption_that_ends_ends_at_once(sitting: Court, bad: str):
    ends = datetime.now(UTC) + timedelta(seconds=5)
    made = {"reason": "moved", "expires": ends.isoformat(), "namespaces": ["serving"]}
    sitting.rule({"exemptions": [made]})
    sitting.admits(request(pod(bad)))
    sitting.clock.advance(timedelta(seconds=6))
    assert sitting.refuses(request(pod(bad)), NONE).warnings


def test_a_mode_of_one_namespace_is_for_no_other(sitting: Court, bad: str):
    sitting.rule({"modes": [{"mode": "warn", "namespaces": ["dev"]}]})
    for _ in range(2):
        assert sitting.admits(request(pod(bad), namespace="dev")).warnings
        sitting.refuses(request(pod(bad)), NONE)


@pytest.mark.parametrize(
    ("path", "user"),
    [("input.request.name", "alice"), ("input.request.user.username", "mallory")],
)
def test_a_policy_that_looks_at_who_asks_is_asked_each_time(
    path: str, user: str, sitting: Court, good: str
):
    rule = f'package own\n\ndeny contains "no" if {path} == "mallory"\n'
    (sitting.place / "own.rego").write_text(rule)
    sitting.rule(policies=["own.rego"])
    for _ in range(2):
        sitting.admits(request(pod(good)))
        assert not sitting.decide(request(pod(good, name="mallory"), user=user)).allowed
        assert not is_settled(sitting, pod(good))


def test_a_policy_that_looks_at_what_runs_serves_for_all_alike(sitting: Court, good: str):
    lines = [
        "package own",
        "",
        'deny contains "no" if {',
        "    some c in input.request.object.spec",
    ]
    (sitting.place / "own.rego").write_text(
        "\n".join(lines) + '.containers\n    c.name == "no"\n}\n'
    )
    sitting.rule(policies=["own.rego"])
    other = pod(good)
    other["spec"]["containers"][0]["name"] = "no"
    sitting.admits(request(pod(good)))
    assert is_settled(sitting, pod(good, name="next"))
    assert not is_settled(sitting, other)
    assert not sitting.decide(request(other)).allowed

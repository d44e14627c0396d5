"""Globals are judged by lists of names."""

from __future__ import annotations

import pytest

from aiverify.core.globals import Allowlist, Global, judge

ALLOWED = Allowlist.of(["collections.OrderedDict", "sklearn.*"])
DANGEROUS = Allowlist.of(["os.*", "sklearn.externals.joblib.load"])


def rules(*uses: Global, allowed: Allowlist = ALLOWED) -> list[str]:
    return [finding.rule for finding in judge(uses, allowed, DANGEROUS)]


@pytest.mark.parametrize(
    "name", ["collections.OrderedDict", "sklearn.svm.SVC", "sklearn.a.b.c", "sklearn."]
)
def test_an_allowed_name_is_no_finding(name: str) -> None:
    assert rules(Global(name, "byte 0", invoked=True)) == []


@pytest.mark.parametrize(
    "name",
    ["collections.OrderedDict.fromkeys", "collections", "sklearn", "sklearnx.y", "x.sklearn.y", ""],
)
def test_any_other_name_is_one(name: str) -> None:
    assert rules(Global(name, "byte 0", invoked=True)) == ["AIV-PICKLE-CALL"]
    assert rules(Global(name, "byte 0")) == ["AIV-PICKLE-IMPORT"]


def test_a_dangerous_name_is_said_to_be_one_even_if_its_module_is_allowed() -> None:
    assert rules(Global("os.system", "byte 0")) == ["AIV-PICKLE-DANGEROUS"]
    assert rules(Global("sklearn.externals.joblib.load", "byte 0")) == ["AIV-PICKLE-DANGEROUS"]


def test_a_dangerous_name_that_is_allowed_itself_is_no_finding() -> None:
    allowed = Allowlist.of(["os.system"])
    assert rules(Global("os.system", "byte 0", invoked=True), allowed=allowed) == []


def test_a_name_is_said_once_and_a_call_is_worse_than_an_import() -> None:
    uses = (
        Global("a.b", "byte 0"),
        Global("a.b", "byte 9", invoked=True),
        Global("a.b", "byte 20"),
    )
    (found,) = judge(uses, ALLOWED)
    assert (found.rule, found.place) == ("AIV-PICKLE-CALL", "byte 9")


def test_a_name_is_shown_without_what_could_hide_it() -> None:
    (found,) = judge((Global("a.\x1b[2J" + "b" * 1000, "byte 0"),), ALLOWED)
    assert found.message.isprintable()
    assert len(found.message) < 300


def test_two_lists_are_one() -> None:
    both = ALLOWED | Allowlist.of(["torch.*", "a.b"])
    assert all(both.allows(name) for name in ("sklearn.x", "torch.x", "a.b"))

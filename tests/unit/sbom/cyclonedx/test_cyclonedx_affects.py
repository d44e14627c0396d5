"""What a vulnerability does to components, and what repairs it."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Property
from aiverify.sbom.cyclonedx.affects import affects, effects, recommendation
from aiverify.sbom.vulnerability import Affects, Effect, Vulnerability

NAMES = {"package:a": "a", "package:b": "b"}


def of(*items: Affects) -> Vulnerability:
    return Vulnerability("X", items)


@pytest.mark.parametrize("effect", Effect)
def test_a_version_is_affected_or_not_or_nobody_knows(effect):
    assert affects(of(Affects("package:a", "1", effect)), NAMES) == [
        {"ref": "package:a", "versions": [{"version": "1", "status": effect.value}]}
    ]


def test_a_component_comes_once_with_all_its_versions():
    found = of(
        Affects("package:a", "1", Effect.AFFECTED),
        Affects("package:b", "1", Effect.AFFECTED),
        Affects("package:a", "2", Effect.UNAFFECTED),
    )

    assert [item["ref"] for item in affects(found, NAMES)] == ["package:a", "package:b"]
    assert len(affects(found, NAMES)[0]["versions"]) == 2
    assert list(effects(found, NAMES)) == []


@pytest.mark.parametrize("version", ["", "v" * 1025, "\0" * 200])
def test_the_effect_on_a_version_that_cannot_be_held_is_a_property(version):
    found = of(Affects("package:a", version, Effect.UNKNOWN))

    assert affects(found, NAMES) == [{"ref": "package:a"}]
    [effect] = effects(found, NAMES)
    assert effect.name == "aiverify:vulnerability:effect"
    assert effect.value == f"package:a {version}".strip() + ": unknown"


def test_why_an_effect_is_unknown_is_a_property():
    found = of(Affects("package:a", "main", Effect.UNKNOWN, reason="it cannot be compared"))

    assert list(effects(found, NAMES)) == [
        Property("aiverify:vulnerability:reason", "package:a: it cannot be compared")
    ]


def test_a_component_that_is_not_in_the_bill_is_a_property():
    found = of(Affects("package:gone", "1", Effect.AFFECTED))

    assert affects(found, NAMES) == []
    assert list(effects(found, NAMES)) == [Property("aiverify:misfit:affects", "package:gone 1")]


def test_each_component_that_can_be_repaired_has_a_sentence():
    found = of(
        Affects("package:a", "1", Effect.AFFECTED, ("1.1", "2.0")),
        Affects("package:a", "1", Effect.AFFECTED, ("1.1", "2.0")),
        Affects("package:b", "1", Effect.AFFECTED, ("3",)),
        Affects("package:gone", "1", Effect.AFFECTED, ("4",)),
    )

    assert recommendation(found, NAMES) == "Update a to 1.1 or 2.0. Update b to 3."


def test_what_nothing_repairs_has_no_recommendation():
    assert recommendation(of(Affects("package:a", "1", Effect.AFFECTED)), NAMES) == ""

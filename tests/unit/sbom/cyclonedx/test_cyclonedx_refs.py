"""Refs within a CycloneDX document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.sbom.bom import Bom, Component, Sort
from aiverify.sbom.cyclonedx.refs import refs_of, with_distinct_refs
from aiverify.sbom.vulnerability import Vulnerability
from tests.support.boms import file, full
from tests.support.cyclonedx import VERSIONS, encoded


def parts(*refs: str) -> tuple[Component, ...]:
    return tuple(Component(ref, Sort.DATA, str(index)) for index, ref in enumerate(refs))


def bill(*refs: str, **more: object) -> Bom:
    return Bom(Component("artifact:m", Sort.MODEL, "m"), (), parts=parts(*refs), **more)


def test_a_bill_without_a_ref_that_comes_twice_is_left_alone():
    bom = full()

    assert with_distinct_refs(bom) is bom


@pytest.mark.parametrize(
    ("refs", "distinct"),
    [
        (("part:a", "part:a", "part:a"), ["part:a", "part:a~2", "part:a~3"]),
        (("part:a", "part:a", "part:a~2"), ["part:a", "part:a~2", "part:a~2~2"]),
        (("part:a~2", "part:a", "part:a"), ["part:a~2", "part:a", "part:a~3"]),
        (("", ""), ["unnamed", "unnamed~2"]),
        (("artifact:m",), ["artifact:m~2"]),
    ],
)
def test_who_comes_second_gets_a_number(refs, distinct):
    assert [item.ref for item in with_distinct_refs(bill(*refs)).parts] == distinct


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ref_that_comes_twice_loses_nothing_and_breaks_nothing(version):
    user = Component("part:user", Sort.DATA, "user", needs=("part:a",))
    document = encoded(bill("part:a", "part:a", packages=(user,)), version)

    assert [item["name"] for item in document["components"]] == ["0", "1", "user"]
    assert {"ref": "part:user", "dependsOn": ["part:a"]} in document["dependencies"]


def test_a_file_that_comes_second_is_as_unread_as_the_first():
    twice = (file("a"), replace(file("a"), name="b"))
    document = encoded(Bom(bill().root, twice, unread=frozenset({"file:a"})))

    complete, unknown = document["compositions"]
    assert complete["assemblies"] == ["artifact:m"]
    assert unknown["assemblies"] == ["file:a", "file:a~2"]


def test_two_databases_may_use_one_name_for_a_vulnerability():
    ids = ("A 1", "A 1", "A 1#2", "A%201", "\ud800")

    refs = refs_of([Vulnerability(name, ()) for name in ids])

    assert refs == [
        "vulnerability:A%201",
        "vulnerability:A%201#2",
        "vulnerability:A%201%232",
        "vulnerability:A%25201",
        "vulnerability:%ED%A0%80",
    ]

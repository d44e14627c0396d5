"""What rules say of themselves, with examples from their tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.finding import Severity
from aiverify.policy import library
from aiverify.policy.catalogue import Entry, Said, entries
from aiverify.policy.outline import outline
from aiverify.policy.testing.suite import load_suite
from tests.support.rego import module


def of(*texts: str) -> tuple[Entry, ...]:
    return entries(outline(module(text, f"{at}.rego")) for at, text in enumerate(texts))


def test_a_package_in_several_files_is_one_rule() -> None:
    (entry,) = of(
        'package p\ndeny contains {"code": "a", "msg": "x", "fix": "y"}',
        '# METADATA\n# title: T\npackage p\nwarn contains "z"',
    )
    assert entry.about
    assert (entry.name, entry.about.title, entry.files) == ("p", "T", ("0.rego", "1.rego"))
    assert entry.findings == (
        Said("p.a", Severity.ERROR, "x", "y"),
        Said("p.warn", Severity.WARNING, "z", ""),
    )


def test_a_package_without_results_is_no_rule() -> None:
    assert of("package lib\nf(x) := x", "package p_test\ntest_a if true") == ()


@pytest.mark.parametrize("package", ["package p", "package p_test", "package t\nimport data.p"])
def test_examples_come_from_a_test_of_the_package(package: str) -> None:
    tests = f"{package}\ntest_other if true\ntest_allows_it if true\ntest_denies_it if true\n"
    (entry,) = of("package p\ndeny contains 1 if input.x", tests)
    assert entry.allows
    assert entry.denies
    assert (entry.allows.text, entry.denies.text) == (
        "test_allows_it if true",
        "test_denies_it if true",
    )


def test_a_test_of_another_package_is_no_example() -> None:
    (entry,) = of("package p\ndeny contains 1 if input.x", "package q\ntest_allows_it if true\n")
    assert (entry.allows, entry.denies) == (None, None)


@pytest.mark.parametrize("name", library.names())
def test_a_shipped_rule_says_everything_and_lies_where_it_says(name: str) -> None:
    (entry,) = entries(outline(item) for item in load_suite([f"aiverify:{name}"]).asked)
    assert entry.name == f"aiverify:{name}"
    assert entry.about
    assert entry.about.faults == ()
    assert entry.findings
    assert all(said.meaning and said.fix for said in entry.findings)
    assert entry.allows
    assert entry.denies
    for file in entry.files:
        assert Path(file).is_file()

"""From when on packages count, whatever file says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aiverify.errors import MalformedError
from aiverify.policy.effective import package_of, since
from tests.support.rego import complaint, module

ABOUT = '# METADATA\n# custom: {{since: "{}"}}\npackage {}\n'


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("package a", "a"),
        ("package a.b_2.c\n", "a.b_2.c"),
        ("# package x\n\n  # package y\npackage a.b # package z\n\nimport rego.v1\n", "a.b"),
        ('package a["b"]\n', "a.b"),
        ("package\ta.b\r\nx := 1\n", "a.b"),
        ("#" * 5000 + "\n" + "\n" * 5000 + "package a\n", "a"),
    ],
)
def test_the_package_is_the_engines_own(text: str, package: str) -> None:
    assert package_of(module(text)) == package


def test_what_is_no_module_has_no_package() -> None:
    complaint(MalformedError, lambda: package_of(module("x := 1\n")))


def test_packages_count_from_the_day_that_they_say_and_others_always() -> None:
    found = since(
        [
            module(ABOUT.format("2027-01-01", "a.b")),
            module(ABOUT.format("2027-03-01", "c")),
            module(ABOUT.format("2027-02-01", "c"), "other.rego"),
            module("package c\n", "third.rego"),
            module("# METADATA\n# title: x\npackage d\n"),
        ]
    )
    assert found == {
        "a.b": datetime(2027, 1, 1, tzinfo=UTC),
        "c": datetime(2027, 2, 1, tzinfo=UTC),
    }


def test_a_package_cannot_put_off_another_that_is_named_like_it() -> None:
    text = ABOUT.format("2099-01-01", 'a["b"]')
    assert since([module(text), module("package a\n", "q.rego")]).keys() == {"a.b"}

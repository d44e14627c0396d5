"""What a module may depend on: every name below data, as far as it is written out."""

from __future__ import annotations

import pytest

from aiverify.policy.outline import parse
from aiverify.policy.references import depends, references
from tests.support.rego import module


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x := 1", set()),
        ("x := input.data.a", set()),
        ("import data.a.b as c\n\nx := c.d", {("a", "b")}),
        ("import data.a", {("a",)}),
        ("x := data.a.b.c", {("a", "b", "c")}),
        ('x := data.a["b"]', {("a", "b")}),
        ("x := data.a[input.y].c", {("a",)}),
        ("x := data[input.y]", {()}),
        ("x := count(data)", {()}),
        ("import data as d\n\nx := d.a", {()}),
        ("x := input.y[data.a.b]", {("a", "b")}),
        ("x := data.a[data.b.c].d", {("a",), ("b", "c")}),
        ("x if data.a.f(1)", {("a", "f")}),
        ("x if y with data.a.b as 1", {("a", "b")}),
        ("x := [y | some y in data.a.b]", {("a", "b")}),
        ("x contains y if some y in {z: 1 | z := data.a.b}", {("a", "b")}),
        ("x if {\n\tnot data.a.ok\n}", {("a", "ok")}),
        ("x := {data.a.b: 1}", {("a", "b")}),
        ("x(y) := data.a.b if every z in y { z == data.c.d }", {("a", "b"), ("c", "d")}),
        ("x := 1 if false\nelse := data.a.b", {("a", "b")}),
        ("default x := 1", set()),
    ],
)
def test_every_name_below_data_is_found(text: str, found: set[tuple[str, ...]]) -> None:
    assert references(parse(module(f"package p\n\n{text}\n"))) == found


@pytest.mark.parametrize(
    ("name", "package", "leads"),
    [
        (("a", "b"), "a.b", True),
        (("a", "b", "deny"), "a.b", True),
        (("a",), "a.b", True),
        ((), "a.b", True),
        (("a", "c"), "a.b", False),
        (("a", "bb"), "a.b", False),
    ],
)
def test_a_name_may_lead_into_a_package_or_through_it(
    name: tuple[str, ...], package: str, leads: bool
) -> None:
    assert depends(frozenset({("x",), name}), package) is leads

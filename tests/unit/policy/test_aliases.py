"""Imported names written out: for the engine alone, and never where one may be a variable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiverify.operations.policy_origin import Origin, load_from
from aiverify.policy import library
from aiverify.policy.aliases import LONGEST, written_out
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import Module, PolicySet

HELPER = Module("h.rego", "package a.helper\n\nx := 1\n\nf(y) := y + 1\n", "h.rego")


def own(*lines: str) -> str:
    return "\n".join(["package own", "", *lines, ""])


@pytest.mark.parametrize(
    ("lines", "written"),
    [
        (["import data.a.helper", "y := helper.x"], "y := data.a.helper.x"),
        (["import data.a.helper as h", "y := h.f(h.x)"], "y := data.a.helper.f(data.a.helper.x)"),
        (["import data.a.helper # so", 'y := helper["x"]'], 'y := data.a.helper["x"]'),
        (["y := helper.x", "import data.a.helper"], "y := data.a.helper.x"),
        (["import data.a.helper", 'y := [helper.x, "helper.x"]'], '[data.a.helper.x, "helper.x"]'),
        (["import data.a.helper", "y := helper.x # helper.x"], "y := data.a.helper.x # helper.x"),
        (["import data.a.helper", "y := input.helper.x + helper.x"], "input.helper.x + data.a."),
    ],
)
def test_a_name_is_written_out(lines: list[str], written: str):
    assert written in written_out(own(*lines))


@pytest.mark.parametrize(
    "lines",
    [
        ["import data.a.helper", "y contains helper.x if some helper in input.list"],
        ["import data.a.helper", "y(helper) := helper.x"],
        ["import data.a.helper", "y := z if { helper := input; z := helper.x }"],
        ["import data.a.helper", "y := count(helper) + helper.x"],
        ["import data.a.helper", "y := {helper: 1, 2: helper.x}"],
        ["import input.helper", "y := helper.x"],
        ["y := `", "import data.a.input", "`", "z := input.x"],
        ["# import data.a.input", "z := input.x"],
        ["import data.a.helpers", "y := helper.x"],
        ["import data.a.helper", f"y := [helper.x, {'1, ' * (LONGEST // 3)}1]"],
    ],
)
def test_what_may_be_a_variable_or_is_no_import_is_left_as_it_is(lines: list[str]):
    assert written_out(own(*lines)) == own(*lines)


def test_what_is_written_out_comes_to_the_same():
    text = own(
        "import data.a.helper",
        "import data.a.helper as h",
        'deny contains sprintf("%d %d", [helper.x, h.f(1)])',
    )
    engine = EmbeddedEngine(PolicySet((Module("o.rego", text, "o.rego"), HELPER)), {})
    assert [item.message for item in engine.evaluate({})] == ["1 2"]


def test_every_import_of_the_shipped_rules_is_written_out():
    names = [f"aiverify:{name}" for name in library.names()]
    for module in load_from(names, Path(), Origin()).modules:
        for line in module.text.splitlines():
            if line.startswith("import data."):
                name = line.rpartition(".")[2]
                assert f" {name}." not in written_out(module.text).replace(f"/{name}.", "")


def test_a_place_that_is_told_is_in_the_line_that_somebody_wrote():
    text = own("import data.a.helper", "deny contains helper.x + input.a")
    engine = EmbeddedEngine(PolicySet((Module("o.rego", text, "o.rego"), HELPER)), {})
    with pytest.raises(Exception, match=r"o\.rego:4:"):
        engine.evaluate(json.loads('{"a": "b"}'))

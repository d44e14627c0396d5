"""The shipped rules: their own tests, and what every one of them has to have."""

from __future__ import annotations

import datetime
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import regorus
import yaml

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.policy import library
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import SHIPPED, Module, load
from aiverify.policy.syntax import read_module
from aiverify.policy.testing.bench import Bench
from aiverify.policy.testing.suite import load_suite

ROOT = library.root()
RULES = library.names()
FOLDERS = (*RULES, library.SHARED)
FIRST_SHELF = {
    "base_pinned",
    "licence_allowlist",
    "no_denied_cve",
    "no_pickled_weights",
    "signer_count",
}


@cache
def modules(folder: str) -> tuple[Module, ...]:
    """A folder's rule or helpers, with the tests."""
    return tuple(
        Module(str(path.relative_to(ROOT)), path.read_text("utf-8"), str(path), shipped=True)
        for path in sorted((ROOT / folder).glob("*.rego"))
    )


@cache
def bench() -> Bench:
    """All rules with all tests, as `aiverify policy test` runs them."""
    return Bench(load_suite([f"{SHIPPED}*"]).policies)


@cache
def engine(rule: str) -> EmbeddedEngine:
    return EmbeddedEngine(load([f"{SHIPPED}{rule}"]), {})


@cache
def queries(folder: str) -> list[str]:
    """The tests that a folder defines, by the names to ask for."""
    parser = regorus.Engine()
    for module in modules(folder):
        parser.add_policy(module.name, module.text)
    parsed = [read_module(item) for item in json.loads(parser.get_ast_as_json())]
    return sorted(
        {
            f"data.{module.package.text}.{rule.name.text}"
            for module in parsed
            for rule in module.rules
            if module.origin.startswith(f"{folder}/") and rule.name.text.startswith("test_")
        }
    )


def source(folder: str) -> str:
    return (ROOT / folder / f"{folder}.rego").read_text("utf-8")


def metadata(folder: str) -> dict[str, Any]:
    """OPA's METADATA block: YAML in the comments above the package."""
    block = re.match(r"# METADATA\n((?:#.*\n)+)package ", source(folder))
    assert block
    text = "".join(line.removeprefix("# ") for line in block[1].splitlines(keepends=True))
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(query, id=query.removeprefix("data.aiverify."))
        for folder in FOLDERS
        for query in queries(folder)
    ],
)
def test_a_test_of_a_shipped_rule_is_true(query: str) -> None:
    assert bench().ask(query) == ("true", ())


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["test_allows_", "test_denies_"])
def test_a_rule_is_tested_both_ways(rule: str, kind: str) -> None:
    assert [query for query in queries(rule) if f".{kind}" in query]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_no_test_that_says_neither(rule: str) -> None:
    names = [query.rpartition(".")[2] for query in queries(rule)]
    assert [name for name in names if not name.startswith(("test_allows_", "test_denies_"))] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_folder_holds_a_package_of_its_name_and_a_test(rule: str) -> None:
    assert {path.name for path in (ROOT / rule).iterdir()} == {
        f"{rule}.rego",
        f"{rule}_test.rego",
    }
    assert f"\npackage aiverify.{rule}\n" in source(rule)


def test_helpers_are_packages_of_the_files_names_with_a_test_each() -> None:
    files = {path.stem for path in (ROOT / library.SHARED).iterdir()}
    helpers = {name for name in files if not name.endswith("_test")}
    assert files == helpers | {f"{name}_test" for name in helpers}
    assert not helpers & set(RULES)
    for name in helpers:
        text = (ROOT / library.SHARED / f"{name}.rego").read_text("utf-8")
        assert f"\npackage aiverify.{name}\n" in text


def test_every_collection_is_there() -> None:
    found = {name for rule in RULES for name in metadata(rule)["custom"]["collections"]}
    assert found == {"minimal", "release", "cluster", "eu-ai-act"}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_it_is(rule: str) -> None:
    stated = metadata(rule)
    assert stated["title"]
    assert stated["description"]
    assert Severity(stated["custom"]["severity"])
    assert stated["custom"]["collections"]
    assert datetime.date.fromisoformat(stated["custom"]["since"])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("document", [{}, None, [], "", 0], ids=["{}", "null", "[]", "''", "0"])
def test_a_rule_denies_what_says_nothing(rule: str, document: Any) -> None:
    results = engine(rule).evaluate(document)
    assert results
    for result in results:
        assert result.severity is Severity.ERROR
        assert result.code
        assert result.fix


@pytest.mark.parametrize("rule", RULES)
def test_a_package_that_only_ends_in_the_rules_name_takes_nothing_away(
    rule: str, tmp_path: Path
) -> None:
    (tmp_path / "p.rego").write_text(f"package {rule}\ndeny contains 1 if false\n")
    policies = load([f"aiverify:{rule}", tmp_path])
    assert {item.package for item in EmbeddedEngine(policies, {}).evaluate({})} == {
        f"aiverify.{rule}"
    }


def test_the_first_shelf_is_complete() -> None:
    assert set(RULES) >= FIRST_SHELF


COUNTING_LIB = """package aiverify.lib
is_pinned(reference) if { print("asked"); reference.digest != "" }
name_of(thing) := thing.name
pointer(parts) := sprintf("%v", [parts])
"""


WORKLOADS = (
    "allowed_namespaces",
    "no_floating_tag",
    "no_runtime_lora",
    "no_trust_remote_code",
    "pinned_revision",
)


@pytest.mark.parametrize("rule", WORKLOADS)
def test_a_rule_about_workloads_says_nothing_outside_of_a_cluster(rule: str) -> None:
    document: Json = {"apiVersion": "aiverify.dev/input/v1", "request": None}
    assert engine(rule).evaluate(document) == ()


def test_each_base_model_is_asked_for_its_pin_a_fixed_number_of_times() -> None:
    """Asking all the others for each of 50 takes 2,500 times: hostile files name 100,000."""
    engine = regorus.Engine()
    engine.set_gather_prints(True)
    engine.add_policy("lib", COUNTING_LIB)
    engine.add_policy("base_pinned", source("base_pinned"))
    bases = [{"name": "org/base", "revision": str(number), "digest": ""} for number in range(50)]
    document = {"artifact": {"kind": "model"}, "description": {"base_models": bases}}
    engine.set_input_json(json.dumps(document))
    assert len(json.loads(engine.eval_rule_as_json("data.aiverify.base_pinned.deny"))) == 50
    assert 50 <= len(engine.take_prints()) <= 100

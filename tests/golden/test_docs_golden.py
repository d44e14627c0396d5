"""Pages that are written from the code: set AIVERIFY_UPDATE_GOLDEN=1 to write them again."""

from __future__ import annotations

import pytest
from typer.main import get_command

from aiverify.cli.main import InOrder, app
from aiverify.core.finding import Rule
from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.report_schema import report_schema
from aiverify.core.rules import RULES
from aiverify.policy import library
from aiverify.policy.schema import input_schema
from tests.support.commands import PROJECT
from tests.support.docs import (
    COLLECTIONS,
    GROUPS,
    codes_of,
    command_lines,
    commands_page,
    entry_of,
    formats_page,
    help_of,
    policies_page,
    policy_page,
    properties_page,
    rule_page,
    rules_page,
    shipped_policy,
)
from tests.support.golden import assert_golden

DOCS = PROJECT / "docs"


def test_the_page_of_commands_is_what_help_says():
    assert_golden(DOCS / "commands.md", commands_page())


def test_the_page_of_formats_is_what_the_readers_say():
    assert_golden(DOCS / "formats.md", formats_page())


def test_the_page_of_rules_is_what_the_rules_say():
    assert_golden(DOCS / "rules" / "README.md", rules_page())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_page_that_says_what_it_says(rule: Rule):
    assert_golden(DOCS / "rules" / f"{rule.id}.md", rule_page(rule))


def test_no_page_speaks_of_a_rule_that_is_gone():
    pages = {path.stem for path in (DOCS / "rules").glob("*.md")}
    assert pages == {"README", *(rule.id for rule in RULES)}


@pytest.mark.parametrize("made", [input_schema(), report_schema()], ids=["input", "report"])
def test_a_schema_is_what_the_code_says(made: dict[str, Json]):
    name = str(made["$id"]).rpartition("/")[2]
    assert_golden(DOCS / "schemas" / name, pretty(made))


def test_the_page_of_properties_is_what_the_table_says():
    assert_golden(DOCS / "sbom-properties.md", properties_page())


def test_the_page_of_commands_lacks_none():
    commands = get_command(app).commands  # type: ignore[attr-defined]
    groups = {
        name: tuple(item.commands) for name, item in commands.items() if hasattr(item, "commands")
    }
    assert set(commands) == set(InOrder.ORDER)
    assert groups == GROUPS


def test_the_page_of_policies_is_what_they_say():
    assert_golden(DOCS / "policies" / "README.md", policies_page())


@pytest.mark.parametrize("name", library.names())
def test_every_policy_has_a_page_that_says_what_it_says(name: str):
    assert_golden(DOCS / "policies" / f"{name}.md", policy_page(name))


def test_no_page_speaks_of_a_policy_that_is_gone():
    pages = {path.stem for path in (DOCS / "policies").glob("*.md")}
    assert pages == {"README", *library.names()}


@pytest.mark.parametrize("name", library.names())
def test_a_policy_is_in_collections_that_there_are(name: str):
    about = entry_of(name).about
    assert about
    assert set(about.collections) <= set(COLLECTIONS)


@pytest.mark.parametrize("name", library.names())
def test_the_page_of_a_policy_lacks_no_finding(name: str):
    page = policy_page(name)
    for code in codes_of(shipped_policy(name).read_text()):
        assert f"| `aiverify.{name}.{code}` |" in page


@pytest.mark.parametrize(
    "words", list(command_lines()), ids=lambda words: " ".join(words) or "aiverify"
)
def test_help_fits_a_narrow_terminal_and_shows_an_example(words: tuple[str, ...]):
    text = help_of(words)
    lines = [line for line in text.splitlines() if not line.startswith("    aiverify ")]
    assert max(map(len, lines)) <= 80
    if words and words not in {(name,) for name in GROUPS}:
        assert f"Examples:\n    aiverify {' '.join(words)} " in text

"""Findings, what they weigh, and the rules that our own code makes them from."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from aiverify.core import rules
from aiverify.core.finding import Finding, Rule, Severity, denies
from aiverify.core.jsonvalue import canonical, load_object

RULE = Rule("AIV-TEST-RULE", "A title", Severity.WARNING, "What it means.", "What to do.", "CWE-1")


def weighing(*severities: Severity) -> tuple[Finding, ...]:
    return tuple(Finding("r", severity, "m") for severity in severities)


def test_a_rule_gives_a_finding_its_id_weight_and_fix() -> None:
    found = RULE.found("it happened", file="a.bin", place="/x")
    assert found == Finding(
        "AIV-TEST-RULE", Severity.WARNING, "it happened", "a.bin", "/x", "What to do.", "CWE-1"
    )


@pytest.mark.parametrize("severity", Severity)
def test_a_finding_may_weigh_other_than_its_rule(severity: Severity) -> None:
    assert RULE.found("m", severity=severity).severity is severity


def test_a_finding_in_json_has_every_field_as_text() -> None:
    assert RULE.found("m\n\u202e", file="f", place="p").to_json() == {
        "rule": "AIV-TEST-RULE",
        "severity": "warning",
        "message": "m\n\u202e",
        "file": "f",
        "place": "p",
        "fix": "What to do.",
        "cwe": "CWE-1",
    }


def test_a_finding_without_a_file_still_has_every_field() -> None:
    said = Finding("r", Severity.NOTE, "m").to_json()
    assert [said[key] for key in ("file", "place", "fix", "cwe")] == [""] * 4
    assert load_object(canonical(said), "it") == said


@pytest.mark.parametrize(
    ("severities", "denied"),
    [
        ((), False),
        ((Severity.NOTE,), False),
        ((Severity.WARNING, Severity.NOTE), False),
        ((Severity.ERROR,), True),
        ((Severity.NOTE, Severity.WARNING, Severity.ERROR), True),
    ],
)
def test_only_an_error_denies(severities: tuple[Severity, ...], denied: bool) -> None:
    assert denies(weighing(*severities)) is denied


def test_every_rule_is_listed_once_and_in_the_order_of_its_module() -> None:
    subjects = [item for item in vars(rules).values() if isinstance(item, ModuleType)]
    for subject in subjects:
        made = [item for item in vars(subject).values() if isinstance(item, Rule)]
        assert list(subject.RULES) == made
    assert sorted(rule.id for subject in subjects for rule in subject.RULES) == sorted(
        rule.id for rule in rules.RULES
    )
    assert len(subjects) == len(list(Path(rules.__file__).parent.glob("*.py"))) - 1


def test_no_two_rules_share_an_id_or_a_title() -> None:
    assert len({rule.id for rule in rules.RULES}) == len(rules.RULES)
    assert len({rule.title for rule in rules.RULES}) == len(rules.RULES)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.id)
def test_a_rule_reads_well_wherever_it_is_shown(rule: Rule) -> None:
    assert re.fullmatch(r"AIV-[A-Z0-9]+(-[A-Z]+)+", rule.id)
    assert not rule.title.endswith(".")
    assert rule.meaning.endswith(".")
    assert rule.fix.endswith(".")
    assert re.fullmatch(r"(CWE-[0-9]{1,4})?", rule.cwe)
    assert all(text.isprintable() for text in (rule.title, rule.meaning, rule.fix))


@pytest.mark.parametrize(
    ("message", "place", "located"),
    [
        ("no", "", "no"),
        ("no", "/a/0", "no (/a/0)"),
        ("/a/0 is bad", "/a/0", "/a/0 is bad"),
        ("no", "\x1b[2J", "no (\\x1b[2J)"),
    ],
)
def test_the_place_is_told_once(message: str, place: str, located: str):
    assert Finding("r", Severity.ERROR, message, place=place).located == located

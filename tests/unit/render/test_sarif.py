"""SARIF: valid whatever was found, stable over runs, and nobody's words but ours act in it."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from aiverify.core.finding import Finding, Rule
from aiverify.core.names import printable
from aiverify.core.report import Report, Verdict
from aiverify.core.rules import RULES
from aiverify.render import sarif
from tests.support.commands import PROJECT
from tests.support.reports import finding, hostile, report

SCHEMA = json.loads((PROJECT / "tests" / "assets" / "sarif-members.schema.json").read_text())


def run_of(value: Report) -> dict[str, Any]:
    """The only run of a report's SARIF."""
    return json.loads(sarif.report(value))["runs"][0]


def result_of(found: Finding, **given: Any) -> dict[str, Any]:
    """The only result of a report with one finding."""
    [result] = run_of(report(found, **given))["results"]
    return result


def text_of(message: str) -> str:
    return result_of(finding(message))["message"]["text"]


def uri_of(found: Finding, **given: Any) -> str:
    [location] = result_of(found, **given)["locations"]
    return location["physicalLocation"]["artifactLocation"]["uri"]


@pytest.mark.parametrize(
    "value",
    [
        report(verdict=Verdict.ALLOW),
        report(finding()),
        report(finding(""), verdict=Verdict.ERROR),
        report(finding(), files=()),
        report(*(rule.found("is wrong", file="config.json", place="/a") for rule in RULES)),
        hostile(),
    ],
    ids=["allow", "deny", "error", "no artifact", "every rule", "hostile"],
)
def test_the_document_keeps_to_the_standard(value: Report):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(sarif.report(value)), SCHEMA)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_of_ours_comes_with_all_that_is_known_of_it(rule: Rule):
    weakness = [f"external/cwe/{rule.cwe.lower()}"] if rule.cwe else []
    assert run_of(report(rule.found("is wrong")))["tool"]["driver"]["rules"] == [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.meaning},
            "help": {"text": rule.fix},
            "defaultConfiguration": {"level": rule.severity.value},
            "properties": {"tags": ["security", *weakness]},
        }
    ]


def test_a_rule_in_rego_comes_with_its_fix_if_it_has_one():
    found = (finding(rule="main.cve", fix="Update it."), finding(rule="main.deny"))
    assert run_of(report(*found))["tool"]["driver"]["rules"] == [
        {"id": "main.cve", "help": {"text": "Update it."}},
        {"id": "main.deny"},
    ]


def test_each_result_points_to_its_rule_and_each_rule_is_there_once():
    run = run_of(report(*(finding(rule=rule) for rule in ("b", "a", "b", "c"))))
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["b", "a", "c"]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == ["b", "a", "b", "c"]
    assert [result["ruleId"] for result in run["results"]] == ["b", "a", "b", "c"]


@pytest.mark.parametrize("level", ["error", "warning", "note"])
def test_the_level_is_the_finding_s_and_not_the_rule_s(level: str):
    assert result_of(finding(rule=RULES[0].id, severity=level))["level"] == level


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (finding("was changed", file="a.bin", fix="Fetch it."), "a.bin: was changed. Fetch it."),
        (finding("a.bin was changed.", fix="Fetch it."), "a.bin was changed. Fetch it."),
        (finding("a.bin was changed"), "a.bin was changed"),
        (finding("", rule="main.deny"), "main.deny"),
    ],
)
def test_the_message_is_the_sentence_and_its_fix(given: Finding, text: str):
    assert result_of(given)["message"]["text"] == text


@pytest.mark.parametrize(
    ("target", "file", "uri"),
    [
        ("llama", "config.json", "llama/config.json"),
        ("llama.tar", "sub/a b.json", "llama.tar/sub/a%20b.json"),
        (".", "config.json", "config.json"),
        ("../llama", "", "../llama"),
        ("/srv/llama", "config.json", "file:///srv/llama/config.json"),
        ("//host/llama", "config.json", "file:///host/llama/config.json"),
        ("https://evil.example", "a?b#c", "https%3A/evil.example/a%3Fb%23c"),
        ("llama", "javascript:é%41", "llama/javascript%3A%C3%A9%2541"),
        ("caf\udce9", "a\nb\u202e", "caf%E9/a%0Ab%E2%80%AE"),
    ],
)
def test_the_location_is_the_quoted_path_of_the_file(target: str, file: str, uri: str):
    assert uri_of(finding(file=file), target=target) == uri


def test_a_target_that_is_the_file_is_named_once():
    assert uri_of(finding(file="probe.o"), target="out/probe.o", files=("probe.o",)) == (
        "out/probe.o"
    )
    assert uri_of(finding(file="llama"), target="llama", files=("llama", "b")) == "llama/llama"


def test_a_place_inside_a_file_is_a_logical_location():
    [location] = result_of(finding(file="a.json", place="/base/0"))["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "/base/0"}]


def test_a_fingerprint_does_not_depend_on_where_the_artifact_lies():
    first, second = (result_of(finding(file="a"), target=target) for target in ("x", "/y/z"))
    assert first["partialFingerprints"] == second["partialFingerprints"]


@pytest.mark.parametrize(
    "other",
    [
        finding("is there", file="a", place="p", rule="r"),
        finding("is gone", file="b", place="p", rule="r"),
        finding("is gone", file="a", place="q", rule="r"),
        finding("is gone", file="a", place="p", rule="s"),
        finding("is gone", file="ap", place="", rule="r"),
    ],
)
def test_two_findings_have_two_fingerprints(other: Finding):
    one = finding("is gone", file="a", place="p", rule="r")
    assert result_of(one)["partialFingerprints"] != result_of(other)["partialFingerprints"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_run_says_the_verdict_and_whether_there_was_an_answer(verdict: Verdict):
    value = report(verdict=verdict)
    assert value.artifact
    run = run_of(value)
    assert run["properties"] == {
        "verdict": verdict.value,
        "digest": str(value.artifact.manifest.root),
    }
    assert run["invocations"] == [{"executionSuccessful": verdict is not Verdict.ERROR}]


@pytest.mark.parametrize(
    "name",
    [
        "[click](https://evil.example)",
        "[click\\](https://evil.example)",
        "[click\\\\](https://evil.example)",
        "[a]](1)](sarif:/runs/0)",
    ],
)
def test_a_name_becomes_no_link(name: str):
    assert "](" not in text_of(name)


def test_a_name_becomes_no_placeholder():
    assert text_of("{0} {{1}} }{") == "{{0}} {{{{1}}}} }}{{"


def test_what_an_attacker_wrote_is_seen_as_it_is():
    texts = [text for text in flat(json.loads(sarif.report(hostile()))) if "evil" in text]
    assert len(texts) > 5
    assert [text for text in texts if text != printable(text)] == []
    assert re.search(r"\\x1b\[2J\\u202e\\ufffe\\xe9é%0A::error::no\\x0d\\x0a", texts[0])


def flat(value: Any) -> list[str]:
    """Every string below a JSON value."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [text for item in items for text in flat(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    ("place", "region"),
    [("line 168", {"startLine": 168}), ("line 0", None), ("byte 4", None), ("line 1e3", None)],
)
def test_a_line_is_a_region_that_an_editor_can_show(place: str, region: dict[str, int] | None):
    [location] = result_of(finding("x", file="a.py", place=place))["locations"]
    assert location["physicalLocation"].get("region") == region

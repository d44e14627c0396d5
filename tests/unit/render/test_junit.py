"""JUnit: a test case for each step, and XML that every parser reads."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from aiverify.core.names import printable
from aiverify.core.report import Outcome, Report, Step, StepName, Verdict
from aiverify.render import junit
from tests.support.reports import HOSTILE, finding, hostile, report


def suite_of(value: Report) -> ElementTree.Element:
    """The only test suite of a report's JUnit."""
    root = ElementTree.fromstring(junit.report(value))
    assert root.tag == "testsuites"
    [suite] = root
    return suite


def case_of(value: Report, name: str = "contents") -> ElementTree.Element:
    [case] = [case for case in suite_of(value).iter("testcase") if case.get("name") == name]
    return case


def test_each_step_is_a_case_in_its_order():
    cases = [(case.get("classname"), case.get("name")) for case in suite_of(report()).iter()]
    found = [case for case in cases if case[0]]
    assert found == [("aiverify", name) for name in ("resolve", "contents", "policy")]


def test_the_suite_counts_what_its_cases_hold():
    steps = (
        Step(StepName.RESOLVE, Outcome.PASS),
        Step(StepName.INTEGRITY, Outcome.DENY, "2 changed", (finding(), finding())),
        Step(StepName.CONTENTS, Outcome.DENY),
        Step(StepName.SBOM, Outcome.SKIPPED),
        Step(StepName.POLICY, Outcome.ERROR),
    )
    suite = suite_of(Report("llama", None, steps, Verdict.ERROR))
    assert suite.attrib == {
        "name": "aiverify verify llama",
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    counted = [len(list(suite.iter(tag))) for tag in ("testcase", "failure", "error", "skipped")]
    assert counted == [5, 2, 1, 1]


@pytest.mark.parametrize(("verdict", "tag"), [(Verdict.DENY, "failure"), (Verdict.ERROR, "error")])
def test_what_denies_is_said_in_the_case_s_ending(verdict: Verdict, tag: str):
    found = (
        finding("was changed", file="a.bin", rule="r", fix="Fetch it."),
        finding("looks odd", file="b.bin", rule="s", severity="warning"),
    )
    ending, output = case_of(report(*found, verdict=verdict))
    assert (ending.tag, ending.attrib) == (tag, {"message": "2 files"})
    assert ending.text == "error: a.bin: was changed [r]\n  -> Fetch it."
    assert (output.tag, output.text) == ("system-out", "warning: b.bin: looks odd [s]")


def test_what_a_policy_says_of_its_input_is_shown_with_where_that_is():
    found = finding("is not pinned", rule="p.c", place="/adapter/base", fix="Pin it.")
    [ending] = case_of(report(found))
    assert ending.text == "error: is not pinned (/adapter/base) [p.c]\n  -> Pin it."


def test_a_warning_alone_fails_nothing():
    case = case_of(report(finding(severity="warning"), verdict=Verdict.ALLOW))
    assert [item.tag for item in case] == ["system-out"]


def test_a_step_that_was_not_reached_is_skipped():
    [skipped] = case_of(report(), "policy")
    assert (skipped.tag, skipped.attrib) == ("skipped", {"message": "the rest"})


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_suite_says_the_verdict_and_on_what(verdict: Verdict):
    value = report(verdict=verdict)
    assert value.artifact
    stated = {item.get("name"): item.get("value") for item in suite_of(value).iter("property")}
    assert stated == {"verdict": verdict.value, "digest": str(value.artifact.manifest.root)}
    without = suite_of(report(verdict=verdict, files=()))
    assert [item.get("name") for item in without.iter("property")] == ["verdict"]


def test_what_an_attacker_wrote_is_seen_as_it_is():
    suite = suite_of(hostile())
    ending, output = case_of(hostile())
    assert suite.get("name") == f"aiverify verify {printable(HOSTILE)}/llama"
    for element, findings in ((ending, 1), (output, 2)):
        assert element.text
        lines = element.text.split("\n")
        assert len(lines) == 2 * findings
        assert all(line == printable(line) and printable(HOSTILE) in line for line in lines)


def test_nothing_ends_a_section_or_an_attribute_early():
    text = junit.report(hostile())
    assert "]]>" not in text
    assert text.isascii()
    assert text.startswith("<?xml version='1.0' encoding='us-ascii'?>\n")

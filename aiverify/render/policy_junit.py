"""How the tests of policies ended, as JUnit XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from aiverify.core.names import printable
from aiverify.operations.policy_test import Trials
from aiverify.policy.testing.trial import Ending, Trial
from aiverify.render.policy_tests import shortfall, summary

ENDINGS = {Ending.FAIL: "failure", Ending.ERROR: "error", Ending.SKIPPED: "skipped"}
"""The element that says how a test ended; one that passed has none."""


def report(value: Trials) -> str:
    """A test suite for each file, and one for the coverage if it is held to a threshold."""
    root = Element("testsuites", {"name": "aiverify policy test"})
    for file, trials in groupby(value.trials, key=lambda trial: trial.case.file):
        _suite(root, file, list(trials))
    if value.coverage and value.threshold:
        _coverage(root, value)
    indent(root)
    text: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _suite(root: Element, file: str, trials: Iterable[Trial]) -> None:
    trials = list(trials)
    endings = Counter(trial.ending for trial in trials)
    suite = SubElement(
        root, "testsuite", _totals(file, len(trials), {kind: endings[kind] for kind in ENDINGS})
    )
    for trial in trials:
        case = SubElement(
            suite,
            "testcase",
            {
                "classname": printable(trial.case.package),
                "name": printable(trial.case.rule),
                "file": printable(trial.case.file),
                "line": str(trial.case.first),
            },
        )
        if trial.ending in ENDINGS:
            ending = SubElement(case, ENDINGS[trial.ending], {"message": printable(trial.reason)})
            ending.text = printable(f"at {trial.stopped}") if trial.stopped else None
        if trial.printed:
            SubElement(case, "system-out").text = "\n".join(map(printable, trial.printed))


def _coverage(root: Element, value: Trials) -> None:
    failed = {Ending.FAIL: int(value.is_below), Ending.ERROR: 0, Ending.SKIPPED: 0}
    suite = SubElement(root, "testsuite", _totals("coverage", 1, failed))
    case = SubElement(suite, "testcase", {"classname": "aiverify", "name": "coverage"})
    if value.is_below:
        SubElement(case, "failure", {"message": shortfall(value)}).text = summary(value)


def _totals(name: str, tests: int, endings: dict[Ending, int]) -> dict[str, str]:
    return {
        "name": printable(name),
        "tests": str(tests),
        "failures": str(endings[Ending.FAIL]),
        "errors": str(endings[Ending.ERROR]),
        "skipped": str(endings[Ending.SKIPPED]),
    }

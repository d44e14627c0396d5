"""Exceptions: from which rules, for what, until when, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Severity
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.moments import EPOCH
from aiverify.core.waiver import CONTENTS, Found, Waiver, waive
from aiverify.errors import UsageError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR
LLAMA = Artifact(Kind.MODEL, "acme/llama", "1", Manifest.of([Entry("a", Digest.of(b"a"), 1)]))
EXPIRED, UNUSED = "AIV-EXCEPTION-EXPIRED", "AIV-EXCEPTION-UNUSED"


def waiver(**given: Any) -> Waiver:
    """An exception for all of package p, in any artifact, until tomorrow."""
    members = {"rule": "p.*", "artifact": "**", "reason": "because", "until": NOW + DAY}
    return Waiver(**{**members, **given})


def result(rule: str = "p.c", package: str = "p", **given: Any) -> Found:
    finding = Finding(rule, given.pop("severity", ERROR), "no", **given)
    return Found(finding, package, EPOCH if finding.severity is ERROR else None)


def weights(*waivers: Waiver, found: tuple[Found, ...] = (result(),), now: datetime = NOW):
    """The severities after exceptions, and the rules of what is said of them."""
    waived = waive(found, waivers, LLAMA, now)
    return [item.severity for item in waived.findings], [item.rule for item in waived.remarks]


def test_what_is_excepted_stays_as_a_note_with_who_why_and_until_when():
    made = waiver(by="security@acme.example", reason="the vendor\nmends it")
    (finding,) = waive([result()], [made], LLAMA, NOW).findings
    assert finding.severity is NOTE
    assert finding.rule == "p.c"
    assert finding.message == (
        "no (excepted by security@acme.example until 2026-06-02: the vendor\\x0amends it)"
    )


@pytest.mark.parametrize(
    ("rule", "covers"),
    [
        ("p.c", True),
        ("p.*", True),
        ("p.d", False),
        ("p.cc", False),
        ("q.*", False),
        ("p.c.*", False),
    ],
)
def test_a_rule_is_named_by_its_id_or_with_its_whole_package(rule: str, covers: bool):
    assert weights(waiver(rule=rule)) == ([NOTE], []) if covers else ([ERROR], [UNUSED])


def test_a_package_is_not_the_packages_below_it():
    found = (result("p.q.c", "p.q"),)
    assert weights(waiver(), found=found) == ([ERROR], [UNUSED])


@pytest.mark.parametrize(
    ("artifact", "concerns"),
    [
        ("acme/llama", True),
        ("acme/*", True),
        ("**", True),
        ("*", False),
        ("llama", False),
        ("acme/llam", False),
        ("acme/llama2", False),
        ("ACME/llama", False),
        (str(LLAMA.digest), True),
        (str(Digest.of(b"other")), False),
    ],
)
def test_an_exception_is_for_the_artifacts_that_it_names_whole(artifact: str, concerns: bool):
    expected = ([NOTE], []) if concerns else ([ERROR], [])
    assert weights(waiver(artifact=artifact)) == expected


@pytest.mark.parametrize(
    ("path", "place", "covers"),
    [
        ("/a/1", "/a/1", True),
        ("/a/1", "/a/1/name", True),
        ("/a/1/", "/a/1", True),
        ("/a/1", "/a/12", False),
        ("/a/1", "/a", False),
        ("/a/1", "", False),
        ("/", "/a", True),
    ],
)
def test_a_path_stands_for_what_is_below_it_and_not_for_what_begins_like_it(
    path: str, place: str, covers: bool
):
    severities, _ = weights(waiver(path=path), found=(result(place=place),))
    assert severities == [NOTE if covers else ERROR]


@pytest.mark.parametrize(
    ("file", "name", "covers"),
    [
        ("a/b.bin", "a/b.bin", True),
        ("a", "a/b.bin", True),
        ("a/", "a/b.bin", True),
        ("a/b", "a/b.bin", False),
        ("b.bin", "a/b.bin", False),
        ("", "a/b.bin", True),
    ],
)
def test_a_file_of_the_artifact_may_be_named_or_a_directory(file: str, name: str, covers: bool):
    rule = "AIV-PICKLE-DANGEROUS"
    found = (result(rule, "", file=name),)
    severities, _ = weights(waiver(rule=rule, file=file), found=found)
    assert severities == [NOTE if covers else ERROR]


def test_an_exception_counts_until_its_moment_and_is_a_finding_from_then_on():
    made = waiver()
    before = made.until - timedelta(microseconds=1)
    assert weights(made, now=before) == ([NOTE], [])
    assert weights(made, now=made.until) == ([ERROR], [EXPIRED])
    (remark,) = waive([], [made], LLAMA, made.until).remarks
    assert remark.severity is WARNING
    assert remark.message == "the exception for p.* expired on 2026-06-02"


def test_an_expired_exception_for_another_artifact_is_not_spoken_of():
    assert weights(waiver(artifact="other"), now=NOW + 2 * DAY) == ([ERROR], [])


def test_one_that_covers_nothing_is_a_remark():
    (remark,) = waive([], [waiver()], LLAMA, NOW).remarks
    assert (remark.rule, remark.severity) == (UNUSED, NOTE)


def test_a_note_uses_an_exception_and_stays_as_it_is():
    found = (result(severity=NOTE),)
    waived = waive(found, [waiver()], LLAMA, NOW)
    assert waived.findings == (found[0].finding,)
    assert waived.remarks == ()


def test_two_exceptions_for_one_finding_both_count_and_the_longer_is_told():
    first, second = waiver(), waiver(rule="p.c", until=NOW + 9 * DAY, reason="longer")
    waived = waive([result()], [first, second], LLAMA, NOW)
    assert "longer" in waived.findings[0].message
    assert (waived.remarks, waived.until) == ((), second.until)


def test_a_verdict_holds_until_the_first_day_on_which_something_denies():
    def until(*found: Found, waivers: tuple[Waiver, ...] = ()) -> datetime | None:
        return waive(found, waivers, LLAMA, NOW).until

    pending = replace(result(severity=WARNING), denies_from=NOW + 5 * DAY)
    harmless = result(severity=WARNING)
    assert until() is None
    assert until(harmless, waivers=(waiver(),)) is None
    assert until(result(), waivers=(waiver(),)) == NOW + DAY
    assert until(pending) == NOW + 5 * DAY
    assert until(pending, waivers=(waiver(),)) == NOW + 5 * DAY
    assert until(pending, waivers=(waiver(until=NOW + 7 * DAY),)) == NOW + 7 * DAY
    assert until(pending, result("q.c", "q"), waivers=(waiver(rule="q.*"),)) == NOW + DAY


REFUSED = {
    "integrity": ({"rule": "AIV-INTEGRITY-CHANGED"}, "no exception from AIV-INTEGRITY-CHANGED"),
    "signatures": ({"rule": "AIV-SIGNATURE-NONE"}, "no exception from"),
    "attestations": ({"rule": "AIV-ATTESTATION-OLD"}, "no exception from"),
    "the SBOM": ({"rule": "AIV-SBOM-UNATTESTED"}, "no exception from"),
    "another base": ({"rule": "AIV-ADAPTER-BASE"}, "no exception from"),
    "no answer": ({"rule": "AIV-POLICY-UNDECIDED"}, "no exception from"),
    "a misspelt rule": ({"rule": "AIV-PICKLE-DANGER"}, "no exception from"),
    "all of our own": ({"rule": "AIV-*"}, "no exception from"),
    "everything": ({"rule": "*"}, "is no rule"),
    "a package alone": ({"rule": "p"}, "is no rule"),
    "a pattern inside": ({"rule": "p.c*"}, "is no rule"),
    "a collection": ({"rule": "@release"}, "is no rule"),
    "a blank reason": ({"reason": " \n"}, "has no reason"),
    "half a digest": ({"artifact": "sha256:abc"}, "is no digest"),
    "a path that is none": ({"path": "a/b"}, "is no JSON pointer"),
    "a path into files": ({"rule": "AIV-CONTENT-UNREAD", "path": "/a"}, "is about files"),
    "a file for a policy": ({"file": "a"}, "is about the policy input"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_exception_may_be_is_refused(case: str):
    given, why = REFUSED[case]
    with pytest.raises(UsageError, match=why):
        waiver(**given)


def test_exceptions_are_from_rules_about_contents_alone():
    assert "AIV-PICKLE-DANGEROUS" in CONTENTS
    vouching = ("AIV-INTEGRITY", "AIV-SIGNATURE", "AIV-ATTESTATION", "AIV-SUMMARY", "AIV-SBOM")
    assert not [rule for rule in CONTENTS if rule.startswith((*vouching, "AIV-POLICY"))]

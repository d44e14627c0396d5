from __future__ import annotations

import json

import pytest

from aiverify.sbom.advisories.evaluation import Verdict, fixes, judge
from aiverify.sbom.advisories.packages import subject_of
from aiverify.sbom.advisories.record import read
from aiverify.sbom.vulnerability import Effect
from tests.support.osv_records import INTRODUCED, component, entry, record, span

AFFECTED, UNAFFECTED, UNKNOWN = Effect.AFFECTED, Effect.UNAFFECTED, Effect.UNKNOWN


def judged(version: str, *entries: dict, purl: str = "pkg:npm/x") -> Verdict:
    subject = subject_of(component(purl, version))
    assert subject is not None
    found = read(json.dumps(record("OSV-1", *entries)).encode(), "osv.json")
    return judge(subject, found.affected)


def effect(version: str, *events: dict, kind: str = "SEMVER", purl: str = "pkg:npm/x") -> Effect:
    return judged(version, entry("x", span(*events, kind=kind)), purl=purl).effect


def test_every_version_is_affected_by_what_nobody_repaired():
    assert {effect(version, INTRODUCED) for version in ("0.0.0-0", "1.0.0", "99.0.0")} == {AFFECTED}


def test_everything_before_the_fix_is_affected():
    events = (INTRODUCED, {"fixed": "1.0.2"})

    assert effect("1.0.1", *events) is AFFECTED
    assert effect("1.0.2-rc.1", *events) is AFFECTED
    assert effect("1.0.2", *events) is UNAFFECTED
    assert effect("1.0.3", *events) is UNAFFECTED


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.9.0", UNAFFECTED),
        ("1.0.0", AFFECTED),
        ("1.0.1", AFFECTED),
        ("1.0.2", UNAFFECTED),
        ("2.0.0", UNAFFECTED),
        ("3.0.0", AFFECTED),
        ("3.2.4", AFFECTED),
        ("3.2.5", UNAFFECTED),
    ],
)
def test_several_intervals_of_one_range_are_affected(version, expected):
    events = ({"introduced": "1.0.0"}, {"fixed": "1.0.2"}, {"introduced": "3.0.0"})

    assert effect(version, *events, {"fixed": "3.2.5"}) is expected


def test_the_last_affected_version_is_affected_and_the_next_is_not():
    events = (INTRODUCED, {"last_affected": "2.1.214"})

    assert effect("2.1.214", *events) is AFFECTED
    assert effect("2.1.215", *events) is UNAFFECTED


def test_a_version_that_is_introduced_and_last_is_affected_alone():
    events = ({"last_affected": "1.5.0"}, {"introduced": "1.5.0"})

    assert effect("1.5.0", *events) is AFFECTED
    assert effect("1.4.9", *events) is UNAFFECTED
    assert effect("1.5.1", *events) is UNAFFECTED


def test_a_version_at_a_limit_is_out_of_the_range():
    events = (INTRODUCED, {"limit": "2.0.0"})

    assert effect("1.9.9", *events) is AFFECTED
    assert effect("2.0.0", *events) is UNAFFECTED
    assert effect("2.0.0", *events, {"limit": "3.0.0"}) is AFFECTED
    assert effect("9.0.0", *events, {"limit": "*"}) is AFFECTED


def test_one_range_of_several_is_enough():
    ranges = (
        span({"introduced": "1.0.0"}, {"fixed": "1.1.0"}, kind="SEMVER"),
        span({"introduced": "2.0.0"}, {"fixed": "2.1.0"}, kind="SEMVER"),
    )

    assert judged("2.0.5", entry("x", *ranges)).effect is AFFECTED
    assert judged("1.5.0", entry("x", *ranges)).effect is UNAFFECTED


def test_a_listed_version_is_affected_whatever_the_ranges_say():
    listed = entry("x", span(INTRODUCED, {"fixed": "1.0.0"}, kind="SEMVER"), versions=["7.0.0"])

    assert judged("7.0.0", listed).effect is AFFECTED
    assert judged("8.0.0", listed).effect is UNAFFECTED


def test_a_listed_version_may_be_written_otherwise():
    listed = entry("x", versions=["1.0"])

    assert judged("1.0.0", listed, purl="pkg:pypi/x").effect is AFFECTED
    assert judged("1.0.0+cu118", listed, purl="pkg:pypi/x").effect is AFFECTED
    assert judged("1.0.1", listed, purl="pkg:pypi/x").effect is UNAFFECTED


def test_a_local_build_of_the_last_affected_version_is_affected():
    events = (INTRODUCED, {"last_affected": "2.1.0"})

    assert effect("2.1.0+cu118", *events, kind="ECOSYSTEM", purl="pkg:pypi/x") is AFFECTED
    assert effect("2.1.1+cu118", *events, kind="ECOSYSTEM", purl="pkg:pypi/x") is UNAFFECTED


@pytest.mark.parametrize(
    "events",
    [
        (INTRODUCED, {"fixed": "one"}),
        ({"introduced": "x"}, {"fixed": "1.0.0"}),
        (INTRODUCED, {"last_affected": "1.x"}),
        (INTRODUCED, {"limit": "?"}),
        (INTRODUCED, {"fixed": ""}),
    ],
)
def test_a_bound_that_cannot_be_read_makes_it_unknown(events):
    found = judged("9.0.0", entry("x", span(*events, kind="SEMVER")))

    assert found.effect is UNKNOWN
    assert "is no version by the rules of SemVer" in found.reason


def test_a_version_that_cannot_be_read_makes_it_unknown():
    assert effect("main", INTRODUCED, {"fixed": "1.0.0"}) is UNKNOWN
    listed = judged("2004d", entry("x", versions=["1.0"]), purl="pkg:pypi/x")
    assert listed == Verdict(UNKNOWN, "'2004d' is no version by the rules of PEP 440")


def test_a_component_without_a_version_is_unknown():
    assert judged("", entry("x", span(INTRODUCED))) == Verdict(UNKNOWN, "its version is not known")


def test_commits_alone_decide_nothing():
    commits = span(INTRODUCED, {"fixed": "a" * 40}, kind="GIT")

    found = judged("1.0.0", entry("x", commits))

    assert found == Verdict(UNKNOWN, "the record states commits, and no versions")


def test_commits_beside_versions_say_what_the_versions_say():
    commits = span(INTRODUCED, {"fixed": "a" * 40}, kind="GIT")
    repaired = span(INTRODUCED, {"fixed": "1.0.0"}, kind="SEMVER")

    assert judged("1.0.0", entry("x", commits, versions=["0.9.0"])).effect is UNAFFECTED
    assert judged("0.9.0", entry("x", commits, versions=["0.9.0"])).effect is AFFECTED
    assert judged("1.0.0", entry("x", commits, repaired)).effect is UNAFFECTED


def test_versions_without_a_known_order_are_affected_only_if_they_are_listed():
    listed = entry("a:x", span(INTRODUCED, {"fixed": "2.0"}), versions=["1.0"], ecosystem="Maven")

    assert judged("1.0", listed, purl="pkg:maven/a/x").effect is AFFECTED
    found = judged("3.0", listed, purl="pkg:maven/a/x")
    assert found == Verdict(UNKNOWN, "versions of Maven cannot be compared here")


def test_a_record_that_states_no_versions_is_unknown():
    assert judged("1.0.0", entry("x")).effect is UNKNOWN


def test_a_version_that_is_said_to_introduce_and_to_repair_is_unknown_behind_it():
    events = ({"introduced": "1.0.0"}, {"fixed": "1.0.0"})

    assert effect("0.9.0", *events) is UNAFFECTED
    assert effect("1.0.0", *events) is UNKNOWN
    assert effect("2.0.0", *events) is UNKNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"ranges": "all"},
        {"ranges": [7]},
        {"ranges": [{"type": "SEMVER", "events": "none"}]},
        {"ranges": [{"type": "SEMVER", "events": [7]}]},
        {"ranges": [{"type": "SEMVER", "events": [{"introduced": 0}]}]},
        {"ranges": [{"type": "SEMVER", "events": [{"introduced": "0", "fixed": "1.0.0"}]}]},
        {"ranges": [{"type": "SEMVER", "events": [{"fixed": "1.0.0"}]}]},
        {"ranges": [{"type": "NEWER", "events": [{"introduced": "0"}]}]},
        {"ranges": [{"events": [{"introduced": "0"}]}]},
        {"versions": "1.0.0"},
        {"versions": [1]},
    ],
)
def test_what_is_said_in_no_known_way_is_unknown(changed):
    found = judged("9.0.0", {**entry("x"), **changed})

    assert found.effect is UNKNOWN
    assert found.reason


def test_what_cannot_be_read_hides_no_version_that_is_listed():
    broken = {**entry("x", versions=["1.0.0"]), "ranges": "all"}

    assert judged("1.0.0", broken).effect is AFFECTED


def debian(fixed: dict[str, str], purl: str) -> Verdict:
    entries = [
        entry("x", span(INTRODUCED, {"fixed": version}), ecosystem=f"Debian:{release}")
        for release, version in fixed.items()
    ]
    return judged("1.0-2", *entries, purl=purl)


def test_a_release_of_debian_has_its_own_versions():
    fixed = {"11": "1.0-1", "12": "1.0-3"}

    assert debian(fixed, "pkg:deb/debian/x?distro=debian-12").effect is AFFECTED
    assert debian(fixed, "pkg:deb/debian/x?distro=debian-11").effect is UNAFFECTED


def test_a_package_of_debian_without_a_release_is_affected_only_if_it_is_in_all():
    purl = "pkg:deb/debian/x"

    assert debian({"11": "1.0-1", "12": "1.0-3"}, purl).effect is UNKNOWN
    assert debian({"11": "1.0-4", "12": "1.0-3"}, purl).effect is AFFECTED
    assert debian({"11": "1.0-1", "12": "1.0-2"}, purl).effect is UNAFFECTED


def test_the_fixes_that_come_after_a_version_are_told_in_their_order():
    subject = subject_of(component("pkg:pypi/x", "1.5"))
    assert subject is not None
    events = (INTRODUCED, {"fixed": "2.10"}, {"introduced": "2.1"}, {"fixed": "2.9"})
    document = record("OSV-1", entry("x", span(*events, {"fixed": "1.2"})))
    found = read(json.dumps(document).encode(), "osv.json")

    assert fixes(subject, found.affected) == ("2.9", "2.10")

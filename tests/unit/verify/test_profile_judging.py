"""What a profile may say of its policies, and the exceptions that it may make."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiverify.core.terms import Terms
from aiverify.core.waiver import Waiver
from aiverify.errors import MalformedError
from aiverify.verify.profile import Profile, read_profile
from tests.support.signatures import key

LEAST = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers: [{name: alice, keys: [alice.pub]}]
"""
EXCEPTION = """\
exceptions:
  - rule: aiverify.no_denied_cve.denied
    artifact: acme/llama
    path: /sbom/vulnerabilities/3
    reason: "not reachable: the parser is compiled out"
    until: 2027-01-31
    by: security@acme.example
  - {rule: AIV-PICKLE-DANGEROUS, artifact: "**", file: old, reason: r, until: "2027-01-31T12:00:00Z"}
"""  # noqa: E501


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "alice.pub").write_text(key(owner="alice").public.pem)
    return tmp_path


def read(folder: Path, text: str) -> Profile:
    path = folder / "aiverify.yaml"
    path.write_text(LEAST + text)
    return read_profile(path)


def test_policies_may_be_a_list_or_a_list_with_its_terms(folder: Path):
    plain = read(folder, "policies: [rules/]\n")
    assert (plain.policies, plain.terms) == (("rules/",), Terms())
    text = "policies: {from: [rules/, 'aiverify:@release'], include: ['@a'], exclude: [b, c.d]}\n"
    chosen = read(folder, text)
    assert chosen.policies == ("rules/", "aiverify:@release")
    assert chosen.terms == Terms(("@a",), ("b", "c.d"))
    strict = read(folder, "policies: {from: [rules/], fail_on_warn: true}\n")
    assert strict.terms == Terms(fail_on_warn=True)


def test_exceptions_say_all_that_they_say(folder: Path):
    assert read(folder, EXCEPTION).waivers == (
        Waiver(
            "aiverify.no_denied_cve.denied",
            "acme/llama",
            "not reachable: the parser is compiled out",
            datetime(2027, 1, 31, tzinfo=UTC),
            path="/sbom/vulnerabilities/3",
            by="security@acme.example",
        ),
        Waiver(
            "AIV-PICKLE-DANGEROUS",
            "**",
            "r",
            datetime(2027, 1, 31, 12, tzinfo=UTC),
            file="old",
        ),
    )
    assert read(folder, "").waivers == read(folder, "exceptions: []\n").waivers == ()


def test_an_exception_changes_the_profile_by_which_summaries_count(folder: Path):
    digests = {
        read(folder, text).digest
        for text in ("", EXCEPTION, EXCEPTION.replace("2027-01-31", "2028-01-31"))
    }
    assert len(digests) == 3


BROKEN = {
    "no policies": ("policies: {include: [a]}", r"policies\.from is missing"),
    "an empty from": ("policies: {from: []}", r"policies\.from is an empty list"),
    "from as a text": ("policies: {from: rules/}", r"policies\.from must be a list"),
    "an empty include": ("policies: {from: [a], include: []}", r"include is an empty list"),
    "an empty exclude": ("policies: {from: [a], exclude: []}", r"exclude is an empty list"),
    "include as a text": ("policies: {from: [a], include: b}", r"include must be a list"),
    "a typo": ("policies: {from: [a], excludes: [b]}", "unknown field excludes"),
    "a time for policies": ("policies: {from: [a], at: 2027-01-01}", "unknown field at"),
    "a word for true": ("policies: {from: [a], fail_on_warn: yes}", "true or false"),
    "exceptions as a mapping": ("exceptions: {rule: a.b}", "exceptions must be a list"),
    "an exception as a text": ("exceptions: [a.b]", r"exceptions\[1\] must be a mapping"),
    "too many": (f"exceptions: [{'a,' * 1001}]", "has 1001 entries"),
}  # fmt: skip

LACKING = {
    "no rule": ("rule: AIV-PICKLE-DANGEROUS, ", "", r"exceptions\[2\] has no rule"),
    "no artifact": ("artifact: \"**\", ", "", r"exceptions\[2\] has no artifact"),
    "no reason": ("reason: r, ", "", r"exceptions\[2\] has no reason"),
    "no end": (', until: "2027-01-31T12:00:00Z"', "", r"exceptions\[2\] has no until"),
    "an empty reason": ("reason: r,", 'reason: "",', r"reason must be a text"),
    "a blank reason": ("reason: r,", 'reason: " ",', "has no reason"),
    "a number for a reason": ("reason: r,", "reason: 1,", "reason must be a text"),
    "an unknown member": ("reason: r,", "reason: r, ticket: x,", "unknown field ticket"),
    "for ever": ('"2027-01-31T12:00:00Z"', "never", "until is never, which is no time"),
    "a day that is none": ('"2027-01-31T12:00:00Z"', "2027-02-30", "which is no time"),
    "a time without a zone": ("12:00:00Z", "12:00:00", "which is no time"),
    "a rule of who signed": ("PICKLE-DANGEROUS", "SIGNATURE-NONE", "no exception from"),
    "a rule of integrity": ("PICKLE-DANGEROUS", "INTEGRITY-CHANGED", "no exception from"),
    "everything": ("AIV-PICKLE-DANGEROUS", "'*'", "is no rule"),
    "a hostile rule": ("AIV-PICKLE-DANGEROUS", '"\\e[2J"', r"\\x1b\[2J is no rule"),
}  # fmt: skip


def refused(folder: Path, text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why) as caught:
        read(folder, text)
    assert "aiverify.yaml: " in caught.value.message
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("case", BROKEN)
def test_what_says_nothing_is_refused_by_its_place(folder: Path, case: str):
    text, why = BROKEN[case]
    refused(folder, f"{text}\n", why)


@pytest.mark.parametrize("case", LACKING)
def test_an_exception_that_lacks_something_is_refused(folder: Path, case: str):
    before, after, why = LACKING[case]
    assert before in EXCEPTION
    refused(folder, EXCEPTION.replace(before, after), why)

"""By which rules, from when on and with which exceptions policies judge, at the command line."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiverify.core.digest import Digest
from aiverify.policy import library
from tests.support.commands import assert_refused
from tests.support.desk import Desk
from tests.support.opa import needs_opa

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
LATER, PAST = (f"{NOW + days:%Y-%m-%d}" for days in (400 * DAY, -400 * DAY))
FAR = f"{NOW + 500 * DAY:%Y-%m-%d}"

RULES = f"""# METADATA
# title: Rules of the house
# custom:
#   collections: [house]
package house.rules

deny contains {{
	"code": "files",
	"msg": "there are files",
	"fix": "Have none.",
	"path": "/artifact/files/0",
}} if count(input.artifact.files) > 0

deny contains {{"code": "later", "msg": "not yet", "effective_on": "{LATER}"}} if input.artifact

warn contains {{"code": "odd", "msg": "it is odd", "path": "/artifact"}} if input.artifact
"""
COMING = f"""# METADATA
# title: Rules to come
# custom:
#   collections: [coming]
#   since: "{LATER}"
package house.coming

deny contains {{"code": "soon", "msg": "soon"}} if input.artifact
"""
PAIRS = [("house.coming.soon", "warning"), ("house.rules.files", "error"),
         ("house.rules.later", "warning"), ("house.rules.odd", "warning")]  # fmt: skip
EVAL = "policy eval model --policy rules --format json"


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model that Alice signed, and two rules of somebody's own."""
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    (desk / "rules").mkdir()
    (desk / "rules" / "rules.rego").write_text(RULES)
    (desk / "rules" / "coming.rego").write_text(COMING)
    return desk


def profile(desk: Desk, policies: Any = ("rules",), **more: Any) -> None:
    """A profile that trusts Alice and judges by the rules."""
    signers = [{"name": "alice", "keys": ["alice.pub"]}]
    desk.profile({"signers": signers}, policies=policies, **more)


def exception(**given: Any) -> dict[str, str]:
    members = {"rule": "house.rules.files", "artifact": "model", "reason": "they stay"}
    return {**members, "until": FAR, **given}


def told(desk: Desk, line: str, *words: str) -> tuple[int, list[tuple[str, str]], dict[str, Any]]:
    """Exit code, findings by id and weight, and the whole answer of either command."""
    done = desk.call(line, *words)
    assert done.out, done
    value = json.loads(done.out)
    steps = value.get("steps", [value])
    findings = [item for step in steps for item in step["findings"]]
    return done.exit_code, [(item["rule"], item["severity"]) for item in findings], value


def verify(desk: Desk, words: str = "") -> tuple[int, list[tuple[str, str]], dict[str, Any]]:
    return told(desk, f"verify model --profile aiverify.yaml --format json {words}")


# What a result says


@pytest.mark.parametrize("form", ["table", "json", "sarif", "junit", "github"])
def test_every_view_shows_what_a_result_says(at_hand: Desk, form: str):
    done = at_hand.call(f"verify model --key alice.pub --policy rules --format {form}")
    assert done.exit_code == 10
    for text in ("house.rules.files", "there are files", "Have none.", "/artifact/files/0"):
        assert text in done.out, text
    assert "house.rules.odd" in done.out


@pytest.mark.parametrize("form", ["table", "json"])
def test_eval_shows_what_a_result_says(at_hand: Desk, form: str):
    done = at_hand.call(f"policy eval model --policy rules --format {form}")
    assert done.exit_code == 10
    for text in ("house.rules.files", "there are files", "Have none.", "/artifact/files/0"):
        assert text in done.out, text


# Warnings, and rules to come


BOTH = pytest.mark.parametrize("line", [EVAL, "verify model --profile aiverify.yaml --format json"])


@BOTH
def test_what_denies_later_warns_now(at_hand: Desk, line: str):
    profile(at_hand)
    code, found, value = told(at_hand, line)
    assert (code, found) == (10, PAIRS)
    assert f"not yet (from {LATER} on this denies)" in json.dumps(value)


@BOTH
def test_a_warning_denies_where_it_is_told_to(at_hand: Desk, line: str):
    profile(at_hand)
    words = ("--exclude", "house.coming", "--exclude", "house.rules.files")
    code, found, _ = told(at_hand, line, *words)
    assert (code, found) == (0, PAIRS[2:])
    code, found, value = told(at_hand, line, *words, "--fail-on-warn")
    assert (code, [weight for _, weight in found]) == (10, ["error", "error"])
    assert value["terms"]["fail_on_warn"] is True


def test_a_profile_can_say_that_warnings_deny(at_hand: Desk):
    chosen = {"from": ["rules"], "include": ["house.rules.odd"]}
    profile(at_hand, chosen)
    assert verify(at_hand)[:2] == (0, [PAIRS[3]])
    profile(at_hand, {**chosen, "fail_on_warn": True})
    code, found, value = verify(at_hand)
    assert (code, found) == (10, [("house.rules.odd", "error")])
    assert value["terms"] == {
        "include": ["house.rules.odd"],
        "exclude": [],
        "fail_on_warn": True,
        "at": "",
    }


@BOTH
def test_a_look_ahead_denies_what_will_be_denied_and_says_of_when_it_speaks(
    at_hand: Desk, line: str
):
    profile(at_hand)
    words = ("--exclude", "house.rules.files", "--at")
    for at, weights in ((PAST, ["warning"] * 3), (LATER, ["error", "error", "warning"])):
        code, found, value = told(at_hand, line, *words, at)
        assert code == (10 if "error" in weights else 0)
        assert [weight for _, weight in found[:3]] == weights
        assert found[3:] == [("AIV-POLICY-AS-OF", "note")]
        assert value["terms"]["at"] == f"{at}T00:00:00Z"
        assert f"as of {at}T00:00:00Z" in json.dumps(value)


@pytest.mark.parametrize("form", ["table", "json", "sarif", "junit", "github"])
def test_no_view_hides_that_an_allow_is_of_another_time(at_hand: Desk, form: str):
    (at_hand / "rules" / "coming.rego").write_text(COMING.replace(LATER, PAST))
    words = "verify model --key alice.pub --policy rules --exclude house.rules.files"
    long_ago = f"{NOW - 800 * DAY:%Y-%m-%d}"
    assert at_hand.call(words).exit_code == 10
    done = at_hand.call(f"{words} --at {long_ago} --format {form}")
    assert done.exit_code == 0
    assert f"as of {long_ago}T00:00:00Z" in done.out
    assert "AIV-POLICY-AS-OF" in done.out


def test_another_time_is_for_policies_alone(at_hand: Desk):
    """A key that is not trusted yet stays so, however far somebody looks ahead, and back."""
    keys = [{"key": "alice.pub", "from": LATER}]
    at_hand.profile({"signers": [{"name": "alice", "keys": keys}]}, policies=["rules"])
    assert verify(at_hand)[2]["steps"][2]["outcome"] == "deny"
    assert verify(at_hand, f"--at {FAR}")[2]["steps"][2]["outcome"] == "deny"
    keys = [{"key": "alice.pub", "until": PAST}]
    at_hand.profile({"signers": [{"name": "alice", "keys": keys}]}, policies=["rules"])
    earlier = f"{NOW - 800 * DAY:%Y-%m-%d}"
    assert verify(at_hand, f"--at {earlier}")[2]["steps"][2]["outcome"] == "deny"


def test_a_policy_document_is_seen_at_that_time_and_any_other_as_it_stands(at_hand: Desk):
    (at_hand / "t.rego").write_text('package t\n\ndeny contains sprintf("%v", [input.now_ns])\n')
    at_hand.do("policy input model -o seen.json")
    (at_hand / "other.json").write_text('{"now_ns": 7}')
    words = "--policy t.rego --at 1970-01-02 --format json"
    seen, other = (
        told(at_hand, f"policy eval {name} {words}")[2] for name in ("seen.json", "other.json")
    )
    assert seen["findings"][0]["message"] == str(86_400 * 10**9)
    assert other["findings"][0]["message"] == "7"


def test_a_question_for_one_rule_is_weighed_alike(at_hand: Desk):
    words = f"{EVAL} --query data.house.coming.deny"
    assert told(at_hand, words)[:2] == (0, [PAIRS[0]])
    assert told(at_hand, f"{words} --fail-on-warn")[0] == 10
    assert told(at_hand, f"{words} --at {LATER}")[0] == 10
    done = at_hand.call(f"{words} --exclude house.rules")
    assert_refused(done, 2, "--query asks one rule")


# Exceptions


def test_an_exception_turns_a_denial_into_a_note_that_says_why(at_hand: Desk):
    profile(at_hand, exceptions=[exception(by="bob")])
    code, found, value = verify(at_hand)
    assert code == 0
    assert ("house.rules.files", "note") in found
    assert f"there are files (excepted by bob until {FAR}: they stay)" in json.dumps(value)
    assert value["until"] == f"{LATER}T00:00:00Z"


@pytest.mark.parametrize(
    ("given", "code", "remark"),
    [
        ({"until": PAST}, 10, "AIV-EXCEPTION-EXPIRED"),
        ({"rule": "house.rules.file"}, 10, "AIV-EXCEPTION-UNUSED"),
        ({"path": "/artifact/files/1"}, 10, "AIV-EXCEPTION-UNUSED"),
        ({"path": "/artifact/files/0"}, 0, ""),
        ({"rule": "house.rules.*"}, 0, ""),
        ({"artifact": "mod*"}, 0, ""),
        ({"artifact": "other"}, 10, ""),
    ],
)
def test_an_exception_counts_for_what_it_is_for_and_until_it_ends(
    at_hand: Desk, given: dict[str, str], code: int, remark: str
):
    profile(at_hand, exceptions=[exception(**given)])
    exit_code, found, _ = verify(at_hand)
    assert exit_code == code
    assert [rule for rule, _ in found if rule.startswith("AIV-")] == [remark] * bool(remark)


def test_an_exception_by_digest_is_for_these_very_bytes(at_hand: Desk):
    profile(at_hand)
    digest = verify(at_hand)[2]["artifact"]["digest"]
    profile(at_hand, exceptions=[exception(artifact=digest)])
    assert verify(at_hand)[0] == 0
    (at_hand / "model" / "README.md").write_bytes(b"# other\n")
    (at_hand / "model" / "model.sig").unlink()
    at_hand.do("sign model --key alice.key")
    assert verify(at_hand)[0] == 10


def test_an_exception_ends_in_a_look_ahead_and_does_not_come_back_in_a_look_back(at_hand: Desk):
    profile(
        at_hand, {"from": ["rules"], "include": ["house.rules.files"]}, exceptions=[exception()]
    )
    assert verify(at_hand, f"--at {LATER}")[0] == 0
    assert verify(at_hand, f"--at {FAR}")[0] == 10
    profile(at_hand, exceptions=[exception(until=PAST)])
    earlier = f"{NOW - 800 * DAY:%Y-%m-%d}"
    assert verify(at_hand, f"--at {earlier}")[0] == 10


def test_no_exception_is_made_from_who_signed(at_hand: Desk):
    profile(at_hand, exceptions=[exception(rule="AIV-SIGNATURE-NONE")])
    done = at_hand.call("verify model --profile aiverify.yaml")
    assert_refused(done, 3, "aiverify.yaml", "no exception from AIV-SIGNATURE-NONE")


# Choosing rules


@BOTH
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("--include @coming", PAIRS[:1]),
        ("--include house.rules.odd", PAIRS[3:]),
        ("--exclude @coming --exclude house.rules.files", PAIRS[2:]),
        ("--include @house --include @coming --exclude house.rules", PAIRS[:1]),
    ],
)
def test_rules_are_chosen_and_the_answer_says_how(
    at_hand: Desk, line: str, words: str, kept: list[tuple[str, str]]
):
    profile(at_hand)
    code, found, value = told(at_hand, line, *words.split())
    assert (code, found) == (0, kept)
    asked = words.split()
    for option in ("include", "exclude"):
        named = [asked[at + 1] for at, word in enumerate(asked) if word == f"--{option}"]
        assert value["terms"][option] == named


def test_a_rule_that_is_left_out_is_not_among_the_policies_that_judged(at_hand: Desk):
    profile(at_hand)
    assert set(verify(at_hand)[2]["policies"]) == {"rules/rules.rego", "rules/coming.rego"}
    some = verify(at_hand, "--exclude @coming")[2]["policies"]
    assert some == {"rules/rules.rego": str(Digest.of(RULES.encode()))}


@pytest.mark.parametrize("command", ["verify model --key alice.pub", "policy eval model"])
def test_shipped_rules_are_named_by_collection_or_all_at_once(at_hand: Desk, command: str):
    collection, names = next(iter(library.collections().items()))
    for word in (f"aiverify:@{collection}", "aiverify:*"):
        done = at_hand.call(f"{command} --policy {word} --format json")
        assert done.exit_code in (0, 10), done
    listed = json.loads(at_hand.do(f"policy list aiverify:@{collection} --format json"))
    assert [item["name"] for item in listed["rules"]] == [f"aiverify:{name}" for name in names]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ("--policy rules --include house.rule", 2, "--include names house.rule, which is no rule"),
        ("--policy rules --exclude house.rules.fils", 2, "--exclude names house.rules.fils"),
        ("--policy rules --exclude @hous", 2, "--exclude names @hous"),
        ("--policy rules --exclude @house --exclude @coming", 2, "nothing is left to judge by"),
        ("--policy aiverify:@nothing", 3, "no collection of shipped rules is called '@nothing'"),
        ("--policy rules --at tomorrow", 2, "--at is tomorrow"),
        ("--policy rules --at 2027-13-01", 2, "--at is 2027-13-01"),
        ("--policy rules --at 1969-12-31", 2, "--at is 1969-12-31"),
        ("--policy bad.rego", 3, "bad.rego:1: custom.since in METADATA is not a date"),
    ],
)
def test_words_that_mean_nothing_never_judge(at_hand: Desk, words: str, code: int, why: str):
    (at_hand / "bad.rego").write_text(COMING.replace(LATER, "soon"))
    for command in ("verify model --key alice.pub", "policy eval model"):
        assert_refused(at_hand.call(f"{command} {words}"), code, why)


@pytest.mark.parametrize(
    ("policies", "why"),
    [
        ({"from": ["rules"], "include": ["house.rule"]}, "policies.include names house.rule"),
        ({"from": ["rules"], "exclude": ["@hous"]}, "policies.exclude names @hous"),
        ({"from": ["rules"], "exclude": ["@house", "@coming"]}, "nothing is left to judge by"),
        ({"from": ["aiverify:@nothing"]}, "no collection of shipped rules"),
    ],
)
def test_a_profile_that_means_nothing_never_judges(at_hand: Desk, policies: Any, why: str):
    profile(at_hand, policies)
    assert_refused(at_hand.call("verify model --profile aiverify.yaml"), 3, why)


@pytest.mark.parametrize(
    "words", ["--at 2027-01-01", "--fail-on-warn", "--include a", "--exclude a"]
)
def test_terms_without_policies_would_be_a_false_comfort(at_hand: Desk, words: str):
    done = at_hand.call(f"verify model --key alice.pub {words}")
    assert_refused(done, 2, words.split(maxsplit=1)[0], "is about policies, and there is none")


def test_rules_are_listed_as_they_are_chosen_and_for_a_day(at_hand: Desk):
    def listed(words: str) -> dict[str, Any]:
        found = json.loads(at_hand.do(f"policy list rules --format json {words}"))
        return {item["package"]: item["effective"] for item in found["rules"]}

    assert listed("") == {"house.coming": None, "house.rules": None}
    assert listed("--exclude @coming") == {"house.rules": None}
    assert listed(f"--at {PAST}") == {"house.coming": False, "house.rules": True}
    assert listed(f"--at {LATER}") == {"house.coming": True, "house.rules": True}
    assert f"denies at {LATER}" in at_hand.do(f"policy list rules --at {LATER}")
    assert_refused(at_hand.call("policy list rules --include x"), 2, "--include names x")
    assert_refused(at_hand.call("policy list rules --at x"), 2, "--at is x")


# Summaries


SUM_UP = "verify model --profile aiverify.yaml --summary vsa.json --key verifier.key"


@pytest.fixture
def summing(at_hand: Desk) -> Desk:
    """A verifier, whose summaries the profile takes."""
    at_hand.key("verifier")
    summed_up(at_hand)
    return at_hand


def summed_up(desk: Desk, policies: Any = None, **more: Any) -> None:
    chosen = policies or {"from": ["rules"], "exclude": ["house.rules.files"]}
    summaries = {"signers": [{"name": "verifier", "keys": ["verifier.pub"]}]}
    profile(desk, chosen, summaries=summaries, **more)


@pytest.mark.parametrize(
    "words", [f"--at {PAST}", "--fail-on-warn", "--include @house", "--exclude house.rules.odd"]
)
def test_a_summary_speaks_of_the_profiles_terms_alone(summing: Desk, words: str):
    option = words.split(maxsplit=1)[0]
    done = summing.call(f"{SUM_UP} {words}")
    assert_refused(done, 2, "a summary speaks of what the profile judges by", option)
    assert not (summing / "vsa.json").exists()
    summing.do(SUM_UP)
    digest = verify(summing)[2]["artifact"]["digest"]
    rely = f"verify {digest} --profile aiverify.yaml --attestation vsa.json"
    assert summing.call(rely).exit_code == 0
    assert_refused(summing.call(f"{rely} {words}"), 2, option, "another verdict")


def test_a_summary_ends_on_the_day_on_which_its_verdict_would(summing: Desk):
    end = (datetime.now(UTC) + DAY).replace(microsecond=0)
    until = end.strftime("%Y-%m-%dT%H:%M:%SZ")
    summed_up(summing, ["rules"], exceptions=[exception(until=until)])
    summing.do(SUM_UP)
    statement = json.loads(base64.b64decode(summing.read("vsa.json")["dsseEnvelope"]["payload"]))
    assert statement["predicate"]["expires"] == until


@pytest.mark.parametrize(
    "change",
    [
        {"exceptions": [exception(rule="house.rules.odd")]},
        {"policies": {"from": ["rules"], "exclude": ["house.rules"]}},
        {"policies": {"from": ["rules"], "exclude": ["house.rules.files"], "fail_on_warn": False}},
    ],
)
def test_a_summary_by_other_terms_does_not_count(summing: Desk, change: dict[str, Any]):
    summing.do(SUM_UP)
    digest = verify(summing)[2]["artifact"]["digest"]
    summed_up(summing, **change)
    found = summing.denies(f"{digest} --profile aiverify.yaml --attestation vsa.json")
    assert "another profile" in found.told


# Both engines


@needs_opa
@pytest.mark.parametrize(
    "words",
    [
        "",
        "--fail-on-warn",
        f"--at {LATER}",
        f"--at {PAST}",
        "--include @house --exclude house.rules.files",
        "--exclude house.rules",
    ],
)
def test_both_engines_come_to_the_same_on_any_terms(at_hand: Desk, words: str):
    profile(at_hand, exceptions=[exception(), exception(rule="house.coming.*", until=PAST)])
    for command in (EVAL, "verify model --profile aiverify.yaml --format json"):
        own, other = (at_hand.call(f"{command} {words} {more}") for more in ("", "--engine opa"))
        assert own.out
        assert (own.exit_code, own.out) == (other.exit_code, other.out)

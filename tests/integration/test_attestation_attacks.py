"""Attestations that are not what somebody would have them be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.digest import Digest
from aiverify.operations.clock import rfc3339
from aiverify.signing import predicates
from tests.support.commands import assert_refused
from tests.support.desk import Desk
from tests.support.signatures import key, signed
from tests.support.sigstore.client import ALICE
from tests.support.sigstore.instance import LocalSigstore

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CUSTOM = predicates.named("custom").uri
VULNS = predicates.named("vulns").uri
TESTED = predicates.named("test-result").uri
BY_PROFILE = "model --profile aiverify.yaml"

BAD, OLD, NONE = "AIV-ATTESTATION-BAD", "AIV-ATTESTATION-OLD", "AIV-ATTESTATION-NONE"


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model that Alice signed, and keys of others."""
    desk.model()
    for owner in ("alice", "bob", "mallory"):
        desk.key(owner)
    desk.do("sign model --key alice.key")
    return desk


def root(desk: Desk) -> str:
    """The model's digest, in hexadecimal."""
    digest = desk.allows("model --key alice.pub").report["artifact"]["digest"]
    return str(digest).removeprefix("sha256:")


def stated(desk: Desk, **members: Any) -> dict[str, Any]:
    """A statement about the model."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "model", "digest": {"sha256": root(desk)}}],
        "predicateType": CUSTOM,
        "predicate": {},
        **members,
    }


def put(
    desk: Desk, says: Mapping[str, Any] | bytes, by: str = "alice", name: str = "a.json"
) -> str:
    """Sign a statement, well made or not, into a file; say the words that hand it to `verify`."""
    payload = says if isinstance(says, bytes) else json.dumps(says).encode()
    (desk / name).write_bytes(signed(payload, signer=key("p256", by)).to_bytes())
    return f"--attestation {name}"


def trusting(desk: Desk, *required: Any, **more: Any) -> None:
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    desk.profile({"signers": signers}, require={"attestations": list(required)}, **more)


def subject(**digests: str) -> list[dict[str, Any]]:
    return [{"name": "model", "digest": digests}]


# What it is about.

FOREIGN: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "another artifact": lambda _: subject(sha256="ab" * 32),
    "no SHA-256": lambda _: subject(sha512="ab" * 64),
    "the digest as one of another kind": lambda digest: subject(sha512=digest),
    "the digest in capitals": lambda digest: subject(sha256=digest.upper()),
    "the digest with its name": lambda digest: subject(sha256=f"sha256:{digest}"),
    "the digest with a space": lambda digest: subject(sha256=f"{digest} "),
    "the digest of a file in it": lambda _: subject(sha256=Digest.of(b"{}").hex),
    "a name alone": lambda _: subject(gitCommit="ab" * 20),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_an_attestation_of_something_else_is_refused(at_hand: Desk, case: str):
    words = put(at_hand, stated(at_hand, subject=FOREIGN[case](root(at_hand))))
    found = at_hand.denies(f"model --key alice.pub {words}")
    assert (found.step, found.rules) == ("attestations", [BAD])
    assert "speaks of another artifact" in found.told


@pytest.mark.parametrize("at", [0, 1])
def test_one_subject_of_several_may_be_this_artifact(at_hand: Desk, at: int):
    subjects = subject(sha256="ab" * 32)
    subjects.insert(at, subject(sha256=root(at_hand))[0])
    words = put(at_hand, stated(at_hand, subject=subjects))
    at_hand.allows(f"model --key alice.pub {words} --require custom")


def test_an_attestation_of_an_older_version_is_none_of_this_one(at_hand: Desk):
    (at_hand / "p.json").write_text("{}")
    at_hand.do("attest model --type custom --predicate p.json --key alice.key -o a.json")
    (at_hand / "model" / "config.json").write_text("[]")
    at_hand.do("sign model --key alice.key")
    assert at_hand.denies("model --key alice.pub --attestation a.json").rules == [BAD]


def test_an_attestation_is_about_what_is_signed_in_whatever_way(at_hand: Desk):
    (at_hand / "p.json").write_text("{}")
    at_hand.do("attest model --type custom --predicate p.json --key alice.key -o a.json")
    for way in ("--hash blake3", "--hash blake2b", "--shard-size 9", "--hash sha256"):
        at_hand.do(f"sign model --key alice.key {way}")
        at_hand.allows("model --key alice.pub --attestation a.json --require custom")


def test_a_statement_of_cosigns_about_one_file_is_taken(at_hand: Desk):
    """`cosign attest-blob` names the file by its own SHA-256, in a Statement v0.1."""
    file = at_hand / "model" / "README.md"
    digest = Digest.of(file.read_bytes()).hex
    says = {**stated(at_hand, subject=[{"name": "README.md", "digest": {"sha256": digest}}]),
            "_type": "https://in-toto.io/Statement/v0.1"}  # fmt: skip
    words = put(at_hand, says)
    at_hand.do("sign model/README.md --key alice.key")
    at_hand.allows(f"model/README.md --key alice.pub {words} --require custom")
    (at_hand / "model" / "README.md.sigstore.json").unlink()
    assert at_hand.denies(f"model --key alice.pub {words}").rules == [BAD]


# Who attests it, and what kind of thing.


@pytest.mark.parametrize(
    "other", [VULNS, f"{CUSTOM}/", CUSTOM.upper(), "https://model_signing/signature/v1.1"]
)
def test_an_attestation_of_another_type_is_not_the_one_that_is_required(at_hand: Desk, other: str):
    words = put(at_hand, stated(at_hand, predicateType=other))
    found = at_hand.denies(f"model --key alice.pub {words} --require custom")
    assert found.rules == [NONE]
    assert "custom: nobody trusted attests one" in found.told


def test_a_list_of_files_is_no_attestation_and_an_attestation_no_list_of_files(at_hand: Desk):
    put(at_hand, stated(at_hand))
    (at_hand / "model" / "model.sig").unlink()
    found = at_hand.denies("model --key alice.pub --signature a.json")
    assert "AIV-SIGNATURE-MISUSED" in found.rules


def test_a_stranger_attests_nothing(at_hand: Desk):
    words = put(at_hand, stated(at_hand), by="mallory")
    assert NONE in at_hand.denies(f"model --key alice.pub {words} --require custom").rules
    assert at_hand.allows(f"model --key alice.pub {words}").rules == ["AIV-SIGNATURE-BAD"]


def test_whoever_is_trusted_may_attest_what_another_signed(at_hand: Desk):
    trusting(at_hand, "custom")
    at_hand.allows(f"{BY_PROFILE} {put(at_hand, stated(at_hand), by='bob')}")


def test_what_was_attested_by_another_than_the_one_required_does_not_count(at_hand: Desk):
    trusting(at_hand, {"type": "custom", "signers": ["bob"]})
    found = at_hand.denies(f"{BY_PROFILE} {put(at_hand, stated(at_hand))}")
    assert "none of 1 attestation is by bob" in found.told


def test_one_who_attests_twice_is_one(at_hand: Desk):
    trusting(at_hand, {"type": "custom", "threshold": 2})
    one = put(at_hand, stated(at_hand))
    two = put(at_hand, stated(at_hand, predicate={"again": True}), name="b.json")
    assert "1 of 2 distinct signers" in at_hand.denies(f"{BY_PROFILE} {one} {two}").told
    three = put(at_hand, stated(at_hand), by="bob", name="c.json")
    at_hand.allows(f"{BY_PROFILE} {one} {two} {three}")


@pytest.mark.parametrize(
    ("required", "why"),
    [
        ({"type": "custom", "threshold": 0}, "threshold"),
        ({"type": "custom", "threshold": 3, "signers": ["alice", "bob"]}, "threshold"),
        ({"type": "custom", "threshold": 3}, "threshold"),
        ({"type": "custom", "signers": []}, "is an empty list"),
        ({"type": "custom", "signers": ["carol"]}, "names carol, who is no signer"),
        ({"type": "nothing"}, "no predicate type"),
        ({"type": "custom", "max_age": "7"}, "max_age is 7"),
        ({"type": "custom", "max_age": "0d"}, "max_age is 0d"),
        ({"type": "custom", "max_age": "-1d"}, "max_age is -1d"),
        ({"max_age": "1d"}, "type must be a text"),
        (["custom"], "must be a"),
    ],
)
def test_a_requirement_that_means_nothing_is_refused(at_hand: Desk, required: Any, why: str):
    trusting(at_hand, required)
    done = at_hand.call(f"verify {BY_PROFILE}")
    assert_refused(done, 3, "aiverify.yaml: require.attestations", why)


def test_a_requirement_of_the_command_line_adds_to_those_of_the_profile(at_hand: Desk):
    trusting(at_hand, "custom")
    words = put(at_hand, stated(at_hand))
    at_hand.allows(f"{BY_PROFILE} {words}")
    assert "vulns" in at_hand.denies(f"{BY_PROFILE} {words} --require vulns").told


MALFORMED = {
    "a key twice": b'{"_type": "https://in-toto.io/Statement/v1", "predicateType": "%s", '
    b'"subject": [{"digest": {"sha256": "%s"}}], "predicate": {"a": 1, "a": 2}}',
    "a predicate type twice": b'{"_type": "https://in-toto.io/Statement/v1", "predicateType": '
    b'"https://x", "predicateType": "%s", "subject": [{"digest": {"sha256": "%s"}}], '
    b'"predicate": {}}',
    "a predicate that is a list": b'{"_type": "https://in-toto.io/Statement/v1", '
    b'"predicateType": "%s", "subject": [{"digest": {"sha256": "%s"}}], "predicate": []}',
    "another version": b'{"_type": "https://in-toto.io/Statement/v2", "predicateType": "%s", '
    b'"subject": [{"digest": {"sha256": "%s"}}], "predicate": {}}',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_statement_that_readers_could_take_for_two_things_is_none(at_hand: Desk, case: str):
    payload = MALFORMED[case] % (CUSTOM.encode(), root(at_hand).encode())
    words = put(at_hand, payload)
    found = at_hand.denies(f"model --key alice.pub {words} --require custom")
    assert NONE in found.rules
    assert "AIV-SIGNATURE-BAD" in found.rules


# Until when it counts.


def at(moment: datetime) -> str:
    return rfc3339(moment)


@pytest.mark.parametrize(
    ("expires", "good"),
    [
        (at(NOW + DAY), True),
        (None, True),
        (at(NOW - DAY), False),
        ("2999-01-01T00:00:00+00:00", True),
        ("2999-01-01T00:00:00", False),
        ("2999-01-01", False),
        ("never", False),
        ("", False),
        (32503680000, False),
        (True, False),
        ([], False),
        ("9" * 10_000, False),
    ],
)
def test_what_has_expired_or_does_not_say_when_does_not_count(
    at_hand: Desk, expires: Any, good: bool
):
    words = put(at_hand, stated(at_hand, predicate={"expires": expires}))
    if good:
        at_hand.allows(f"model --key alice.pub {words} --require custom")
        return
    found = at_hand.denies(f"model --key alice.pub {words} --require custom")
    assert found.rules == [OLD, NONE]


@pytest.mark.parametrize("text", ["2030-W01-1T00:00:00Z", "20300101T000000Z", "2030-01-01", 7])
def test_an_expiry_that_verifiers_would_not_understand_is_not_attested(at_hand: Desk, text: Any):
    (at_hand / "p.json").write_text(json.dumps({"expires": text}))
    words = "attest model --type vulns --predicate p.json --key alice.key -o a.json"
    assert_refused(at_hand.call(words), 3, "its expiry is not a time")
    assert not (at_hand / "a.json").exists()


def test_an_attestation_does_not_lie_in_what_it_is_about(at_hand: Desk):
    (at_hand / "p.json").write_text("{}")
    words = "attest model --type vulns --predicate p.json --key alice.key -o model/a.json"
    assert_refused(at_hand.call(words), 2, "would lie in what it speaks of")


def test_what_was_signed_over_links_is_attested_over_them(at_hand: Desk):
    (at_hand / "model" / "link.txt").symlink_to("config.json")
    at_hand.do("sign model --key alice.key --allow-symlinks")
    (at_hand / "p.json").write_text("{}")
    at_hand.do("attest model --type vulns --predicate p.json --key alice.key -o a.json")
    at_hand.allows("model --key alice.pub --attestation a.json --require vulns")


def test_expiry_is_written_and_kept(at_hand: Desk):
    (at_hand / "p.json").write_text("{}")
    told = at_hand.do(
        "attest model --type custom --predicate p.json --key alice.key -o a.json --expires 2h"
    )
    assert "expires" in told
    at_hand.allows("model --key alice.pub --attestation a.json --require custom")
    done = at_hand.call(
        "attest model --type cyclonedx --predicate p.json --key alice.key -o b.json --expires 2h"
    )
    assert_refused(done, 2, "no place for when it expires")


def scanned(moment: datetime | None) -> dict[str, Any]:
    """A report of vulnerabilities that says when it was made."""
    return {"metadata": {"scanFinishedOn": at(moment)} if moment else {}}


@pytest.mark.parametrize(
    ("moment", "good", "rules"),
    [
        (NOW, True, []),
        (NOW - 6 * DAY, True, []),
        (NOW - 8 * DAY, False, [NONE]),
        (NOW + timedelta(minutes=2), True, []),
        (NOW + timedelta(hours=1), False, [OLD, NONE]),
        (NOW + 3650 * DAY, False, [OLD, NONE]),
        (None, False, [NONE]),
    ],
)
def test_what_must_be_recent_says_when_it_was_made(
    at_hand: Desk, moment: datetime | None, good: bool, rules: list[str]
):
    trusting(at_hand, {"type": "vulns", "max_age": "7d"})
    says = stated(at_hand, predicateType=VULNS, predicate=scanned(moment))
    words = f"{BY_PROFILE} {put(at_hand, says)}"
    found = at_hand.allows(words) if good else at_hand.denies(words)
    assert found.rules == rules


@pytest.mark.parametrize("value", ["yesterday", 7, {"a": 1}, "2999-01-01"])
def test_a_time_in_other_words_is_none(at_hand: Desk, value: Any):
    trusting(at_hand, {"type": "vulns", "max_age": "7d"})
    predicate = {"metadata": {"scanFinishedOn": value}}
    words = put(at_hand, stated(at_hand, predicateType=VULNS, predicate=predicate))
    assert NONE in at_hand.denies(f"{BY_PROFILE} {words}").rules


def stamped(desk: Desk, services: LocalSigstore, moment: datetime, predicate: dict) -> str:
    """What Alice attests, with a timestamp of some time."""
    (desk / "p.json").write_text(json.dumps(predicate))
    kind = "vulns" if predicate else "test-result"
    with services.tsa.having(at=moment):
        desk.do(
            f"attest model --type {kind} --predicate p.json --key alice.key -o a.json "
            "--timestamp --trust-config trust.json"
        )
    return "--attestation a.json --trust-config trust.json"


@pytest.mark.parametrize("age", [1 * DAY, 9 * DAY])
def test_a_timestamp_makes_nothing_young(at_hand: Desk, sigstore: LocalSigstore, age: timedelta):
    """Whoever has an old signature by a key can have it stamped anew."""
    at_hand.trust_config(sigstore)
    trusting(at_hand, {"type": "test-result", "max_age": "7d"})
    words = f"{BY_PROFILE} {stamped(at_hand, sigstore, NOW - age, {})}"
    assert at_hand.denies(words).rules == [NONE]


def test_what_states_no_time_is_as_old_as_its_signers_certificate(
    at_hand: Desk, sigstore: LocalSigstore
):
    at_hand.trust_config(sigstore)
    (at_hand / "p.json").write_text("{}")
    at_hand.do(
        "attest model --type test-result --predicate p.json -o a.json --trust-config trust.json "
        "--identity-token",
        sigstore.token(ALICE),
    )
    alice = {"name": "alice", "keys": ["alice.pub"]}
    tester = {"name": "tester", "identities": [{"issuer": sigstore.oidc_url, "name": ALICE}]}
    required = {"attestations": [{"type": "test-result", "max_age": "1h"}]}
    trust = {"signers": [alice, tester], "sigstore": "trust.json"}
    at_hand.profile(trust, require=required)
    at_hand.allows(f"{BY_PROFILE} --attestation a.json")


@pytest.mark.parametrize(
    ("says", "stamp", "good"),
    [
        (1 * DAY, 1 * DAY, True),
        (9 * DAY, 1 * DAY, False),  # an old one, stamped anew
        (1 * DAY, 9 * DAY, False),  # one that says to be younger than its timestamp
    ],
)
def test_the_oldest_time_that_is_known_counts(
    at_hand: Desk, sigstore: LocalSigstore, says: timedelta, stamp: timedelta, good: bool
):
    at_hand.trust_config(sigstore)
    trusting(at_hand, {"type": "vulns", "max_age": "7d"})
    words = stamped(at_hand, sigstore, NOW - stamp, scanned(NOW - says))
    (at_hand.allows if good else at_hand.denies)(f"{BY_PROFILE} {words}")


# SBOMs.


@pytest.fixture
def bundle(at_hand: Desk) -> Desk:
    """The same as a bundle, whose SBOM Alice attested."""
    at_hand.do("bundle model model -o tiny.tar")
    at_hand.do("sign tiny.tar --key alice.key")
    return at_hand


def sbom(desk: Desk) -> dict[str, Any]:
    desk.do("sbom model -o made.json")
    return desk.read("made.json")


def test_an_sbom_that_is_attested_twice_with_different_content_is_refused(bundle: Desk):
    other = {**sbom(bundle), "vulnerabilities": []}
    uri = predicates.CYCLONEDX
    words = put(bundle, stated(bundle, predicateType=uri, predicate=other))
    found = bundle.denies(f"tiny.tar --key alice.pub {words}")
    assert "2 different SBOMs are attested" in found.told


def test_an_sbom_that_the_files_contradict_is_not_attested(at_hand: Desk):
    document = sbom(at_hand)
    document["components"] = [
        {"type": "file", "name": "model.safetensors", "bom-ref": "file:model.safetensors",
         "hashes": [{"alg": "SHA-256", "content": "ab" * 32}]}
    ]  # fmt: skip
    (at_hand / "p.json").write_text(json.dumps(document))
    done = at_hand.call("attest model --type sbom --predicate p.json --key alice.key")
    assert_refused(done, 10, "the SBOM is not about these files")


def test_an_sbom_by_one_whom_the_kind_does_not_ask_is_not_believed(bundle: Desk):
    """Whoever may sign other kinds only must not say what a model is, either."""
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    kinds = {"model": {"signers": ["bob"]}}
    bundle.profile({"signers": signers, "kinds": kinds}, require={"sbom": True})
    bundle.do("sign model --key bob.key -o bob.sig --ignore model.sig")
    found = bundle.denies("tiny.tar --profile aiverify.yaml --signature bob.sig")
    assert found.step == "sbom"
    bundle.do("sign tiny.tar --key bob.key")
    bundle.allows("tiny.tar --profile aiverify.yaml")


# Where it is written.


def test_an_attestation_never_replaces_anothers_nor_a_key(at_hand: Desk):
    (at_hand / "p.json").write_text("{}")
    words = "attest model --type custom --predicate p.json --key"
    at_hand.do(f"{words} alice.key")
    place: Path = at_hand / "model.custom.sigstore.json"
    before = place.read_bytes()
    assert_refused(at_hand.call(f"{words} bob.key"), 2, "signature by another key")
    assert_refused(at_hand.call(f"{words} bob.key -o alice.pub"), 2, "is no signature")
    assert place.read_bytes() == before
    at_hand.allows(f"model --key alice.pub --attestation {place.name} --require custom")


@pytest.mark.parametrize(
    ("text", "exit_code"), [('{"a": 1, "a": 2}', 3), ("[]", 3), ("", 3), ("{", 3), ("\xff", 3)]
)
def test_a_predicate_that_is_no_object_is_refused(at_hand: Desk, text: str, exit_code: int):
    (at_hand / "p.json").write_bytes(text.encode("latin-1"))
    done = at_hand.call("attest model --type custom --predicate p.json --key alice.key")
    assert_refused(done, exit_code, "p.json")

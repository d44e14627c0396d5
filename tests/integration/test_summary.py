"""Summaries of a verdict: who may make one, about what, by what, and for how long."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiverify.bundle.layout import open_bundle
from aiverify.core.digest import Digest
from aiverify.files.progress import Silent
from aiverify.operations.clock import rfc3339
from aiverify.operations.verify import VerifyRequest, context_for
from aiverify.signing import predicates, signature_file, timestamps
from tests.support.commands import assert_refused
from tests.support.desk import Desk, Judged
from tests.support.signatures import key, signed
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.trust import Period
from tests.support.verifying import root_of

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SUM_UP = "verify model --profile aiverify.yaml --summary vsa.json --key verifier.key"
NONE = "AIV-SUMMARY-NONE"


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model that Alice signed, a profile that takes her signature and a verifier's summaries."""
    desk.model()
    for owner in ("alice", "verifier", "mallory"):
        desk.key(owner)
    profile(desk)
    desk.do("sign model --key alice.key")
    return desk


def profile(desk: Desk, **more: Any) -> None:
    summaries = {"signers": [{"name": "verifier", "keys": ["verifier.pub"]}]}
    signers = [{"name": "alice", "keys": ["alice.pub"]}]
    desk.profile({"signers": signers}, summaries={**summaries, **more.pop("summaries", {})}, **more)


def digest_of(desk: Desk) -> str:
    return str(desk.allows("model --key alice.pub").report["artifact"]["digest"])


def rely(desk: Desk, digest: str, *words: str) -> Judged:
    return desk.judge(f"{digest} --profile aiverify.yaml --attestation vsa.json", *words)


def refused(desk: Desk, digest: str, why: str, *words: str) -> None:
    found = rely(desk, digest, *words)
    assert (found.exit_code, found.verdict, found.rules) == (10, "deny", [NONE]), found.report
    assert why in found.told


def says(desk: Desk) -> dict[str, Any]:
    """The statement of the summary."""

    found: dict[str, Any] = json.loads(
        base64.b64decode(desk.read("vsa.json")["dsseEnvelope"]["payload"])
    )
    return found


def resign(desk: Desk, change: Callable[[dict[str, Any]], object], by: str = "verifier") -> None:
    """The summary with something else in it, signed by somebody."""
    value = says(desk)
    change(value)
    (desk / "vsa.json").write_bytes(
        signed(json.dumps(value).encode(), signer=key("p256", by)).to_bytes()
    )


@pytest.fixture
def summed(at_hand: Desk) -> Desk:
    """The same with a summary of the verdict."""
    at_hand.do(SUM_UP)
    return at_hand


def test_a_summary_stands_for_the_bytes(summed: Desk):
    digest = digest_of(summed)
    shutil.rmtree(summed / "model")
    found = rely(summed, digest)
    assert (found.exit_code, found.verdict) == (0, "allow")
    assert [item["signer"] for item in found.signatures] == ["verifier"]
    outcomes = {step["name"]: step["outcome"] for step in found.report["steps"]}
    assert outcomes["contents"] == "skipped"  # nobody looked, and the report does not say so


def test_a_summary_says_what_gave_the_verdict_and_until_when(summed: Desk):
    statement = says(summed)
    predicate = statement["predicate"]
    assert statement["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert predicate["verificationResult"] == "PASSED"
    data = (summed / "aiverify.yaml").read_bytes()
    assert predicate["policy"]["digest"] == {"sha256": Digest.of(data).hex}
    made, end = (datetime.fromisoformat(predicate[name]) for name in ("timeVerified", "expires"))
    assert end - made == 7 * DAY


def test_a_bundle_is_known_by_its_manifest_as_well(at_hand: Desk):
    at_hand.do("bundle model model -o tiny.tar")
    at_hand.do("sign tiny.tar --key alice.key")
    at_hand.do(SUM_UP.replace("model", "tiny.tar", 1))
    manifest = str(open_bundle(at_hand / "tiny.tar").descriptor.digest)
    for digest in (manifest, digest_of(at_hand)):
        assert rely(at_hand, digest).verdict == "allow"


def test_a_summary_is_not_believed_without_somebody_who_trusts_summaries(summed: Desk):
    digest = digest_of(summed)
    summed.profile({"signers": [{"name": "alice", "keys": ["alice.pub"]}]})
    refused(summed, digest, "the profile trusts nobody's summaries")


def test_a_summary_by_whoever_is_trusted_for_artifacts_only_is_refused(at_hand: Desk):
    at_hand.do(SUM_UP.replace("verifier.key", "alice.key"))
    refused(at_hand, digest_of(at_hand), "no trusted key made it")


def test_whoever_is_trusted_for_summaries_signs_no_artifacts(at_hand: Desk):
    at_hand.do("sign model --key verifier.key -o v.sig --ignore model.sig")
    at_hand.denies("model --profile aiverify.yaml --signature v.sig")


def test_a_summary_is_no_signature_of_the_bytes(summed: Desk):
    signers = [{"name": "verifier", "keys": ["verifier.pub"]}]
    summed.profile({"signers": signers}, name="other.yaml")
    summed.denies("model --profile other.yaml --signature vsa.json")


def test_a_summary_of_another_artifact_is_refused(summed: Desk):
    refused(summed, str(Digest.of(b"another")), "it speaks of another artifact")


def test_the_digest_of_a_file_in_it_is_not_the_artifact(summed: Desk):
    file = str(Digest.of((summed / "model" / "config.json").read_bytes()))
    refused(summed, file, "it speaks of another artifact")


def test_a_summary_by_another_profile_is_refused(summed: Desk):
    digest = digest_of(summed)
    (summed / "aiverify.yaml").write_text((summed / "aiverify.yaml").read_text() + "\n")
    refused(summed, digest, "its verdict was by another profile")


def test_a_summary_by_other_keys_is_refused_though_the_profile_is_the_same(summed: Desk):
    """A profile names its keys by the files that they are in."""
    digest = digest_of(summed)
    summed.key("mallory")
    shutil.copy(summed / "mallory.pub", summed / "alice.pub")
    refused(summed, digest, "its verdict was by other trusted keys")


def test_a_summary_by_other_policies_is_refused(at_hand: Desk):
    at_hand.do(SUM_UP)
    digest = digest_of(at_hand)
    rule = 'package extra\nimport rego.v1\ndeny contains "no" if input.artifact.name == "x"\n'
    (at_hand / "extra.rego").write_text(rule)
    refused(at_hand, digest, "its verdict was by other policies", "--policy", "extra.rego")
    at_hand.do(f"{SUM_UP} --policy extra.rego")
    assert rely(at_hand, digest, "--policy", "extra.rego").verdict == "allow"
    refused(at_hand, digest, "its verdict was by other policies")
    (at_hand / "extra.rego").write_text(f"{rule}# changed\n")
    refused(at_hand, digest, "its verdict was by other policies", "--policy", "extra.rego")


def test_a_summary_of_a_refusal_allows_nothing(at_hand: Desk):
    digest = digest_of(at_hand)
    (at_hand / "model" / "added.py").write_text("")
    done = at_hand.call(SUM_UP)
    assert done.exit_code == 10
    assert "deny" in done.out
    statement = says(at_hand)
    assert statement["predicate"]["verificationResult"] == "FAILED"
    named = f"sha256:{statement['subject'][0]['digest']['sha256']}"
    refused(at_hand, named, "it says that the artifact was denied")
    assert named != digest
    refused(at_hand, digest, "it speaks of another artifact")


def test_what_was_denied_before_it_was_known_has_no_summary_and_its_verdict_is_told(
    at_hand: Desk,
):
    (at_hand / "model" / "model.sig").unlink()
    done = at_hand.call(SUM_UP)
    assert done.exit_code == 10
    assert "has no signature" in done.out
    assert "no summary of it" in done.err
    assert not (at_hand / "vsa.json").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--only config.json", "--only leaves files out"),
        ("--ignore config.json", "--ignore leaves files out"),
        ("--ignore-unsigned", "--ignore-unsigned leaves files out"),
        ("--key mallory.key", "signed with one key"),
    ],
)
def test_a_summary_is_of_all_and_by_one(at_hand: Desk, words: str, why: str):
    done = at_hand.call(f"{SUM_UP} {words}")
    assert done.exit_code == 2
    assert why in done.err
    assert not (at_hand / "vsa.json").exists()


def test_a_summary_is_of_no_more_than_enough_signers_vouch_for(desk: Desk):
    """Two must sign, and one of them leaves a file out: nobody verified what the other named."""
    desk.model()
    for owner in ("alice", "bob", "verifier"):
        desk.key(owner)
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    summaries = {"signers": [{"name": "verifier", "keys": ["verifier.pub"]}]}
    desk.profile({"threshold": 2, "signers": signers}, summaries=summaries)
    desk.do("sign model --key alice.key -o a.sig")
    desk.do("sign model --key bob.key -o b.sig --ignore README.md")
    desk.do(f"{SUM_UP} --signature a.sig --signature b.sig")
    whole = str(root_of(desk / "model"))
    refused(desk, whole, "speaks of another artifact")
    assert rely(desk, f"sha256:{says(desk)['subject'][0]['digest']['sha256']}").exit_code == 0


def test_a_key_that_was_revoked_sums_nothing_up(summed: Desk):
    digest = digest_of(summed)
    trust = {"signers": [{"name": "alice", "keys": ["alice.pub"]}]}
    summaries = {"signers": [{"name": "verifier", "keys": ["verifier.pub"]}]}
    summed.profile({**trust, "revoked": {"keys": ["verifier.pub"]}}, summaries=summaries)
    summed.do(SUM_UP)
    refused(summed, digest, "its key was revoked")


def test_a_summary_by_another_sigstore_is_refused(at_hand: Desk, sigstore: LocalSigstore):
    """The same profile believes other people where other services vouch for them."""
    at_hand.trust_config(sigstore)
    at_hand.trust_config(sigstore, "other.json", fulcio=Period(end=NOW + DAY))
    at_hand.do(f"{SUM_UP} --trust-config trust.json")
    digest = digest_of(at_hand)
    assert rely(at_hand, digest, "--trust-config", "trust.json").exit_code == 0
    refused(at_hand, digest, "other trusted keys", "--trust-config", "other.json")
    refused(at_hand, digest, "other trusted keys")


def test_a_summary_counts_from_now_whatever_time_builds_are_given(at_hand: Desk):
    at_hand.do(SUM_UP, SOURCE_DATE_EPOCH="4102444800")
    assert says(at_hand)["predicate"]["timeVerified"] < "2099"
    assert rely(at_hand, digest_of(at_hand)).exit_code == 0


def test_a_summary_does_not_lie_in_what_it_is_about(at_hand: Desk):
    done = at_hand.call(f"{SUM_UP.replace('vsa.json', 'model/vsa.json')}")
    assert done.exit_code == 2
    assert "would lie in what it speaks of" in done.err
    assert not (at_hand / "model" / "vsa.json").exists()


def test_a_summary_names_no_paths_of_whoever_made_it(at_hand: Desk):
    (at_hand / "house.rego").write_text('package house\n\ndeny contains "no" if input.none\n')
    profile(at_hand, policies=["house.rego"])
    at_hand.do(SUM_UP)
    named = says(at_hand)["predicate"]["policy"]["annotations"]["policies"]
    assert [item[:7] for item in named] == ["sha256:"]
    assert "house" not in json.dumps(says(at_hand))


@pytest.mark.parametrize(
    "option",
    [
        "--signature x.sig",
        "--require vulns",
        "--only onnx",
        "--ignore onnx",
        "--ignore-unsigned",
        "--base model",
    ],
)
def test_what_is_about_files_is_refused_where_there_are_none(summed: Desk, option: str):
    words = f"verify {digest_of(summed)} --profile aiverify.yaml --attestation vsa.json {option}"
    assert_refused(summed.call(words), 2, option.partition(" ")[0], "has none at hand")


def test_a_directory_of_a_digests_name_is_verified(summed: Desk):
    digest = digest_of(summed)
    (summed / "model").rename(summed / digest)
    (summed / digest / "config.json").write_text("{}")
    found = rely(summed, digest)
    assert (found.exit_code, found.step) == (10, "integrity")


def test_a_summary_needs_a_profile(at_hand: Desk):
    done = at_hand.call("verify model --summary vsa.json --key verifier.key")
    assert_refused(done, 2)
    assert not (at_hand / "vsa.json").exists()


def test_a_summary_of_a_summary_is_none(summed: Desk):
    words = "--profile aiverify.yaml --attestation vsa.json --summary v2.json --key verifier.key"
    done = summed.call(f"verify {digest_of(summed)} {words}")
    assert done.exit_code == 2
    assert not (summed / "v2.json").exists()


def test_a_summary_never_replaces_what_is_no_signature_of_ones_own(summed: Desk):
    for name in ("alice.pub", "model/model.sig"):
        before = (summed / name).read_bytes()
        assert summed.call(SUM_UP.replace("vsa.json", name)).exit_code == 2
        assert (summed / name).read_bytes() == before
    summed.do(SUM_UP)


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "expired": (lambda p: p.update(expires=rfc3339(NOW - DAY)), "it expired on"),
    "without an end": (lambda p: p.pop("expires"), "does not say until when"),
    "with an end in words": (lambda p: p.update(expires="later"), "its expiry is not a time"),
    "without a time": (lambda p: p.pop("timeVerified"), "does not say when"),
    "of a time to come": (
        lambda p: p.update(timeVerified=rfc3339(NOW + DAY)),
        "says a time to come",
    ),
    "failed": (lambda p: p.update(verificationResult="FAILED"), "was denied"),
    "without a result": (lambda p: p.pop("verificationResult"), "was denied"),
    "with a result in other letters": (lambda p: p.update(verificationResult="passed"), "denied"),
    "without a policy": (lambda p: p.pop("policy"), "by another profile"),
    "with a policy in words": (lambda p: p.update(policy="aiverify.yaml"), "by another profile"),
    "without digests": (lambda p: p["policy"].pop("digest"), "by another profile"),
    "without annotations": (lambda p: p["policy"].pop("annotations"), "by other trusted keys"),
    "without policies": (lambda p: p["policy"]["annotations"].pop("policies"), "other policies"),
    "without trust": (lambda p: p["policy"]["annotations"].pop("trust"), "other trusted keys"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_summary_that_says_something_else_is_refused_whoever_signed_it(summed: Desk, case: str):
    change, why = CHANGES[case]
    resign(summed, lambda value: change(value["predicate"]))
    refused(summed, digest_of(summed), why)


def test_a_summary_that_was_altered_is_refused(summed: Desk):
    resign(summed, lambda value: None, by="mallory")
    refused(summed, digest_of(summed), "no trusted key made it")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(predicateType=predicates.PROVENANCE),
        lambda value: value.update(predicateType="https://slsa.dev/verification_summary/v0.2"),
    ],
)
def test_another_statement_is_no_summary(summed: Desk, change: Callable[[Mapping], object]):
    resign(summed, change)
    refused(summed, digest_of(summed), "it is not a verification summary")


def test_a_summary_may_have_to_be_about_a_name_too(at_hand: Desk):
    at_hand.do(f"{SUM_UP} --uri oci://r.example/tiny:1")
    digest = digest_of(at_hand)
    assert rely(at_hand, digest, "--uri", "oci://r.example/tiny:1").verdict == "allow"
    assert rely(at_hand, digest).verdict == "allow"
    for other in ("oci://r.example/tiny:2", "oci://r.example/tiny:1 "):
        refused(at_hand, digest, "it is not about", "--uri", other)


@pytest.mark.parametrize(
    ("age", "good"), [(timedelta(minutes=30), True), (timedelta(hours=2), False)]
)
def test_a_summary_is_no_older_than_the_profile_allows(at_hand: Desk, age: timedelta, good: bool):
    profile(at_hand, summaries={"max_age": "1h"})
    at_hand.do(SUM_UP)
    digest = digest_of(at_hand)
    resign(at_hand, lambda value: value["predicate"].update(timeVerified=rfc3339(NOW - age)))
    if good:
        assert rely(at_hand, digest).verdict == "allow"
    else:
        refused(at_hand, digest, "older than the profile allows")


def test_an_old_summary_is_not_made_new_by_a_new_timestamp(at_hand: Desk, sigstore: LocalSigstore):
    """Whoever has it can have it stamped again: a timestamp says only that it existed by then."""
    profile(at_hand, summaries={"max_age": "1h"})
    at_hand.trust_config(sigstore)
    at_hand.do(SUM_UP)
    digest = digest_of(at_hand)
    resign(at_hand, lambda value: value["predicate"].update(timeVerified=rfc3339(NOW - DAY)))
    old = signature_file.parse((at_hand / "vsa.json").read_bytes(), "vsa.json")
    token = timestamps.request(sigstore.tsa_url, old.signature)
    (at_hand / "vsa.json").write_bytes(replace(old, timestamps=(token,)).to_bytes())
    words = ("--trust-config", "trust.json")
    refused(at_hand, digest, "older than the profile allows", *words)


def test_one_good_summary_among_bad_ones_is_enough(summed: Desk):
    digest = digest_of(summed)
    shutil.copy(summed / "vsa.json", summed / "good.json")
    resign(summed, lambda value: value["predicate"].update(verificationResult="FAILED"))
    assert rely(summed, digest, "--attestation", "good.json").verdict == "allow"


def test_a_digest_without_a_profile_or_a_summary_is_refused(at_hand: Desk):
    digest = digest_of(at_hand)
    done = at_hand.call(f"verify {digest} --key alice.pub --attestation vsa.json")
    assert_refused(done, 2, "a digest has no bytes to verify")
    found = at_hand.denies(f"{digest} --profile aiverify.yaml")
    assert "no summary speaks of" in found.told


@pytest.mark.parametrize("text", ["sha256:12", "sha512:" + "ab" * 64, "SHA256:" + "ab" * 32])
def test_what_is_no_digest_is_a_path_that_does_not_exist(at_hand: Desk, text: str):
    done = at_hand.call(f"verify {text} --profile aiverify.yaml")
    assert_refused(done, 3, "does not exist")


def test_a_summary_by_identity(at_hand: Desk, sigstore: LocalSigstore):
    at_hand.trust_config(sigstore)
    known = {"issuer": sigstore.oidc_url, "name": "ci@example.com"}
    verifier = {"signers": [{"name": "ci", "identities": [known]}]}
    profile(at_hand, summaries=verifier)
    line = SUM_UP.replace(" --key verifier.key", " --trust-config trust.json")
    at_hand.do(line, SIGSTORE_ID_TOKEN=sigstore.token("ci@example.com"))
    digest = digest_of(at_hand)
    assert rely(at_hand, digest, "--trust-config", "trust.json").verdict == "allow"
    at_hand.do(line.replace("vsa.json", "m.json"),
               SIGSTORE_ID_TOKEN=sigstore.token("mallory@example.com"))  # fmt: skip
    shutil.copy(at_hand / "m.json", at_hand / "vsa.json")
    refused(at_hand, digest, "whom trust does not name", "--trust-config", "trust.json")


def test_an_identity_that_sums_up_is_known_by_the_public_instance_unless_one_is_named(
    at_hand: Desk,
):
    known = {"issuer": "https://issuer.example", "name": "ci@example.com"}
    profile(at_hand, summaries={"signers": [{"name": "ci", "identities": [known]}]})
    request = VerifyRequest(at_hand / "model", profile=at_hand / "aiverify.yaml", offline=True)
    material = context_for(request, Silent()).material
    assert material is not None
    assert material.where == "the public Sigstore instance"

"""The judge: what it admits, what it refuses, and that nobody talks their way out."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.report import Verdict
from aiverify.webhook.request import Operation
from tests.support.judging import Court, court, pod, request, rules_of
from tests.support.small_registry import Fault, Out
from tests.support.story import Story
from tests.support.verifying import signed_bundle, unsigned_bundle, write_tree

NONE = "AIV-SIGNATURE-NONE"
UNREACHED = "AIV-ADMISSION-OUT-OF-REACH"
LATER = (datetime.now(UTC) + timedelta(days=30)).isoformat()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        yield made


@pytest.fixture
def good(sitting: Court) -> str:
    """The signed model, by digest."""
    return sitting.put(sitting.story.model_tar)


@pytest.fixture
def bad(sitting: Court) -> str:
    """A model that nobody signed, by digest."""
    tree = sitting.story.copy(sitting.story.model, sitting.place / "bad")
    (tree / "model.sig").unlink()
    return sitting.put(unsigned_bundle(tree, sitting.place / "bad.tar"), "bad")


def unreachable(sitting: Court) -> None:
    sitting.liar.registry.faults.append(Fault(".*", times=10**6, says=Out(503)))


def reachable(sitting: Court) -> None:
    sitting.liar.registry.faults.clear()


# What is judged, and what is not.


def test_a_signed_model_is_admitted_and_the_log_says_what_was_judged(sitting: Court, good: str):
    decision = sitting.admits(request(pod(good)))
    assert (decision.code, decision.message, decision.warnings) == (200, "", ())
    assert decision.annotations["verdict"] == "allow"
    assert decision.annotations["profile"] == sitting.loaded.profile.digest
    assert good.partition("@")[2] in decision.annotations["digests"]


def test_an_unsigned_model_is_refused_with_place_rule_and_fix(sitting: Court, bad: str):
    decision = sitting.refuses(request(pod(bad)), NONE)
    assert decision.code == 403
    assert decision.annotations["verdict"] == "deny"
    assert decision.annotations["rules"] == NONE
    first, reason, fix = decision.message.splitlines()
    assert first == "Pod refused for 1 reason:"
    assert "has no signature (at /spec/volumes/0/image/reference) [AIV-SIGNATURE-NONE]" in reason
    assert fix.startswith("  -> Sign the artifact")


def test_one_bad_reference_among_good_ones_is_enough(sitting: Court, good: str, bad: str):
    decision = sitting.refuses(request(pod(good, bad, good)), NONE)
    assert [item.verdict for item in decision.judged] == ["allow", "deny", "allow"]
    assert "/spec/volumes/1/image/reference" in decision.message


def test_what_names_no_model_is_admitted(sitting: Court):
    decision = sitting.admits(request(pod()))
    assert decision.annotations["references"] == "0"


def test_a_deletion_is_admitted(sitting: Court, bad: str):
    gone = request(None, old=pod(bad), operation=Operation.DELETE)
    assert sitting.admits(gone).annotations["verdict"] == "deletion"


def test_a_dry_run_is_judged_like_any_other(sitting: Court, good: str, bad: str):
    assert sitting.admits(request(pod(good), dry_run=True)).judged
    sitting.refuses(request(pod(bad), dry_run=True), NONE)


@pytest.mark.parametrize(
    "user",
    ["system:serviceaccount:kube-system:replicaset-controller", "system:admin", "aiverify"],
)
def test_a_pod_that_its_owner_creates_is_judged_like_any_other(user: str, sitting: Court, bad: str):
    owned = pod(bad, ownerReferences=[{"kind": "ReplicaSet", "controller": True}])
    sitting.refuses(request(owned, user=user, groups=["system:masters"]), NONE)


@pytest.mark.parametrize("owner", ["Deployment", "StatefulSet", "Job"])
def test_the_owner_of_pods_is_judged_before_it_makes_any(owner: str, sitting: Court, bad: str):
    inner = pod(bad)
    group = "batch/v1" if owner == "Job" else "apps/v1"
    made = {
        "apiVersion": group,
        "kind": owner,
        "metadata": {"name": "d"},
        "spec": {"template": {"metadata": {}, "spec": inner["spec"]}},
    }
    decision = sitting.refuses(request(made), NONE)
    assert "/spec/template/spec/volumes/0/image/reference" in decision.message


def test_a_change_of_scale_names_no_model(sitting: Court):
    scale = {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {"name": "d"},
        "spec": {"replicas": 3},
    }
    decision = sitting.admits(request(scale, old=scale | {"spec": {}}, subresource="scale"))
    assert not decision.judged


def test_an_ephemeral_container_is_judged(sitting: Court, good: str):
    old, new = pod(good), pod(good)
    image = "registry.example/vllm:1"
    new["spec"]["ephemeralContainers"] = [
        {"name": "e", "image": image, "args": ["--model", "hf://acme/other"]}
    ]
    decision = sitting.decide(request(new, old=old, subresource="ephemeralcontainers"))
    assert not decision.allowed
    assert "/spec/ephemeralContainers/0" in decision.message


def test_whoever_connects_names_no_model(sitting: Court):
    options = {"apiVersion": "v1", "kind": "PodExecOptions", "command": ["sh"]}
    assert sitting.admits(request(options, operation=Operation.CONNECT)).judged == ()


def test_a_request_without_an_object_is_refused(sitting: Court, bad: str):
    for operation in (Operation.CREATE, Operation.UPDATE):
        asked = request(None, old=pod(bad), operation=operation)
        sitting.refuses(asked, "AIV-ADMISSION-UNRESOLVED")


# Updates.


def test_an_update_is_judged_again(sitting: Court, good: str, bad: str):
    sitting.refuses(request(pod(bad), old=pod(good)), NONE)
    sitting.admits(request(pod(good), old=pod(bad)))


@pytest.mark.parametrize(
    "metadata",
    [
        {"finalizers": []},
        {"finalizers": ["a/b"], "deletionTimestamp": "2026-01-01T00:00:00Z"},
        {"labels": {"a": "b"}},
    ],
    ids=["fewer finalizers", "deleted", "labels"],
)
def test_what_was_denied_since_still_loses_its_finalizers(
    metadata: dict[str, Any], sitting: Court, bad: str
):
    old = pod(bad, finalizers=["a/b", "c/d"])
    new = pod(bad, **metadata) | {"status": {"phase": "Running"}}
    assert sitting.admits(request(new, old=old)).annotations["verdict"] == "unchanged"


def test_an_update_that_changes_the_object_too_is_judged(sitting: Court, bad: str):
    new = pod(bad, finalizers=[])
    new["spec"]["activeDeadlineSeconds"] = 1
    sitting.refuses(request(new, old=pod(bad, finalizers=["a/b"])), NONE)


def test_metadata_that_names_a_model_is_judged(sitting: Court, good: str):
    named = "internal.serving.kserve.io/storage-initializer-sourceuri"
    new = pod(good, annotations={named: "hf://acme/other"})
    decision = sitting.decide(request(new, old=pod(good)))
    assert not decision.allowed


def test_an_update_without_what_was_before_is_judged(sitting: Court, bad: str):
    sitting.refuses(request(pod(bad), operation=Operation.UPDATE), NONE)


# Exemptions.


def exempting(**scope: Any) -> dict[str, Any]:
    return {"exemptions": [{"reason": "being moved", "expires": LATER, **scope}]}


@pytest.mark.parametrize(
    "scope",
    [
        {"namespaces": ["serv*"]},
        {"users": ["alice"], "namespaces": ["serving"]},
        {"groups": ["ops"], "namespaces": ["serving"]},
        {"objects": ["Pod/p"], "namespaces": ["serving"]},
    ],
    ids=["namespace", "user", "group", "object"],
)
def test_what_is_exempt_is_admitted_and_the_log_says_by_what(
    scope: dict[str, Any], sitting: Court, bad: str
):
    sitting.rule(exempting(**scope))
    decision = sitting.admits(request(pod(bad), groups=["ops"]))
    assert decision.annotations["verdict"] == "exempt"
    assert decision.annotations["exempted-by"].startswith("being moved (until ")


@pytest.mark.parametrize(
    "scope",
    [
        {"namespaces": ["other"]},
        {"namespaces": ["serving"], "users": ["bob"]},
        {"namespaces": ["serving"], "groups": ["dev"]},
        {"namespaces": ["serving"], "objects": ["Pod/q*"]},
        {"namespaces": ["serving"], "objects": ["Deployment/p"]},
    ],
)
def test_what_another_exemption_is_for_is_judged(scope: dict[str, Any], sitting: Court, bad: str):
    sitting.rule(exempting(**scope))
    sitting.refuses(request(pod(bad), groups=["ops"]), NONE)


def test_an_expired_exemption_is_reported_and_counts_no_longer(sitting: Court, bad: str):
    sitting.rule(exempting(namespaces=["serving"]))
    sitting.clock.advance(timedelta(days=31))
    decision = sitting.refuses(request(pod(bad)), NONE)
    assert decision.annotations["exemption-expired"] == "being moved"
    assert any("the exemption that ended" in text for text in decision.warnings)


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"aiverify.dev/skip": "true", "validation": "disabled"}},
        {"annotations": {"aiverify.dev/exempt": "true", "exempted-by": "me"}},
        {"namespace": "exempt"},
        {"name": "exempt"},
    ],
)
def test_nothing_that_an_author_writes_exempts(metadata: dict[str, Any], sitting: Court, bad: str):
    sitting.rule(exempting(namespaces=["exempt"]))
    sitting.refuses(request(pod(bad, **metadata)), NONE)


# Modes.


def test_a_rule_in_warn_mode_warns(sitting: Court, bad: str):
    sitting.rule({"modes": [{"mode": "warn", "rules": [NONE]}]})
    decision = sitting.admits(request(pod(bad)))
    assert (decision.code, decision.message) == (200, "")
    [warning, *_] = decision.warnings
    assert warning.startswith("would be refused: ")
    assert NONE in warning
    assert decision.annotations["verdict"] == "deny"
    assert NONE in decision.annotations["warned"]


def test_a_rule_in_audit_mode_is_said_in_the_log_alone(sitting: Court, bad: str):
    sitting.rule({"modes": [{"mode": "audit", "rules": ["AIV-*"]}]})
    decision = sitting.admits(request(pod(bad)))
    assert not any("would be refused" in text for text in decision.warnings)
    assert NONE in decision.annotations["audited"]


def test_a_mode_for_a_namespace_alone_is_for_every_rule_there(sitting: Court, bad: str):
    sitting.rule({"modes": [{"mode": "warn", "namespaces": ["serving"]}]})
    assert any(NONE in text for text in sitting.admits(request(pod(bad))).warnings)
    sitting.refuses(request(pod(bad), namespace="other"), NONE)


def test_a_namespace_in_warn_mode_takes_what_policies_deny(sitting: Court, good: str):
    mode = {"mode": "warn", "namespaces": ["serving"]}
    denying = {"policies": ["aiverify:licence_allowlist"], "config": {"licences": {"allow": []}}}
    sitting.rule({"modes": [mode]}, **denying)
    assert sitting.admits(request(pod(good))).warnings
    assert not sitting.decide(request(pod(good), namespace="other")).allowed


def test_the_last_mode_that_fits_decides(sitting: Court, bad: str):
    sitting.rule(
        {
            "modes": [
                {"mode": "warn", "rules": ["AIV-*"]},
                {"mode": "enforce", "namespaces": ["prod-*"]},
            ]
        }
    )
    sitting.admits(request(pod(bad)))
    sitting.refuses(request(pod(bad), namespace="prod-eu"), NONE)


def test_an_enforced_finding_is_seen_behind_one_that_only_warns(sitting: Court, good: str):
    """Contents that nobody attests keep no policy from being asked, where they only warn."""
    for digest, value in sitting.liar.referrers().items():
        if "contents" in str(value.get("annotations")):
            sitting.liar.drop(digest)
    policies = {"policies": ["aiverify:signer_count"], "config": {"signers": {"minimum": 2}}}
    sitting.rule({"modes": [{"mode": "warn", "rules": ["AIV-CONTENT*"]}]}, **policies)
    decision = sitting.decide(request(pod(good)))
    assert not decision.allowed
    assert any(rule.startswith("aiverify.signer_count") for rule in rules_of(decision))
    assert any(rule.startswith("AIV-CONTENT") for rule in rules_of(decision))


def test_what_the_request_itself_breaks_is_seen_behind_a_signature_that_only_warns(
    sitting: Court, bad: str
):
    mode = {"mode": "warn", "rules": ["AIV-*"]}
    sitting.rule({"modes": [mode]}, policies=["aiverify:allowed_namespaces"])
    sitting.admits(request(pod(bad)))
    decision = sitting.decide(request(pod(bad), namespace="default"))
    assert not decision.allowed
    assert "aiverify.allowed_namespaces.not_allowed" in decision.message


# What policies see.


def test_policies_see_the_request(sitting: Court, good: str):
    (sitting.place / "own.rego").write_text(
        """package own

deny contains {"code": "seen", "path": r.path, "msg": sprintf("%s %s %s %s %s", [
    input.request.operation, input.request.user.username, input.request.namespace,
    input.request.object.metadata.name, r.uri])} if {
    r := input.request.references[0]
}
"""
    )
    sitting.rule(policies=["own.rego"])
    decision = sitting.refuses(request(pod(good)), "own.seen")
    assert f"CREATE alice serving p oci://{good}" in decision.message
    assert "(at /spec/volumes/0/image/reference)" in decision.message


def test_a_policy_is_asked_for_each_request_though_the_artifact_is_known(sitting: Court, good: str):
    sitting.rule(policies=["aiverify:allowed_namespaces", "aiverify:licence_allowlist"])
    for namespace, allowed in (("serving", True), ("default", False), ("serving", True)):
        assert sitting.decide(request(pod(good), namespace=namespace)).allowed is allowed


def test_a_finding_about_the_object_says_where_and_only_once(sitting: Court, good: str):
    sitting.rule(policies=["aiverify:no_trust_remote_code"])
    document = pod(good, good + "")
    document["spec"]["containers"][0]["args"] = ["--trust-remote-code"]
    decision = sitting.refuses(request(document), "aiverify.no_trust_remote_code.trusted")
    assert decision.message.count("aiverify.no_trust_remote_code.trusted") == 1
    assert "(at /spec/containers/0/args/0)" in decision.message


def test_a_policy_without_an_answer_is_no_allow(sitting: Court, good: str):
    text = "package own\n\ndeny contains msg if {\n    msg := 1 / 0\n}\n"
    (sitting.place / "own.rego").write_text(text)
    sitting.rule(policies=["own.rego"])
    decision = sitting.refuses(request(pod(good)), "AIV-POLICY-UNDECIDED")
    assert decision.judged[0].verdict is Verdict.ERROR
    assert decision.code == 503


# References that cannot be judged, or may not be.


@pytest.mark.parametrize("reference", ["not a reference", "UPPER/case", "x:", "@sha256:00"])
def test_a_reference_that_is_none_is_refused(reference: str, sitting: Court):
    sitting.refuses(request(pod(reference)), "AIV-ADMISSION-UNRESOLVED")


def test_a_registry_that_is_not_listed_is_refused_unasked(sitting: Court, good: str):
    host = sitting.liar.registry.host
    sitting.rule({"registries": [f"{host}/other/*"]})
    before = len(sitting.liar.registry.asked)
    decision = sitting.refuses(request(pod(good)), "AIV-ADMISSION-REGISTRY")
    assert len(sitting.liar.registry.asked) == before
    assert "artifacts may not come from" in decision.message
    sitting.rule({"registries": [f"{host}/acme/*"]})
    sitting.admits(request(pod(good)))


def test_container_images_are_judged_where_the_profile_says_so(sitting: Court, good: str):
    document = pod(good)
    document["spec"]["containers"][0]["image"] = f"{sitting.liar.registry.host}/acme/server:1"
    sitting.admits(request(document))
    sitting.rule({"images": [f"{sitting.liar.registry.host}/acme/*"]})
    sitting.refuses(request(document), "AIV-ADMISSION-UNREADABLE")


def test_more_references_than_can_be_judged_are_refused(sitting: Court, good: str):
    many = [f"{good.partition('@')[0]}:t{at}" for at in range(201)]
    sitting.refuses(request(pod(*many)), "AIV-ADMISSION-TOO-MANY")


def test_a_workload_without_a_model_is_refused_where_one_is_demanded(sitting: Court, good: str):
    sitting.rule({"models_required": ["serv*"]})
    sitting.refuses(request(pod()), "AIV-ADMISSION-NO-MODEL")
    sitting.admits(request(pod(), namespace="other"))
    sitting.admits(request(pod(good)))


# What is remembered.


def test_what_is_known_is_not_asked_for_again(sitting: Court, good: str, bad: str):
    for reference in (good, bad, sitting.tagged()):
        sitting.decide(request(pod(reference)))
    before = len(sitting.liar.registry.asked)
    for reference in (good, bad, sitting.tagged()):
        assert sitting.decide(request(pod(reference))).judged[0].cached
    assert len(sitting.liar.registry.asked) == before


def test_what_was_allowed_is_looked_at_again_in_time(sitting: Court, good: str):
    sitting.rule({"keep_allowed": "5m", "keep_denied": "30s"})
    sitting.admits(request(pod(good)))
    for digest in sitting.liar.referrers():
        sitting.liar.drop(digest)
    sitting.clock.advance(4 * MINUTE)
    sitting.admits(request(pod(good)))
    sitting.clock.advance(2 * MINUTE)
    sitting.refuses(request(pod(good)), NONE)


def test_what_was_denied_is_looked_at_again_soon(sitting: Court, bad: str):
    sitting.rule({"keep_denied": "30s"})
    sitting.refuses(request(pod(bad)), NONE)
    tar = signed_bundle(
        sitting.place / "bad", sitting.place / "now.tar", by=sitting.story.key("release")
    )
    sitting.put(tar, "bad")
    tagged = request(pod(sitting.tagged("bad")))
    sitting.clock.advance(timedelta(seconds=31))
    sitting.admits(tagged)


def test_a_tag_that_moved_is_seen_soon(sitting: Court, good: str, bad: str):
    sitting.admits(request(pod(sitting.tagged())))
    sitting.liar.registry.manifests[sitting.liar.name, "1"] = sitting.liar.registry.manifests[
        sitting.liar.name, "bad"
    ]
    sitting.clock.advance(timedelta(seconds=31))
    decision = sitting.refuses(request(pod(sitting.tagged())), NONE)
    assert bad.partition("@")[2] in decision.annotations["digests"]


def test_the_same_bytes_in_another_repository_are_not_taken_for_signed(sitting: Court, good: str):
    """Whoever copies a manifest without its signatures has copied no verdict."""
    sitting.admits(request(pod(good)))
    digest, registry = good.partition("@")[2], sitting.liar.registry
    registry.manifests["evil/llama", digest] = registry.manifests[sitting.liar.name, digest]
    for (_, blob), data in tuple(registry.blobs.items()):
        registry.blobs["evil/llama", blob] = data
    sitting.refuses(request(pod(f"{registry.host}/evil/llama@{digest}")), NONE)


def test_another_profile_remembers_nothing(sitting: Court, good: str):
    sitting.admits(request(pod(good)))
    sitting.rule(trust={"signers": [{"name": "stranger", "keys": ["stranger.pub"]}]})
    assert not sitting.decide(request(pod(good))).allowed
    sitting.rule()
    sitting.admits(request(pod(good)))


def test_another_key_under_the_same_name_remembers_nothing(sitting: Court, good: str):
    sitting.admits(request(pod(good)))
    (sitting.place / "release.pub").write_bytes((sitting.place / "stranger.pub").read_bytes())
    sitting.rise()
    assert not sitting.decide(request(pod(good))).allowed


def test_many_who_ask_at_once_ask_the_registry_once(sitting: Court, good: str):
    judge, asked = sitting.judge, request(pod(good))
    barrier = threading.Barrier(12)

    def ask(_: int) -> bool:
        barrier.wait()
        return judge.decide(asked, seconds=60).allowed

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(ask, range(12)))
    digest = good.partition("@")[2]
    assert sitting.liar.registry.count(f"GET .*/manifests/{digest}") == 1


# Out of reach.


def test_without_the_registry_what_is_not_known_is_refused(sitting: Court, good: str):
    unreachable(sitting)
    decision = sitting.refuses(request(pod(good)), UNREACHED)
    assert (decision.code, decision.annotations["verdict"]) == (503, "error")
    assert good in decision.annotations["undecided"]
    assert sitting.caches.counts["out_of_reach"] == 1


def test_without_the_registry_the_last_verdict_counts_where_the_profile_says_so(
    sitting: Court, good: str
):
    words = {"out_of_reach": "last-verdict", "keep_allowed": "5m", "last_verdict": "1h"}
    sitting.rule(words)
    sitting.admits(request(pod(sitting.tagged())))
    unreachable(sitting)
    sitting.clock.advance(30 * MINUTE)
    for reference in (good, sitting.tagged()):
        decision = sitting.admits(request(pod(reference)))
        assert decision.judged[0].stale
        assert good.partition("@")[2] in decision.annotations["stale"]
    assert sitting.caches.counts["stale"] == 2
    sitting.clock.advance(31 * MINUTE)
    sitting.refuses(request(pod(good)), UNREACHED)


def test_without_the_registry_the_last_verdict_does_not_count_by_itself(sitting: Court, good: str):
    sitting.rule({"keep_allowed": "5m"})
    sitting.admits(request(pod(good)))
    unreachable(sitting)
    sitting.clock.advance(6 * MINUTE)
    sitting.refuses(request(pod(good)), UNREACHED)


def test_a_denial_is_never_the_last_good_verdict(sitting: Court, good: str, bad: str):
    sitting.rule({"out_of_reach": "last-verdict", "keep_allowed": "5m", "keep_denied": "30s"})
    sitting.refuses(request(pod(bad)), NONE)
    sitting.admits(request(pod(good)))
    sitting.clock.advance(6 * MINUTE)
    for digest in sitting.liar.referrers():
        sitting.liar.drop(digest)
    sitting.refuses(request(pod(good)), NONE)
    unreachable(sitting)
    sitting.clock.advance(6 * MINUTE)
    for reference in (good, bad):
        sitting.refuses(request(pod(reference)), UNREACHED)


def test_policies_judge_the_request_by_the_last_verdict_too(sitting: Court, good: str):
    words = {"out_of_reach": "last-verdict", "keep_allowed": "5m"}
    sitting.rule(words, policies=["aiverify:allowed_namespaces"])
    sitting.admits(request(pod(good)))
    unreachable(sitting)
    sitting.clock.advance(6 * MINUTE)
    sitting.admits(request(pod(good)))
    assert not sitting.decide(request(pod(good), namespace="default")).allowed


def test_a_registry_that_comes_back_is_asked_again(sitting: Court, good: str):
    unreachable(sitting)
    sitting.refuses(request(pod(good)), UNREACHED)
    reachable(sitting)
    sitting.clock.advance(timedelta(seconds=3))
    sitting.admits(request(pod(good)))


def test_a_registry_that_takes_its_time_is_waited_for_as_long_as_there_is(
    sitting: Court, good: str
):
    told, heard = threading.Event(), threading.Event()

    def slow(_: Out) -> None:
        heard.set()
        told.wait(60)

    sitting.liar.registry.faults.append(Fault(".*", times=1, change=slow))
    judge = sitting.judge
    decision = judge.decide(request(pod(good)), seconds=0.3)
    assert rules_of(decision) == [UNREACHED]
    assert heard.is_set()
    told.set()
    sitting.admits(request(pod(good)))


# Whatever happens.


def test_what_nobody_expected_is_a_denial_that_tells_nothing(sitting: Court, good: str):
    def broken() -> int:
        raise RuntimeError("the password is swordfish")

    judge = sitting.judge
    judge._clock = broken
    decision = judge.decide(request(pod(good)), seconds=60)
    assert (decision.allowed, decision.code) == (False, 500)
    assert "swordfish" not in str(decision)
    assert "AIV-ADMISSION-FAILED" in decision.message
    [error] = sitting.failures
    assert isinstance(error, RuntimeError)


@pytest.mark.parametrize(
    "document",
    [
        {"apiVersion": "v1", "kind": "Pod"},
        {"apiVersion": "v1", "kind": "Pod", "spec": None},
        {"apiVersion": "v1", "kind": "Pod", "spec": {"volumes": {"a": 1}, "containers": 5}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": [], "spec": {"volumes": [None, 1]}},
    ],
)
def test_objects_of_the_wrong_shape_are_no_failure(document: dict[str, Any], sitting: Court):
    sitting.decide(request(document, old=deepcopy(document), name="x"))
    sitting.decide(request(document, name="x"))


def test_annotations_are_such_as_the_audit_log_takes(sitting: Court, good: str, bad: str):
    sitting.rule({"modes": [{"mode": "warn", "rules": ["AIV-*"]}]})
    for asked in (pod(good, bad), pod(), pod(*[f"{bad[:-64]}{at:064x}" for at in range(40)])):
        for key, value in sitting.decide(request(asked)).annotations.items():
            assert re.fullmatch("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", key)
            assert 0 < len(value) <= 2000


def test_warnings_are_short_and_few(sitting: Court, bad: str):
    sitting.rule({"modes": [{"mode": "warn", "rules": ["AIV-*"]}]})
    many = [f"{bad.partition('@')[0]}:{'t' * 100}{at}" for at in range(40)]
    decision = sitting.admits(request(pod(bad, *many)))
    assert 1 < len(decision.warnings) <= 20
    assert all(len(text) <= 120 for text in decision.warnings)


def test_a_message_names_some_reasons_and_counts_the_rest(sitting: Court, good: str):
    many = [f"{good.partition('@')[0]}:none{at}" for at in range(30)]
    decision = sitting.refuses(request(pod(*many)), "AIV-ADMISSION-UNREADABLE")
    assert decision.message.startswith("Pod refused for 30 reasons:")
    assert "and 20 more" in decision.message


def test_nothing_in_a_message_can_act_on_a_terminal(sitting: Court):
    decision = sitting.decide(request(pod("a\x1b[2Jb\n\u202ec")))
    assert not decision.allowed
    told = decision.message + "".join(decision.annotations.values()) + "".join(decision.warnings)
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_a_large_artifact_that_nobody_signed_is_remembered_by_little(sitting: Court):
    tree = write_tree(sitting.place / "many", {f"f{at}.json": b"{}" for at in range(400)})
    reference = sitting.put(unsigned_bundle(tree, sitting.place / "many.tar"), "many")
    sitting.refuses(request(pod(reference)), NONE)
    [entry] = sitting.caches.denied._entries.values()
    assert entry.weight < 50

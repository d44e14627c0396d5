"""What pods have in common: never so much that one is taken for another that runs otherwise."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiverify.webhook.judging.likeness import OWN, likeness
from aiverify.webhook.request import Operation
from tests.support.judging import pod, request, serving

ACCESS = "kube-api-access-x7k2q"

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below),
    max_leaves=8,
)


def text(document: dict[str, Any], **more: Any) -> str:
    found = likeness(request(document, **more))
    assert found
    return found.text


def with_access(name: str = ACCESS) -> dict[str, Any]:
    """A pod as a cluster completes it: with a volume for the token of its account."""
    made = pod("registry.example/m:1")
    made["spec"]["volumes"].append({"name": name, "projected": {"sources": []}})
    mount = {"name": name, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    made["spec"]["containers"][0]["volumeMounts"].append(mount)
    made["spec"]["initContainers"] = [{"name": "i", "volumeMounts": [dict(mount)]}]
    return made


def test_pods_of_one_owner_are_alike():
    one = pod("registry.example/m:1", generateName="m-", uid="1", resourceVersion="7")
    other = pod("registry.example/m:1", generateName="m-", name="m-x", managedFields=[{}])
    assert text(one) == text(other, user="somebody else", groups=["all"], dry_run=True)


def test_whoever_is_judged_by_it_is_judged_without_what_sets_it_apart():
    made = pod(
        "registry.example/m:1", name="m-x", uid="1", labels={"a": "b"}, annotations={"c": "d"}
    )
    found = likeness(request(made, user="alice", groups=["ops"], name="m-x"))
    assert found
    assert found.request.object
    assert found.request.object["metadata"] == {"labels": {"a": "b"}, "annotations": {"c": "d"}}
    asked = found.request
    assert (asked.uid, asked.name, asked.user.name, asked.user.groups) == ("", "", "", ())


@pytest.mark.parametrize(
    "change",
    [
        {"labels": {"a": "c"}},
        {"annotations": {"serving.kserve.io/storage-initializer-sourceuri": "hf://a/b"}},
        {"ownerReferences": [{"kind": "Job", "name": "j"}]},
        {"namespace": "other"},
        {"generateName": "other-"},
        {"whatever": "is new"},
    ],
    ids=str,
)
def test_what_is_said_of_a_pod_counts(change: dict[str, Any]):
    assert text(pod("registry.example/m:1")) != text(pod("registry.example/m:1", **change))


def test_the_namespace_counts_in_which_it_is_asked_for():
    made = pod("registry.example/m:1")
    assert text(made, namespace="a") != text(made, namespace="b")


@given(values, values, st.sampled_from(["args", "env", "image", "volumeMounts", "resources"]))
def test_whatever_a_container_has_counts(one: Any, other: Any, member: str):
    first, second = pod("registry.example/m:1"), pod("registry.example/m:1")
    first["spec"]["containers"][0][member] = one
    second["spec"]["containers"][0][member] = other
    assert (text(first) == text(second)) is (repr(one) == repr(other))


@given(st.text(max_size=8), values, values)
def test_whatever_stands_beside_counts(member: str, one: Any, other: Any):
    first, second = pod() | {member: one}, pod() | {member: other}
    if member in {"apiVersion", "kind", "metadata", "spec"}:
        return
    assert (text(first) == text(second)) is (repr(one) == repr(other))


@pytest.mark.parametrize(
    "asked",
    [
        request(pod("a/b:1"), old=pod("a/b:1")),
        request(pod("a/b:1"), subresource="ephemeralcontainers"),
        request(None, old=pod("a/b:1"), operation=Operation.DELETE),
        request(pod("a/b:1"), operation=Operation.CONNECT),
        request(serving("hf://acme/llama")),
        request({"apiVersion": "v1", "kind": "Pod", "metadata": {}}),
        request({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": []}),
        request({"apiVersion": "v1", "kind": "Pod", "spec": {}}),
        request(pod("a/b:1") | {"apiVersion": "example.com/v1"}),
    ],
    ids=["update", "subresource", "deletion", "connect", "kind", "bare", "list", "unsaid", "group"],
)
def test_what_is_no_new_pod_is_judged_for_itself(asked: Any):
    assert likeness(asked) is None


def test_a_pod_whose_claim_has_its_name_is_judged_for_itself():
    made = pod("registry.example/m:1")
    made["spec"]["volumes"].append({"name": "v", "ephemeral": {"volumeClaimTemplate": {}}})
    assert likeness(request(made)) is None


# The volume that a cluster gives another name in each pod.


def test_another_name_of_the_tokens_volume_makes_no_difference():
    assert text(with_access()) == text(with_access("kube-api-access-aaaaa"))
    found = likeness(request(with_access()))
    assert found
    assert found.request.object
    spec: Any = found.request.object["spec"]
    assert ACCESS not in str(spec)
    named = {mount["name"] for mount in spec["initContainers"][0]["volumeMounts"]}
    assert named <= {volume["name"] for volume in spec["volumes"]}


def test_what_was_asked_is_not_changed():
    made = with_access()
    before = deepcopy(made)
    likeness(request(made))
    assert made == before


@pytest.mark.parametrize("second", ["kube-api-access-bbbbb", "kube-api-access-00000", ACCESS])
def test_two_such_volumes_are_never_taken_for_one(second: str):
    made = with_access()
    made["spec"]["volumes"].append({"name": second, "image": {"reference": "registry.example/e:1"}})
    found = likeness(request(made))
    assert found
    assert found.request.object
    assert found.request.object["spec"] == made["spec"]


def test_a_name_elsewhere_is_left_as_it_is():
    made = with_access()
    made["spec"]["containers"][0]["args"] = ["--model", f"/models/{ACCESS}"]
    other = with_access("kube-api-access-aaaaa")
    other["spec"]["containers"][0]["args"] = ["--model", "/models/kube-api-access-aaaaa"]
    assert text(made) != text(other)


@given(values)
def test_whatever_the_volumes_are_it_is_no_failure(volumes: Any):
    made = with_access()
    made["spec"]["volumes"] = volumes
    made["spec"]["initContainers"] = volumes
    likeness(request(made))


def test_the_members_that_are_left_out_say_nothing_of_what_runs():
    assert {"labels", "annotations", "namespace", "ownerReferences"}.isdisjoint(OWN)

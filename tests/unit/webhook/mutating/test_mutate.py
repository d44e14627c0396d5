"""The patch: what is added where, once, and to what."""

from __future__ import annotations

import copy

import pytest

from aiverify.webhook.mutating.injection import CARRIED, NAME, SCRATCH, scratch
from aiverify.webhook.mutating.patching import mutate, verified_by_node
from aiverify.webhook.request import Operation
from tests.support.injected import (
    DOWNLOADS,
    INJECTION,
    applied,
    asked,
    claim,
    downloader,
    empty,
    helper,
    model_in,
    mount,
    on_node,
    order,
    ours,
    patched,
    pod,
    server,
)


def test_a_pod_with_a_claim_gets_the_container_and_its_volume() -> None:
    patch, decision = mutate(asked(pod()), INJECTION)

    assert decision.allowed
    assert not decision.warnings
    assert [(step["op"], step["path"]) for step in patch] == [
        ("add", "/spec/volumes/1"),
        ("add", "/spec/initContainers"),
    ]
    result = applied(pod(), patch)
    assert ours(result)["args"] == [INJECTION.digest, "/aiverify/volumes/0/llama"]
    assert result["spec"]["volumes"] == [claim(), scratch()]
    assert verified_by_node(result, model_in(result), INJECTION)


def test_the_container_is_as_restricted_as_can_be() -> None:
    found = ours(patched(pod()))

    security = found["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] == 65532
    assert security["readOnlyRootFilesystem"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not security["allowPrivilegeEscalation"]
    assert set(found["resources"]) == {"limits", "requests"}
    assert found["volumeMounts"][0] == mount("/aiverify/volumes/0")
    assert "@sha256:" in found["image"]


def test_the_profile_is_in_the_container_and_in_no_object_of_the_namespace() -> None:
    found = ours(patched(pod()))

    assert found["env"][0] == {"name": CARRIED, "value": INJECTION.carried}
    assert all(set(item) == {"name", "value"} for item in found["env"])
    assert "envFrom" not in found


def test_mutating_twice_changes_nothing_more() -> None:
    once = patched(pod(init=[helper("first")]))

    assert mutate(asked(once), INJECTION) == ([], mutate(asked(once), INJECTION)[1])
    assert order(once).count(NAME) == 1


def test_what_is_given_is_not_changed() -> None:
    document = pod(init=[helper()])
    before = copy.deepcopy(document)

    mutate(asked(document), INJECTION)

    assert document == before


def test_it_goes_first_where_nothing_fills_the_volume() -> None:
    assert order(patched(pod(init=[helper("a"), helper("b", mount())]))) == [NAME, "a", "b"]


def test_it_goes_after_the_last_that_writes_and_before_what_reads() -> None:
    writer = downloader()
    document = pod(init=[helper("a"), writer, helper("warm", mount())])

    assert order(patched(document)) == ["a", "download", NAME, "warm"]


def test_it_goes_after_the_download_into_an_empty_volume() -> None:
    document = pod(init=[downloader()], volumes=[empty()])
    result = patched(document, DOWNLOADS)

    assert order(result) == ["download", NAME]
    assert ours(result)["args"][1:] == ["/aiverify/volumes/0/llama"]
    assert mutate(asked(document), INJECTION)[0] == []


def test_a_container_that_has_the_name_is_replaced() -> None:
    fake = helper(NAME, command=["true"])
    patch, _ = mutate(asked(pod(init=[fake])), INJECTION)

    assert [(step["op"], step["path"]) for step in patch] == [
        ("add", "/spec/volumes/1"),
        ("replace", "/spec/initContainers/0"),
    ]
    assert ours(applied(pod(init=[fake]), patch))["image"] == INJECTION.image


def test_one_in_the_wrong_place_is_moved_and_further_ones_are_removed() -> None:
    fake = helper(NAME, command=["true"])
    writer = downloader()
    document = pod(init=[fake, writer])

    assert order(patched(document)) == ["download", NAME]


def test_several_that_have_the_name_are_removed_from_the_last_on() -> None:
    fake = helper(NAME, command=["true"])
    document = pod(init=[fake, helper("a"), fake, helper("b")])
    result = patched(document)

    assert order(result) == [NAME, "a", "b"]
    assert ours(result)["image"] == INJECTION.image


def test_a_volume_that_has_the_name_is_replaced() -> None:
    taken = {"name": SCRATCH, "configMap": {"name": "mine"}}
    result = patched(pod(volumes=[taken, claim()]))

    assert [item for item in result["spec"]["volumes"] if item["name"] == SCRATCH] == [scratch()]


def test_null_for_init_containers_is_none() -> None:
    document = pod()
    document["spec"]["initContainers"] = None

    assert order(patched(document)) == [NAME]


def test_a_pod_without_such_volumes_is_left_alone() -> None:
    document = pod(server("hf://acme/llama", volumeMounts=[]), volumes=[])

    patch, decision = mutate(asked(document), INJECTION)

    assert not patch
    assert decision.allowed


def test_a_volume_that_is_not_the_models_is_not_verified() -> None:
    logs = claim("logs", "logs")
    writer = helper("logger", {"name": "logs", "mountPath": "/logs"})

    result = patched(pod(server(), writer, volumes=[claim(), logs]))

    assert [item["name"] for item in ours(result)["volumeMounts"]] == ["models", SCRATCH]


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE, Operation.CONNECT])
def test_a_pod_that_is_there_is_not_changed(operation: Operation) -> None:
    assert mutate(asked(pod(), operation, old=pod()), INJECTION)[0] == []


def test_a_subresource_is_not_changed() -> None:
    assert mutate(asked(pod(), subresource="ephemeralcontainers"), INJECTION)[0] == []


@pytest.mark.parametrize("kind", ["Deployment", "Node"])
def test_another_kind_is_not_changed(kind: str) -> None:
    assert mutate(asked({**pod(), "kind": kind}), INJECTION)[0] == []


@pytest.mark.parametrize(
    "spec", [{"os": {"name": "windows"}}, {"nodeSelector": {"kubernetes.io/os": "Windows"}}]
)
def test_a_pod_for_windows_is_told_why_it_gets_nothing(spec: dict[str, object]) -> None:
    patch, decision = mutate(asked(pod(**spec)), INJECTION)

    assert not patch
    assert "Windows" in decision.warnings[0]
    assert len(decision.warnings[0]) <= 120


def test_dollar_signs_of_a_path_are_no_variables() -> None:
    found = ours(patched(pod(server("/models/$(HOME)$x", env=[]))))

    assert found["args"][1] == "/aiverify/volumes/0/$$(HOME)$$x"


def test_a_directory_of_the_node_is_mounted_as_a_whole() -> None:
    inside = server("/m/llama", volumeMounts=[mount("/m", subPath="served")])
    result = patched(pod(inside, volumes=[on_node("/data")]))

    assert ours(result)["args"][1:] == ["/aiverify/volumes/0/served/llama"]
    assert ours(result)["volumeMounts"][0] == mount("/aiverify/volumes/0")
    assert verified_by_node(result, model_in(result), INJECTION)


def test_two_models_on_two_volumes_are_verified_by_one_container() -> None:
    adapter = claim("adapters", "tuned")
    both = server(
        args=["--model", "/models/llama", "--lora-modules", "a=/adapters/a"],
        volumeMounts=[mount(), mount("/adapters", "adapters")],
    )

    found = ours(patched(pod(both, volumes=[claim(), adapter])))

    assert found["args"][1:] == ["/aiverify/volumes/0/a", "/aiverify/volumes/1/llama"]
    assert [item["name"] for item in found["volumeMounts"][:2]] == ["adapters", "models"]

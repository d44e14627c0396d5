"""A real API server gives the injected container back as it was written, and keeps it so."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from aiverify.webhook.extractors.interface import What
from aiverify.webhook.mutating import targets
from aiverify.webhook.mutating.patching import mutate, verified_by_node, why_not
from tests.support.cluster.cluster import Cluster
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
    ours,
    pod,
    server,
)

PODS: dict[str, Any] = {
    "claim": pod(),
    "init": pod(init=[helper("first"), helper("warm", mount())]),
    "filled": pod(init=[downloader()], volumes=[empty()]),
    "node": pod(volumes=[on_node("/data")]),
    "dollar": pod(server("/models/$(HOME)"), volumes=[on_node("/data")]),
    "two": pod(
        server(
            volumeMounts=[mount(), mount("/more", "more")],
            args=["--model", "/models/llama", "--lora-modules", "a=/more/a"],
        ),
        volumes=[claim(), claim("more", "adapters")],
    ),
}


@pytest.fixture(scope="module")
def namespace(cluster: Cluster) -> str:
    return cluster.namespace("injected", **{"pod-security.kubernetes.io/warn": "restricted"})


def given(cluster: Cluster, namespace: str, name: str, document: Any) -> Any:
    """Create a pod, with the patch that it gets once the server has put in its defaults."""
    made = {**copy.deepcopy(document), "metadata": {"name": name, "namespace": namespace}}
    url = f"/api/v1/namespaces/{namespace}/pods"
    dry = cluster.ask("POST", f"{url}?dryRun=All", made)
    assert dry.status == 201, dry.message
    patch, decision = mutate(asked(dry.document), DOWNLOADS)
    assert patch
    assert not decision.warnings
    made["spec"] = applied(dry.document, patch)["spec"]
    stored = cluster.ask("POST", url, made)
    assert stored.status == 201, stored.message
    return stored.document


@pytest.mark.parametrize("name", PODS)
def test_the_container_comes_back_as_it_was_injected(
    cluster: Cluster, namespace: str, name: str
) -> None:
    document = given(cluster, namespace, name, PODS[name])

    named = {item for item in targets.references(document) if item.what is not What.IMAGE}
    assert named
    for found in named:
        assert why_not(document, found, DOWNLOADS) == ""
    assert mutate(asked(document), DOWNLOADS)[0] == []


def test_pod_security_has_nothing_to_say_of_the_container(cluster: Cluster, namespace: str) -> None:
    strict = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    document = pod(server(securityContext=strict))
    patch, _ = mutate(asked(document), INJECTION)
    made = {**document, "metadata": {"name": "strict", "namespace": namespace}}
    made["spec"]["initContainers"] = patch[1]["value"]
    made["spec"]["volumes"].append(patch[0]["value"])

    stored = cluster.ask("POST", f"/api/v1/namespaces/{namespace}/pods", made)

    assert stored.status == 201, stored.message
    assert not stored.warnings
    assert verified_by_node(stored.document, model_in(stored.document), INJECTION)


def test_the_api_server_lets_nobody_add_it_later_and_an_exchanged_image_is_seen(
    cluster: Cluster, namespace: str
) -> None:
    document = given(cluster, namespace, "later", pod())
    path = f"/api/v1/namespaces/{namespace}/pods/later"
    changed = copy.deepcopy(document)
    ours(changed)["image"] = "registry.example/evil:1"
    stored = cluster.ask("PUT", path, changed)

    assert stored.status == 200, stored.message
    assert why_not(stored.document, model_in(document), DOWNLOADS, old=document)
    changed = copy.deepcopy(stored.document)
    changed["spec"]["initContainers"] = []
    assert cluster.ask("PUT", path, changed).status == 422

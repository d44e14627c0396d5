"""What makes pods is judged by the pods that it will make."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.table import extract
from aiverify.webhook.mutating.patching import mutate, why_not
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation
from tests.support.injected import INJECTION, asked, helper, mount, pod, server

TEMPLATES = {
    ("apps/v1", "Deployment"): "/spec/template",
    ("apps/v1", "StatefulSet"): "/spec/template",
    ("batch/v1", "Job"): "/spec/template",
    ("batch/v1", "CronJob"): "/spec/jobTemplate/spec/template",
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"): (
        "/spec/leaderWorkerTemplate/workerTemplate"
    ),
}


def owner(version: str, kind: str, path: str, template: dict[str, Any]) -> dict[str, Any]:
    made: Any = {"metadata": {}, "spec": template["spec"]}
    for key in reversed(path.split("/")[1:]):
        made = {key: made}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "o"}, **made}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_is_left_as_it_is_for_its_pods_will_be_verified(kind: tuple[str, str]) -> None:
    path = TEMPLATES[kind]
    document = owner(*kind, path, pod())
    found = Found("pvc://weights/llama", f"{path}/spec/containers/0/args/1")

    assert mutate(asked(document), INJECTION)[0] == []
    assert why_not(document, found, INJECTION) == ""
    assert why_not(document, found)


def test_a_template_whose_pods_could_not_be_verified_is_refused_at_once() -> None:
    writable = pod(server(volumeMounts=[mount(readOnly=False)]))
    shared = pod(shareProcessNamespace=True)
    found = Found("pvc://weights/llama", "/spec/template/spec/containers/0/args/1")

    for template, words in ((writable, "readOnly: true"), (shared, "share processes")):
        document = owner("apps/v1", "Deployment", "/spec/template", template)
        assert words in why_not(document, found, INJECTION)


def test_a_template_whose_init_container_uses_the_model_first_is_refused() -> None:
    early = server(name="batch", volumeMounts=[{"name": "models", "mountPath": "/models"}])
    template = pod(helper("done"), init=[helper("a"), early])
    document = owner("batch/v1", "Job", "/spec/template", template)
    found = Found("pvc://weights/llama", "/spec/template/spec/initContainers/1/args/1")

    assert "names it" in why_not(document, found, INJECTION)


def test_an_init_container_after_ours_in_a_template_may_use_the_model() -> None:
    later = server(name="warm")
    template = pod(helper("done"), init=[helper("a"), later])
    document = owner("batch/v1", "Job", "/spec/template", template)
    found = Found("pvc://weights/llama", "/spec/template/spec/initContainers/1/args/1")

    assert why_not(document, found, INJECTION) == ""


def test_a_claim_of_an_inference_service_is_verified_in_the_pods_of_its_controller() -> None:
    service = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService"}
    where = "/spec/predictor/model/storageUri"

    assert why_not(service, Found("pvc://weights/llama", where), INJECTION) == ""
    assert why_not(service, Found("s3://acme/llama", where), INJECTION)
    assert why_not(service, Found("pvc://x/y", where, problem="unknown"), INJECTION)


def test_any_other_kind_is_not_taken_for_one_that_makes_pods() -> None:
    found = Found("pvc://weights/llama", "/spec/template/spec/containers/0/args/1")
    document = owner("evil.example/v1", "Deployment", "/spec/template", pod())

    assert why_not(document, found, INJECTION)
    assert why_not({"apiVersion": 1, "kind": []}, found, INJECTION)


def test_a_claim_that_a_stateful_set_makes_is_verified_in_each_of_its_pods() -> None:
    good = owner("apps/v1", "StatefulSet", "/spec/template", pod(volumes=[]))
    good["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "models"}}]
    writes = server(volumeMounts=[mount(readOnly=False)])
    bad = copy.deepcopy(good)
    bad["spec"]["template"]["spec"]["containers"] = [writes]
    kind = GroupVersionKind("apps", "v1", "StatefulSet")
    request = AdmissionRequest("u", kind, Operation.CREATE, good)
    (found,) = [item for item in extract(request) if item.what is not What.IMAGE]

    assert found.problem
    assert why_not(good, found, INJECTION) == ""
    assert "readOnly: true" in why_not(bad, found, INJECTION)
    assert why_not(good, replace(found, uri="/other"), INJECTION)


@pytest.mark.parametrize("claims", [1, "x", [1], [{"metadata": 1}], [{"metadata": {"name": []}}]])
def test_claims_of_any_type_raise_nothing(claims: object) -> None:
    document = owner("apps/v1", "StatefulSet", "/spec/template", pod(volumes=[]))
    document["spec"]["volumeClaimTemplates"] = claims
    found = Found("pvc://weights/llama", "/spec/template/spec/containers/0/args/1")

    assert why_not(document, found, INJECTION)

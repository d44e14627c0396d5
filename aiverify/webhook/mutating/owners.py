"""What makes pods: its template is judged as the pod that it will be, and is left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors.interface import Found

_TEMPLATES: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("apps", "Deployment"): (("spec", "template"),),
    ("apps", "StatefulSet"): (("spec", "template"),),
    ("apps", "DaemonSet"): (("spec", "template"),),
    ("apps", "ReplicaSet"): (("spec", "template"),),
    ("", "ReplicationController"): (("spec", "template"),),
    ("batch", "Job"): (("spec", "template"),),
    ("batch", "CronJob"): (("spec", "jobTemplate", "spec", "template"),),
    ("leaderworkerset.x-k8s.io", "LeaderWorkerSet"): (
        ("spec", "leaderWorkerTemplate", "leaderTemplate"),
        ("spec", "leaderWorkerTemplate", "workerTemplate"),
    ),
}
"""Where the templates of each kind are, by its group and name."""

_CONTROLLED = frozenset(
    {
        ("serving.kserve.io", "InferenceService"),
        ("serving.kserve.io", "LLMInferenceService"),
    }
)
"""Kinds whose controller mounts the claim that they name into pods of its own making."""


def pod_of(document: Mapping[str, Json], found: Found) -> tuple[dict[str, Json], Found] | None:
    """The pod of the template that a reference stands in, and the reference as it stands there."""
    for path in _TEMPLATES.get(_kind(document), ()):
        before = "/" + "/".join(path)
        if found.where.startswith(f"{before}/"):
            template = _at(document, path)
            spec = _with_claims(_mapping(template.get("spec")), document)
            pod: dict[str, Json] = {**template, "apiVersion": "v1", "kind": "Pod", "spec": spec}
            return pod, replace(found, where=found.where.removeprefix(before))
    return None


def makes_pods_later(document: Mapping[str, Json], found: Found) -> bool:
    """Whether a claim is named of which only a controller's pods can tell how it is used."""
    named = found.uri.startswith("pvc://") and not found.problem
    return named and _kind(document) in _CONTROLLED


def _kind(document: Mapping[str, Json]) -> tuple[str, str]:
    version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return "", ""
    group, slash, _ = version.partition("/")
    return (group if slash else ""), kind


def _with_claims(spec: Mapping[str, Json], document: Mapping[str, Json]) -> Mapping[str, Json]:
    """A pod's specification with the claims that a StatefulSet makes for each of its pods.

    They are called otherwise there, which changes nothing in how they are mounted.
    """
    stated = _at(document, ("spec",)).get("volumeClaimTemplates")
    templates = stated if isinstance(stated, list) else []
    names = [_mapping(_mapping(item).get("metadata")).get("name") for item in templates]
    volumes = spec.get("volumes")
    if not names or not isinstance(volumes, list | None):
        return spec
    made = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    return {**spec, "volumes": [*(volumes or []), *made]}


def _at(document: Mapping[str, Json], path: tuple[str, ...]) -> Mapping[str, Json]:
    value: Json = document
    for key in path:
        value = _mapping(value).get(key)
    return _mapping(value)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}

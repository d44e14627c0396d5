"""Of which objects the API server asks: every kind that can name a model, whoever defined it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiverify.core.admission import CustomResource
from aiverify.core.jsonvalue import Json
from aiverify.webhook.request import GroupVersionKind

BUILT_IN: dict[str, dict[str, tuple[str, ...]]] = {
    "": {
        "Pod": ("pods", "pods/ephemeralcontainers"),
        "PodTemplate": ("podtemplates",),
        "ReplicationController": ("replicationcontrollers",),
    },
    "apps": {
        "DaemonSet": ("daemonsets",),
        "Deployment": ("deployments",),
        "ReplicaSet": ("replicasets",),
        "StatefulSet": ("statefulsets",),
    },
    "batch": {
        "CronJob": ("cronjobs",),
        "Job": ("jobs",),
    },
}
"""Kubernetes' own kinds that hold pods, with the resources through which they change.

To scale a workload is to have more of the same pods, of each of which is asked; so `scale` is not
here, nor is `status`, which runs nothing.
"""

OPERATIONS = ["CREATE", "UPDATE"]
"""What is deleted no longer runs, and who may connect to what runs is not for this webhook."""

STILL_JUDGED = (
    "request.operation != 'UPDATE' || !(request.resource.group in ['', 'apps', 'batch'])"
    " || !has(oldObject.metadata.deletionTimestamp)"
    " || !has(oldObject.spec) || !has(object.spec) || object.spec != oldObject.spec"
)
"""All but the update of a built-in workload that is being deleted and runs what it ran before, as
when a controller takes its finalizer away: nobody should have to verify a model to get rid of it.

`oldObject` is what the API server has stored, and it alone writes `deletionTimestamp`: whoever asks
can neither claim that something is being deleted nor change what it runs on the way.
"""


def kinds_of_extractors() -> tuple[GroupVersionKind, ...]:
    """Every kind in which models are looked for."""
    from aiverify.webhook.extractors import table

    return tuple(kind for extractor in table.EXTRACTORS for kind in extractor.kinds)


def resource_rules(
    kinds: Iterable[GroupVersionKind], resources: Iterable[CustomResource]
) -> list[Json]:
    """The rules that cover these kinds and a profile's custom resources, in every version.

    A kind does not say what its resource is called, and a wrong guess would be a kind that nobody
    is ever asked about. So of groups that are not Kubernetes' own, all resources are covered.
    """
    named = tuple(resources)
    groups = {kind.group for kind in kinds} | {item.group for item in named}
    rules = [_rule([group], _built_in(group, named)) for group in BUILT_IN]
    foreign = sorted(groups.difference(BUILT_IN))
    return [*rules, _rule(foreign, ["*"])] if foreign else rules


def _built_in(group: str, named: Iterable[CustomResource]) -> list[str]:
    """The resources of one of Kubernetes' own groups, which are all called by one rule."""
    known = [name for names in BUILT_IN[group].values() for name in names]
    more = [_plural(item.kind) for item in named if item.group == group]
    return list(dict.fromkeys([*known, *more]))


def _plural(kind: str) -> str:
    name = kind.lower()
    if name.endswith("s"):
        return name if name == "endpoints" else f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def pod_rules() -> list[Json]:
    """The rule of the mutating webhook: a container can be added while a pod is made, or never."""
    return [
        {
            "apiGroups": [""],
            "apiVersions": ["*"],
            "operations": ["CREATE"],
            "resources": ["pods"],
            "scope": "Namespaced",
        }
    ]


def _rule(groups: Sequence[str], resources: Sequence[str]) -> Json:
    return {
        "apiGroups": list(groups),
        "apiVersions": ["*"],
        "operations": list(OPERATIONS),
        "resources": list(resources),
        "scope": "*",
    }

"""What a pod has in common with those like it: a thousand of one owner differ by name alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aiverify.core.jsonvalue import Json
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation, User

POD = GroupVersionKind("", "v1", "Pod")

OWN = frozenset(
    {
        "name",
        "uid",
        "creationTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
    }
)
"""Members of metadata that set an object apart, and that say nothing of what it runs."""

_ACCESS = re.compile("kube-api-access-[a-z0-9]{5}")
_ANY_ACCESS = "kube-api-access-00000"
_ROLES = ("initContainers", "containers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A request without what sets it apart, and the text by which those like it are found."""

    request: AdmissionRequest
    text: str


def likeness(request: AdmissionRequest) -> Likeness | None:
    """What a request has in common with those like it; None where each is judged for itself.

    Only for the creation of a pod. Whoever is judged by this is judged as the cluster would judge
    any of them: neither its name nor who asks is to be seen.
    """
    made, spec = request.object, request.object.get("spec") if request.object else None
    if request.operation is not Operation.CREATE or request.kind != POD or request.subresource:
        return None
    if request.old is not None or made is None or not isinstance(spec, Mapping):
        return None
    metadata = made.get("metadata")
    if not isinstance(metadata, Mapping) or _is_named_by_pod(spec):
        return None
    said = {key: value for key, value in metadata.items() if key not in OWN}
    document = {**made, "metadata": said, "spec": _with_common_access(spec)}
    common = replace(request, uid="", name="", user=User(), object=document, dry_run=False)
    text = json.dumps([request.namespace, document], separators=(",", ":"))
    return Likeness(common, text)


def _is_named_by_pod(spec: Mapping[str, Json]) -> bool:
    """Whether a volume is a claim that has the pod's name."""
    return any(volume.get("ephemeral") is not None for volume in _each(spec.get("volumes")))


def _with_common_access(spec: Mapping[str, Json]) -> Mapping[str, Json]:
    """The same with another name for the volume of the token, which each pod has anew.

    It is left as it is where that could take one volume for another.
    """
    names = [volume.get("name") for volume in _each(spec.get("volumes"))]
    found = [name for name in names if isinstance(name, str) and _ACCESS.fullmatch(name)]
    if len(found) != 1 or found[0] == _ANY_ACCESS:
        return spec
    renamed = {"volumes": _renamed(spec.get("volumes"), found[0])}
    for role in _ROLES:
        containers = spec.get(role)
        if isinstance(containers, list):
            renamed[role] = [_mounting(item, found[0]) for item in containers]
    return {**spec, **renamed}


def _mounting(container: Json, access: str) -> Json:
    if not isinstance(container, Mapping) or "volumeMounts" not in container:
        return container
    return {**container, "volumeMounts": _renamed(container["volumeMounts"], access)}


def _renamed(items: Json, access: str) -> Json:
    """A list of what has names, in which one has another."""
    if not isinstance(items, list):
        return items
    return [
        {**item, "name": _ANY_ACCESS}
        if isinstance(item, Mapping) and item.get("name") == access
        else item
        for item in items
    ]


def _each(items: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(items, Iterable):
        yield from (item for item in items if isinstance(item, Mapping))

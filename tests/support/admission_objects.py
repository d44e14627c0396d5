"""Kubernetes objects that name models, and what an extractor is asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiverify.core.admission import CustomResource
from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.table import extract
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation

IMAGE = "registry.example/acme/server:1"


def asked(
    document: Mapping[str, Json],
    *,
    operation: Operation = Operation.CREATE,
    subresource: str = "",
) -> AdmissionRequest:
    """The request for an object, whose kind is what the object says."""
    version = str(document.get("apiVersion", "v1"))
    group, _, name = version.rpartition("/")
    kind = GroupVersionKind(group, name, str(document.get("kind", "Pod")))
    return AdmissionRequest("u-1", kind, operation, document, subresource=subresource)


def found_in(
    document: Mapping[str, Json], resources: Sequence[CustomResource] = ()
) -> tuple[Found, ...]:
    """What is found in an object, without the images that containers run."""
    found = extract(asked(document), resources)
    return tuple(item for item in found if item.what is not What.IMAGE)


def names(document: Mapping[str, Json], resources: Sequence[CustomResource] = ()) -> set[str]:
    """The URIs that are found and can be judged, with `@revision`."""
    return {
        f"{item.uri}@{item.revision}" if item.revision else item.uri
        for item in found_in(document, resources)
        if not item.problem
    }


def problems(document: Mapping[str, Json], resources: Sequence[CustomResource] = ()) -> str:
    """Why what is found cannot be judged, a line each."""
    return "\n".join(item.problem for item in found_in(document, resources) if item.problem)


def container(**members: Json) -> dict[str, Json]:
    """A container of an image that no extractor knows."""
    return {"name": "server", "image": IMAGE, **members}


def pod(
    *containers: Json, volumes: Sequence[Json] = (), init: Sequence[Json] = (), **members: Json
) -> dict[str, Json]:
    """A pod of these containers."""
    spec: dict[str, Json] = {"containers": list(containers), **members}
    if volumes:
        spec["volumes"] = list(volumes)
    if init:
        spec["initContainers"] = list(init)
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def serving(*words: str, **members: Json) -> dict[str, Json]:
    """A pod of one container with this command line."""
    return pod(container(command=list(words), **members))


def at(document: Json, pointer: str) -> Json:
    """What a JSON pointer leads to."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]  # type: ignore[index,call-overload]
    return document

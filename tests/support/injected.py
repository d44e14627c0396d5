"""Pods with volumes, and what a webhook adds to them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.mutating import targets
from aiverify.webhook.mutating.injection import NAME, Injection
from aiverify.webhook.mutating.patching import mutate
from aiverify.webhook.request import AdmissionRequest, Operation

DIGEST = "sha256:" + "ab" * 32
INJECTION = Injection(f"registry.example/aiverify@{DIGEST}", '{"files":{},"profile":{}}')

DOWNLOADS = replace(INJECTION, downloads=True)


def claim(name: str = "models", of: str = "weights") -> dict[str, Any]:
    """A volume that is a claim."""
    return {"name": name, "persistentVolumeClaim": {"claimName": of}}


def on_node(path: str, name: str = "models") -> dict[str, Any]:
    """A volume that is a directory of the node."""
    return {"name": name, "hostPath": {"path": path, "type": "Directory"}}


def empty(name: str = "models") -> dict[str, Any]:
    """A volume with nothing in it at first."""
    return {"name": name, "emptyDir": {}}


def mount(path: str = "/models", name: str = "models", **more: Any) -> dict[str, Any]:
    """A mount, read-only unless it is said otherwise."""
    return {"name": name, "mountPath": path, "readOnly": True, **more}


def server(model: str = "/models/llama", **more: Any) -> dict[str, Any]:
    """A container that serves a model."""
    return {
        "name": "server",
        "image": "vllm/vllm-openai:v0.9.0",
        "args": ["--model", model],
        "volumeMounts": [mount()],
        **more,
    }


def helper(name: str = "helper", *mounts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A container that does something else."""
    return {"name": name, "image": "busybox:1", "volumeMounts": list(mounts), **more}


def downloader(**more: Any) -> dict[str, Any]:
    """An init container that may write to the volume."""
    return helper("download", {"name": "models", "mountPath": "/out"}, **more)


def initializer(*args: str, **more: Any) -> dict[str, Any]:
    """KServe's, which downloads what it is told to."""
    return {
        "name": "storage-initializer",
        "image": "kserve/storage-initializer:v0.15.0",
        "args": list(args) or ["s3://acme/llama", "/mnt/models"],
        "volumeMounts": [{"name": "models", "mountPath": "/mnt/models"}],
        **more,
    }


def pod(
    *containers: dict[str, Any],
    init: Iterable[dict[str, Any]] = (),
    volumes: Iterable[dict[str, Any]] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """A pod that serves from a claim, unless it is given something else."""
    made: dict[str, Any] = {
        "containers": list(containers) or [server()],
        "volumes": [claim()] if volumes is None else list(volumes),
        **spec,
    }
    if listed := list(init):
        made["initContainers"] = listed
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": made}


def asked(document: Any, operation: Operation = Operation.CREATE, **more: Any) -> AdmissionRequest:
    """A request for a pod."""
    return AdmissionRequest("u", targets.POD, operation, document, namespace="ml", **more)


def patched(document: Any, injection: Injection = INJECTION) -> Any:
    """The pod as the API server has it after the patch."""
    patch, decision = mutate(asked(document), injection)
    assert decision.allowed
    return applied(document, patch)


def applied(document: Any, patch: Any) -> Any:
    """What a patch makes of a document (RFC 6902): the operations that are used here."""
    result = copy.deepcopy(document)
    for step in patch:
        *parents, last = step["path"].split("/")[1:]
        place = result
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if isinstance(place, dict):
            assert step["op"] == "add"
            place[last] = copy.deepcopy(step["value"])
        elif step["op"] == "add":
            assert 0 <= int(last) <= len(place)
            place.insert(int(last), copy.deepcopy(step["value"]))
        elif step["op"] == "replace":
            place[int(last)] = copy.deepcopy(step["value"])
        else:
            assert step["op"] == "remove"
            del place[int(last)]
    return result


def ours(document: Any) -> Any:
    """The injected container of a pod."""
    (found,) = [item for item in document["spec"]["initContainers"] if item["name"] == NAME]
    return found


def order(document: Any) -> list[str]:
    """The names of the init containers."""
    return [item["name"] for item in document["spec"].get("initContainers", [])]


def model_in(document: Any) -> Found:
    """The one reference to what only a node can read."""
    named = {item for item in targets.references(document) if item.what is not What.IMAGE}
    (found,) = {item for item in named if item.uri.startswith(("pvc://", "file://", "/"))}
    return found


def expanded(text: str) -> str:
    """What a kubelet makes of a text in a container that knows no variables."""
    return text.replace("$$", "$")

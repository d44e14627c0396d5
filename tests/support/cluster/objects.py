"""Objects as people write them, each around the place where it names a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.cluster.kinds import CUSTOM_KINDS

Object = dict[str, Any]

SERVER = "registry.example/vllm/vllm-openai:v0.11.0"
"""An image of a model server. There is no node to pull it."""

_BUILTIN = {
    "Pod": "v1",
    "ReplicationController": "v1",
    "PodTemplate": "v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
}


def made(kind: str, name: str = "llama", *, group: str = "", **members: Any) -> Object:
    """An object of any kind. `group` tells two kinds of one name apart."""
    version = _BUILTIN.get(kind) or next(
        one.api_version for one in CUSTOM_KINDS if one.kind == kind and one.group.endswith(group)
    )
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **members}


def container(*args: str, image: str = SERVER, name: str = "server", **members: Any) -> Object:
    """A container, with arguments if there are any."""
    words = {"args": list(args)} if args else {}
    return {"name": name, "image": image, **words, **members}


def pod_spec(*containers: Object, volumes: Sequence[Object] = (), **members: Any) -> Object:
    """What runs; without containers, a server that names no model."""
    return {
        "containers": list(containers) or [container()],
        **({"volumes": list(volumes)} if volumes else {}),
        **members,
    }


def image_volume(reference: str, name: str = "weights") -> Object:
    """A volume that is an image."""
    return {"name": name, "image": {"reference": reference, "pullPolicy": "IfNotPresent"}}


def csi_volume(reference: str) -> Object:
    """A volume that ModelPack's driver mounts."""
    attributes = {"model.csi.modelpack.org/reference": reference}
    driver = {"driver": "model.csi.modelpack.org", "volumeAttributes": attributes}
    return {"name": "weights", "csi": driver}


def claim_volume(claim: str) -> Object:
    """A volume that somebody claimed."""
    return {"name": "weights", "persistentVolumeClaim": {"claimName": claim}}


def mounted(*args: str, at: str = "/models", **members: Any) -> Object:
    """A container that has the volume `weights`."""
    mounts = [{"name": "weights", "mountPath": at, "readOnly": True}]
    return container(*args, volumeMounts=mounts, **members)


def pod(*containers: Object, name: str = "llama", **members: Any) -> Object:
    """A pod."""
    return made("Pod", name, spec=pod_spec(*containers, **members))


def imaged(reference: str, name: str = "llama", kind: str = "Pod") -> Object:
    """A pod, or what owns one, that mounts a model from a registry."""
    spec = pod_spec(mounted("--model", "/models"), volumes=[image_volume(reference)])
    return made("Pod", name, spec=spec) if kind == "Pod" else owner(kind, spec, name)


def serving(*args: str, name: str = "llama", kind: str = "Pod") -> Object:
    """A pod, or what owns one, whose server is told by arguments what to serve."""
    spec = pod_spec(container(*args))
    return made("Pod", name, spec=spec) if kind == "Pod" else owner(kind, spec, name)


def owner(kind: str, spec: Object, name: str = "llama") -> Object:
    """What makes pods, around their spec."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": spec}
    selector = {"matchLabels": labels}
    if kind in {"Job", "CronJob"}:
        job = {"template": {**template, "spec": {"restartPolicy": "Never", **spec}}}
        if kind == "Job":
            return made(kind, name, spec=job)
        return made(kind, name, spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": job}})
    if kind == "LeaderWorkerSet":
        worker = {"leaderWorkerTemplate": {"size": 2, "workerTemplate": template}}
        return made(kind, name, spec={"replicas": 1, **worker})
    if kind == "PodTemplate":
        return made(kind, name, template=template)
    if kind == "ReplicationController":
        return made(kind, name, spec={"selector": labels, "template": template})
    more = {"serviceName": name} if kind == "StatefulSet" else {}
    return made(kind, name, spec={"selector": selector, "template": template, **more})


def predictor(uri: str, name: str = "llama", **members: Any) -> Object:
    """An InferenceService of KServe."""
    model = {"modelFormat": {"name": "huggingface"}, "storageUri": uri, **members}
    return made("InferenceService", name, spec={"predictor": {"model": model}})

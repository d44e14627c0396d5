"""What an API server asks about pods."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

from tests.support.cluster.cluster import DEVELOPER, Cluster
from tests.support.cluster.objects import Object


def reviews(cluster: Cluster, namespace: str, pods: Sequence[Object]) -> list[bytes]:
    """A review of each pod (admission.k8s.io/v1), with all that the API server fills in.

    That is taken from the second pod, which must be one that is admitted.
    """
    path = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
    answer = cluster.ask("POST", path, pods[1], user=DEVELOPER)
    assert answer.status == 201, answer.message
    return [_review(namespace, _filled(answer.document, pod)) for pod in pods]


def _filled(like: Object, pod: Object) -> Object:
    name = pod["metadata"]["name"]
    metadata = {**like["metadata"], "name": name, "uid": str(uuid.uuid4())}
    spec = {**like["spec"], "volumes": pod["spec"]["volumes"]}
    return {**like, "metadata": metadata, "spec": spec}


def _review(namespace: str, pod: Object) -> bytes:
    kind = {"group": "", "version": "v1", "kind": "Pod"}
    resource = {"group": "", "version": "v1", "resource": "pods"}
    groups = ["developers", "system:authenticated"]
    request = {
        "uid": str(uuid.uuid4()),
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": pod["metadata"]["name"],
        "namespace": namespace,
        "operation": "CREATE",
        "userInfo": {"username": DEVELOPER, "uid": DEVELOPER, "groups": groups},
        "object": pod,
        "oldObject": None,
        "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
    }
    review = {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    return json.dumps(review, separators=(",", ":")).encode()

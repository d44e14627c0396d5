"""What all objects have in common."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.jsonvalue import Json
from aiverify.webhook.manifests.values import LABELS, NAME, Values

Document = dict[str, Json]


def of_namespace(
    values: Values, version: str, kind: str, name: str = NAME, **members: Json
) -> Document:
    """An object in the webhook's namespace."""
    metadata: dict[str, Json] = {
        "name": name,
        "namespace": values.namespace,
        "labels": dict(LABELS),
    }
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **members}


def of_cluster(
    version: str,
    kind: str,
    name: str = NAME,
    annotations: Mapping[str, str] | None = None,
    **members: Json,
) -> Document:
    """An object of the cluster."""
    metadata: dict[str, Json] = {"name": name, "labels": dict(LABELS)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **members}

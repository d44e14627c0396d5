"""All that is installed, in the order in which it is applied."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.webhook.manifests import access, configuring, issuing, network, profile, workload
from aiverify.webhook.manifests.objects import Document, of_cluster
from aiverify.webhook.manifests.values import Values


def render(values: Values) -> list[Document]:
    """The objects. What others refer to comes first, and the webhook configurations last."""
    found: list[Document] = []
    if values.crd:
        from aiverify.webhook.manifests.crd import crd

        found.append(dict(crd()))
    if values.outside is None:
        found += _inside(values)
    found.append(configuring.validating(values))
    if values.mutating:
        found.append(configuring.mutating(values))
    return found


def _inside(values: Values) -> Iterator[Document]:
    yield _namespace(values)
    yield access.service_account(values)
    yield from access.roles(values)
    yield profile.config_map(values)
    if values.reach.client_ca:
        yield profile.client_ca(values)
    if values.self_signed:
        yield access.secret(values)
    else:
        yield from issuing.objects(values)
    yield network.service(values)
    yield network.disruption_budget(values)
    yield network.policy(values)
    yield workload.deployment(values)


def _namespace(values: Values) -> Document:
    """The namespace, in which nothing runs that is not as restricted as the webhook itself."""
    found = of_cluster("v1", "Namespace", values.namespace)
    restricted = {
        f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
    }
    metadata = found["metadata"]
    assert isinstance(metadata, dict)
    metadata["labels"] = {**metadata["labels"], **restricted}
    return found

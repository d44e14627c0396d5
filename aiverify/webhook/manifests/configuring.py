"""The webhook configurations: of what the API server asks, whom, and what without an answer."""

from __future__ import annotations

import base64

from aiverify.core.jsonvalue import Json
from aiverify.webhook.manifests import rules
from aiverify.webhook.manifests.objects import Document, of_cluster
from aiverify.webhook.manifests.values import CONFIGURATION, NAME, Certificates, Values
from aiverify.webhook.manifests.workload import SECRET

VALIDATE, MUTATE = "/validate", "/mutate"
"""The paths at which the server answers."""

_API = "admissionregistration.k8s.io/v1"
_NAMESPACE = "kubernetes.io/metadata.name"
"""The label that the API server gives every namespace, and nobody can change."""


def validating(values: Values) -> Document:
    """The configuration by which the API server asks whether an object is admitted."""
    covered = rules.resource_rules(rules.kinds_of_extractors(), values.resources)
    webhook = {
        **_webhook(values, "validate.aiverify.dev", VALIDATE),
        "rules": covered,
        "matchConditions": [{"name": "still-judged", "expression": rules.STILL_JUDGED}],
    }
    return _configuration(values, "ValidatingWebhookConfiguration", webhook)


def mutating(values: Values) -> Document:
    """The configuration by which pods are given a container that verifies on their node.

    It is asked again where another webhook changes a pod after it. The validating webhook sees
    what has become of the pod in the end.
    """
    webhook = {
        **_webhook(values, "mutate.aiverify.dev", MUTATE),
        "rules": rules.pod_rules(),
        "reinvocationPolicy": "IfNeeded",
    }
    return _configuration(values, "MutatingWebhookConfiguration", webhook)


def _configuration(values: Values, kind: str, webhook: dict[str, Json]) -> Document:
    annotations: dict[str, str] = {}
    if values.certificates is Certificates.CERT_MANAGER and values.outside is None:
        annotations["cert-manager.io/inject-ca-from"] = f"{values.namespace}/{SECRET}"
    return of_cluster(_API, kind, CONFIGURATION, annotations, webhooks=[webhook])


def _webhook(values: Values, name: str, path: str) -> dict[str, Json]:
    return {
        "name": name,
        "admissionReviewVersions": ["v1"],
        "clientConfig": _client(values, path),
        "failurePolicy": values.failure_policy.value,
        "matchPolicy": "Equivalent",
        "sideEffects": "None",
        "timeoutSeconds": values.timeout,
        "namespaceSelector": {
            "matchExpressions": [
                {"key": _NAMESPACE, "operator": "NotIn", "values": _excluded(values)}
            ]
        },
    }


def _client(values: Values, path: str) -> Json:
    if values.outside:
        bundle = base64.b64encode(values.outside.authority.encode()).decode()
        return {"url": values.outside.url.rstrip("/") + path, "caBundle": bundle}
    return {
        "service": {"name": NAME, "namespace": values.namespace, "path": path, "port": 443},
    }


def _excluded(values: Values) -> list[Json]:
    """Where the webhook is not asked: it could not start, or the cluster could not."""
    return list(dict.fromkeys(("kube-system", values.namespace, *values.excluded)))

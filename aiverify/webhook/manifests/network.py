"""How the webhook is reached, whom it may ask, and how many of it may be away at once."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.webhook.manifests.objects import Document, of_namespace
from aiverify.webhook.manifests.values import LABELS, METRICS_PORT, PORT, Values

_DNS = 53
_API_SERVER = (443, 6443)
_NODE_LOCAL_DNS = "169.254.20.10/32"


def service(values: Values) -> Document:
    """The Service that the API server asks."""
    spec: Json = {
        "type": "ClusterIP",
        "selector": dict(LABELS),
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": "https"}],
    }
    return of_namespace(values, "v1", "Service", spec=spec)


def disruption_budget(values: Values) -> Document:
    """One pod at a time may be taken away."""
    spec: Json = {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": dict(LABELS)},
    }
    return of_namespace(values, "policy/v1", "PodDisruptionBudget", spec=spec)


def policy(values: Values) -> Document:
    """What may come in and what may go out."""
    spec: Json = {
        "podSelector": {"matchLabels": dict(LABELS)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [_asked(values), {"ports": [_port(METRICS_PORT)]}],
        "egress": [_dns(), {"ports": [_port(port) for port in _ports(values)]}],
    }
    return of_namespace(values, "networking.k8s.io/v1", "NetworkPolicy", spec=spec)


def _asked(values: Values) -> Json:
    rule: dict[str, Json] = {"ports": [_port(PORT)]}
    if values.reach.api_servers:
        rule["from"] = [{"ipBlock": {"cidr": network}} for network in values.reach.api_servers]
    return rule


def _dns() -> Json:
    return {
        "to": [{"namespaceSelector": {}}, {"ipBlock": {"cidr": _NODE_LOCAL_DNS}}],
        "ports": [_port(_DNS, "UDP"), _port(_DNS)],
    }


def _ports(values: Values) -> list[int]:
    needed = _API_SERVER if values.asks_the_api_server else ()
    return sorted({*values.reach.egress_ports, *needed})


def _port(number: int, protocol: str = "TCP") -> Json:
    return {"protocol": protocol, "port": number}

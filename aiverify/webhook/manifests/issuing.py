"""Certificates by cert-manager: an authority of its own, which outlives what it signs.

Were the serving certificate its own authority, each renewal would change what the API server
believes at the very moment at which pods still serve the one before.
"""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.webhook.cluster.certificates import service_names
from aiverify.webhook.manifests.objects import Document, of_namespace
from aiverify.webhook.manifests.values import NAME, Values
from aiverify.webhook.manifests.workload import SECRET

_API = "cert-manager.io/v1"
_AUTHORITY = "aiverify-webhook-ca"
_KEY: dict[str, Json] = {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"}


def objects(values: Values) -> list[Document]:
    """Issuers and certificates."""
    return [
        of_namespace(values, _API, "Issuer", f"{_AUTHORITY}-self", spec={"selfSigned": {}}),
        of_namespace(values, _API, "Certificate", _AUTHORITY, spec=_authority()),
        of_namespace(values, _API, "Issuer", _AUTHORITY, spec={"ca": {"secretName": _AUTHORITY}}),
        of_namespace(values, _API, "Certificate", SECRET, spec=_served(values)),
    ]


def _authority() -> Json:
    return {
        "isCA": True,
        "commonName": _AUTHORITY,
        "secretName": _AUTHORITY,
        "duration": "87600h",
        # A new key would be a new authority, and the API server believes one alone.
        "privateKey": {**_KEY, "rotationPolicy": "Never"},
        "usages": ["cert sign"],
        "issuerRef": {"name": f"{_AUTHORITY}-self", "kind": "Issuer", "group": "cert-manager.io"},
    }


def _served(values: Values) -> Json:
    return {
        "secretName": SECRET,
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": dict(_KEY),
        "usages": ["digital signature", "server auth"],
        "dnsNames": list(service_names(NAME, values.namespace)),
        "issuerRef": {"name": _AUTHORITY, "kind": "Issuer", "group": "cert-manager.io"},
    }

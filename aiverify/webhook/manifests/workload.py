"""The webhook's pods: what they run, what they may not do, and how they are spread."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.webhook.manifests import profile
from aiverify.webhook.manifests.carried import PROFILE, SUMMARIES
from aiverify.webhook.manifests.objects import Document, of_namespace
from aiverify.webhook.manifests.values import (
    CONFIGURATION,
    GRACE,
    LABELS,
    METRICS_PORT,
    NAME,
    PORT,
    Values,
)

TLS = "/var/run/aiverify/tls"
"""Where the certificate is."""

SECRET = "aiverify-webhook-tls"  # noqa: S105 - its name
_LOGINS = "/etc/aiverify/registry"
_CLIENT_CA = "/etc/aiverify/client-ca"
_USER = 65532

_SCRAPED = {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": str(METRICS_PORT),
    "prometheus.io/path": "/metrics",
}
"""What many a Prometheus goes by."""


def deployment(values: Values) -> Document:
    """The Deployment."""
    spec: Json = {
        "replicas": values.replicas,
        "selector": {"matchLabels": dict(LABELS)},
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
        },
        "template": {
            "metadata": {"labels": dict(LABELS), "annotations": dict(_SCRAPED)},
            "spec": _pod(values),
        },
    }
    return of_namespace(values, "apps/v1", "Deployment", spec=spec)


def arguments(values: Values) -> list[str]:
    """The words of `aiverify` that the container runs."""
    words = [
        "webhook",
        "serve",
        f"--profile={profile.MOUNTED}/{profile.FOLDER}/{PROFILE}",
        f"--port={PORT}",
        f"--metrics-port={METRICS_PORT}",
        f"--tls-cert={TLS}/tls.crt",
        f"--tls-key={TLS}/tls.key",
        f"--deadline={values.timeout * 1000 - 500}ms",
        "--audit-log=-",
    ]
    if values.reach.client_ca:
        words.append(f"--client-ca={_CLIENT_CA}/ca.crt")
    if values.injecting:
        words += [f"--inject={values.image}", f"--inject-pull={values.injecting.pull}"]
        if values.injecting.downloads:
            words.append("--inject-downloads")
    if values.self_signed:
        words += [
            "--self-signed",
            f"--namespace={values.namespace}",
            f"--service={NAME}",
            f"--secret={SECRET}",
            f"--validating={CONFIGURATION}",
            *([f"--mutating={CONFIGURATION}"] if values.mutating else []),
        ]
    if values.crd:
        words.append("--watch-profile")
    return words


def _pod(values: Values) -> Json:
    pod: dict[str, Json] = {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": values.asks_the_api_server,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "affinity": {"podAntiAffinity": _apart()},
        "topologySpreadConstraints": [
            _spread("topology.kubernetes.io/zone"),
            _spread("kubernetes.io/hostname"),
        ],
        "containers": [_container(values)],
        "volumes": _volumes(values),
    }
    if values.priority_class:
        pod["priorityClassName"] = values.priority_class
    if values.registry_secret:
        pod["imagePullSecrets"] = [{"name": values.registry_secret}]
    return pod


def _container(values: Values) -> Json:
    return {
        "name": "webhook",
        "image": values.image,
        "args": list(arguments(values)),
        "env": _environment(values),
        "ports": [
            {"name": "https", "containerPort": PORT, "protocol": "TCP"},
            {"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
        },
        # No limit of processor time: what waits for its share answers too late.
        "resources": {
            "requests": {"cpu": "250m", "memory": "256Mi"},
            "limits": {"memory": "1Gi"},
        },
        "startupProbe": _probe("/healthz", every=2, failures=30),
        "livenessProbe": _probe("/healthz", every=10, failures=3),
        "readinessProbe": _probe("/readyz", every=5, failures=2),
        "volumeMounts": _mounts(values),
    }


def _environment(values: Values) -> list[Json]:
    variables = {"HOME": "/tmp"}  # noqa: S108 - a volume of the pod's own
    if values.registry_secret:
        variables["DOCKER_CONFIG"] = _LOGINS
    return [{"name": name, "value": value} for name, value in variables.items()]


def _volumes(values: Values) -> list[Json]:
    volumes: list[Json] = [
        {"name": "profile", "configMap": {"name": profile.NAME, "items": _items(values)}},
        {"name": "scratch", "emptyDir": {"medium": "Memory", "sizeLimit": "128Mi"}},
        {"name": "tls", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}
        if values.self_signed
        else {"name": "tls", "secret": {"secretName": SECRET, "defaultMode": 0o440}},
    ]
    if values.registry_secret:
        entry: Json = {"key": ".dockerconfigjson", "path": "config.json"}
        secret: Json = {
            "secretName": values.registry_secret,
            "items": [entry],
            "defaultMode": 0o440,
        }
        volumes.append({"name": "registry", "secret": secret})
    if values.reach.client_ca:
        volumes.append({"name": "client-ca", "configMap": {"name": profile.CLIENT_CA}})
    if values.summaries:
        volumes.append({"name": "summaries", "configMap": {"name": values.summaries}})
    return volumes


def _items(values: Values) -> list[Json]:
    return profile.items(values.carried)


def _mounts(values: Values) -> list[Json]:
    mounts: list[Json] = [
        {"name": "profile", "mountPath": profile.MOUNTED, "readOnly": True},
        {"name": "scratch", "mountPath": "/tmp"},  # noqa: S108 - as above
        {"name": "tls", "mountPath": TLS, **({} if values.self_signed else {"readOnly": True})},
    ]
    wanted = {
        "registry": (values.registry_secret, _LOGINS),
        "client-ca": (values.reach.client_ca, _CLIENT_CA),
        "summaries": (values.summaries, SUMMARIES),
    }
    return mounts + [
        {"name": name, "mountPath": path, "readOnly": True}
        for name, (is_there, path) in wanted.items()
        if is_there
    ]


def _probe(path: str, *, every: int, failures: int) -> Json:
    return {
        "httpGet": {"path": path, "port": "metrics"},
        "periodSeconds": every,
        "timeoutSeconds": 3,
        "failureThreshold": failures,
    }


def _apart() -> Json:
    term: Json = {
        "labelSelector": {"matchLabels": dict(LABELS)},
        "topologyKey": "kubernetes.io/hostname",
    }
    return {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 100, "podAffinityTerm": term}
        ]
    }


def _spread(key: str) -> Json:
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(LABELS)},
    }

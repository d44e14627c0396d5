"""How the API server is told to ask somebody, where that is none of our own manifests."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any


def asking_about_pods(port: int, root: Path) -> dict[str, Any]:
    """A configuration by which a webhook on loopback is asked about each new pod.

    `root` is a file with the root of its certificate.
    """
    rule = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE"],
        "resources": ["pods"],
    }
    bundle = base64.b64encode(root.read_bytes()).decode()
    hook = {
        "name": "pods.example.com",
        "clientConfig": {"url": f"https://127.0.0.1:{port}/validate", "caBundle": bundle},
        "rules": [rule],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "pods"},
        "webhooks": [hook],
    }

"""A profile that has every member there is, for whoever holds the reader and the model together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiverify.core.artifact import Kind
from tests.support.certificates import root
from tests.support.signatures import key

FINGERPRINT = f"sha256:{'ab' * 32}"
ROOT = root()


def full_document() -> dict[str, Any]:
    """A profile with every member of the model, in its long form, as a file has it."""
    return {
        "apiVersion": "aiverify.dev/profile/v1",
        "trust": {
            "threshold": 1,
            "signers": [_alice(), _bob()],
            "kinds": {kind.value: {"threshold": 1, "signers": ["alice"]} for kind in Kind},
            "revoked": {"keys": [FINGERPRINT, "lost.pub"], "digests": [FINGERPRINT]},
            "sigstore": "sigstore.json",
        },
        "require": {
            "sbom": True,
            "attestations": [
                {"type": "provenance", "max_age": "7d", "signers": ["alice"], "threshold": 1}
            ],
        },
        "contents": {"unread": "warn", "globals": ["acme.models.Net"]},
        "policies": {
            "from": ["rules/"],
            "include": ["@cluster"],
            "exclude": ["acme.old"],
            "fail_on_warn": True,
            "signed": ["alice"],
        },
        "exceptions": [
            _exception(rule="acme.rules.denied", path="/sbom"),
            _exception(rule="AIV-PICKLE-DANGEROUS", file="old"),
        ],
        "config": {"licences": {"allow": ["mit"], "weight": 1.5}},
        "summaries": {"signers": [_alice(), _bob()], "max_age": "24h"},
        "admission": _admission(),
    }


def lay_files(folder: Path) -> None:
    """The files that it names."""
    for name in ("alice", "bob", "lost"):
        (folder / f"{name}.pub").write_text(key(owner=name).public.pem)
    (folder / "root.pem").write_bytes(ROOT.pem)


def _alice() -> dict[str, Any]:
    return {
        "name": "alice",
        "keys": [
            {"key": "alice.pub", "from": "2025-01-01", "until": "2026-01-01T12:00:00Z"},
            {"pem": key(owner="alice by pem").public.pem},
        ],
        "logged": True,
        "timestamped": False,
    }


def _bob() -> dict[str, Any]:
    issuer = "https://login.acme.example"
    return {
        "name": "bob",
        "certificates": [
            {"roots": ["root.pem"], "name": "bob@acme.example"},
            {"pem": ROOT.pem.decode(), "pattern": "*@acme.example"},
        ],
        "identities": [
            {"issuer": issuer, "name": "bob@acme.example"},
            {"issuer": issuer, "pattern": "*@build.acme.example"},
        ],
    }


def _exception(**more: str) -> dict[str, Any]:
    return {"artifact": "**", "reason": "r", "until": "2027-01-31", "by": "sec", **more}


def _admission() -> dict[str, Any]:
    return {
        "modes": [{"mode": "audit", "namespaces": ["a-*"], "rules": ["AIV-*"]}],
        "exemptions": [
            {
                "reason": "r",
                "expires": "2027-01-31",
                "by": "sec",
                "namespaces": ["cache"],
                "users": ["alice"],
                "groups": ["sre"],
                "objects": ["Pod/web-*"],
            }
        ],
        "resources": [
            {
                "group": "acme.example",
                "kind": "Endpoint",
                "paths": [".spec.uri"],
                "scheme": "hf",
                "revision": ".spec.revision",
            }
        ],
        "images": ["ghcr.io/acme/**"],
        "registries": ["ghcr.io/**"],
        "summaries": ["summaries/"],
        "models_required": ["inference-*"],
        "out_of_reach": "last-verdict",
        "keep_allowed": "10m",
        "keep_denied": "30s",
        "last_verdict": "1h",
    }

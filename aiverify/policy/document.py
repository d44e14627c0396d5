"""The policy document: what Rego sees as `input`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from aiverify.core.artifact import Artifact
from aiverify.core.description import Description, Stated
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.report import SignatureEvidence

API_VERSION = "aiverify.dev/input/v1"

T = TypeVar("T")


def document(
    artifact: Artifact,
    files: Sequence[FileFacts],
    *,
    description: Description,
    adapter: Mapping[str, Json] | None,
    sbom: Json,
    signatures: Sequence[SignatureEvidence],
    attestations: Sequence[Mapping[str, Json]],
    findings: Sequence[Finding],
    now_ns: int,
    request: Json = None,
) -> dict[str, Json]:
    """What is known of an artifact; `docs/schemas/input.v1.json` describes every member.

    `now_ns` is nanoseconds since the epoch. Every member is always there: what is not known
    is null or empty, so that a rule can tell "no" from "nobody looked".
    """
    return {
        "apiVersion": API_VERSION,
        "artifact": artifact.to_json(),
        "facts": {item.name: item.to_json() for item in files},
        "description": _description(description),
        "adapter": adapter,
        "sbom": sbom,
        "signatures": [item.to_json() for item in signatures],
        "attestations": list(attestations),
        "findings": [finding.to_json() for finding in findings],
        "request": request,
        "now_ns": now_ns,
    }


def _description(stated: Description) -> dict[str, Json]:
    """The statements that rules judge. Where each was made is the report's business."""
    return {
        "architecture": _value(stated.architecture),
        "family": _value(stated.family),
        "task": _value(stated.task),
        "parameters": _value(stated.parameters),
        "licences": [item.value for item in stated.licences],
        "datasets": [item.value for item in stated.datasets],
        "base_models": [
            {
                "name": item.value.name,
                "revision": item.value.revision,
                "digest": item.value.digest,
            }
            for item in stated.base_models
        ],
    }


def _value(stated: Stated[T] | None) -> T | None:
    return stated.value if stated else None

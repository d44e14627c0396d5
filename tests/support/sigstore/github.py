"""What a token of GitHub Actions says, and what an authority writes into a certificate of it.

The claims and their places are those of Fulcio's `docs/oid-info.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SERVER = "https://github.com"
COMMIT = "0123456789abcdef0123456789abcdef01234567"

_RAW = {
    "1.3.6.1.4.1.57264.1.2": "{event_name}",
    "1.3.6.1.4.1.57264.1.3": "{sha}",
    "1.3.6.1.4.1.57264.1.4": "{workflow}",
    "1.3.6.1.4.1.57264.1.5": "{repository}",
    "1.3.6.1.4.1.57264.1.6": "{ref}",
}
_ENCODED = {
    "1.3.6.1.4.1.57264.1.9": SERVER + "/{job_workflow_ref}",
    "1.3.6.1.4.1.57264.1.10": "{job_workflow_sha}",
    "1.3.6.1.4.1.57264.1.11": "{runner_environment}",
    "1.3.6.1.4.1.57264.1.12": SERVER + "/{repository}",
    "1.3.6.1.4.1.57264.1.13": "{sha}",
    "1.3.6.1.4.1.57264.1.14": "{ref}",
    "1.3.6.1.4.1.57264.1.15": "{repository_id}",
    "1.3.6.1.4.1.57264.1.16": SERVER + "/{repository_owner}",
    "1.3.6.1.4.1.57264.1.17": "{repository_owner_id}",
    "1.3.6.1.4.1.57264.1.18": SERVER + "/{workflow_ref}",
    "1.3.6.1.4.1.57264.1.19": "{workflow_sha}",
    "1.3.6.1.4.1.57264.1.20": "{event_name}",
    "1.3.6.1.4.1.57264.1.21": SERVER + "/{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
    "1.3.6.1.4.1.57264.1.22": "{repository_visibility}",
}


def claims(
    repository: str = "acme/model",
    workflow: str = ".github/workflows/release.yml",
    ref: str = "refs/heads/main",
) -> dict[str, str]:
    """What a token of a workflow says, besides issuer, audience and times."""
    workflow_ref = f"{repository}/{workflow}@{ref}"
    return {
        "sub": f"repo:{repository}:ref:{ref}",
        "repository": repository,
        "repository_id": "1001",
        "repository_owner": repository.partition("/")[0],
        "repository_owner_id": "2002",
        "repository_visibility": "public",
        "ref": ref,
        "sha": COMMIT,
        "event_name": "push",
        "workflow": "Release",
        "workflow_ref": workflow_ref,
        "workflow_sha": COMMIT,
        "job_workflow_ref": workflow_ref,
        "job_workflow_sha": COMMIT,
        "runner_environment": "github-hosted",
        "run_id": "3003",
        "run_attempt": "1",
    }


def is_workflow(token: Mapping[str, Any]) -> bool:
    """Whether a token speaks for a workflow."""
    return "job_workflow_ref" in token


def identity(token: Mapping[str, Any]) -> str:
    """The URI that a certificate names the workflow by."""
    return f"{SERVER}/{token['job_workflow_ref']}"


def extensions(token: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Texts by object identifier: those that stand raw, and those that are DER strings."""
    raw, encoded = (
        {oid: text.format_map(token) for oid, text in texts.items()} for texts in (_RAW, _ENCODED)
    )
    return raw, encoded

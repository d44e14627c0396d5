"""Media types and annotations: OCI image 1.1, CNCF ModelPack, Sigstore, CycloneDX."""

from __future__ import annotations

from aiverify.core.facts import Role

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

MODEL_MANIFEST = "application/vnd.cncf.model.manifest.v1+json"
MODEL_CONFIG = "application/vnd.cncf.model.config.v1+json"
COMPONENT_MANIFEST = "application/vnd.aiverify.component.v1"
COMPONENT_FILE = "application/octet-stream"

SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SBOM = "application/vnd.cyclonedx+json"
ATTACHMENTS = frozenset({SIGNATURE, SBOM})
"""Types of what is read of all that is attached to an artifact."""

POLICY_CONFIG = "application/vnd.cncf.openpolicyagent.config.v1+json"
POLICY_LAYER = "application/vnd.cncf.openpolicyagent.policy.layer.v1+rego"
"""Policies in a registry, as conftest pushes and pulls them: a file is a layer."""

UNIT = "application/vnd.aiverify.unit.v1"
"""An index of a base model and the adapters that are deployed with it."""

FILEPATH = "org.cncf.model.filepath"
FILE_METADATA = "org.cncf.model.file.metadata+json"
TITLE = "org.opencontainers.image.title"
VERSION = "org.opencontainers.image.version"
KIND = "dev.aiverify.artifact.kind"
PREDICATE = "dev.sigstore.bundle.predicateType"
CONTENT = "dev.sigstore.bundle.content"


def raw_layer(role: Role) -> str:
    """The ModelPack type of a layer that is one file, byte for byte."""
    return f"application/vnd.cncf.model.{role.value}.v1.raw"

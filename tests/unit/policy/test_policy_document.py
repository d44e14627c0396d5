"""The policy document, held to its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import BaseReference, Description, Stated
from aiverify.core.digest import Digest
from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.report import SignatureEvidence
from aiverify.policy.document import document
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import load

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "schemas" / "input.v1.json").read_text("utf-8")
)
NOW = 1790000000123456789
PRINT = f"sha256:{'0' * 64}"


def sparse() -> dict[str, Json]:
    """The document of an artifact of which nothing more is known."""
    artifact = Artifact(Kind.COMPONENT, "x", "", Manifest.of([Entry("x", Digest.of(b"x"))]))
    return document(
        artifact,
        [FileFacts("x", 1, Facts("unknown", Role.CODE, unread="no reader"))],
        description=Description(),
        adapter=None,
        sbom=None,
        signatures=[],
        attestations=[],
        findings=[],
        now_ns=0,
    )


def full() -> dict[str, Json]:
    """The document of an adapter of which everything is known."""
    base = BaseReference("org/base", "main", str(Digest.of(b"base")))
    entry = Entry("a.safetensors", Digest.of(b"a"), 1)
    finding = Finding("AIV-X", Severity.WARNING, "m", "a.safetensors", "/p", "f")
    return document(
        Artifact(Kind.ADAPTER, "lora", "1.0", Manifest.of([entry])),
        [FileFacts("a.safetensors", 1, Facts("safetensors", Role.WEIGHT, values={"tensors": 2}))],
        description=Description(
            architecture=Stated("LlamaForCausalLM", "config.json#/architectures/0"),
            family=Stated("llama", "config.json#/model_type"),
            task=Stated("text-generation", "README.md#pipeline_tag"),
            licences=(Stated("mit", "README.md#license"),),
            datasets=(Stated("org/data", "README.md#datasets"),),
            base_models=(Stated(base, "README.md#base_model"),),
            parameters=Stated(7, "a.safetensors"),
        ),
        adapter={"base": {"name": "b", "revision": "", "digest": ""}, "fit": None},
        sbom={"bomFormat": "CycloneDX"},
        signatures=[
            SignatureEvidence("model.sig", "https://model_signing/signature/v1.0", "a", PRINT)
        ],
        attestations=[
            {
                **SignatureEvidence("sbom.json", "https://cyclonedx.org/bom", "a", PRINT).to_json(),
                "predicate": None,
            }
        ],
        findings=[finding],
        now_ns=NOW,
        request={
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "namespace": "serving",
            "name": "",
            "user": {"username": "alice", "groups": ["system:authenticated"]},
            "operation": "CREATE",
            "labels": {"app": "chat"},
            "object": {"apiVersion": "v1", "kind": "Pod"},
            "references": [{"uri": "hf://org/x", "path": "/spec/containers/0/args/1"}],
        },
    )


@pytest.mark.parametrize("made", [sparse(), full()], ids=["sparse", "full"])
def test_a_document_keeps_to_its_schema(made: dict[str, Json]) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(canonical(made)))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_member_is_there_even_when_nothing_is_known() -> None:
    assert sparse().keys() == full().keys() == set(SCHEMA["required"])


def _objects(schema: Any) -> list[dict[str, Any]]:
    inner = schema.values() if isinstance(schema, dict) else schema
    found = [item for part in inner if isinstance(part, dict | list) for item in _objects(part)]
    return [*found, schema] if isinstance(schema, dict) and "properties" in schema else found


@pytest.mark.parametrize("schema", [item for item in _objects(SCHEMA) if "required" in item])
def test_the_schema_leaves_no_object_open(schema: dict[str, Any]) -> None:
    assert schema["additionalProperties"] is False


def test_statements_come_without_their_sources() -> None:
    assert full()["description"] == {
        "architecture": "LlamaForCausalLM",
        "family": "llama",
        "task": "text-generation",
        "parameters": 7,
        "licences": ["mit"],
        "datasets": ["org/data"],
        "base_models": [
            {"name": "org/base", "revision": "main", "digest": str(Digest.of(b"base"))}
        ],
    }


def test_facts_are_found_by_the_name_of_the_file() -> None:
    made: Any = full()
    assert made["facts"]["a.safetensors"]["values"] == {"tensors": 2}
    assert made["facts"]["a.safetensors"]["state"] == "clean"


def test_shipped_rules_can_judge_both() -> None:
    rules = ("base_pinned", "licence_allowlist", "no_denied_cve", "no_pickled_weights")
    policies = load([f"aiverify:{name}" for name in (*rules, "signer_count")])
    engine = EmbeddedEngine(policies, {})
    assert {result.code for result in engine.evaluate(full())} == {"not_pinned"}
    assert {result.code for result in engine.evaluate(sparse())} == {
        "unstated",
        "no_sbom",
        "too_few",
    }

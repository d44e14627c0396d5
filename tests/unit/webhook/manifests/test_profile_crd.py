"""The CustomResourceDefinition of the profile: structural, bounded, and the reader's own model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from aiverify.verify.profile import read_profile, read_profile_object
from aiverify.verify.profile.model import SPEC
from aiverify.verify.profile.shape import leaves
from aiverify.webhook.manifests.crd import PRESERVE, crd, profile_object
from tests.support.profiles import full_document, lay_files
from tests.support.signatures import key

DEFINITION: Any = crd()
(VERSION,) = DEFINITION["spec"]["versions"]
ROOT = VERSION["schema"]["openAPIV3Schema"]
PRIMITIVE = {"string", "integer", "boolean"}

ALLOWED = {
    "type", "description", "properties", "required", "items", "enum", "pattern", "minLength",
    "maxLength", "minItems", "maxItems", "minimum", "maximum", PRESERVE,
}  # fmt: skip
"""No `$ref`, no `additionalProperties`, no `oneOf`, nothing that a structural schema has not."""


def nodes(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, schema
    for name, below in schema.get("properties", {}).items():
        yield from nodes(below, (*path, name))
    if "items" in schema:
        yield from nodes(schema["items"], (*path, "[]"))


NODES = list(nodes(ROOT))


def test_its_name_is_that_of_its_plural_and_group():
    spec = DEFINITION["spec"]
    assert DEFINITION["metadata"]["name"] == f"{spec['names']['plural']}.{spec['group']}"
    assert (spec["group"], spec["scope"], VERSION["name"]) == ("aiverify.dev", "Cluster", "v1")
    assert VERSION["served"]
    assert VERSION["storage"]


def test_every_member_that_the_reader_knows_is_in_it_and_no_other():
    described = {path[1:] for path, _ in NODES if path[:1] == ("spec",)}
    assert described == {path for path, _ in leaves(SPEC)}


def is_structural(schema: Any) -> bool:
    """Whether a node keeps Kubernetes' rules for structural schemas, as far as it is alone."""
    if not set(schema) <= ALLOWED:
        return False
    kind = schema.get("type")
    if kind is None:
        return schema.get(PRESERVE) is True and not {"properties", "items"} & set(schema)
    if kind not in PRIMITIVE | {"object", "array"} or ("items" in schema) != (kind == "array"):
        return False
    if kind != "object" and ({"properties", "required", PRESERVE} & set(schema)):
        return False
    return set(schema.get("required", ())) <= set(schema.get("properties", ()))


def is_bounded(schema: Any) -> bool:
    """Whether whatever may be long in a node has a bound."""
    kind = schema.get("type")
    if kind == "string":
        return 0 < schema["minLength"] <= schema["maxLength"] <= 1 << 16
    if kind == "array":
        return 0 < schema["maxItems"] <= 1000
    return kind != "integer" or schema["minimum"] <= schema["maximum"] <= 1000


def test_it_is_structural():
    assert [path for path, schema in NODES if not is_structural(schema)] == []


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": {"a": {"type": "string"}}, PRESERVE: True},
        {"type": "array"},
        {"type": "string", "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {}, "required": ["a"]},
        {"$ref": "#/a", "type": "object"},
        {"type": "object", "oneOf": [{"required": ["a"]}]},
        {"type": ["string", "null"]},
    ],
)
def test_what_is_not_structural_would_be_found(schema: Any):
    assert not is_structural({key: str(v) if key == "type" else v for key, v in schema.items()})


def test_whatever_may_be_long_has_a_bound():
    spec = [(path, schema) for path, schema in NODES if path[:1] == ("spec",)]
    assert [path for path, schema in spec if not is_bounded(schema)] == []


def test_unknown_members_are_kept_for_the_webhook_to_refuse():
    assert [
        path
        for path, schema in NODES
        if path[:1] == ("spec",) and schema.get("type") == "object" and not schema.get(PRESERVE)
    ] == []


def test_patterns_are_anchored_and_of_go():
    patterns = [schema["pattern"] for _, schema in NODES if "pattern" in schema]
    assert patterns
    for pattern in patterns:
        assert pattern.startswith("^(")
        assert pattern.endswith(")$")
        assert not re.search(r"\(\?|\\d|\\w", pattern)


def test_it_fits_into_the_annotation_that_kubectl_apply_makes():
    assert len(json.dumps(DEFINITION)) < 262_144


def accepts(schema: Any, value: Any) -> bool:
    """Whether an API server would take a value, as far as this schema's words go."""
    kind = schema.get("type")
    if kind is None:
        return True
    if kind == "object":
        return isinstance(value, Mapping) and (
            set(schema.get("required", ())) <= set(value)
            and all(
                accepts(below, value[name])
                for name, below in schema.get("properties", {}).items()
                if name in value
            )
        )
    if kind == "array":
        return (
            isinstance(value, list)
            and schema.get("minItems", 0) <= len(value) <= schema["maxItems"]
            and all(accepts(schema["items"], item) for item in value)
        )
    return _accepts_word(schema, value)


def _accepts_word(schema: Any, value: Any) -> bool:
    if schema["type"] == "string":
        return (
            isinstance(value, str)
            and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 20)
            and value in schema.get("enum", [value])
            and re.search(schema.get("pattern", ""), value) is not None
        )
    if schema["type"] == "boolean":
        return isinstance(value, bool)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and schema["minimum"] <= value <= schema["maximum"]


def test_the_full_profile_is_taken_as_an_object():
    assert accepts(ROOT, profile_object(full_document(), "full"))


def test_short_forms_are_written_out_and_mean_the_same(tmp_path: Path):
    lay_files(tmp_path)
    document = {
        "apiVersion": "aiverify.dev/profile/v1",
        "trust": {"signers": [{"name": "alice", "keys": ["alice.pub", {"key": "bob.pub"}]}]},
        "require": {"attestations": ["provenance", {"type": "vulns", "max_age": "7d"}]},
        "policies": ["aiverify:*"],
        "config": {"keys": ["alice.pub"]},
    }
    (tmp_path / "aiverify.yaml").write_text(json.dumps(document))
    made: Any = profile_object(document, "short")
    assert not accepts(ROOT, {**made, "spec": {k: document[k] for k in ("trust", "policies")}})
    assert accepts(ROOT, made)
    assert made["spec"]["policies"] == {"from": ["aiverify:*"]}
    assert made["spec"]["config"] == {"keys": ["alice.pub"]}
    of_file, of_object = (
        read_profile(tmp_path / "aiverify.yaml"),
        read_profile_object(made["spec"], tmp_path),
    )
    assert of_object.trust == of_file.trust
    assert of_object.required == of_file.required
    assert of_object.policies == of_file.policies


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"trust": {}},
        {"trust": {"signers": []}},
        {"trust": {"signers": [{"keys": []}]}},
        {"trust": {"signers": [{"name": "a"}]}, "admission": {"modes": [{"mode": "off"}]}},
        {"trust": {"signers": [{"name": "a"}]}, "admission": {"exemptions": [{"reason": "r"}]}},
        {"trust": {"signers": [{"name": "a"}]}, "admission": {"keep_allowed": "ten minutes"}},
        {"trust": {"signers": [{"name": "a"}]}, "admission": {"out_of_reach": "allow"}},
    ],
)
def test_the_api_server_refuses_already_what_has_no_meaning(spec: Any):
    assert not accepts(ROOT, {"spec": spec})


def test_a_minimal_object_is_taken_and_read(tmp_path: Path):
    pem = key(owner="alice").public.pem
    spec = {"trust": {"signers": [{"name": "alice", "keys": [{"pem": pem}]}]}}
    assert accepts(ROOT, {"spec": spec})
    assert read_profile_object(spec, tmp_path).admission.modes == ()

"""The schema of the policy document: what it holds a request to, and its form for OPA."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aiverify.policy.schema import checked_by_opa, input_schema

REQUEST: dict[str, Any] = {
    "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
    "namespace": "serving",
    "name": "chat",
    "user": {"username": "alice", "groups": []},
    "operation": "UPDATE",
    "labels": {"app": "chat"},
    "object": {"apiVersion": "apps/v1", "kind": "Deployment"},
    "references": [{"uri": "oci://registry.example/llama:1", "path": "/spec/x"}],
}


def allows(request: Any) -> bool:
    made = input_schema()
    part = {"$ref": "#/$defs/request", "$defs": made["$defs"]}
    return Draft202012Validator(part).is_valid(request)


def test_a_request_of_a_cluster_is_described() -> None:
    assert allows(REQUEST)
    assert allows({**REQUEST, "operation": "DELETE", "object": None, "name": "", "namespace": ""})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "Deployment"),
        (("kind", "kind"), ""),
        (("kind", "resource"), "deployments"),
        (("namespace",), None),
        (("user",), "alice"),
        (("user", "groups"), "system:masters"),
        (("user", "extra"), {}),
        (("operation",), "PATCH"),
        (("labels", "app"), None),
        (("object",), []),
        (("references", 0, "uri"), ""),
        (("references", 0, "digest"), ""),
        (("uid",), "1"),
    ],
)
def test_a_request_has_no_other_form(path: tuple[Any, ...], value: Any) -> None:
    request = copy.deepcopy(REQUEST)
    holder = request
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert not allows(request)


@pytest.mark.parametrize("member", REQUEST)
def test_a_request_lacks_nothing(member: str) -> None:
    assert not allows({key: value for key, value in REQUEST.items() if key != member})


def test_what_opa_gets_names_no_address_and_no_null() -> None:
    text = json.dumps(checked_by_opa())
    assert "://" not in text.replace("oci:// or hf://", "")
    assert '"null"' not in text
    assert '"null"' in json.dumps(input_schema())

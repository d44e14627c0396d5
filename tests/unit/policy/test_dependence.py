"""Which packages may look at the request: what is in doubt does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.jsonvalue import canonical
from aiverify.operations.policy_origin import Origin, load_from
from aiverify.policy import library
from aiverify.policy.dependence import indifferent, of_request_alone, sets_apart
from aiverify.policy.document import API_VERSION
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import Module, PolicySet
from aiverify.webhook.judging.likeness import OWN as OWN_OF_PODS
from tests.support.library_documents import Draw

OWN = "package own\n\n"


def own(text: str, *more: tuple[str, str]) -> frozenset[str]:
    """What is indifferent among modules of somebody's own."""
    modules = [Module("own.rego", OWN + text, "own.rego")]
    modules += [Module(f"{name}.rego", text, name) for name, text in more]
    return indifferent(modules)


@pytest.mark.parametrize(
    "text",
    [
        'deny contains "a" if input.sbom == null',
        'deny contains "a" if {\n    some s in input.signatures\n    s.signer == "x"\n}',
        'deny contains "a" if input.artifact.data == data.config.limits.size',
        '# about the request of input[x]\ndeny contains "a" if input.now_ns > 1',
        'deny contains "an input from data" if input.sbom.input == 1',
    ],
)
def test_what_takes_the_artifact_alone_is_indifferent(text: str):
    assert own(text) == {"own"}


@pytest.mark.parametrize(
    "text",
    [
        'deny contains "a" if input.request.namespace == "x"',
        'deny contains "a" if input["request"]',
        'deny contains "a" if input[data.config.member]',
        'deny contains "a" if object.get(input, data.config.path, null)',
        'deny contains "a" if {\n    walk(input, [_, value])\n    value == 1\n}',
        'deny contains "a" if {\n    document := input\n    document.sbom\n}',
        'import input as document\n\ndeny contains "a" if document.sbom',
        'import input.request as asked\n\ndeny contains "a" if asked',
        'deny contains "a" if {\n    some key\n    input[key] == 1\n}',
        'deny contains "a" if data[input.sbom.x]',
        'deny contains `"` if input.request',
        'deny contains "# " if input.request',
        'deny contains "a" if input.whatever',
        'deny contains "a" if json.filter(input, ["sbom"])',
        'deny contains "a" if lib.at(["x"])\n\nimport data.aiverify.lib',
    ],
)
def test_what_may_look_at_it_is_not(text: str):
    shipped = Module("lib.rego", "package aiverify.lib\n\nat(x) := x", "aiverify:lib", shipped=True)
    modules = [Module("own.rego", OWN + text, "own.rego"), shipped]
    assert "own" not in indifferent(modules)


def test_who_leans_on_what_looks_looks():
    looking = ("helper", "package helper\n\nasked := input.request")
    assert own('deny contains "a" if data.helper.asked', looking) == set()
    between = ("between", "package between\n\nasked := data.helper.asked")
    assert own('deny contains "a" if data.between.asked', looking, between) == set()
    assert own('deny contains "a" if data[input.sbom.name].asked', looking) == set()
    assert own('deny contains "a" if data.helpers.asked', looking) == {"own"}


def test_a_package_of_two_files_looks_if_one_does():
    assert own('deny contains "a" if input.sbom', ("b", OWN + "x := input.request")) == set()


def test_a_file_whose_package_cannot_be_told_makes_all_look():
    assert own('deny contains "a" if input.sbom', ("b", 'package a["b c"]\n\nx := 1')) == set()


REQUEST: dict[str, Any] = {
    "kind": {"group": "", "version": "v1", "kind": "Pod"},
    "namespace": "kube-system",
    "name": "request",
    "user": {"username": "mallory", "groups": ["system:masters"]},
    "operation": "CREATE",
    "labels": {"a": "b"},
    "object": {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": "kube-system"},
        "spec": {
            "containers": [{"name": "c", "image": "x:latest", "args": ["--trust-remote-code"]}]
        },
    },
    "references": [{"uri": "hf://acme/llama", "path": "/request/object/spec"}],
}


def test_what_the_shipped_rules_say_that_are_indifferent_is_the_same_for_every_request():
    names = [f"aiverify:{name}" for name in library.names()]
    modules = load_from(names, Path(), Origin()).modules
    engine = EmbeddedEngine(PolicySet(modules), {"config": {}}, trusts_shipped=True)
    asked = engine.packages & indifferent(modules)
    assert "aiverify.licence_allowlist" in asked
    assert not asked & {"aiverify.no_trust_remote_code", "aiverify.allowed_namespaces"}
    draw = Draw("requests")
    for document in (draw.document() for _ in range(60)):
        if document.get("apiVersion") != API_VERSION:
            continue
        texts = [canonical({**document, "request": it}).decode() for it in (None, REQUEST)]
        without, within = (engine.evaluate_text(text, asked) for text in texts)
        assert without == within


def test_what_the_shipped_rules_say_of_the_request_alone_needs_no_artifact():
    names = [f"aiverify:{name}" for name in library.names()]
    modules = load_from(names, Path(), Origin()).modules
    engine = EmbeddedEngine(PolicySet(modules), {"config": {}}, trusts_shipped=True)
    asked = engine.packages & of_request_alone(modules)
    assert {"aiverify.no_trust_remote_code", "aiverify.allowed_namespaces"} <= asked
    assert asked == engine.packages - indifferent(modules)
    draw, seen = Draw("alone"), 0
    for document in (draw.document() for _ in range(300)):
        if document.get("apiVersion") != API_VERSION:
            continue
        for request in (None, REQUEST, document.get("request"), {"object": document}):
            whole = {**document, "request": request}
            kept = ("apiVersion", "request", "now_ns")
            small = {key: whole[key] if key in kept else None for key in whole}
            texts = [canonical(it).decode() for it in (whole, small)]
            without, within = (engine.evaluate_text(text, asked) for text in texts)
            assert without == within
            seen += len(without)
    assert seen > 100


def test_nobody_elses_rule_is_taken_to_look_at_the_request_alone():
    text = 'deny contains "a" if input.request.namespace == "x"'
    shipped = Module("s.rego", "package aiverify.s\n\n" + text, "aiverify:s", shipped=True)
    reading = Module(
        "r.rego",
        'package aiverify.r\n\ndeny contains "a" if {\n    input.request\n    input.sbom\n}',
        "aiverify:r",
        shipped=True,
    )
    leaning = Module(
        "l.rego",
        'package aiverify.l\n\ndeny contains "a" if {\n    input.request\n    data.aiverify.r.x\n}',
        "aiverify:l",
        shipped=True,
    )
    modules = [Module("own.rego", OWN + text, "own.rego"), shipped, reading, leaning]
    assert of_request_alone(modules) == {"aiverify.s"}


# What sets one request apart from others like it.


@pytest.mark.parametrize(
    "text",
    [
        'deny contains "a" if input.sbom == null',
        'deny contains "a" if input.request.namespace == "x"',
        'deny contains "a" if input.request.object.spec["hostNetwork"]',
        'deny contains "a" if {\n    some c in input.request.object.spec.containers\n    c.args\n}',
        'deny contains "a" if input.request.object.metadata.labels["app"] == "x"',
        'import input.request.object.spec as spec\n\ndeny contains "a" if spec.hostNetwork',
        'import data.config\n\ndeny contains "a" if config.x == input.request.namespace',
        '# input.request.name\ndeny contains "input.request.name" if input.sbom',
    ],
)
def test_what_looks_at_what_runs_sets_no_request_apart(text: str):
    assert not sets_apart([Module("own.rego", OWN + text, "own.rego")])


@pytest.mark.parametrize(
    "text",
    [
        'deny contains "a" if input.request.name == "x"',
        'deny contains "a" if input.request.user.username == "x"',
        'deny contains "a" if input.request.object.metadata.name == "x"',
        'deny contains "a" if input.request.object.metadata.labelsx == "x"',
        'deny contains "a" if input.request.object.metadata["labels"]["x"]',
        'deny contains "a" if input.request.object["metadata"].name == "x"',
        'deny contains "a" if input["request"].name',
        'deny contains "a" if input.request[data.config.member]',
        'deny contains "a" if object.get(input, ["request", "name"], null)',
        'deny contains "a" if {\n    walk(input, [_, value])\n    value == 1\n}',
        'deny contains "a" if {\n    document := input\n    document.request\n}',
        'import input.request as asked\n\ndeny contains "a" if asked.name',
        'import input as document\n\ndeny contains "a" if document.request.name',
        'deny contains "a" if lib.at(["request", "name"])\n\nimport data.aiverify.lib',
        'deny contains "a" if data.aiverify.pods.workload.metadata.name == "x"',
        'deny contains "a" if data[input.sbom.x]',
        'deny contains "a" if data.helper.x with input as {}',
        'deny contains "a" if input.whatever',
    ],
)
def test_what_may_look_at_who_asks_or_a_name_does(text: str):
    shipped = [
        Module(f"{name}.rego", f"package aiverify.{name}\n\nx := 1", "aiverify", shipped=True)
        for name in ("lib", "pods")
    ]
    assert sets_apart([Module("own.rego", OWN + text, "own.rego"), *shipped])


def test_what_the_shipped_rules_say_is_the_same_for_all_that_are_alike():
    names = [f"aiverify:{name}" for name in library.names()]
    modules = load_from(names, Path(), Origin()).modules
    assert not sets_apart(modules)
    engine = EmbeddedEngine(PolicySet(modules), {"config": {}}, trusts_shipped=True)
    asked = engine.packages & of_request_alone(modules)
    draw, seen = Draw("alike"), 0
    for document in (draw.document() for _ in range(300)):
        drawn = document.get("request")
        for request in (REQUEST, drawn if isinstance(drawn, dict) else {"object": document}):
            texts = [
                canonical({**document, "apiVersion": API_VERSION, "request": it}).decode()
                for it in (request, common(request))
            ]
            one, other = (engine.evaluate_text(text, asked) for text in texts)
            assert one == other
            seen += len(one)
    assert seen > 100


def common(request: dict[str, Any]) -> dict[str, Any]:
    """A request as it is judged for all that are like it."""
    kept = {**request, "name": "", "user": {"username": "", "groups": []}}
    target = request.get("object")
    said = target.get("metadata") if isinstance(target, dict) else None
    if isinstance(said, dict):
        left = {key: value for key, value in said.items() if key not in OWN_OF_PODS}
        kept["object"] = {**target, "metadata": left}
    return kept

"""Policies checked by an `opa` program, by the schema of the document that they judge."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiverify.errors import UndecidedError
from aiverify.policy.opa import check as opa_check
from aiverify.policy.opa.place import from_environment
from aiverify.policy.schema import checked_by_opa
from aiverify.policy.sources import Module, PolicySet
from aiverify.policy.testing.suite import load_suite
from tests.support.commands import PROJECT, assert_refused, call
from tests.support.opa import needs_opa, program, rule_set
from tests.support.processes import start

PACKAGE = "package house\n\n"


def remarks(text: str, *, strict: bool = False) -> list[tuple[int, str]]:
    """What OPA says of a module of package p, by line."""
    found = opa_check.check(rule_set(text), checked_by_opa(), from_environment(), strict=strict)
    assert {(item.check, item.file) for item in found} <= {("opa-check", "p.rego")}
    return [(item.line, item.message) for item in found]


def program_that(tmp_path: Path, does: str) -> Path:
    path = tmp_path / "opa"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return path


@needs_opa
@pytest.mark.parametrize("strict", [False, True])
def test_every_shipped_rule_and_test_passes(strict: bool) -> None:
    suite = load_suite(["aiverify:*"])
    assert len(suite.policies.modules) > 60
    place = from_environment()
    assert opa_check.check(suite.policies, checked_by_opa(), place, strict=strict) == ()


@needs_opa
def test_a_shipped_rule_with_a_wrong_name_does_not_pass() -> None:
    suite = load_suite(["aiverify:no_floating_tag"])
    changed = PolicySet(
        tuple(
            replace(
                item, text=item.text.replace("input.request.namespace", "input.request.nmespace")
            )
            for item in suite.policies.modules
        )
    )
    found = opa_check.check(changed, checked_by_opa(), from_environment())
    assert [(item.file, item.message) for item in found] == [
        ("aiverify:lib/pods.rego", "undefined ref: input.request.nmespace")
    ]


@needs_opa
@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("input.artifat.name", "undefined ref: input.artifat.name"),
        ("input.artifact.nam", "undefined ref: input.artifact.nam"),
        ("input.adapter.bas", "undefined ref: input.adapter.bas"),
        ("input.adapter.fit.fitss", "undefined ref: input.adapter.fit.fitss"),
        ("input.request.user.name", "undefined ref: input.request.user.name"),
        ("input.signatures[_].predicate", "undefined ref: input.signatures[_].predicate"),
        ("input.artifact.files.a", "undefined ref: input.artifact.files.a"),
        ("input.description.base_models[0].nam", "undefined ref: input.description.base_models"),
        ("input.now_ns.x", "undefined ref: input.now_ns.x"),
        ("input.artifact.name == 5", "match error (string, number)"),
        ("startswith(input.now_ns, `a`)", "startswith: invalid argument(s) (number, string)"),
    ],
)
def test_what_no_document_has_is_found(expression: str, message: str) -> None:
    ((line, found),) = remarks(f'\ndeny contains "a" if {expression}')
    assert line == 3
    assert found.startswith(message)


@needs_opa
@pytest.mark.parametrize(
    "expression",
    [
        "input.adapter == null",
        "input.sbom != null",
        "null == input.request",
        "input.description.architecture == null",
        "input.adapter.fit == null",
        "input.artifact.files[_].size == null",
        "input.sbom.components[_].anything.at.all == 1",
        "input.attestations[_].predicate.buildDefinition",
        "input.facts[_].values.bpf.maps[0].max_entries > 5",
        'input.facts["a"].globals[_].name == "x"',
        "input.request.object.spec.containers[_].image",
        'input.request.labels.app == "x"',
        'input.profile.x with input as {"profile": {"x": 1}}',
        "count(deny) == 0 with input.adapter as null with data.config as {}",
        "data.config.anything > 4",
        'object.get(input, ["spec", "containers"], []) == []',
    ],
)
def test_what_a_document_may_have_is_fine(expression: str) -> None:
    assert remarks(f'deny contains "a" if input.artifact\nx if {expression}') == []


@needs_opa
def test_the_published_schema_tells_opa_no_untruth(tmp_path: Path) -> None:
    rule = 'deny contains "a" if {}\n'
    nulls = ("adapter", "sbom", "request", "description.family", "adapter.fit", "adapter.x")
    text = "".join(rule.format(f"input.{name} == null") for name in nulls)
    (tmp_path / "p.rego").write_text(f"package p\n\n{text}")
    schema = PROJECT / "docs" / "schemas" / "input.v1.json"
    opa = program()
    assert opa
    done = start(opa, "check", "--schema", schema, "p.rego", cwd=tmp_path)
    assert (done.exit_code, done.out, done.err) == (0, "", "")
    (tmp_path / "p.rego").write_text('package p\n\ndeny contains "a" if input.artifat\n')
    done = start(opa, "check", "--schema", schema, "p.rego", cwd=tmp_path)
    assert done.exit_code == 1
    assert "undefined ref: input.artifat" in done.err


@needs_opa
def test_strictly_what_is_never_used_is_told() -> None:
    text = 'import data.q\n\ndeny contains "a" if {\n\tx := 1\n\tinput.artifact\n}'
    assert remarks(text) == []
    assert [line for line, _ in remarks(text, strict=True)] == [2, 5]


@needs_opa
@pytest.mark.parametrize("gap", ["", " ", "\t", "\u00a0", "\v"])
def test_a_schema_in_a_comment_is_not_followed(tmp_path: Path, gap: str) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "object", "properties": {"s3cret": {"type": "string"}}}')
    head = f"#{gap}METADATA\n# scope: package\n# schemas:\n#   - input: "
    body = 'package p\n\ndeny contains "x" if input.{}\n'
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(0.5)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/s.json"
        for reference in (url, secret.as_uri()):
            text = f'{head}{{"$ref": "{reference}"}}\n' + body.format("none")
            policies = PolicySet((Module("p.rego", text, "p.rego"),))
            found = opa_check.check(policies, checked_by_opa(), from_environment())
            assert [item.message for item in found] == ["undefined ref: input.none"]
            assert "s3cret" not in found[0].fix
        with pytest.raises(TimeoutError):
            trap.accept()


@needs_opa
def test_the_command_shows_what_opa_says_beside_the_rest(tmp_path: Path) -> None:
    (tmp_path / "p.rego").write_text(f'{PACKAGE}deny contains "a" if input.artifat.name\n')
    words = ("policy", "check", "p.rego", "--format", "json")
    alone = json.loads(call(*words, cwd=tmp_path).out)
    done = call(*words, "--engine", "opa", cwd=tmp_path)
    assert (done.exit_code, done.err) == (10, "")
    more: Any = json.loads(done.out)
    added = [item for item in more["remarks"] if item not in alone["remarks"]]
    assert added == [
        {
            "check": "opa-check",
            "severity": "error",
            "file": "p.rego",
            "line": 3,
            "message": "undefined ref: input.artifat.name",
            "fix": "There are adapter, apiVersion, artifact, attestations, description, facts, "
            "findings, now_ns, request, sbom, signatures.",
        }
    ]
    assert len(more["remarks"]) == len(alone["remarks"]) + 1


@needs_opa
def test_what_does_not_compile_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "p.rego").write_text(f"{PACKAGE}deny contains if true\n")
    done = call("policy", "check", "p.rego", "--engine", "opa", "--format", "json", cwd=tmp_path)
    checks = [item["check"] for item in json.loads(done.out)["remarks"]]
    assert (done.exit_code, checks.count("compile"), "opa-check" in checks) == (10, 1, False)


@pytest.mark.parametrize(
    ("does", "message"),
    [
        ("exit 1", "opa check does not end well: no reason"),
        ("echo '{}'; exit 1", "opa check refuses the policies, and does not say why"),
        ("echo '{\"errors\": []}'; exit 2", "opa check refuses the policies, and does not say why"),
        ('echo "fatal\\033[2J" >&2; exit 2', "opa check does not end well: fatal\\x1b[2J"),
        ("kill -9 $$", "opa check does not end well: no reason"),
        ("exec sleep 30", "opa check gave no answer within 0.5 s"),
    ],
)
def test_a_program_that_says_nothing_decides_nothing(
    tmp_path: Path, does: str, message: str
) -> None:
    place = from_environment(
        timeout=0.5, environment={"AIVERIFY_OPA": str(program_that(tmp_path, does))}
    )
    with pytest.raises(UndecidedError) as error:
        opa_check.check(rule_set("x := 1"), checked_by_opa(), place)
    assert error.value.message == message


def test_a_program_has_none_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", "s3cret")
    seen = tmp_path / "seen"
    opa = program_that(tmp_path, f"env > {seen}; pwd >> {seen}")
    place = from_environment(environment={"AIVERIFY_OPA": str(opa)})
    assert opa_check.check(rule_set("x := 1"), checked_by_opa(), place) == ()
    assert "s3cret" not in seen.read_text()
    assert str(Path.cwd()) not in seen.read_text().split("\n")


def test_without_a_program_the_check_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIVERIFY_OPA", str(tmp_path / "none"))
    (tmp_path / "p.rego").write_text(f'{PACKAGE}deny contains "a" if input.artifact.name\n')
    assert call("policy", "check", "p.rego", cwd=tmp_path).exit_code == 0
    words = ("policy", "check", "p.rego", "--engine", "opa")
    assert_refused(call(*words, cwd=tmp_path), 3, "is no program that can be run")
    hanging = program_that(tmp_path, "exit 1")
    monkeypatch.setenv("AIVERIFY_OPA", str(hanging))
    assert_refused(call(*words, cwd=tmp_path), 11, "opa check does not end well")


@pytest.mark.parametrize(("word", "file"), [("", "input"), ("input", "input"), ("report",) * 2])
def test_the_schemas_are_printed_as_they_are_published(
    tmp_path: Path, word: str, file: str
) -> None:
    done = call("policy", "schema", *([word] if word else []), cwd=tmp_path)
    assert (done.exit_code, done.err) == (0, "")
    assert done.out == (PROJECT / "docs" / "schemas" / f"{file}.v1.json").read_text("utf-8")


def test_there_is_no_other_schema(tmp_path: Path) -> None:
    done = call("policy", "schema", "sbom", cwd=tmp_path)
    assert (done.exit_code, done.out) == (2, "")

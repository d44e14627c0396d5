"""`aiverify webhook review`: a manifest is judged before the cluster sees it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import COMMAND, Completed, assert_refused, call, environment
from tests.support.judging import Court, court, pod, serving
from tests.support.registry_stage import hurried
from tests.support.small_registry import Fault, Out
from tests.support.story import Story
from tests.support.verifying import unsigned_bundle

DEPLOYMENT = """\
# A model server, and what it needs.
apiVersion: v1
kind: ConfigMap
metadata: {name: words}
data: {a: "1"}
---
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: llama
  namespace: serving
spec:
  template:
    spec:
      containers:
        - name: server
          image: registry.example/server:1
          volumeMounts: [{name: model, mountPath: /models}]
      volumes:
        - name: model
          image: {reference: REFERENCE}
"""


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        yield made


@pytest.fixture
def good(sitting: Court) -> str:
    return sitting.put(sitting.story.model_tar)


@pytest.fixture
def bad(sitting: Court) -> str:
    tree = sitting.story.copy(sitting.story.model, sitting.place / "bad")
    (tree / "model.sig").unlink()
    return sitting.put(unsigned_bundle(tree, sitting.place / "bad.tar"), "bad")


def reviewed(sitting: Court, *words: str) -> Completed:
    line = ["webhook", "review", "--profile", "aiverify.yaml", "--plain-http", *words]
    return call(*line, cwd=sitting.place, env={"XDG_STATE_HOME": str(sitting.place / "state")})


def write(sitting: Court, name: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    (sitting.place / name).write_text(text)
    return name


def test_what_is_signed_is_admitted(sitting: Court, good: str):
    done = reviewed(sitting, write(sitting, "d.yaml", DEPLOYMENT.replace("REFERENCE", good)))
    assert (done.exit_code, done.err) == (0, "")
    assert "Deployment serving/llama" in done.out
    assert "at /spec/template/spec/volumes/0/image/reference" in done.out
    assert "ConfigMap default/words" in done.out
    assert "it names no model" in done.out
    assert done.out.splitlines()[-1].split() == ["allow", "2", "objects", "admitted"]


def test_what_is_not_signed_is_refused_and_says_why(sitting: Court, bad: str):
    done = reviewed(sitting, write(sitting, "d.yaml", DEPLOYMENT.replace("REFERENCE", bad)))
    assert (done.exit_code, done.err) == (10, "")
    assert "AIV-SIGNATURE-NONE" in done.out
    assert "1 of 2 objects would be refused" in done.out


def test_json_says_each_object_with_its_references(sitting: Court, good: str, bad: str):
    name = write(sitting, "p.json", pod(good, bad))
    done = reviewed(sitting, name, "--format", "json", "--namespace", "prod")
    assert done.exit_code == 10
    [item] = json.loads(done.out)["objects"]
    assert (item["source"], item["kind"], item["namespace"], item["name"]) == (
        "p.json",
        "Pod",
        "prod",
        "p",
    )
    assert [one["verdict"] for one in item["references"]] == ["allow", "deny"]
    assert item["references"][1]["findings"][0]["rule"] == "AIV-SIGNATURE-NONE"
    assert item["references"][0]["digest"] == good.partition("@")[2]
    assert item["verdict"] == "deny"


def test_github_shows_each_finding_at_its_file(sitting: Court, bad: str):
    done = reviewed(sitting, write(sitting, "p,1.json", pod(bad)), "--format", "github")
    assert done.exit_code == 10
    lines = done.out.splitlines()
    assert lines[0].startswith("::error file=p%2C1.json,title=AIV-SIGNATURE-NONE::Pod default/p, ")
    assert lines[-1] == "::error file=p%2C1.json,title=aiverify::Pod default/p would be refused"


def test_a_list_stands_for_its_items(sitting: Court, good: str, bad: str):
    value = {"apiVersion": "v1", "kind": "List", "items": [pod(good), pod(bad)]}
    done = reviewed(sitting, write(sitting, "l.json", value), "--format", "json")
    verdicts = [item["verdict"] for item in json.loads(done.out)["objects"]]
    assert verdicts == ["allow", "deny"]


def test_several_files_are_judged_in_their_order(sitting: Court, good: str, bad: str):
    one, two = write(sitting, "a.json", pod(bad)), write(sitting, "b.json", pod(good))
    done = reviewed(sitting, two, one, "--format", "json")
    assert [item["source"] for item in json.loads(done.out)["objects"]] == ["b.json", "a.json"]


def test_standard_input_is_judged(sitting: Court, bad: str):
    words = [
        "webhook",
        "review",
        "-",
        "--profile",
        "aiverify.yaml",
        "--plain-http",
        "--format",
        "json",
    ]
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=sitting.place,
        env=environment(),
        input=DEPLOYMENT.replace("REFERENCE", bad).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 10, done
    assert [item["source"] for item in json.loads(done.stdout)["objects"]] == ["-", "-"]


def test_an_admission_review_is_judged_as_it_is(sitting: Court, bad: str):
    asked = {
        "uid": "1",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "operation": "DELETE",
        "namespace": "serving",
        "name": "p",
        "userInfo": {"username": "alice"},
        "object": None,
        "oldObject": pod(bad),
    }
    value = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": asked}
    done = reviewed(sitting, write(sitting, "r.json", value), "--format", "json")
    assert done.exit_code == 0
    [item] = json.loads(done.out)["objects"]
    assert item["note"] == "a deletion is not judged"
    value["request"] = {**asked, "operation": "CREATE", "object": pod(bad), "oldObject": None}
    assert reviewed(sitting, write(sitting, "r.json", value)).exit_code == 10


def test_who_would_apply_it_counts(sitting: Court, bad: str):
    exemption = {
        "reason": "tests",
        "expires": "2999-01-01",
        "users": ["ci"],
        "groups": ["bots"],
        "namespaces": ["default"],
    }
    sitting.rule({"exemptions": [exemption]})
    name = write(sitting, "p.json", pod(bad))
    assert reviewed(sitting, name).exit_code == 10
    assert reviewed(sitting, name, "--user", "ci").exit_code == 10
    done = reviewed(sitting, name, "--user", "ci", "--group", "bots")
    assert done.exit_code == 0
    assert "exempt: tests (until 2999-01-01)" in done.out


def test_what_cannot_be_decided_is_an_exit_code_of_its_own(sitting: Court, good: str, bad: str):
    sitting.liar.registry.faults.append(Fault(".*", times=10**6, says=Out(503)))
    name = write(sitting, "p.json", pod(good))
    done = reviewed(sitting, name)
    assert done.exit_code == 11
    assert "AIV-ADMISSION-OUT-OF-REACH" in done.out
    both = write(sitting, "q.json", serving("hf://acme/llama"))
    assert reviewed(sitting, name, both).exit_code == 10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", ("is not YAML",)),
        ("- a", ("no mapping",)),
        ("", ("has no object",)),
        ("---\n---\n", ("has no object",)),
        ("a: 1", ("without apiVersion or kind",)),
        ("a: &x 1\nb: *x", ("alias",)),
        ('{"apiVersion": "v1", "kind": "Pod", "kind": "Node"}', ("duplicate key",)),
        ('{"apiVersion": "v1", "kind": "List", "items": [1]}', ("no object",)),
        ("\udcff", ("UTF-8",)),
    ],
)
def test_what_is_no_manifest_is_bad_input(text: str, words: tuple[str, ...], sitting: Court):
    (sitting.place / "x.yaml").write_bytes(text.encode(errors="surrogateescape"))
    assert_refused(reviewed(sitting, "x.yaml"), 3, "x.yaml", *words)


def test_a_file_or_profile_that_is_not_there_is_bad_input(sitting: Court, good: str):
    assert_refused(reviewed(sitting, "none.yaml"), 3, "none.yaml")
    name = write(sitting, "p.json", pod(good))
    assert_refused(reviewed(sitting, name, "--profile", "none.yaml"), 3, "none.yaml")


def test_a_review_does_not_take_the_place_of_what_it_judges(sitting: Court, good: str):
    name = write(sitting, "p.json", pod(good))
    assert_refused(reviewed(sitting, name, "-o", name), 2, "input")


def test_a_standard_input_that_is_closed_is_said_so(sitting: Court):
    assert_refused(reviewed(sitting, "-"), 2, "standard input")


def test_nothing_in_a_manifest_acts_on_a_terminal(sitting: Court):
    value = pod("a\x1b[2Jb", name="p\x1b[31m")
    done = reviewed(sitting, write(sitting, "p.json", value))
    assert done.exit_code == 10
    assert "\x1b" not in done.out

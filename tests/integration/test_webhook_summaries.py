"""A summary made by `verify`, put into a registry by oras, and believed by the webhook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import Desk
from tests.support.oci_clients import client, transport
from tests.support.registries.running import Registry, olareg

COMMIT = "4e20de362430cd3b72f300e6b0f18e50e7166e08"
URI = f"hf://acme/tiny@{COMMIT}"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with olareg(tmp_path / "registry") as started:
        yield started


@pytest.fixture
def at_hand(desk: Desk, registry: Registry) -> Desk:
    """A signed model, a profile that believes its signer's summaries, and a pod that serves it."""
    desk.model()
    desk.key("ci")
    desk.do("sign model --key ci.key")
    signers = {"signers": [{"name": "ci", "keys": ["ci.pub"]}]}
    admission = {"summaries": [f"oci://{registry.host}/acme/verdicts"]}
    desk.profile(signers, summaries=signers, admission=admission)
    server = {"name": "s", "image": "vllm/vllm-openai:v1"}
    server["args"] = ["--model", "acme/tiny", "--revision", COMMIT]  # type: ignore[assignment]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    (desk / "pod.yaml").write_text(json.dumps({**pod, "spec": {"containers": [server]}}))
    return desk


def publish(desk: Desk, registry: Registry, *, said_of: str) -> None:
    """Put a summary that is about `said_of` where the one about the pod's model is looked for."""
    words = "verify model --profile aiverify.yaml --key ci.key --summary model.vsa.json --uri"
    desk.do(words, said_of)
    tag = f"uri-{hashlib.sha256(URI.encode()).hexdigest()}"
    place = f"{registry.host}/acme/verdicts:{tag}"

    pushed = client(
        "oras", "push", *transport("oras", registry), place, "model.vsa.json",
        at=registry, cwd=desk.place,
    )  # fmt: skip

    assert pushed.exit_code == 0, pushed


def review(desk: Desk) -> tuple[int, str]:
    done = desk.call("webhook review pod.yaml --profile aiverify.yaml --plain-http")
    return done.exit_code, done.out


def test_a_pod_is_admitted_once_a_summary_for_its_model_is_in_the_registry(
    at_hand: Desk, registry: Registry
):
    assert review(at_hand)[0] == 10
    publish(at_hand, registry, said_of=URI)

    code, shown = review(at_hand)
    assert (code, "allow" in shown) == (0, True), shown


def test_a_summary_for_another_commit_admits_nothing(at_hand: Desk, registry: Registry):
    publish(at_hand, registry, said_of=URI.replace("4e20", "4e21"))

    code, shown = review(at_hand)
    assert code == 10
    assert "AIV-SUMMARY-NONE" in shown

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import call, refused

IMAGE = f"--image registry.example/aiverify@sha256:{'1' * 64}"


def test_they_are_printed_and_nothing_else_is_said(stage: Path):
    done = call("webhook", "manifests", *IMAGE.split(), cwd=stage)

    assert (done.exit_code, done.err) == (0, "")
    assert done.out.startswith("---\n")
    assert "kind: Deployment" in done.out


def test_they_are_the_same_the_next_time(stage: Path):
    first, second = (call("webhook", "manifests", *IMAGE.split(), cwd=stage) for _ in range(2))

    assert first.out == second.out


def test_they_are_written_where_they_are_wanted(stage: Path):
    done = call("webhook", "manifests", *IMAGE.split(), "-o", "webhook.yaml", cwd=stage)

    assert (done.exit_code, done.out) == (0, "")
    assert "kind: Deployment" in (stage / "webhook.yaml").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--failure-policy Ignore", "everything is admitted"),
        ("--replicas 1", "nothing is admitted while it moves"),
    ],
)
def test_what_weakens_the_webhook_is_said(stage: Path, words: str, said: str):
    done = call("webhook", "manifests", *IMAGE.split(), *words.split(), cwd=stage)

    assert done.exit_code == 0
    assert said in done.err


def test_a_profile_that_kubectl_cannot_apply_by_itself_is_said_to_be_so(stage: Path):
    (stage / "rules").mkdir()
    (stage / "rules" / "r.rego").write_text("package r\n" + "#\n" * 150_000)
    profile = (stage / "aiverify.yaml").read_text()
    (stage / "aiverify.yaml").write_text(profile.replace("policies:\n", "policies:\n  - rules\n"))

    done = call("webhook", "manifests", *IMAGE.split(), cwd=stage)

    assert done.exit_code == 0, done.err
    assert "--server-side" in done.err


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        ("", 2, "no image"),
        ("--image registry.example/aiverify:1", 2, "can be moved"),
        (f"{IMAGE} --self-signed --cert-manager", 2, "contradict"),
        (f"{IMAGE} --inject-downloads", 2, "--mutating"),
        (f"{IMAGE} --inject-pull Always", 2, "--mutating"),
        (f"{IMAGE} --url https://a.example", 2, "--ca-file"),
        (f"{IMAGE} --ca-file release.pub", 2, "--url"),
        ("--url https://a.example --ca-file release.pub", 3, "release.pub"),
        (f"{IMAGE} --client-ca release.key", 3, "release.key"),
        (f"{IMAGE} --timeout 31", 2, "--timeout"),
        (f"{IMAGE} --namespace Default", 2, "--namespace"),
        (f"{IMAGE} --profile missing.yaml", 3, "missing.yaml"),
        (f"{IMAGE} --profile release.pub", 3, "release.pub"),
        (f"{IMAGE} -o aiverify.yaml", 2, "is an input"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    stage: Path, words: str, exit_code: int, said: str
):
    refused(stage, f"webhook manifests {words}", exit_code, said)

"""The image for clusters: built as its Containerfile says, and run as its Deployment would."""

from __future__ import annotations

import json
import signal
import ssl
import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiverify.version import __version__
from tests.support.cluster.cluster import wait_until
from tests.support.image import USER, Image, image, why_no_image
from tests.support.registries.registry import loopback_tls
from tests.support.services.server import free_port
from tests.support.webhook_server import review_body

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(why_no_image()), reason=why_no_image()),
]

AIVERIFY = "/opt/aiverify/bin/aiverify"
POLICY = "aiverify:no_trust_remote_code"
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "llama"},
    "spec": {"containers": [{"name": "s", "image": "a/b:1", "args": ["--model", "hf://a/b"]}]},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    with image(tmp_path_factory.mktemp("image")) as found:
        yield found


@pytest.fixture
def work(built: Image, tmp_path: Path) -> Path:
    """What is mounted: a profile with its key, and a pod."""
    done = built.run(tmp_path, AIVERIFY, "--version")
    assert done.out == f"aiverify {__version__}\n", done.err
    made = built.run(tmp_path, AIVERIFY, "keys", "generate", "-o", "release")
    assert made.exit_code == 0, made.err
    signers = [{"name": "release", "keys": ["release.pub"]}]
    profile = {"apiVersion": "aiverify.dev/profile/v1", "trust": {"signers": signers}}
    (tmp_path / "aiverify.yaml").write_text(json.dumps({**profile, "policies": [POLICY]}))
    (tmp_path / "pod.json").write_text(json.dumps(POD))
    return tmp_path


def test_it_runs_as_nobody_in_particular_and_starts_with_the_command(built: Image):
    assert built.config["User"] == f"{USER}:{USER}"
    assert built.config["Entrypoint"] == [AIVERIFY]
    assert set(built.config["ExposedPorts"]) == {"8443/tcp", "8080/tcp"}


def test_nothing_of_it_can_be_changed_by_its_user(built: Image):
    installed = [built.root / "opt", *(built.root / "opt").rglob("*")]
    found = [path.lstat() for path in installed if not path.is_symlink()]
    assert len(found) > 1000
    assert {one.st_uid for one in found} == {0}
    assert not any(one.st_mode & stat.S_IWOTH for one in found)


def test_what_built_it_is_not_in_it(built: Image, tmp_path: Path):
    done = built.run(tmp_path, "/opt/aiverify/bin/python", "-m", "pip", "--version")
    assert "No module named pip" in done.err
    assert not (built.root / "source").exists()


def test_its_root_is_fixed_where_it_runs(built: Image, tmp_path: Path):
    done = built.run(tmp_path, "/bin/sh", "-c", "touch /opt/aiverify/x")
    assert "Read-only file system" in done.err


def test_a_manifest_is_judged_in_it(built: Image, work: Path):
    words = ("webhook", "review", "pod.json", "--profile", "aiverify.yaml")
    done = built.run(work, AIVERIFY, *words)
    assert done.exit_code == 10, done.err
    assert "AIV-ADMISSION-MOVABLE" in done.out


def test_it_serves_until_it_is_told_to_end(built: Image, work: Path):
    tls, port, probes = loopback_tls(work / "tls", "Webhook"), free_port(), free_port()
    for path in (work / "tls").iterdir():
        path.chmod(0o644)
    words = ["webhook", "serve", "--profile", "aiverify.yaml", "--linger", "0s"]
    words += ["--host", "127.0.0.1", "--port", str(port), "--metrics-port", str(probes)]
    words += ["--tls-cert", f"tls/{tls.certificate.name}", "--tls-key", f"tls/{tls.key.name}"]
    with subprocess.Popen(built.boxed(work, AIVERIFY, *words)) as serving:
        try:
            wait_until(lambda: is_ready(probes), "it is ready")
            answered = asked(port, tls.ca, review_body("u-1", object=POD))
        finally:
            serving.send_signal(signal.SIGTERM)
    assert serving.returncode == 0
    assert answered["response"]["uid"] == "u-1"
    assert answered["response"]["allowed"] is False
    assert "AIV-ADMISSION-MOVABLE" in answered["response"]["status"]["message"]


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def asked(port: int, root: Path, body: bytes) -> dict[str, dict[str, object]]:
    """What it answers to a review."""
    url = f"https://127.0.0.1:{port}/validate?timeout=10s"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    context = ssl.create_default_context(cafile=root)
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        found: dict[str, dict[str, object]] = json.loads(answer.read())
        return found

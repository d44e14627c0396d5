"""A webhook in Go that allows everything: what the machine and the API server take alone."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.cluster.cluster import DEVELOPER, Cluster, wait_until
from tests.support.cluster.hooks import asking_about_pods
from tests.support.cluster.load import waited_for_webhooks
from tests.support.cluster.objects import made, pod_spec
from tests.support.cluster.programs import leashed
from tests.support.registries.registry import loopback_tls
from tests.support.services.server import free_port

_SOURCE = Path(__file__).parent / "yardstick"


def why_no_yardstick() -> str:
    """Why there is none; nothing if there may be one."""
    return "" if shutil.which("go") else "no go: install it from https://go.dev/dl"


@contextmanager
def yardstick(cluster: Cluster, folder: Path) -> Iterator[None]:
    """The cluster behind it, while the context lasts."""
    folder.mkdir(parents=True)
    program, port = folder / "yardstick", free_port()
    subprocess.run(["go", "build", "-o", program, "."], cwd=_SOURCE, check=True)
    tls = loopback_tls(folder / "tls", "Yardstick")
    words = leashed(program, f"127.0.0.1:{port}", tls.certificate, tls.key)
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as running:
        try:
            cluster.do("apply -f -", asking_about_pods(port, tls.ca))
            wait_until(lambda: _is_asked(cluster), "the API server asks the yardstick")
            yield
        finally:
            cluster.do("delete validatingwebhookconfiguration --all")
            running.kill()
    wait_until(lambda: not _is_asked(cluster), "the API server asks nobody")


def _is_asked(cluster: Cluster) -> bool:
    before = waited_for_webhooks(cluster.metrics()).count
    path = "/api/v1/namespaces/default/pods?dryRun=All"
    cluster.ask("POST", path, made("Pod", "probe", spec=pod_spec()), user=DEVELOPER)
    return waited_for_webhooks(cluster.metrics()).count > before

"""More reviews than there is room for: who is turned away comes again by itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from aiverify.webhook.server.settings import Limits, Tls
from tests.support.cluster.cluster import Cluster, wait_until
from tests.support.cluster.hooks import asking_about_pods
from tests.support.cluster.objects import made, pod_spec
from tests.support.registries.registry import loopback_tls
from tests.support.webhook_server import ToldJudge, quick, running

pytestmark = pytest.mark.e2e


def test_kubectl_asks_again_until_there_is_room(cluster: Cluster, tmp_path: Path) -> None:
    tls = loopback_tls(tmp_path / "tls", "Webhook")
    settings = quick(
        tmp_path, tls=Tls(tls.certificate, tls.key), limits=Limits(reviews=1, threads=1)
    )
    judge = ToldJudge()
    judge.hold.clear()
    pods = [made("Pod", name, spec=pod_spec()) for name in ("first", "second")]
    with running(settings, judge) as server:
        number = server.server.port.number
        cluster.do("apply -f -", asking_about_pods(number, tls.ca))
        said: list[str] = []
        creating = [
            threading.Thread(target=lambda pod=pod: said.append(cluster.do("create -f -", pod)))
            for pod in pods
        ]
        wait_until(lambda: is_asked(cluster, judge), "the API server asks")
        for thread in creating:
            thread.start()
        wait_until(lambda: server.metric("aiverify_overload_rejections_total") > 0, "no room")
        judge.hold.set()
        for thread in creating:
            thread.join(60)
        cluster.do("delete validatingwebhookconfiguration pods")

    assert sorted(said) == ["pod/first created\n", "pod/second created\n"]


def is_asked(cluster: Cluster, judge: ToldJudge) -> bool:
    """Whether a pod that nobody keeps comes before the judge, who holds none of these up."""
    before = len(judge.seconds)
    judge.hold.set()
    cluster.do("create --dry-run=server -f -", made("Pod", "probe", spec=pod_spec()))
    judge.hold.clear()
    return len(judge.seconds) > before

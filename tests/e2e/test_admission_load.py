"""A thousand pods at once: every one of them answered, and rightly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cluster.cluster import Cluster
from tests.support.cluster.crowd import BAD_EVERY, crowd, is_right
from tests.support.cluster.gate import Gate, guarding
from tests.support.cluster.load import create_all, waited_for_webhooks

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("swept")]

PODS = 1000
CLIENTS = 50


def test_a_thousand_pods_by_fifty_clients_are_each_answered_rightly(
    cluster: Cluster, tmp_path: Path
) -> None:
    space = cluster.namespace("load")
    with (
        crowd(tmp_path, good=12, bad=4) as models,
        Gate(cluster, models.profile, tmp_path / "gate", ["--plain-http"]) as gate,
        guarding(cluster, gate, models.good[0], models.bad[0]),
    ):
        before = waited_for_webhooks(cluster.metrics())
        run = create_all(cluster, models.pods(PODS, "many"), space, CLIENTS)
        asked = waited_for_webhooks(cluster.metrics()) - before

    assert [(one.name, one.answer) for one in run.asked if not is_right(one)] == []
    assert len(run.asked) == PODS
    assert sum(one.admitted for one in run.asked) == PODS - PODS // BAD_EVERY
    # None was let in without the webhook being asked.
    assert asked.count >= PODS
    listed = cluster.ask("GET", f"/api/v1/namespaces/{space}/pods?limit=2000").document["items"]
    names = {item["metadata"]["name"] for item in listed}
    assert names == {one.name for one in run.asked if one.admitted}
    cluster.ask("DELETE", f"/api/v1/namespaces/{space}/pods?gracePeriodSeconds=0")

"""Reviews that are settled already: answered at once, counted and logged like any other."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from aiverify.core.report import Verdict
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server.reviews import QUICK
from aiverify.webhook.server.settings import Limits
from tests.support.webhook_server import (
    ToldJudge,
    quick,
    read_reply,
    request_bytes,
    review_body,
    running,
)

FOUND = Found("oci://registry.example/m:1", "/spec")
DENIED = Decision(
    allowed=False,
    message="nobody signed it",
    code=403,
    judged=(Judged(FOUND, Verdict.DENY, "sha256:aa", cached=True),),
)


def held(**more: object) -> ToldJudge:
    """A judge that would never come to an end."""
    judge = ToldJudge(**more)  # type: ignore[arg-type]
    judge.hold.clear()
    return judge


def test_it_is_answered_though_no_thread_is_free(tmp_path: Path):
    judge = held()
    settings = quick(tmp_path, limits=Limits(reviews=1, threads=1))
    with running(settings, judge) as server, server.connect() as link:
        link.sendall(request_bytes(review_body("waits")))
        assert judge.began.acquire(timeout=30)
        judge.knows = DENIED
        response = server.ask(review_body("settled")).response
        judge.knows = None
        judge.hold.set()
        assert read_reply(link).response["uid"] == "waits"

    assert (response["uid"], response["allowed"]) == ("settled", False)
    assert response["status"]["message"] == "nobody signed it"


def test_it_is_counted_and_logged(tmp_path: Path):
    log = tmp_path / "audit.jsonl"
    with running(quick(tmp_path, audit=str(log)), held(knows=DENIED)) as server:
        for number in range(3):
            server.ask(review_body(f"number-{number}"))
        metrics = server.probe("/metrics").body.decode()
    lines = [json.loads(line) for line in log.read_text().splitlines()]

    assert 'aiverify_validation_request_count{admission_status="deny",' in metrics
    assert "aiverify_verdict_cache_hits_total 3" in metrics
    assert [line["uid"] for line in lines] == ["number-0", "number-1", "number-2"]
    assert {(line["user"], line["verdict"], line["allowed"]) for line in lines} == {
        ("ann", "deny", False)
    }


def test_many_on_one_connection_are_answered_in_their_order(tmp_path: Path):
    with running(quick(tmp_path), held(knows=DENIED)) as server, server.connect() as link:
        link.sendall(b"".join(request_bytes(review_body(f"n-{number}")) for number in range(50)))
        uids = [read_reply(link).response["uid"] for _ in range(50)]

    assert uids == [f"n-{number}" for number in range(50)]


def test_a_large_one_is_not_read_on_the_loop(tmp_path: Path):
    spec = {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"x": "y" * QUICK}}
    judge = ToldJudge(knows=DENIED)
    with running(quick(tmp_path), judge) as server:
        assert server.ask(review_body(object=spec)).response["allowed"] is True

    assert len(judge.seconds) == 1


def test_a_patch_is_never_settled(tmp_path: Path):
    judge = ToldJudge(knows=DENIED)
    with running(quick(tmp_path), judge) as server:
        assert server.ask(path="/mutate").response["allowed"] is True

    assert len(judge.seconds) == 1


def test_what_is_no_review_is_refused_whatever_is_settled(tmp_path: Path):
    with running(quick(tmp_path), held(knows=Decision(True))) as server:
        reply = server.ask(review_body(operation="BREW"))
        no_time = server.ask(path="/validate?timeout=1ms").response

    assert reply.response["allowed"] is False
    assert no_time["allowed"] is False


@dataclass
class Failing(ToldJudge):
    """A judge that fails where it should know."""

    def settled(self, request: AdmissionRequest) -> Decision | None:
        raise ValueError("secret of the object")


def test_a_failure_admits_nobody(tmp_path: Path):
    with running(quick(tmp_path), Failing()) as server:
        reply = server.ask()
        after = server.probe("/healthz").status

    assert reply.status == 500
    assert b"secret" not in reply.raw
    assert after == 200


def test_lines_are_written_soon(tmp_path: Path):
    log = tmp_path / "audit.jsonl"
    with running(quick(tmp_path, audit=str(log)), held(knows=DENIED)) as server:
        server.ask()
        end = time.monotonic() + 30
        while not log.read_text():
            assert time.monotonic() < end
            time.sleep(0.01)

"""The webhook's server over real sockets: what it takes, what it refuses, and how it ends."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aiverify.core.report import Verdict
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.server.settings import Limits, Settings, Tls
from tests.support.webhook_server import (
    CLIENT_AUTH,
    HOST,
    UID,
    Running,
    ToldJudge,
    drained,
    quick,
    read_reply,
    request_bytes,
    review_body,
    running,
    tls_authority,
    tls_pair,
    trusting,
    write_pair,
)

DENIED = Decision(
    allowed=False,
    message="AIV-SIGNATURE-NONE: nobody signed it",
    code=403,
    judged=(Judged(Found("oci://registry.example/m:1", "/spec"), Verdict.DENY, "sha256:aa"),),
)


def limited(directory: Path, **limits: object) -> Settings:
    return quick(directory, limits=Limits(**limits))  # type: ignore[arg-type]


def test_a_review_is_answered_with_its_uid(tmp_path):
    with running(quick(tmp_path)) as server:
        reply = server.ask(review_body("one"))

    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert json.loads(reply.body)["kind"] == "AdmissionReview"
    assert reply.response["uid"] == "one"
    assert reply.response["allowed"] is True


def test_a_denial_carries_its_code_and_message(tmp_path):
    with running(quick(tmp_path), ToldJudge(lambda *_: DENIED)) as server:
        response = server.ask().response

    assert response["allowed"] is False
    assert response["status"]["code"] == 403
    assert "nobody signed it" in response["status"]["message"]


def test_the_judge_has_a_little_less_time_than_the_api_server_waits(tmp_path):
    with running(quick(tmp_path)) as server:
        for query in ("?timeout=5s", "?timeout=30s", "", "?timeout=x", "?timeout=-3s"):
            server.ask(path=f"/validate{query}")

    five, thirty, *others = server.judge.seconds
    assert 4 < five < 5
    assert all(9 < each < 9.5 for each in (thirty, *others))


def test_one_connection_serves_many_requests_one_after_the_other(tmp_path):
    with running(quick(tmp_path)) as server, server.connect() as link:
        uids = [server.ask(review_body(str(n)), connection=link).response["uid"] for n in range(50)]

    assert uids == [str(n) for n in range(50)]


def test_pipelined_requests_are_answered_in_their_order(tmp_path):
    with running(quick(tmp_path)) as server, server.connect() as link:
        link.sendall(b"".join(request_bytes(review_body(str(n))) for n in range(200)))
        link.settimeout(30)
        data = b""
        while data.count(b'"uid":') < 200:
            data += link.recv(65536)

    found = [int(part.split(b'"')[1]) for part in data.split(b'"uid":')[1:]]
    assert found == list(range(200))


def test_a_chunked_body_is_read(tmp_path):
    body = review_body()
    with running(quick(tmp_path)) as server, server.connect() as link:
        head = (
            "POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            "transfer-encoding: chunked\r\n\r\n"
        )
        parts = [body[:10], body[10:11], body[11:]]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        link.sendall(head.encode() + chunks + b"0\r\n\r\n")
        reply = read_reply(link)

    assert reply.response["uid"] == UID


def test_a_client_that_asks_whether_its_body_is_wanted_is_told_so(tmp_path):
    body = review_body()
    with running(quick(tmp_path)) as server, server.connect() as link:
        head = request_bytes(body).partition(b"\r\n\r\n")[0]
        link.sendall(head + b"\r\nexpect: 100-continue\r\n\r\n")
        told = link.recv(65536)
        link.sendall(body)
        reply = read_reply(link)

    assert told.startswith(b"HTTP/1.1 100")
    assert reply.response["uid"] == UID


def test_an_answer_is_sent_in_one_record(tmp_path):
    with running(quick(tmp_path)) as server, server.connect() as link:
        link.sendall(request_bytes(review_body()))
        first = link.recv(1 << 16)

    assert json.loads(first.partition(b"\r\n\r\n")[2])["response"]["uid"] == UID


@pytest.mark.parametrize(
    ("method", "path", "kind", "status"),
    [
        ("POST", "/", "application/json", 404),
        ("POST", "/validate/", "application/json", 404),
        ("POST", "/healthz", "application/json", 404),
        ("POST", "/metrics", "application/json", 404),
        ("POST", "/VALIDATE", "application/json", 404),
        ("POST", "/../validate", "application/json", 404),
        ("POST", "//validate", "application/json", 404),
        ("GET", "/validate", "application/json", 405),
        ("PUT", "/validate", "application/json", 405),
        ("DELETE", "/mutate", "application/json", 405),
        ("OPTIONS", "/validate", "application/json", 405),
        ("BREW", "/validate", "application/json", 405),
        ("POST", "/validate", "application/yaml", 415),
        ("POST", "/validate", "text/plain", 415),
        ("POST", "/validate", "application/jsonp", 415),
        ("POST", "/validate", "application/json; charset=utf-16", 415),
        ("POST", "/validate", "application/vnd.kubernetes.protobuf", 415),
        ("POST", "/validate", "", 415),
    ],
)
def test_what_is_no_review_is_refused_by_its_status(tmp_path, method, path, kind, status):
    with running(quick(tmp_path)) as server:
        reply = server.ask(path=path, method=method, kind=kind)

    assert reply.status == status
    assert not server.judge.seconds
    assert_tells_nothing(reply.raw)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_media_type_may_name_its_only_charset(tmp_path, kind):
    with running(quick(tmp_path)) as server:
        assert server.ask(kind=kind).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"a":1,"a":2}',
        b'{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        review_body().replace(b"admission.k8s.io/v1", b"admission.k8s.io/v1beta1"),
        review_body().replace(b"admission.k8s.io/v1", b"admission.k8s.io/v9"),
        review_body(uid=""),
        review_body(uid=None),  # type: ignore[arg-type]
        review_body(uid=["a"]),  # type: ignore[arg-type]
    ],
)
def test_a_body_that_is_no_review_is_refused_and_judged_by_nobody(tmp_path, body):
    with running(quick(tmp_path)) as server:
        reply = server.ask(body)
        after = server.ask()

    assert reply.status == 400
    assert b"allowed" not in reply.body
    assert_tells_nothing(reply.raw)
    assert len(server.judge.seconds) == 1
    assert after.status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 100,
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /validate HTTP/1.1\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost : x\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\nbad\x00name: y\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\nlong: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST /" + b"y" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_the_connection_ends(tmp_path, sent):
    settings = limited(tmp_path, head_seconds=0.3, body_seconds=0.3, close_seconds=0.2)
    with running(settings) as server:
        with server.connect() as link:
            link.sendall(sent)
            answer = drained(link)
        after = server.ask()

    status = int(answer.split()[1])
    assert 400 <= status < 600
    assert_tells_nothing(answer)
    assert after.status == 200


def test_both_lengths_at_once_never_smuggle_a_second_request(tmp_path):
    inner = request_bytes(review_body("smuggled"))
    with running(limited(tmp_path, close_seconds=0.2)) as server, server.connect() as link:
        link.sendall(
            b"POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + inner
        )
        answer = drained(link)

    assert b"smuggled" not in answer


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_above_the_limit_is_refused_before_it_is_read(tmp_path, declared):
    with running(limited(tmp_path, body=5000, close_seconds=0.5)) as server:
        with server.connect() as link:
            if declared:
                link.sendall(request_bytes(b"x" * 5001)[:200])
            else:
                link.sendall(
                    b"POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                    b"transfer-encoding: chunked\r\n\r\nffff\r\n" + b"x" * 6000
                )
            reply = read_reply(link)
        fits = server.ask(review_body(object={"pad": "x" * 4000}))

    assert reply.status == 413
    assert reply.headers["connection"] == "close"
    assert fits.status == 200


def test_seven_mebibytes_are_read_and_one_byte_more_is_not(tmp_path):
    most = 7 << 20
    empty = len(review_body(object={"pad": ""}))
    with running(quick(tmp_path)) as server:
        fits = server.ask(review_body(object={"pad": "x" * (most - empty)}))
        not_so = server.ask(review_body(object={"pad": "x" * (most - empty + 1)}))

    assert fits.response["allowed"] is True
    assert not_so.response["allowed"] is False
    assert not_so.response["status"]["code"] == 413


@pytest.mark.parametrize(
    "body",
    [
        review_body(object=float("nan")),
        review_body(object={"n": 10**50}),
        review_body(name="x" * 5000),
        review_body().replace(b'"name": "web"', b'"name": "web", "name": "other"'),
        review_body()[:-20],
    ],
)
def test_what_an_object_makes_unreadable_is_denied_and_no_error_that_might_be_ignored(
    tmp_path, body
):
    with running(quick(tmp_path)) as server:
        response = server.ask(body).response

    assert response["uid"] == UID
    assert response["allowed"] is False
    assert "AIV-ADMISSION-UNREADABLE" in response["status"]["message"]
    assert not server.judge.seconds


def test_a_body_of_countless_chunks_is_refused(tmp_path):
    settings = limited(tmp_path, chunks=100, close_seconds=0.3)
    with running(settings) as server, server.connect() as link:
        link.sendall(
            b"POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"transfer-encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1000
        )
        reply = read_reply(link)

    assert reply.status == 413


def test_large_bodies_together_have_a_bound(tmp_path):
    settings = limited(tmp_path, all_bodies=200_000, close_seconds=0.3)
    with running(settings) as server:
        body = review_body(object={"pad": "x" * 250_000})
        with server.connect() as slow:
            slow.sendall(request_bytes(body)[:200_000])
            refused = server.ask(body)
            small = server.ask()
        slow.close()
        wait_until(lambda: not server.server.port.rooms._held)

    assert refused.response["status"]["code"] == 503
    assert small.status == 200


@pytest.mark.parametrize(
    "sent", [b"", b"POST /vali", request_bytes(review_body())[:-1]], ids=["none", "head", "body"]
)
def test_who_sends_slowly_is_let_go_and_nobody_waits_for_it(tmp_path, sent):
    settings = limited(tmp_path, head_seconds=0.3, body_seconds=0.3, close_seconds=0.2)
    with running(settings) as server, server.connect() as slow:
        slow.sendall(sent)
        meanwhile = server.ask()
        answer = drained(slow)

    assert meanwhile.status == 200
    assert answer == b"" if not sent else answer.startswith(b"HTTP/1.1 408")


def test_a_byte_now_and_then_wins_no_time(tmp_path):
    settings = limited(tmp_path, head_seconds=0.3, body_seconds=0.3, close_seconds=0.2)
    with running(settings) as server, server.connect() as slow:
        slow.settimeout(0.02)
        sent, ended = b"POST /validate HTTP/1.1\r\nx: " + b"y" * 5000, False
        for byte in sent:
            slow.send(bytes([byte]))
            try:
                ended = slow.recv(1000) is not None
                break
            except TimeoutError:
                continue

    assert ended


def test_a_handshake_that_never_comes_is_given_up(tmp_path):
    with running(limited(tmp_path, handshake_seconds=0.3)) as server:
        with socket.create_connection((HOST, server.port), timeout=30) as link:
            assert server.ask().status == 200
            assert drained(link) == b""
        assert server.metric("aiverify_tls_handshakes_failed_total") >= 1


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01" + b"\xff" * 300, b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_tls_is_let_go(tmp_path, garbage):
    with running(quick(tmp_path)) as server:
        with socket.create_connection((HOST, server.port), timeout=30) as link:
            link.sendall(garbage)
            answer = drained(link)
        after = server.ask()

    assert b"HTTP" not in answer
    assert after.status == 200
    assert not any("Error" in line for line in server.said)


def test_tls_before_1_2_is_not_spoken(tmp_path):
    context = trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with running(quick(tmp_path)) as server, pytest.raises((ssl.SSLError, ConnectionError)):
        server.connect(context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_is_spoken_and_http_2_is_not_offered(tmp_path, version):
    context = trusting()
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    with running(quick(tmp_path)) as server, server.connect(context) as link:
        assert link.selected_alpn_protocol() == "http/1.1"
        assert server.ask(connection=link).status == 200


def test_half_a_connection_is_no_request(tmp_path):
    with running(quick(tmp_path)) as server:
        plain = socket.create_connection((HOST, server.port), timeout=30)
        with trusting().wrap_socket(plain, server_hostname="localhost") as link:
            link.sendall(request_bytes(review_body())[:-5])
            link.shutdown(socket.SHUT_WR)
            drained(link)
        after = server.ask()

    assert after.status == 200
    assert len(server.judge.seconds) == 1


def test_a_client_that_leaves_before_its_answer_harms_nobody(tmp_path):
    judge = ToldJudge()
    judge.hold.clear()
    with running(quick(tmp_path), judge) as server:
        for _ in range(5):
            link = server.connect()
            link.sendall(request_bytes(review_body()))
            assert judge.began.acquire(timeout=30)
            link.close()
        judge.hold.set()
        after = server.ask()

    assert after.status == 200
    assert not any("failed" in line for line in server.said)


def test_a_client_that_never_reads_is_let_go(tmp_path):
    settings = limited(tmp_path, idle_seconds=0.5, close_seconds=0.3)
    long = Decision(allowed=False, message="x" * 100_000)
    with running(settings, ToldJudge(lambda *_: long)) as server:
        with server.connect() as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            link.settimeout(1)
            try:
                for _ in range(5000):
                    link.sendall(request_bytes(review_body()))
            except (OSError, ssl.SSLError):
                pass
            wait_until(lambda: len(server.server.port.rooms) == 0)
        judged = len(server.judge.seconds)
        assert server.ask().status == 200

    assert judged < 2000


def test_too_many_reviews_at_once_are_refused_quickly_and_by_uid(tmp_path):
    judge = ToldJudge()
    judge.hold.clear()
    settings = limited(tmp_path, reviews=3, threads=2)
    with running(settings, judge) as server:
        links = [server.connect() for _ in range(3)]
        for link in links:
            link.sendall(request_bytes(review_body("waits")))
        wait_until(lambda: server.server._reviews.under_way == 3)
        refused = server.ask(review_body("fourth"))
        judge.hold.set()
        served = [read_reply(link).response["allowed"] for link in links]
        after = server.ask()
        counted = server.metric("aiverify_overload_rejections_total")

    assert refused.response["uid"] == "fourth"
    assert refused.response["allowed"] is False
    assert refused.response["status"]["code"] == 429
    assert served == [True, True, True]
    assert after.response["allowed"] is True
    assert counted == 1


def test_without_a_uid_too_many_is_a_503_that_says_when_to_come_back(tmp_path):
    with running(limited(tmp_path, reviews=0)) as server:
        reply = server.ask(b'{"request": {"object": 1, "uid": "x"}}')

    assert reply.status == 503
    assert reply.headers["retry-after"] == "1"


def test_a_judge_that_keeps_no_time_is_answered_for(tmp_path):
    judge = ToldJudge()
    judge.hold.clear()
    with running(quick(tmp_path), judge) as server:
        reply = server.ask(path="/validate?timeout=500ms")
        late = server.metric("aiverify_deadlines_exceeded_total")
        judge.hold.set()

    assert reply.response["allowed"] is False
    assert reply.response["uid"] == UID
    assert reply.response["status"]["code"] == 504
    assert "no verdict in the time" in reply.response["status"]["message"]
    assert late == 1


def test_a_judge_that_fails_admits_nobody_and_says_nothing_of_itself(tmp_path):
    def fail(*_: object) -> Decision:
        raise ValueError("secret of the object")

    with running(quick(tmp_path), ToldJudge(fail)) as server:
        reply = server.ask()

    assert reply.response["allowed"] is False
    assert reply.response["status"]["code"] == 500
    assert b"secret" not in reply.raw
    assert_tells_nothing(reply.raw)
    assert not any("secret" in line for line in server.said)
    assert any("ValueError" in line for line in server.said)


def test_the_longest_idle_makes_room_for_who_comes(tmp_path):
    with running(limited(tmp_path, connections=3)) as server:
        links = [server.connect() for _ in range(3)]
        replies = [server.ask(connection=link).status for link in links]
        newest = server.connect()
        got = server.ask(connection=newest).status
        gone = drained(links[0])
        rest = [server.ask(connection=link).status for link in links[1:]]

    assert replies == [200] * 3
    assert (got, gone) == (200, b"")
    assert rest == [200, 200]


def test_a_connection_has_a_last_request_and_says_so(tmp_path):
    with running(limited(tmp_path, per_connection=2)) as server, server.connect() as link:
        first = server.ask(connection=link)
        second = server.ask(connection=link)
        rest = drained(link)

    assert "connection" not in first.headers
    assert second.headers["connection"] == "close"
    assert rest == b""


def test_the_second_port_speaks_of_health_and_numbers_alone(tmp_path):
    with running(quick(tmp_path)) as server:
        server.ask()
        statuses = {
            path: server.probe(path).status
            for path in ("/healthz", "/livez", "/readyz", "/metrics", "/validate", "/", "/debug")
        }
        metrics = server.probe("/metrics")

    assert statuses == {
        "/healthz": 200,
        "/livez": 200,
        "/readyz": 200,
        "/metrics": 200,
        "/validate": 404,
        "/": 404,
        "/debug": 404,
    }
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"aiverify_admission_review_duration_seconds_bucket" in metrics.body


def assert_tells_nothing(raw: bytes) -> None:
    text = raw.lower()
    for word in (b"traceback", b"python", b"h11", b"server:", b".py", b"aiverify/"):
        assert word not in text


def wait_until(holds: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def served_with(server: Running, authority: object) -> ssl.SSLSocket:
    return server.connect(trusting(authority))  # type: ignore[arg-type]


def client_files(directory: Path, pair: tuple[bytes, bytes]) -> tuple[Path, Path]:
    directory.mkdir()
    tls = write_pair(directory, pair)
    return tls.certificate, tls.key


def mutual(directory: Path, authority_pem: bytes, *names: str) -> Settings:
    settings = quick(directory)
    client_ca = directory / "ca.crt"
    client_ca.write_bytes(authority_pem)
    tls = Tls(settings.tls.certificate, settings.tls.key, client_ca, names)
    return replace(settings, tls=tls)


def test_with_an_authority_for_clients_only_its_clients_are_served(tmp_path):
    ours, other = tls_authority("Clients"), tls_authority("Others")
    good = client_files(tmp_path / "a", tls_pair(ours, "apiserver", usage=CLIENT_AUTH))
    foreign = client_files(tmp_path / "b", tls_pair(other, "apiserver", usage=CLIENT_AUTH))
    of_server = client_files(tmp_path / "c", tls_pair(ours, "apiserver"))
    with running(mutual(tmp_path, ours.pem)) as server:
        with server.connect(trusting(client=good)) as link:
            assert server.ask(connection=link).status == 200
        contexts = (trusting(), trusting(client=foreign), trusting(client=of_server))
        served = [server.serves(context) for context in contexts]
        ready = server.probe("/readyz").status

    assert served == [False] * 3
    assert len(server.judge.seconds) == 1
    assert ready == 200


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("apiserver", 200), ("apiserver.test", 200), ("someone", 403), ("api*", 403), ("*", 403)],
)
def test_a_client_must_have_a_name_that_is_let_in(tmp_path, wanted, status):
    ours = tls_authority("Clients")
    client = client_files(tmp_path / "a", tls_pair(ours, "apiserver", usage=CLIENT_AUTH))
    with running(mutual(tmp_path, ours.pem, wanted)) as server:
        reply = server.ask(connection=server.connect(trusting(client=client)))

    assert reply.status == status

    assert len(server.judge.seconds) == (1 if status == 200 else 0)

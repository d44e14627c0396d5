"""How the webhook's server ends: nobody who was let in goes without an answer."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from aiverify.webhook.server.settings import Limits
from tests.support.commands import PROJECT
from tests.support.webhook_server import (
    HOST,
    Reply,
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


def closing(server: object) -> threading.Thread:
    """Begin to end the server from another thread."""

    def end() -> None:
        ending = server.server.close(server.hurry)  # type: ignore[attr-defined]
        asyncio.run_coroutine_threadsafe(ending, server.loop).result(60)  # type: ignore[attr-defined]

    thread = threading.Thread(target=end)
    thread.start()
    return thread


def wait_until_unready(server: object) -> Reply:
    while True:
        reply: Reply = server.probe("/readyz")  # type: ignore[attr-defined]
        if reply.status == 503:
            return reply


def test_readiness_turns_at_once_and_what_comes_is_still_answered(tmp_path):
    with running(quick(tmp_path, linger=60), closes=False) as server:
        link = server.connect()
        assert "connection" not in server.ask(connection=link).headers
        thread = closing(server)
        unready = wait_until_unready(server)
        lives = server.probe("/healthz").status
        on_old = server.ask(connection=link)
        on_new = server.ask(connection=server.connect())
        rest = drained(link)
        server.loop.call_soon_threadsafe(server.hurry.set)
        thread.join(60)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, server.port))

    assert unready.body == b"the server is ending\n"
    assert lives == 200
    assert (on_old.status, on_new.status) == (200, 200)
    assert on_old.headers["connection"] == on_new.headers["connection"] == "close"
    assert rest == b""


def test_reviews_under_way_are_answered_before_the_end(tmp_path):
    judge = ToldJudge()
    judge.hold.clear()
    with running(quick(tmp_path, drain=60), judge, closes=False) as server:
        links = [server.connect() for _ in range(20)]
        for link in links:
            link.sendall(request_bytes(review_body()))
        assert judge.began.acquire(timeout=30)
        idle = server.connect()
        thread = closing(server)
        assert drained(idle) == b""
        judge.hold.set()
        replies = [read_reply(link) for link in links]
        thread.join(60)

    assert [reply.status for reply in replies] == [200] * 20
    assert {reply.headers["connection"] for reply in replies} == {"close"}
    assert server.said[-1] == "ended"


def test_a_review_without_an_end_keeps_nobody_longer_than_the_drain_time(tmp_path):
    judge = ToldJudge()
    judge.hold.clear()
    with running(quick(tmp_path, drain=0.3), judge, closes=False) as server:
        link = server.connect()
        link.sendall(request_bytes(review_body()))
        assert judge.began.acquire(timeout=30)
        closing(server).join(60)
        assert drained(link) == b""

    assert any("no answer within the drain time" in line for line in server.said)


def test_no_request_is_lost_while_the_server_ends(tmp_path):
    lost, answered, unready = [], [], threading.Event()

    def client(server: object) -> None:
        link = None
        try:
            while not (unready.is_set() and link is None):
                link = link or server.connect()  # type: ignore[attr-defined]
                reply = server.ask(connection=link)  # type: ignore[attr-defined]
                answered.append(reply.status)
                if reply.headers.get("connection") == "close":
                    link = None
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            lost.append(error)

    with running(quick(tmp_path, linger=60, drain=30), closes=False) as server:
        clients = [threading.Thread(target=client, args=(server,)) for _ in range(8)]
        for each in clients:
            each.start()
        assert server.judge.began.acquire(timeout=30)
        thread = closing(server)
        wait_until_unready(server)
        unready.set()
        for each in clients:
            each.join(60)
        server.loop.call_soon_threadsafe(server.hurry.set)
        thread.join(60)

    assert lost == []
    assert set(answered) == {200}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal_and_ends_with_0(tmp_path, story, number):
    pair = tls_pair(tls_authority("CA"), "server")
    write_pair(tmp_path, pair)
    story.copy(story.profile, tmp_path / "aiverify.yaml")
    story.copy(story.public("release"), tmp_path / story.public("release").name)
    words = "webhook serve --tls-cert tls.crt --tls-key tls.key --host 127.0.0.1 --port 0 "
    words += "--metrics-port 0 --linger 0s --drain 5s --audit-log audit.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "aiverify", *words.split()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        told = process.stderr.readline()
        ports = re.findall(r"port (\d+)", told)
        assert len(ports) == 2, told
        with (
            socket.create_connection((HOST, int(ports[0])), timeout=30) as plain,
            trusting(tls_authority("CA")).wrap_socket(plain, server_hostname="localhost") as link,
        ):
            link.sendall(request_bytes(review_body()))
            reply = read_reply(link)
        process.send_signal(number)
        code = process.wait(60)
    finally:
        process.kill()
        rest = process.stderr.read()
        process.stderr.close()

    assert code == 0, rest
    assert reply.response["allowed"] is True
    [line] = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert '"allowed":true' in line
    assert "Traceback" not in rest


@pytest.mark.slow
def test_memory_stays_as_it_is_over_thousands_of_requests(tmp_path):
    hostile = [
        review_body(),
        b"{" * 1000,
        review_body(uid=""),
        review_body(object={"pad": "x" * 100_000}),
        b"\xff" * 500,
        review_body(kind={"group": "g", "version": "v1", "kind": "K"}),
    ]
    with running(quick(tmp_path, limits=Limits(threads=2))) as server:
        link = server.connect()

        def many(count: int) -> float:
            nonlocal link
            for number in range(count):
                kind = f"K{number}"
                body = hostile[number % len(hostile)].replace(b'"K"', f'"{kind}"'.encode())
                reply = server.ask(body, connection=link)
                assert reply.status in {200, 400}
                if number % 50 == 0:
                    link.close()
                    server.links.clear()
                    link = server.connect()
            return server.metric("process_resident_memory_bytes")

        many(600)
        before = server.metric("process_resident_memory_bytes")
        after = many(2400)
        lines = server.probe("/metrics").body.count(b"\n")

    assert after - before < 8 << 20
    assert lines < 10_000


def test_a_missing_library_is_one_sentence_and_how_to_install_it(tmp_path):
    code = (
        "import sys; sys.modules['h11'] = None\n"
        "from aiverify.cli.main import run\n"
        "sys.argv = ['aiverify', 'webhook', 'serve', '--tls-cert', 'a', '--tls-key', 'b']\n"
        "sys.exit(run())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        "error: serving needs the library h11, which is not installed\n"
        "  hint: Install it: python -m pip install 'aiverify[webhook]'\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "an API server asks over TLS alone"),
        ("--tls-cert a", "an API server asks over TLS alone"),
        ("--tls-cert a --tls-key b", "a cannot be read: No such file or directory"),
        ("--tls-cert a --tls-key b --client-name x", "--client-name is about certificates"),
        ("--tls-cert a --tls-key b --deadline soon", "--deadline soon is no length of time"),
        ("--tls-cert a --tls-key b --service x", "--service is for --self-signed"),
        ("--tls-cert a --tls-key b --self-signed", "--self-signed needs --namespace"),
        ("--tls-cert a --tls-key b --inject-downloads", "--inject-downloads is for --inject"),
    ],
)
def test_words_that_cannot_be_served_by_are_one_sentence(tmp_path, words, message):
    done = subprocess.run(
        [sys.executable, "-m", "aiverify", "webhook", "serve", *words.split()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode in {2, 3}
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_traces_without_their_library_are_one_sentence(monkeypatch, tmp_path):
    from aiverify.errors import UsageError
    from aiverify.webhook.server.tracing import tracing

    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(UsageError) as caught:
        tracing("http://127.0.0.1:4318")

    assert caught.value.message == (
        "traces need the OpenTelemetry libraries, which are not installed"
    )
    assert "python -m pip install" in caught.value.hint

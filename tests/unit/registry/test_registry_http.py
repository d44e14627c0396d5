from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from aiverify.core.reference import Reference
from aiverify.errors import DeniedError, InputError, UndecidedError
from aiverify.registry import http
from aiverify.registry.http import Call, Connections
from aiverify.registry.place import Place
from aiverify.registry.refusal import codes, refusal
from aiverify.registry.repository import open_repository
from tests.support.http_site import Reply, serving
from tests.support.registries.registry import loopback_tls
from tests.support.registry_desk import Tokens, Waits, blob, opened
from tests.support.small_registry import Fault, Out, running

BLOB = blob(b"bytes")


@pytest.fixture
def registry():
    with running() as registry:
        registry.add(b"bytes")
        yield registry


class TestSender:
    """What tokens are asked for with."""

    @pytest.fixture
    def waits(self):
        return Waits()

    @pytest.fixture
    def sender(self, waits):
        connections = Connections(Place(backoff=waits.backoff()))
        yield connections
        connections.close()

    def test_an_answer_is_read_whole(self, sender):
        with serving(Reply(200, b"hello", {"X-Thing": "One"})) as site:
            answer = sender.send("POST", f"{site.url}/token", {"X-Asked": "two"}, b"body")

        assert (answer.status, answer.body, answer.headers["x-thing"]) == (200, b"hello", "One")
        [asked] = site.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/token", b"body")
        assert asked.headers["X-Asked"] == "two"
        assert asked.headers["User-Agent"].partition("/")[0] == "aiverify"
        assert asked.headers["Accept-Encoding"] == "identity"
        assert "Cookie" not in asked.headers

    @pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404])
    def test_no_answer_is_followed_or_asked_for_again(self, sender, status):
        with serving(Reply(status, b"", {"Location": "/elsewhere"})) as site:
            assert sender.send("GET", site.url, {}).status == status

        assert len(site.asked) == 1

    def test_who_is_busy_is_asked_again(self, sender, waits):
        replies = (Reply(503), Reply(429, headers={"Retry-After": "7"}), Reply(200))
        with serving(*replies) as site:
            assert sender.send("GET", site.url, {}).status == 200

        assert waits.seconds == [0.2, 7.0]

    def test_who_is_always_busy_gives_no_answer(self, sender):
        with serving(Reply(429)) as site, pytest.raises(UndecidedError, match="is busy"):
            sender.send("GET", site.url, {})

    def test_who_is_not_there_gives_no_answer(self, sender):
        with pytest.raises(UndecidedError, match=r"127\.0\.0\.1:1 is out of reach"):
            sender.send("GET", "http://127.0.0.1:1/token?secret=deadbeef", {})

    def test_who_says_too_much_gives_no_answer(self, sender, monkeypatch):
        monkeypatch.setattr(http, "MAX_ANSWER", 100)
        with (
            serving(Reply(200, b"x" * 101)) as site,
            pytest.raises(UndecidedError, match="more than 100 bytes"),
        ):
            sender.send("GET", site.url, {})

    def test_who_says_nothing_gives_no_answer(self, sender, monkeypatch):
        monkeypatch.setattr(http, "IDLE", 0.02)
        with (
            serving(Reply(200, delay=60.0)) as site,
            pytest.raises(UndecidedError, match=r"no answer within 0\.02 s"),
        ):
            sender.send("GET", site.url, {})

    @pytest.mark.parametrize("url", ["http://tokens.example/", "ftp://127.0.0.1/", "file:///x"])
    def test_nobody_is_asked_in_the_clear_elsewhere(self, sender, url):
        with pytest.raises(UndecidedError, match="in the clear"):
            sender.send("GET", url, {"Authorization": "Basic c2VjcmV0"})


class TestTls:
    """Whose certificate counts."""

    @pytest.fixture
    def tls(self, tmp_path):
        return loopback_tls(tmp_path / "tls")

    @pytest.fixture
    def guarded(self, tls):
        with running(tls.context()) as registry:
            registry.add(b"bytes")
            yield registry

    def has(self, registry, **place):
        reference = Reference(registry.host, "acme/x")
        with open_repository(
            reference, Place(backoff=Waits().backoff(), **place), Tokens()
        ) as repository:
            return repository.has_blob(BLOB)

    def test_a_root_that_is_named_counts(self, guarded, tls):
        assert self.has(guarded, ca=tls.ca)

    def test_a_root_that_is_named_counts_alone(self, guarded, tls, tmp_path, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.ca))
        stranger = loopback_tls(tmp_path / "stranger", "Stranger")

        with pytest.raises(UndecidedError, match="is not trusted"):
            self.has(guarded, ca=stranger.ca)

    def test_a_certificate_that_nobody_knows_is_not_trusted(self, guarded):
        with pytest.raises(UndecidedError, match="is not trusted") as caught:
            self.has(guarded)

        assert "--ca-file" in caught.value.hint
        assert guarded.asked == []

    def test_a_registry_in_the_clear_is_not_asked_by_tls(self, registry):
        with pytest.raises(UndecidedError, match="does not speak TLS"):
            self.has(registry)

    @pytest.mark.parametrize("data", [None, b"", b"no certificate"])
    def test_roots_that_are_none_are_refused_first(self, registry, tmp_path, data):
        path = tmp_path / "roots.pem"
        if data is not None:
            path.write_bytes(data)

        with pytest.raises(InputError, match=r"roots\.pem"):
            self.has(registry, ca=path)


class TestRefusal:
    """A registry's words."""

    def test_the_codes_and_messages_are_shown(self):
        body = b'{"errors":[{"code":"DENIED","message":"not you"},{"code":"X"},7,{}]}'

        error = refusal("registry.example", 403, body)

        assert isinstance(error, DeniedError)
        assert error.message == "registry.example refuses: DENIED: not you; X"
        assert codes(body) == {"DENIED", "X"}

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"errors":7}', b'{"errors":[{"code":7}]}'])
    def test_words_that_are_none_are_no_stumbling_block(self, body):
        assert refusal("registry.example", 400, body).message.startswith(
            "registry.example refuses (HTTP 400): "
        )

    def test_words_cannot_move_the_cursor_or_fill_the_screen(self):
        body = b'{"errors":[{"code":"\\u001b[2J","message":"' + b"x" * 9999 + b'"}]}'

        message = refusal("registry.example", 400, body).message

        assert "\x1b" not in message
        assert len(message) < 400


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_registry_that_is_busy_is_asked_again(registry, status):
    waits = Waits()
    registry.faults = [Fault("HEAD", times=5, says=Out(status))]

    with opened(registry, backoff=waits.backoff()) as repository:
        assert repository.has_blob(BLOB)

    assert waits.seconds == [0.2, 0.4, 0.8, 1.6, 2.5]


def test_a_registry_that_says_how_long_to_wait_is_left_alone_for_so_long(registry):
    waits = Waits()
    registry.faults = [Fault("HEAD", says=Out(429, {"Retry-After": "9"}))]

    with opened(registry, backoff=waits.backoff()) as repository:
        assert repository.has_blob(BLOB)

    assert waits.seconds == [9.0]


def test_a_registry_that_stays_out_of_order_gives_no_answer(registry):
    registry.faults = [Fault("HEAD", times=99, says=Out(503))]

    with (
        opened(registry) as repository,
        pytest.raises(UndecidedError, match=r"is out of order \(HTTP 503\)"),
    ):
        repository.has_blob(BLOB)

    assert len(registry.asked) == 6


@pytest.mark.parametrize(("status", "error"), [(400, DeniedError), (501, UndecidedError)])
def test_other_faults_are_told_at_once(registry, status, error):
    registry.faults = [Fault("HEAD", says=Out(status))]

    with opened(registry) as repository, pytest.raises(error):
        repository.has_blob(BLOB)

    assert len(registry.asked) == 1


def test_one_connection_serves_many_requests(registry):
    with opened(registry) as repository:
        for _ in range(5):
            repository.has_blob(BLOB)
            repository.read_blob(BLOB, 100)
            repository.head("none")

    assert registry.connections == 1


class TestConnections:
    """One connection for whoever asks next, and more only for those who ask meanwhile."""

    @pytest.fixture
    def connections(self):
        made = Connections(Place(plain_http=True))
        yield made
        made.close()

    def call(self, registry):
        return Call("GET", f"http://{registry.host}/v2/acme/x/blobs/{BLOB.digest}")

    def ask(self, connections, registry):
        with connections.open(self.call(registry)) as reply:
            assert reply.status == 200
            reply.read(1 << 10)

    def test_one_serves_thread_after_thread(self, connections, registry):
        for _ in range(4):
            with ThreadPoolExecutor(1) as pool:
                pool.submit(self.ask, connections, registry).result()

        assert registry.connections == 1

    def test_those_that_ask_at_a_time_have_one_each(self, connections, registry):
        with (
            connections.open(self.call(registry)) as one,
            connections.open(self.call(registry)) as other,
        ):
            assert one.read(1 << 10) == other.read(1 << 10) == b"bytes"
        self.ask(connections, registry)

        assert registry.connections == 2

    def test_one_that_breaks_serves_again(self, connections, registry):
        registry.faults.append(Fault(".*", says=Out(503)))
        with connections.open(self.call(registry)) as reply:
            assert reply.status == 503
        self.ask(connections, registry)

    def test_what_was_in_use_when_all_were_closed_is_used_by_nobody(self, connections, registry):
        with connections.open(self.call(registry)) as reply:
            reply.read(1 << 10)
            connections.close()
        self.ask(connections, registry)

        assert registry.connections == 2

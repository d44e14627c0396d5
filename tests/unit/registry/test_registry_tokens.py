"""Logging in at a registry: what goes where, how often, and what never goes anywhere."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from aiverify.errors import AiverifyError, DeniedError, MalformedError, UndecidedError, UsageError
from aiverify.registry.interface import Answer, Credential
from aiverify.registry.tokens import TokenAuthorizer, authorizer_for
from tests.support.http_site import Reply, Site, serving

HOST = "registry.example"
HOME = f"https://{HOST}"
NAME = "acme/x"
REALM = "https://auth.example/token"
SERVICE = "the registry"
BEARER = f'Bearer realm="{REALM}",service="{SERVICE}",scope="repository:{NAME}:pull"'
BASIC = 'Basic realm="x"'

PASSWORD = Credential("ann", "s3cr3t-Pa:ss")
PASSWORD_HEADER = f"Basic {base64.b64encode(b'ann:s3cr3t-Pa:ss').decode()}"
REFRESH = Credential(identity_token="refresh-t0ken")


@dataclass(frozen=True)
class Sent:
    """A request that was to be sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def place(self) -> str:
        return self.url.partition("?")[0]

    @property
    def fields(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode() or urlsplit(self.url).query, strict_parsing=True)


@dataclass
class Recorder:
    """A sender that keeps what it is given, and answers one after the other, the last for ever."""

    answers: list[Answer]
    sent: list[Sent] = field(default_factory=list)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        self.sent.append(Sent(method, url, dict(headers), body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Wire:
    """A sender that speaks HTTP to this machine."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request(method, target, body or None, dict(headers))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def answer(document: object, status: int = 200) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(status, {}, body)


def recorder(*answers: Answer) -> Recorder:
    return Recorder(list(answers) or [answer({"token": "abc"})])


def login(
    sender: Recorder,
    credential: Credential | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TokenAuthorizer:
    return TokenAuthorizer(HOST, HOME, sender, lambda _: credential, clock)


def refused(
    kind: type[AiverifyError],
    sender: Recorder,
    credential: Credential | None = None,
    challenge: str = BEARER,
    base_url: str = HOME,
) -> AiverifyError:
    """The error that a login ends in, which holds no secret."""
    authorizer = TokenAuthorizer(HOST, base_url, sender, lambda _: credential)
    with pytest.raises(kind) as caught:
        authorizer.authorize(challenge, NAME, "pull")
    shown = caught.value.message + caught.value.hint
    for secret in (PASSWORD.password, REFRESH.identity_token, PASSWORD_HEADER.split()[1]):
        assert secret not in shown
    return caught.value


def test_a_basic_challenge_is_answered_with_the_password():
    sender = recorder()

    assert login(sender, PASSWORD).authorize(BASIC, NAME, "pull") == PASSWORD_HEADER
    assert sender.sent == []


@pytest.mark.parametrize("credential", [None, REFRESH, Credential("ann"), Credential("", "x")])
def test_without_a_password_a_basic_challenge_has_no_answer(credential: Credential | None):
    assert login(recorder(), credential).authorize(BASIC, NAME, "pull") == ""


def test_a_password_goes_in_the_bytes_that_it_was_given_in():
    credential = Credential("änn", b"p\xff".decode("utf-8", "surrogateescape"))

    header = login(recorder(), credential).authorize(BASIC, NAME, "pull")
    assert base64.b64decode(header.split()[1]) == "änn:p".encode() + b"\xff"


@pytest.mark.parametrize("challenge", [BASIC, BEARER])
def test_a_registry_token_is_the_answer_to_all(challenge: str):
    sender = recorder()
    credential = Credential("ann", "b", registry_token="given.token")

    assert login(sender, credential).authorize(challenge, NAME, "pull") == "Bearer given.token"
    assert sender.sent == []


def test_somebody_without_a_credential_gets_an_anonymous_token():
    sender = recorder()

    assert login(sender).authorize(BEARER, NAME, "pull") == "Bearer abc"
    [sent] = sender.sent
    assert (sent.method, sent.place, sent.body) == ("GET", REALM, b"")
    assert sent.headers == {"Accept": "application/json"}
    assert sent.fields == [
        ("client_id", "aiverify"),
        ("service", SERVICE),
        ("scope", "repository:acme/x:pull"),
    ]


def test_a_password_is_changed_for_a_token():
    sender = recorder()

    assert login(sender, PASSWORD).authorize(BEARER, NAME, "pull") == "Bearer abc"
    [sent] = sender.sent
    assert sent.headers["Authorization"] == PASSWORD_HEADER
    assert PASSWORD.password not in sent.url


def test_an_identity_token_is_exchanged_by_oauth2():
    sender = recorder(answer({"access_token": "abc", "refresh_token": "other"}))

    assert login(sender, REFRESH).authorize(BEARER, NAME, "pull,push") == "Bearer abc"
    [sent] = sender.sent
    assert (sent.method, sent.url) == ("POST", REALM)
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in sent.headers
    assert dict(sent.fields) == {
        "grant_type": "refresh_token",
        "service": SERVICE,
        "client_id": "aiverify",
        "scope": "repository:acme/x:pull,push",
        "refresh_token": REFRESH.identity_token,
    }


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_without_oauth2_is_asked_the_other_way(status: int):
    sender = recorder(answer({}, status), answer({"token": "abc"}))
    credential = Credential("ann", PASSWORD.password, REFRESH.identity_token)

    assert login(sender, credential).authorize(BEARER, NAME, "pull") == "Bearer abc"
    assert [sent.method for sent in sender.sent] == ["POST", "GET"]
    assert sender.sent[1].headers["Authorization"] == PASSWORD_HEADER
    assert REFRESH.identity_token not in sender.sent[1].url


@pytest.mark.parametrize("status", [400, 401, 403])
def test_an_identity_token_that_is_refused_is_not_tried_the_other_way(status: int):
    sender = recorder(answer({"error": "invalid_grant"}, status))

    assert "invalid_grant" in refused(DeniedError, sender, REFRESH).message
    assert [sent.method for sent in sender.sent] == ["POST"]


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("", ["repository:acme/x:pull"]),
        ("repository:acme/x:pull,push", ["repository:acme/x:pull,push"]),
        (
            "repository:acme/x:push,push repository:acme/x:delete",
            ["repository:acme/x:pull,push,delete"],
        ),
        (
            "repository:acme/x:pull repository:other/y:pull",
            ["repository:acme/x:pull", "repository:other/y:pull"],
        ),
        ("registry:catalog:*", ["repository:acme/x:pull", "registry:catalog:*"]),
        ("odd", ["repository:acme/x:pull", "odd"]),
    ],
)
def test_what_the_challenge_is_for_is_asked_for_too(stated: str, wanted: list[str]):
    sender = recorder()

    login(sender).authorize(f'Bearer realm="{REALM}",scope="{stated}"', NAME, "pull")
    assert [value for name, value in sender.sent[0].fields if name == "scope"] == wanted


def test_a_service_cannot_add_fields_of_its_own():
    sender = recorder()

    login(sender).authorize(f'Bearer realm="{REALM}",service="a&scope=b#\u00e9"', NAME, "pull")
    assert dict(sender.sent[0].fields)["service"] == "a&scope=b#\u00e9"
    assert sender.sent[0].url.isascii()


def test_a_realm_may_have_a_query_of_its_own():
    sender = recorder()

    login(sender).authorize(f'Bearer realm="{REALM}?tenant=a"', NAME, "pull")
    assert sender.sent[0].url.startswith(f"{REALM}?tenant=a&client_id=aiverify&scope=")


@pytest.mark.parametrize(
    "realm",
    [
        "",
        "token",
        "/token",
        "//auth.example/token",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://auth.example/token",
        "https://",
        "https:///token",
        "https://ann:pw@auth.example/token",
        "https://registry.example@evil.example/token",
        "https://registry.example\\\\@evil.example/token",
        "https://evil.example/#registry.example",
        "https://auth.example:99999/token",
        "https://auth.example:0/token",
        "https://auth.example:x/token",
        "https://[:::]/token",
        "https://[1.2.3]/token",
        "https://auth.exam ple/token",
        "https://auth.example/to\tken",
        " https://auth.example/token",
        "https://auth.ex\u00e4mple/token",
        "https://auth.example/token\u2028",
        f"https://auth.example/{'a' * 3000}",
    ],
)
def test_a_realm_that_is_no_place_to_log_in_is_refused(realm: str):
    sender = recorder()

    error = refused(MalformedError, sender, PASSWORD, f'Bearer realm="{realm}"')
    assert error.message.startswith("registry.example sends its users to log in at '")
    assert len(error.message) < 400
    assert sender.sent == []


@pytest.mark.parametrize("end", ["\r\nX: y", "\n", "\0"])
def test_a_realm_with_a_line_break_is_refused(end: str):
    sender = recorder()

    refused(MalformedError, sender, PASSWORD, f'Bearer realm="{REALM}{end}"')
    assert sender.sent == []


@pytest.mark.parametrize(
    ("base_url", "realm"),
    [
        (HOME, "http://auth.example/token"),
        (HOME, f"http://{HOST}/token"),
        (HOME, "http://127.0.0.1/token"),
        (HOME, "http://localhost:5000/token"),
        ("https://127.0.0.1:5000", "http://127.0.0.1:5001/token"),
        ("http://127.0.0.1:5000", "http://auth.example/token"),
        ("http://127.0.0.1:5000", "http://localhost.evil.example/token"),
        ("http://127.0.0.1:5000", "http://127.0.0.1.evil.example/token"),
        ("http://127.0.0.1:5000", "http://0.0.0.0/token"),
    ],
)
@pytest.mark.parametrize("credential", [None, PASSWORD, REFRESH])
def test_nobody_logs_in_in_the_clear(base_url: str, realm: str, credential: Credential | None):
    sender = recorder()
    challenge = f'Bearer realm="{realm}"'

    error = refused(DeniedError, sender, credential, challenge, base_url)
    assert error.message == "registry.example sends its users to log in in the clear"
    assert sender.sent == []


@pytest.mark.parametrize("realm", ["http://localhost:9/t", "http://[::1]:9/t", REALM])
def test_a_registry_on_this_machine_may_send_elsewhere_on_it_or_to_https(realm: str):
    sender = recorder()
    authorizer = TokenAuthorizer(HOST, "http://127.0.0.1:5000", sender, lambda _: PASSWORD)

    assert authorizer.authorize(f'Bearer realm="{realm}"', NAME, "pull") == "Bearer abc"
    assert sender.sent[0].place == realm


@pytest.mark.parametrize("url", [f"http://{HOST}", "http://10.0.0.1:5000", "ftp://127.0.0.1"])
def test_a_registry_elsewhere_is_not_logged_in_at_in_the_clear(url: str):
    with pytest.raises(UsageError, match="in the clear"):
        authorizer_for(HOST, url, recorder())


@pytest.mark.parametrize(
    ("document", "token"),
    [
        ({"token": "a", "access_token": "b"}, "a"),
        ({"access_token": "b"}, "b"),
        ({"token": "", "access_token": "b"}, "b"),
        ({"token": None, "access_token": "b"}, "b"),
        ({"token": "a", "issued_at": 1, "anything": []}, "a"),
    ],
)
def test_a_token_has_two_names(document: object, token: str):
    assert login(recorder(answer(document))).authorize(BEARER, NAME, "p") == f"Bearer {token}"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "has no token"),
        ({"token": ["a"]}, "has no token"),
        ({"token": 1}, "has no token"),
        ({"token": "a\r\nX-Evil: 1"}, "has a token that no header can hold"),
        ({"token": "a b"}, "has a token that no header can hold"),
        ({"token": "\u00e9"}, "has a token that no header can hold"),
        ({"token": "a" * 70_000}, "has a token that no header can hold"),
        ({"token": "a", "expires_in": "soon"}, "does not say in a number"),
        ({"token": "a", "expires_in": True}, "does not say in a number"),
        (b'{"token": "a", "token": "b"}', "duplicate key 'token'"),
        (b'{"token": "a", "expires_in": Infinity}', "is not strict JSON"),
        (b"<html>", "is not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"", "is not valid JSON"),
        (b'{"token": "' + b"a" * (1 << 20) + b'"}', "has more than 1048576 bytes"),
    ],
)
def test_an_answer_without_a_token_that_can_be_used_is_refused(document: object, complaint: str):
    error = refused(MalformedError, recorder(answer(document)), PASSWORD)
    assert error.message.startswith("the answer of registry.example's token server ")
    assert complaint in error.message


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errors": [{"code": "DENIED", "message": "no\\nsuch \\u001b[2J user"}]}', "no such"),
        (b'{"errors": [{"code": "DENIED"}]}', "DENIED"),
        (b'{"error": "invalid_grant", "error_description": "it is old"}', "it is old"),
        (b'{"details": "incorrect username or password"}', "incorrect username or password"),
        (b'{"errors": [1]}', '{"errors": [1]}'),
        (b"go away", "go away"),
        (b"", "no reason is given"),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(status: int, body: bytes, words: str):
    error = refused(DeniedError, recorder(answer(body, status)))
    assert error.message.startswith("registry.example refuses to log anybody in for acme/x: ")
    assert words in error.message
    assert error.message.isprintable()
    assert "docker login registry.example" in error.hint


def test_a_refusal_of_a_login_says_so_and_quotes_no_secret():
    credential = Credential("ann", PASSWORD.password, REFRESH.identity_token)
    echo = f"no {PASSWORD.password} {REFRESH.identity_token} {PASSWORD_HEADER}".encode()
    sender = recorder(answer(echo, 401))

    error = refused(DeniedError, sender, credential)
    assert error.message == (
        "registry.example refuses the login that is kept for acme/x: no [...] [...] Basic [...]"
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, DeniedError),
        (404, DeniedError),
        (408, UndecidedError),
        (429, UndecidedError),
        (500, UndecidedError),
        (503, UndecidedError),
        (302, UndecidedError),
        (101, UndecidedError),
    ],
)
def test_other_failures_are_told_apart(status: int, kind: type[AiverifyError]):
    error = refused(kind, recorder(answer({"token": "abc"}, status)), PASSWORD)
    assert type(error) is kind
    assert f"(HTTP {status})" in error.message


@pytest.mark.parametrize(
    ("stated", "lasts"),
    [
        ({}, 54),
        ({"expires_in": None}, 54),
        ({"expires_in": 0}, 54),
        ({"expires_in": -1}, 54),
        ({"expires_in": 59}, 54),
        ({"expires_in": 300}, 270),
        ({"expires_in": 300.5}, 270),
    ],
)
def test_a_token_is_used_for_nine_tenths_of_its_time(stated: dict[str, object], lasts: int):
    clock = Clock()
    sender = recorder(answer({"token": "a", **stated}), answer({"token": "b"}))
    authorizer = login(sender, None, clock)

    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer a"
    clock.now += lasts - 1
    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer a"
    clock.now += 2
    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer b"


def test_a_tokens_time_runs_from_when_it_was_asked_for():
    clock = Clock()

    class Slow(Recorder):
        def send(self, *asked: object, **_: object) -> Answer:  # type: ignore[override]
            clock.now += 50
            return super().send(*asked)  # type: ignore[arg-type]

    sender = Slow([answer({"token": "a"}), answer({"token": "b"})])
    authorizer = login(sender, None, clock)
    authorizer.authorize(BEARER, NAME, "pull")
    clock.now += 5
    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer b"


def test_each_repository_and_each_right_has_a_token_of_its_own():
    sender = recorder(*(answer({"token": token}) for token in "abc"))
    authorizer = login(sender)
    asked = [(NAME, "pull"), (NAME, "pull,push"), ("other/y", "pull")]

    for _ in range(2):
        found = [authorizer.authorize(f'Bearer realm="{REALM}"', *one) for one in asked]
        assert found == ["Bearer a", "Bearer b", "Bearer c"]
    assert len(sender.sent) == 3


def test_a_token_that_is_forgotten_is_asked_for_anew():
    sender = recorder(answer({"token": "a"}), answer({"token": "b"}))
    authorizer = login(sender)
    authorizer.authorize(BEARER, NAME, "pull")

    authorizer.forget(NAME, "pull,push")
    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer a"
    authorizer.forget(NAME, "pull")
    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer b"


def test_another_challenge_is_not_answered_with_what_was_given_for_the_last():
    sender = recorder(*(answer({"token": token}) for token in "abc"))
    authorizer = login(sender, PASSWORD)

    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer a"
    assert authorizer.authorize(f'{BEARER}, error="invalid_token"', NAME, "pull") == "Bearer a"
    more = f'Bearer realm="{REALM}",service="{SERVICE}",scope="repository:{NAME}:push"'
    assert authorizer.authorize(more, NAME, "pull") == "Bearer b"
    assert authorizer.authorize(BASIC, NAME, "pull") == PASSWORD_HEADER


def test_a_credential_is_looked_for_again_with_every_token():
    found = iter([Credential("ann", "old"), Credential("ann", "new")])
    sender = recorder()
    authorizer = TokenAuthorizer(HOST, HOME, sender, lambda _: next(found))

    authorizer.authorize(BEARER, NAME, "pull")
    authorizer.forget(NAME, "pull")
    authorizer.authorize(BEARER, NAME, "pull")
    headers = [sent.headers["Authorization"].split()[1] for sent in sender.sent]
    assert [base64.b64decode(header) for header in headers] == [b"ann:old", b"ann:new"]


def test_a_failure_is_not_remembered():
    sender = recorder(answer({}, 401), answer({"token": "a"}))
    authorizer = login(sender)

    with pytest.raises(DeniedError):
        authorizer.authorize(BEARER, NAME, "pull")
    assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer a"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Reply(body=b'{"token": "abc", "expires_in": 300}')) as site:
        yield site


def test_many_threads_ask_for_one_token_once(site: Site):
    credential = PASSWORD
    together = threading.Barrier(8)
    authorizer = TokenAuthorizer(HOST, site.url, Wire(), lambda _: credential)

    def ask(_: int) -> str:
        together.wait()
        return authorizer.authorize(f'Bearer realm="{site.url}/token"', NAME, "pull")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"Bearer abc"}
    [asked] = site.asked
    assert (asked.method, asked.headers["Authorization"]) == ("GET", PASSWORD_HEADER)


def test_one_slow_scope_does_not_hold_up_another():
    waiting, go = threading.Event(), threading.Event()

    class Stuck(Recorder):
        def send(
            self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
        ) -> Answer:
            if "slow" in url:
                waiting.set()
                assert go.wait(30)
            return super().send(method, url, headers, body)

    authorizer = login(Stuck([answer({"token": "abc"})]))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(authorizer.authorize, BEARER, "acme/slow", "pull")
        assert waiting.wait(30)
        authorizer.forget("acme/slow", "pull")
        assert authorizer.authorize(BEARER, NAME, "pull") == "Bearer abc"
        assert not slow.done()
        go.set()
        assert slow.result() == "Bearer abc"


def test_a_users_own_credential_is_sent_over_the_wire(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    host = site.url.removeprefix("http://")
    file = tmp_path / "auth.json"
    file.write_text(json.dumps({"auths": {host: {"identitytoken": REFRESH.identity_token}}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(file))

    authorizer = authorizer_for(host, site.url, Wire())
    challenge = f'Bearer realm="{site.url}/token",service="s"'
    assert authorizer.authorize(challenge, NAME, "pull") == "Bearer abc"
    [asked] = site.asked
    assert (asked.method, asked.path) == ("POST", "/token")
    assert dict(parse_qsl(asked.body.decode()))["refresh_token"] == REFRESH.identity_token


def test_the_credential_of_a_namespace_is_for_its_repositories_alone(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    host = site.url.removeprefix("http://")
    file = tmp_path / "auth.json"
    auth = base64.b64encode(b"ann:b").decode()
    file.write_text(json.dumps({"auths": {f"{host}/acme": {"auth": auth}}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(file))
    for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))

    authorizer = authorizer_for(host, site.url, Wire())
    assert authorizer.authorize(BASIC, "acme/x", "pull") == f"Basic {auth}"
    assert authorizer.authorize(BASIC, "other/x", "pull") == ""


def test_nothing_of_a_login_is_shown_by_a_repr():
    authorizer = login(recorder(), PASSWORD)
    authorizer.authorize(BASIC, NAME, "pull")
    authorizer.authorize(BEARER, NAME, "push")

    shown = f"{authorizer!r}{authorizer._known!r}"
    assert PASSWORD.password not in shown
    assert PASSWORD_HEADER not in shown
    assert "abc" not in shown

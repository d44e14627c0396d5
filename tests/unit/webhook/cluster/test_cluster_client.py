from __future__ import annotations

import base64
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from aiverify.errors import DeniedError, InputError, MalformedError, UndecidedError
from aiverify.webhook.cluster.client import (
    MAX_ANSWER,
    Client,
    ConflictError,
    GoneError,
    MissingError,
)
from aiverify.webhook.cluster.place import ApiServer, in_cluster, kubeconfig
from tests.support.api_server import TOKEN, Running, api_server

SECRET = "/api/v1/namespaces/ns/secrets/tls"


@pytest.fixture
def running(tmp_path):
    with api_server(tmp_path) as found:
        yield found


@pytest.fixture
def client(running: Running):
    found = Client(running.server)
    yield found
    found.close()


def an_object(**data: str) -> dict[str, object]:
    return {"metadata": {"name": "tls"}, "data": data}


def test_an_object_is_read_made_and_replaced(running: Running, client: Client):
    client.create("/api/v1/namespaces/ns/secrets", an_object(a="1"))
    found = client.get(SECRET)
    client.replace(SECRET, {**found, "data": {"a": "2"}})

    assert client.get(SECRET)["data"] == {"a": "2"}


def test_what_was_changed_meanwhile_is_a_conflict(running: Running, client: Client):
    running.cluster.put(SECRET, an_object(a="1"))
    found = client.get(SECRET)
    running.cluster.put(SECRET, an_object(a="2"))

    with pytest.raises(ConflictError):
        client.replace(SECRET, {**found, "data": {"a": "3"}})
    version = found["metadata"]["resourceVersion"]
    still = {"op": "replace", "path": "/metadata/resourceVersion", "value": version}
    with pytest.raises(ConflictError):
        client.patch(SECRET, [still])

    assert running.cluster.objects[SECRET]["data"] == {"a": "2"}


def test_what_is_not_there_may_not_be_or_is_there_already_is_told_apart(
    running: Running, client: Client
):
    running.cluster.put(SECRET, an_object())
    running.cluster.denied.add("/api/v1/namespaces/ns/secrets/other")

    with pytest.raises(MissingError, match="no such thing"):
        client.get("/api/v1/nothing")
    with pytest.raises(DeniedError, match=r"403.*may not"):
        client.get("/api/v1/namespaces/ns/secrets/other")
    with pytest.raises(ConflictError):
        client.create("/api/v1/namespaces/ns/secrets", an_object())


def test_a_token_is_read_again_as_it_is_renewed(running: Running, client: Client):
    running.cluster.put(SECRET, an_object())
    assert running.server.token_file
    running.server.token_file.write_text("expired")
    with pytest.raises(DeniedError, match="401"):
        client.get(SECRET)

    running.server.token_file.write_text(TOKEN)

    assert client.get(SECRET)["metadata"]["name"] == "tls"


def test_a_server_of_another_authority_is_told_no_token(running: Running, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    with api_server(other) as stranger:
        client = Client(replace(running.server, url=stranger.server.url))
        with pytest.raises(UndecidedError, match="not trusted"):
            client.get(SECRET)
        client.close()

        assert stranger.cluster.asked == []


def test_a_certificate_for_another_name_is_not_trusted(running: Running):
    client = Client(replace(running.server, url=running.server.url.replace("127.0.0.1", "[::1]")))

    with pytest.raises(UndecidedError):
        client.get(SECRET)
    client.close()


def test_a_redirect_is_followed_nowhere(running: Running, client: Client):
    running.cluster.raw[SECRET] = (302, b"{}")

    with pytest.raises(UndecidedError, match="302"):
        client.get(SECRET)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff"])
def test_an_answer_that_is_no_object_is_none(running: Running, client: Client, body: bytes):
    running.cluster.raw[SECRET] = (200, body)

    with pytest.raises(UndecidedError):
        client.get(SECRET)


def test_an_answer_without_end_is_not_read_to_its_end(running: Running, client: Client):
    running.cluster.raw[SECRET] = (200, b'{"a": "' + b"x" * (MAX_ANSWER + 1) + b'"}')

    with pytest.raises(UndecidedError, match="more than"):
        client.get(SECRET)


def test_what_a_server_says_cannot_move_a_cursor(running: Running, client: Client):
    running.cluster.raw[SECRET] = (500, b'{"message": "\\u001b[2Jgone"}')

    with pytest.raises(UndecidedError) as caught:
        client.get(SECRET)

    assert "\x1b" not in caught.value.message


def test_a_server_that_is_away_is_out_of_reach(running: Running):
    client = Client(replace(running.server, url="https://127.0.0.1:1"))

    with pytest.raises(UndecidedError, match="out of reach"):
        client.get(SECRET)
    client.close()


def test_a_watch_tells_one_event_after_the_other(running: Running, client: Client):
    running.cluster.events = [
        {"type": "ADDED", "object": {"metadata": {"name": "a"}}},
        {"type": "BOOKMARK", "object": {"metadata": {}}},
    ]

    found = list(client.watch("/apis/x", "7", 5))

    assert [event.kind for event in found] == ["ADDED", "BOOKMARK"]
    assert "resourceVersion=7" in running.cluster.asked[-1][1]


def test_a_watch_from_a_version_that_is_forgotten_begins_anew(running: Running, client: Client):
    running.cluster.events = [{"type": "ERROR", "object": {"code": 410}}]

    with pytest.raises(GoneError):
        list(client.watch("/apis/x", "7", 5))


@pytest.mark.parametrize("event", [{"type": 1}, {"type": "ERROR", "object": {"message": "no"}}])
def test_an_event_that_is_none_ends_the_watch(running: Running, client: Client, event: object):
    running.cluster.events = [event]

    with pytest.raises(UndecidedError):
        list(client.watch("/apis/x", "7", 5))


def test_a_pod_finds_its_api_server(tmp_path: Path):
    for name in ("token", "ca.crt"):
        (tmp_path / name).write_text("x")
    environment = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"}

    found = in_cluster(environment, tmp_path)

    assert found == ApiServer("https://[fd00::1]:6443", tmp_path / "ca.crt", tmp_path / "token")


def test_what_is_no_pod_has_no_service_account(tmp_path: Path):
    with pytest.raises(InputError, match="no service account"):
        in_cluster({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path)


def a_kubeconfig(path: Path, cluster: str, user: str) -> Path:
    path.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
        "contexts: [{name: c, context: {cluster: one, user: me}}]\n"
        f"clusters: [{{name: one, cluster: {{{cluster}}}}}]\n"
        f"users: [{{name: me, user: {{{user}}}}}]\n"
    )
    return path


def test_a_kubeconfig_names_who_asks(running: Running, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    roots = base64.b64encode((tmp_path / "ca.crt").read_bytes()).decode()
    path = a_kubeconfig(
        tmp_path / "config",
        f"server: '{running.server.url}/', certificate-authority-data: {roots}",
        f"token: {TOKEN}",
    )
    running.cluster.put(SECRET, an_object(a="1"))

    found = kubeconfig(path, scratch)
    client = Client(found)

    assert client.get(SECRET)["data"] == {"a": "1"}
    assert TOKEN not in repr(found)
    client.close()


def test_a_client_certificate_in_a_kubeconfig_is_its_owners_alone(running: Running, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    certificate, key = (
        base64.b64encode((tmp_path / name).read_bytes()).decode() for name in ("tls.crt", "tls.key")
    )
    path = a_kubeconfig(
        tmp_path / "config",
        "server: 'https://127.0.0.1:1', certificate-authority: ca.crt",
        f"client-certificate-data: {certificate}, client-key-data: {key}",
    )

    found = kubeconfig(path, scratch)

    assert found.roots == tmp_path / "ca.crt"
    assert found.certificate
    assert found.certificate[1].stat().st_mode & 0o777 == 0o600
    ssl.create_default_context().load_cert_chain(*found.certificate)


@pytest.mark.parametrize(
    ("cluster", "user", "words"),
    [
        ("server: 'http://127.0.0.1'", "token: x", "http://127.0.0.1"),
        ("server: 'https://u:p@host'", "token: x", "names the server"),
        ("server: 'https://h', insecure-skip-tls-verify: true", "token: x", "insecure"),
        ("server: 'https://h'", "exec: {command: sh}", "exec"),
        ("server: 'https://h'", "token: x, as: somebody", "asks for as"),
        ("server: 'https://h', certificate-authority-data: '%'", "token: x", "not Base64"),
    ],
)
def test_a_kubeconfig_that_would_weaken_what_is_asked_is_refused(
    tmp_path: Path, cluster: str, user: str, words: str
):
    path = a_kubeconfig(tmp_path / "config", cluster, user)

    with pytest.raises(MalformedError, match=words):
        kubeconfig(path, tmp_path)

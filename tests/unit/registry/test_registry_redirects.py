from __future__ import annotations

import os
import re

import pytest

from aiverify.core.mediatypes import OCI_MANIFEST
from aiverify.errors import AiverifyError, DeniedError, UndecidedError, UsageError
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.registry import location, transfer
from aiverify.registry.place import Place
from tests.support.registry_desk import Tokens, blob, manifest, opened
from tests.support.small_registry import Fault, Out, running

DATA = os.urandom(300_000)
BLOB = blob(DATA)
SECRET = "Bearer c2VjcmV0LXRva2Vu"


@pytest.fixture
def registry():
    with running() as registry:
        registry.add(DATA)
        registry.authorizations = {SECRET}
        yield registry


@pytest.fixture
def store():
    with running() as store:
        store.add(DATA)
        yield store


@pytest.fixture
def repository(registry):
    with opened(registry, authorizer=Tokens([SECRET] * 9)) as repository:
        yield repository


def sent_to(url, times=99, status=307):
    def change(out: Out) -> None:
        out.status, out.headers, out.body = status, {"Location": url}, b""

    return Fault("GET|HEAD", times=times, change=change)


def blob_at(store, query=""):
    return f"{store.url}/v2/acme/x/blobs/{BLOB.digest}{query}"


def authorizations(server):
    return {one.headers.get("authorization") for one in server.asked}


def redirect_after_login(registry, url, **options):
    # The first request is refused, and says nothing of where a blob is.
    registry.faults = [Fault("GET|HEAD", says=None), sent_to(url, **options)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_blob_comes_from_where_the_registry_sends_to(registry, store, repository, status):
    redirect_after_login(registry, blob_at(store), status=status)

    assert repository.read_blob(BLOB, 1 << 20) == DATA


def test_another_host_does_not_learn_who_asks(registry, store, repository):
    redirect_after_login(registry, blob_at(store))

    repository.read_blob(BLOB, 1 << 20)

    assert authorizations(registry) == {None, SECRET}
    assert authorizations(store) == {None}


def test_another_host_that_asks_who_asks_is_not_told(registry, store, repository):
    store.authorizations = {"Bearer anything"}
    redirect_after_login(registry, blob_at(store))

    with pytest.raises(DeniedError, match=r"refuses \(HTTP 401\); 127"):
        repository.read_blob(BLOB, 1 << 20)

    assert authorizations(store) == {None}


def test_the_same_host_at_another_port_is_another(registry, store, repository):
    assert registry.port != store.port
    redirect_after_login(registry, blob_at(store))

    repository.has_blob(BLOB)

    assert authorizations(store) == {None}


def test_the_registry_itself_is_told_at_another_path(registry, repository):
    registry.add(DATA, "acme/y")
    redirect_after_login(registry, f"/v2/acme/y/blobs/{BLOB.digest}", times=1)

    assert repository.read_blob(BLOB, 1 << 20) == DATA
    assert registry.asked[-1].headers["authorization"] == SECRET


def test_a_broken_redirect_goes_on_by_way_of_the_registry(registry, store, repository):
    redirect_after_login(registry, blob_at(store))
    store.faults = [Fault("GET", times=4, cut=70_000)]

    assert repository.read_blob(BLOB, 1 << 20) == DATA
    assert authorizations(store) == {None}


def test_bytes_of_another_host_are_checked(registry, store, repository):
    store.blobs["acme/x", str(BLOB.digest)] = DATA[:-1] + b"x"
    redirect_after_login(registry, blob_at(store))

    with pytest.raises(DeniedError, match="gives sha256"):
        repository.read_blob(BLOB, 1 << 20)


def test_redirects_without_end_are_not_followed(registry, repository):
    redirect_after_login(registry, f"/v2/acme/x/blobs/{BLOB.digest}", times=99)

    with pytest.raises(UndecidedError, match="more than 5 times"):
        repository.read_blob(BLOB, 1 << 20)


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example/blob",
        "file:///etc/passwd",
        "ftp://store.example/blob",
        "https://user:word@store.example/blob",
        "https://",
        "https://store.example:99999/blob",
        "https://[::1/blob",
        "https://store.example/a b",
        "gopher:x",
    ],
)
def test_what_may_not_be_gone_to_is_not(registry, repository, url):
    redirect_after_login(registry, url)

    with pytest.raises(UndecidedError, match="sends to"):
        repository.read_blob(BLOB, 1 << 20)


def test_over_tls_nobody_is_sent_into_the_clear():
    for url in ("http://127.0.0.1:5000/blob", "http://registry.example/blob"):
        with pytest.raises(UndecidedError, match="in the clear"):
            location.resolve(url, "https://registry.example/v2/", "https://registry.example")


def test_the_body_of_a_redirect_is_not_read(registry, store, repository):
    def endless(out: Out) -> None:
        out.status, out.headers, out.body = 307, {"Location": blob_at(store)}, b"x"
        out.length = 1 << 40

    registry.faults = [Fault("GET", says=None), Fault("GET", change=endless)]

    assert repository.read_blob(BLOB, 1 << 20) == DATA


def test_a_write_is_not_sent_elsewhere(registry, store, repository):
    registry.authorizations = set()
    registry.faults = [Fault("PUT", says=Out(307, {"Location": store.url}))]

    with pytest.raises(UndecidedError, match="sends elsewhere"):
        repository.put_manifest(manifest("model"), OCI_MANIFEST, "1")

    assert store.asked == []


@pytest.mark.parametrize("small", [10, 1 << 20])
def test_an_upload_at_another_host_does_not_tell_it_who_sends(
    registry, store, repository, tmp_path, monkeypatch, small
):
    monkeypatch.setattr(transfer, "SMALL", small)
    monkeypatch.setattr(transfer, "CHUNK", 70_000)
    data = os.urandom(200_000)
    (tmp_path / "file").write_bytes(data)
    registry.elsewhere = store.elsewhere = store.url
    store.uploads["0"] = bytearray()

    repository.upload(blob(data), Extent.of_file(tmp_path / "file"), Silent())

    assert store.blobs["acme/x", str(blob(data).digest)] == data
    assert authorizations(store) == {None}
    assert SECRET in authorizations(registry)


def test_the_query_of_a_place_is_kept(registry, repository, tmp_path):
    (tmp_path / "file").write_bytes(b"bytes")

    repository.upload(blob(b"bytes"), Extent.of_file(tmp_path / "file"), Silent())

    assert registry.asked[-1].path.endswith(
        f"?state=0&digest={blob(b'bytes').digest}".replace(":", "%3A")
    )


@pytest.mark.parametrize("status", [403, 404, 500])
def test_no_message_repeats_a_signed_url_or_a_header(registry, store, repository, status):
    redirect_after_login(registry, blob_at(store, "?X-Signature=deadbeef"))
    echo = f"{SECRET} X-Signature=deadbeef".encode()
    store.faults = [Fault("GET", times=99, says=Out(status, {}, echo))]

    with pytest.raises(AiverifyError) as caught:
        repository.read_blob(BLOB, 1 << 20)

    said = f"{caught.value.message} {caught.value.hint} {caught.value!r}"
    assert "deadbeef" not in said
    assert SECRET.split()[1] not in said


def test_no_message_repeats_a_signed_url_of_a_host_that_is_not_there(registry, repository):
    redirect_after_login(registry, "http://127.0.0.1:1/blob?X-Signature=deadbeef")

    with pytest.raises(UndecidedError, match=r"127\.0\.0\.1:1 is out of reach") as caught:
        repository.read_blob(BLOB, 1 << 20)

    assert caught.value.__suppress_context__
    assert "deadbeef" not in caught.value.message


def test_a_registry_that_repeats_what_it_was_told_is_not_quoted(registry, repository):
    registry.faults = [
        Fault("GET", says=None),
        Fault("GET", says=Out(403, {}, f"you said {SECRET}, {SECRET}".encode())),
    ]

    with pytest.raises(DeniedError) as caught:
        repository.fetch("1")

    assert "you said Bearer ..., Bearer ..." in caught.value.message


def test_nothing_shows_a_credential_by_its_repr(repository):
    repository.has_blob(BLOB)

    assert re.fullmatch(r"Repository\(127\.0\.0\.1:\d+/acme/x\)", repr(repository))


def test_a_wrong_login_is_tried_once(registry):
    registry.authorizations = {"Bearer right"}
    wrong = "Basic d3Jvbmc6d3Jvbmc="

    class Stubborn(Tokens):
        def forget(self, repository: str, actions: str) -> None:
            self.forgotten += 1

    with (
        opened(registry, authorizer=Stubborn([wrong])) as repository,
        pytest.raises(DeniedError, match="refuses: UNAUTHORIZED") as caught,
    ):
        repository.fetch("1")

    assert [one.headers.get("authorization") for one in registry.asked] == [None, wrong]
    assert "docker login" in caught.value.hint


def test_somebody_without_a_login_is_refused(registry):
    with (
        opened(registry, authorizer=Tokens()) as repository,
        pytest.raises(DeniedError, match="refuses: UNAUTHORIZED"),
    ):
        repository.fetch("1")

    assert len(registry.asked) == 1


def test_the_challenge_of_a_registry_is_answered_once_for_many_requests(registry):
    tokens = Tokens([SECRET])
    with opened(registry, authorizer=tokens) as repository:
        assert repository.has_blob(BLOB)
        assert repository.has_blob(BLOB)
        repository.put_manifest(manifest("model"), OCI_MANIFEST, "1")

    assert [one.headers.get("authorization") for one in registry.asked] == [None, *[SECRET] * 3]
    assert tokens.challenges[0] == (registry.challenge, "acme/x", "pull")
    assert tokens.challenges[-1] == (registry.challenge, "acme/x", "pull,push")


def test_no_cookie_is_kept(registry):
    registry.authorizations = set()
    registry.faults = [Fault("HEAD", says=Out(200, {"Set-Cookie": "a=b; Path=/"}))]
    with opened(registry) as repository:
        repository.has_blob(BLOB)
        repository.has_blob(BLOB)

    assert "cookie" not in registry.asked[-1].headers


def test_no_netrc_is_read(registry, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    registry.authorizations = set()

    with opened(registry) as repository:
        repository.has_blob(BLOB)

    assert authorizations(registry) == {None}


def test_no_proxy_stands_before_this_machine(registry, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    registry.authorizations = set()

    with opened(registry) as repository:
        assert repository.has_blob(BLOB)


@pytest.mark.parametrize(
    "host", ["registry.example", "10.0.0.1:5000", "127.0.0.1.example", "localhost.example:80"]
)
def test_plain_http_stays_on_this_machine(host):
    with pytest.raises(UsageError, match="in the clear"):
        Place(plain_http=True).url(host)


def test_tls_is_asked_for_unless_it_is_declined():
    assert Place().url("localhost:5000") == "https://localhost:5000"
    assert Place(plain_http=True).url("[::1]:5000") == "http://[::1]:5000"
    assert Place().url("docker.io") == "https://registry-1.docker.io"

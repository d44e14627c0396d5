"""The proxy that fails as it is told: what a client sees, and what the registry is left with."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.oci_clients import client
from tests.support.registries.registry import ALICE, Registry, loopback_tls
from tests.support.registries.running import docker_registry

BLOB = os.urandom(300_000)
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()
REPOSITORY = "/v2/acme/llama"
PATH = f"{REPOSITORY}/blobs/{DIGEST}"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with docker_registry(tmp_path_factory.mktemp("registry")) as running:
        location = begin(running.url)
        assert requests.put(f"{location}&digest={DIGEST}", data=BLOB, timeout=10).status_code == 201
        yield running


@pytest.fixture
def proxy(registry: Registry) -> Iterator[FaultProxy]:
    with fault_proxy(registry) as running:
        yield running


def begin(url: str) -> str:
    return requests.post(f"{url}{REPOSITORY}/blobs/uploads/", timeout=10).headers["Location"]


def get(proxy: FaultProxy) -> requests.Response:
    return requests.get(proxy.url + PATH, headers={"Accept-Encoding": "identity"}, timeout=10)


def read(proxy: FaultProxy) -> tuple[bytes, bool]:
    """What comes of the blob, and whether the client could tell that it broke."""
    got = b""
    with requests.get(proxy.url + PATH, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Length"] == str(len(BLOB))
        try:
            while piece := answer.raw.read1(1 << 16):
                got += piece
        except Exception:  # noqa: BLE001 - of whatever library
            return got, True
    return got, False


def patch(proxy: FaultProxy, body: object, location: str) -> requests.Response:
    return requests.patch(location, data=body, timeout=10)  # type: ignore[arg-type]


def stored(registry: Registry, location: str) -> int:
    """How many bytes of an upload the registry has written."""
    number = urlsplit(location).path.rpartition("/")[2]
    files = list(registry.storage.rglob(f"_uploads/{number}/data"))
    return files[0].stat().st_size if files else 0


def test_everything_passes_where_nothing_is_wrong(proxy: FaultProxy) -> None:
    answer = get(proxy)
    assert answer.content == BLOB
    assert answer.headers["Docker-Content-Digest"] == DIGEST
    part = requests.get(proxy.url + PATH, headers={"Range": "bytes=7-9"}, timeout=10)
    assert (part.status_code, part.content) == (206, BLOB[7:10])
    head = requests.head(proxy.url + PATH, timeout=10)
    assert head.headers["Content-Length"] == str(len(BLOB))
    assert [(one.method, one.status, one.sent) for one in proxy.seen] == [
        ("GET", 200, len(BLOB)),
        ("GET", 206, 3),
        ("HEAD", 200, 0),
    ]
    assert proxy.came("GET", DIGEST)[1].headers["range"] == "bytes=7-9"


def test_an_upload_stays_with_the_proxy(proxy: FaultProxy) -> None:
    location = begin(proxy.url)
    assert location.startswith(f"{proxy.url}/")
    other = os.urandom(100_000)
    sent = patch(proxy, iter([other[:60_000], other[60_000:]]), location)  # in chunks
    assert sent.status_code == 202, sent.text
    digest = hashlib.sha256(other).hexdigest()
    done = requests.put(f"{sent.headers['Location']}&digest=sha256:{digest}", timeout=10)
    assert done.status_code == 201, done.text
    assert proxy.came("PATCH")[0].received == len(other)


def test_clients_go_through_it(proxy: FaultProxy, registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("a note")
    words = ["push", "--plain-http", "--artifact-type", "a/b", f"{proxy.host}/acme/note:1"]
    done = client("oras", *words, "note.txt", at=registry, cwd=tmp_path)
    assert done.exit_code == 0, done.err
    assert proxy.came("PUT", "/manifests/1$")[0].status == 201


def test_a_fault_happens_to_those_that_it_is_for(proxy: FaultProxy) -> None:
    busy = proxy.fault("GET", "/blobs/", status=429, headers={"Retry-After": "1"}, first=2, times=2)
    broken = proxy.fault("GET", "/blobs/", status=500, first=4)
    assert requests.head(proxy.url + PATH, timeout=10).status_code == 200
    assert [get(proxy).status_code for _ in range(5)] == [200, 429, 429, 500, 200]
    assert (busy.hits, broken.hits) == (2, 1)
    proxy.clear()
    assert proxy.seen == []


def test_an_answer_in_the_registrys_stead_has_headers_and_a_body(proxy: FaultProxy) -> None:
    headers = {"WWW-Authenticate": 'Bearer realm="http://127.0.0.1:1/token"'}
    proxy.fault(status=401, headers=headers, body=b'{"errors": []}')
    answer = get(proxy)
    assert (answer.status_code, answer.json()) == (401, {"errors": []})
    assert answer.headers["WWW-Authenticate"] == headers["WWW-Authenticate"]


@pytest.mark.parametrize("count", [0, 1, 100_000])
def test_a_download_is_cut(proxy: FaultProxy, count: int) -> None:
    fault = proxy.fault("GET", "/blobs/", cut=count)
    got, broke = read(proxy)
    assert broke
    assert BLOB.startswith(got)
    assert len(got) <= count
    assert proxy.seen[0].sent == count
    assert fault.struck.is_set()
    assert get(proxy).content == BLOB


@pytest.mark.parametrize("count", [0, 1, 100_000])
def test_a_download_ends_early(proxy: FaultProxy, count: int) -> None:
    proxy.fault("GET", "/blobs/", end=count)
    got, _ = read(proxy)
    assert got == BLOB[:count]


def test_a_download_is_shortened_without_a_sign_of_it(proxy: FaultProxy) -> None:
    proxy.fault("GET", "/blobs/", shorten=1000)
    answer = get(proxy)
    assert answer.headers["Content-Length"] == "1000"
    assert answer.content == BLOB[:1000]


@pytest.mark.parametrize("offset", [0, 65_535, 65_536, len(BLOB) - 1])
def test_one_byte_of_a_download_is_another(proxy: FaultProxy, offset: int) -> None:
    proxy.fault("GET", "/blobs/", flip=offset)
    got = get(proxy).content
    assert [at for at in range(len(BLOB)) if got[at] != BLOB[at]] == [offset]


def test_a_download_stalls(proxy: FaultProxy) -> None:
    fault = proxy.fault("GET", "/blobs/", stall=1000)
    with requests.get(proxy.url + PATH, stream=True, timeout=0.2) as answer:
        assert answer.raw.read(1000) == BLOB[:1000]
        assert fault.struck.wait(10)
        with pytest.raises(Exception, match="timed out"):
            answer.raw.read(1)


def test_an_upload_is_cut_and_the_registry_has_what_came(
    proxy: FaultProxy, registry: Registry
) -> None:
    location = begin(proxy.url)
    called = threading.Event()
    proxy.fault("PATCH", cut_upload=100_000, then=called.set)
    with pytest.raises(requests.ConnectionError):
        patch(proxy, BLOB, location)
    assert called.is_set()
    assert proxy.came("PATCH")[0].received == 100_000
    deadline = time.monotonic() + 10
    while stored(registry, location) != 100_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stored(registry, location) == 100_000


def test_one_byte_of_an_upload_is_another(proxy: FaultProxy) -> None:
    location = begin(proxy.url)
    proxy.fault("PUT", flip_upload=200_000)
    answer = requests.put(f"{location}&digest={DIGEST}", data=BLOB, timeout=10)
    assert answer.status_code == 400
    assert "DIGEST_INVALID" in answer.text


def test_an_answer_is_lost_though_the_registry_did_it(proxy: FaultProxy) -> None:
    location = begin(proxy.url)
    other = os.urandom(1000)
    digest = hashlib.sha256(other).hexdigest()
    proxy.fault("PUT", lose_answer=True)
    with pytest.raises(requests.ConnectionError):
        requests.put(f"{location}&digest=sha256:{digest}", data=other, timeout=10)
    blob = f"{proxy.url}{REPOSITORY}/blobs/sha256:{digest}"
    assert requests.head(blob, timeout=10).status_code == 200


def test_an_answer_lies(proxy: FaultProxy) -> None:
    lie = "sha256:" + "0" * 64
    proxy.fault("GET", "/blobs/", headers={"docker-content-digest": lie})
    assert get(proxy).headers["Docker-Content-Digest"] == lie
    proxy.clear()
    proxy.fault("GET", "/blobs/", headers={"Content-Length": "5"})
    assert get(proxy).content == BLOB[:5]
    proxy.clear()
    proxy.fault("GET", "/blobs/", headers={"Content-Length": str(len(BLOB) + 5)})
    with pytest.raises(requests.RequestException):
        get(proxy)


def test_an_answer_is_late(proxy: FaultProxy) -> None:
    proxy.fault("GET", delay=0.5)
    with pytest.raises(requests.ReadTimeout):
        requests.get(proxy.url + PATH, timeout=0.1)
    assert get(proxy).content == BLOB


def test_the_registry_is_away(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as registry, fault_proxy(registry) as proxy:
        registry.server.stop()
        assert get(proxy).status_code == 502
        registry.server.start()
        assert get(proxy).status_code == 404


def test_another_host_has_the_blob_and_is_told_no_secret(tmp_path: Path) -> None:
    with docker_registry(tmp_path, users=[ALICE]) as registry:
        whole = f"Basic {ALICE.basic}"
        with (
            fault_proxy(registry) as proxy,
            fault_proxy(registry, authorization=whole, host="127.0.0.2") as elsewhere,
        ):
            proxy.fault("GET", "/blobs/", redirect=elsewhere.url)
            headers = {"Authorization": whole}
            first = requests.get(
                proxy.url + PATH, headers=headers, allow_redirects=False, timeout=10
            )
            assert first.status_code == 307
            assert first.headers["Location"] == elsewhere.url + PATH
            assert requests.get(elsewhere.url + PATH, timeout=10).status_code == 404
            assert requests.get(proxy.url + PATH, timeout=10).status_code == 401
            assert [one.authorization for one in proxy.seen] == [whole, ""]
            assert [one.authorization for one in elsewhere.seen] == [""]


def test_both_its_sides_speak_tls(tmp_path: Path) -> None:
    tls = loopback_tls(tmp_path / "proxy", "Proxy")
    with (
        docker_registry(tmp_path / "registry", tls=True) as registry,
        fault_proxy(registry, tls=tls) as proxy,
    ):
        url = f"{proxy.url}{REPOSITORY}/blobs/uploads/"
        answer = requests.post(url, verify=str(tls.ca), timeout=10)
        assert answer.status_code == 202
        assert answer.headers["Location"].startswith(url)
        proxy.fault(lose_answer=True)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{proxy.url}/v2/", verify=str(tls.ca), timeout=10)


def test_it_holds_no_more_than_pieces(proxy: FaultProxy, registry: Registry) -> None:
    """64 MB go through it both ways; the most it holds at a time is far less."""
    import tracemalloc

    size = 64 << 20
    piece = bytes(1 << 20)
    whole = hashlib.sha256()
    for _ in range(64):
        whole.update(piece)
    tracemalloc.start()
    try:
        location = begin(proxy.url)
        sent = patch(proxy, (piece for _ in range(64)), location)
        digest = f"sha256:{whole.hexdigest()}"
        done = requests.put(f"{sent.headers['Location']}&digest={digest}", timeout=10)
        assert done.status_code == 201
        url = f"{proxy.url}{REPOSITORY}/blobs/{digest}"
        with requests.get(url, stream=True, timeout=10) as answer:
            got = sum(len(part) for part in answer.iter_content(1 << 16))
        assert got == size
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()

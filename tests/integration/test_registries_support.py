"""What the tests of registries stand on: real registries, and other people's clients."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests

from tests.support.commands import call
from tests.support.oci_clients import COPIERS, Copier, client, tagged, transport
from tests.support.registries.registry import ALICE, BOB, Login, Registry, loopback_tls
from tests.support.registries.running import (
    REGISTRIES,
    docker_registry,
    olareg,
    referrers_registry,
    zot,
)
from tests.support.registries.tokens import EVERYTHING, TokenServer

NAME = "acme/llama:1"

Start = Callable[..., AbstractContextManager[Registry]]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("layout")
    (place / "model").mkdir()
    (place / "model/config.json").write_text('{"model_type": "llama"}')
    done = call("bundle", "model", "model", "-o", "bundle", "--name", "llama", cwd=place)
    assert done.exit_code == 0, done.err
    return tagged(place / "bundle", "1", place / "layout")


def manifest_digest(layout: Path) -> str:
    digest: str = json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"]
    return digest


def there_and_back(copier: Copier, at: Registry, layout: Path, place: Path) -> None:
    """Push and pull: what comes back is the same manifest, with every blob."""
    back = place / "back"
    for words in (copier.push(at, layout, NAME), copier.pull(at, NAME, back)):
        done = client(copier.name, *words, at=at, cwd=place)
        assert done.exit_code == 0, done.err
    assert manifest_digest(back) == manifest_digest(layout)
    blobs = {path.name for path in (layout / "blobs/sha256").iterdir()}
    manifest = json.loads((layout / "blobs/sha256" / manifest_digest(layout)[7:]).read_bytes())
    needed = {one["digest"][7:] for one in (manifest["config"], *manifest["layers"])}
    assert needed <= {path.name for path in (back / "blobs/sha256").iterdir()} & blobs


@pytest.mark.parametrize("tls", [False, True], ids=["http", "tls"])
@pytest.mark.parametrize("copier", COPIERS, ids=[one.name for one in COPIERS])
@pytest.mark.parametrize("start", REGISTRIES.values(), ids=list(REGISTRIES))
def test_every_client_goes_there_and_back(
    start: Start, copier: Copier, tls: bool, layout: Path, tmp_path: Path
) -> None:
    with start(tmp_path / "registry", tls=tls) as registry:
        there_and_back(copier, registry, layout, tmp_path)


@pytest.mark.parametrize("copier", COPIERS, ids=[one.name for one in COPIERS])
@pytest.mark.parametrize("start", [docker_registry, zot])
def test_who_has_a_password_comes_in_and_nobody_else(
    start: Start, copier: Copier, layout: Path, tmp_path: Path
) -> None:
    with start(tmp_path / "registry", tls=True, users=[ALICE, BOB]) as registry:
        there_and_back(copier, registry, layout, tmp_path)
        assert status(registry) == 401
        assert status(registry, BOB) == 200
        assert status(registry, Login("bob", "wrong", BOB.bcrypt)) == 401


@pytest.mark.parametrize("copier", COPIERS[:2], ids=["oras", "skopeo"])  # crane: not on loopback
@pytest.mark.parametrize("tls", [False, True], ids=["http", "tls"])
def test_tokens_open_docker_registry(
    copier: Copier, tls: bool, layout: Path, tmp_path: Path
) -> None:
    files = loopback_tls(tmp_path / "tokens") if tls else None
    with (
        TokenServer(tmp_path, {ALICE: EVERYTHING, BOB: frozenset({"pull"})}, tls=files) as tokens,
        docker_registry(tmp_path / "registry", tls=tls, token_auth=tokens) as registry,
    ):
        there_and_back(copier, registry, layout, tmp_path)
        assert status(registry) == 401
        assert any("Authorization" in one.headers for one in tokens.asked)


def test_a_token_allows_what_its_user_may_do(tmp_path: Path) -> None:
    with (
        TokenServer(tmp_path, {ALICE: EVERYTHING, BOB: frozenset({"pull"})}) as tokens,
        docker_registry(tmp_path / "registry", token_auth=tokens) as registry,
    ):
        uploads = f"{registry.url}/v2/acme/llama/blobs/uploads/"
        answers = [
            requests.post(uploads, headers={"Authorization": f"Bearer {token}"}, timeout=10)
            for token in (asked(tokens, ALICE), asked(tokens, BOB), exchanged(tokens, ALICE))
        ]
        assert [answer.status_code for answer in answers] == [202, 401, 202]
        assert "insufficient_scope" in answers[1].headers["WWW-Authenticate"]
        tokens.lifetime = -120
        late = {"Authorization": f"Bearer {asked(tokens, ALICE)}"}
        assert requests.post(uploads, headers=late, timeout=10).status_code == 401


def test_a_token_server_knows_its_users(tmp_path: Path) -> None:
    with TokenServer(tmp_path, {ALICE: EVERYTHING}) as tokens:
        url = f"{tokens.url}/token?service=registry&scope=repository:acme/llama:pull"
        assert requests.get(url, timeout=10).status_code == 200
        assert requests.get(url, auth=("alice", "wrong"), timeout=10).status_code == 401
        form = {"grant_type": "refresh_token", "refresh_token": "made up"}
        assert requests.post(url, data=form, timeout=10).status_code == 401
        tokens.refuses = 503
        assert requests.get(url, timeout=10).status_code == 503


@pytest.mark.parametrize(
    ("start", "has_api", "says_subject"),
    [(docker_registry, False, False), (zot, True, False), (olareg, True, True)],
)
def test_which_registry_has_the_referrers_api(
    start: Start, has_api: bool, says_subject: bool, layout: Path, tmp_path: Path
) -> None:
    with start(tmp_path / "registry") as registry:
        copier = COPIERS[0]
        pushed = client("oras", *copier.push(registry, layout, NAME), at=registry, cwd=tmp_path)
        assert pushed.exit_code == 0, pushed.err
        subject = manifest_digest(layout)
        base = f"{registry.url}/v2/acme/llama"
        answer = requests.put(
            f"{base}/manifests/note",
            data=referrer(registry, base, subject),
            headers={"Content-Type": "application/vnd.oci.image.manifest.v1+json"},
            timeout=10,
        )
        assert answer.status_code == 201, answer.text
        assert ("OCI-Subject" in answer.headers) is says_subject
        listed = requests.get(f"{base}/referrers/{subject}", timeout=10)
        assert (listed.status_code == 200) is has_api
        if has_api:
            digests = [one["digest"] for one in listed.json()["manifests"]]
            assert digests == [answer.headers["Docker-Content-Digest"]]


def test_the_registry_with_referrers_has_users_where_they_are_wanted(tmp_path: Path) -> None:
    with referrers_registry(tmp_path / "open") as registry:
        assert status(registry) == 200
    with referrers_registry(tmp_path / "closed", users=[ALICE]) as registry:
        assert status(registry) == 401


def test_a_registry_that_is_started_again_has_what_it_was_given(
    layout: Path, tmp_path: Path
) -> None:
    with docker_registry(tmp_path / "registry", relative=True) as registry:
        words = COPIERS[0].push(registry, layout, NAME)
        assert client("oras", *words, at=registry, cwd=tmp_path).exit_code == 0
        registry.server.stop()
        assert client("oras", *words, at=registry, cwd=tmp_path).exit_code != 0
        registry.server.start()
        words = ["resolve", f"{registry.host}/{NAME}", *transport("oras", registry)]
        done = client("oras", *words, at=registry, cwd=tmp_path)
        assert done.out.strip() == manifest_digest(layout)
        post = requests.post(f"{registry.url}/v2/acme/llama/blobs/uploads/", timeout=10)
        assert post.headers["Location"].startswith("/v2/")


def test_cosign_signs_in_a_registry_and_verifies(layout: Path, tmp_path: Path) -> None:
    with olareg(tmp_path / "registry", tls=True) as registry:
        words = COPIERS[0].push(registry, layout, NAME)
        assert client("oras", *words, at=registry, cwd=tmp_path).exit_code == 0
        image = f"{registry.host}/acme/llama@{manifest_digest(layout)}"
        flags = ["--tlog-upload=false", "--use-signing-config=false", "--new-bundle-format"]
        for line in (
            ["generate-key-pair"],
            ["sign", "--yes", "--key", "cosign.key", *flags, image],
            [
                "verify",
                "--key",
                "cosign.pub",
                "--insecure-ignore-tlog",
                "--new-bundle-format",
                image,
            ],
        ):
            done = client("cosign", *line, at=registry, cwd=tmp_path)
            assert done.exit_code == 0, done.err


def status(registry: Registry, user: Login | None = None) -> int:
    auth = (user.name, user.password) if user else None
    answer = requests.get(
        f"{registry.url}/v2/", auth=auth, verify=str(registry.ca or ""), timeout=10
    )
    return answer.status_code


def asked(tokens: TokenServer, user: Login) -> str:
    """A token in the old way."""
    url = f"{tokens.url}/token?service=registry&scope=repository:acme/llama:pull,push"
    answer = requests.get(url, auth=(user.name, user.password), timeout=10)
    token: str = answer.json()["token"]
    return token


def exchanged(tokens: TokenServer, user: Login) -> str:
    """A token in the way of OAuth2."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token(user),
        "service": "registry",
        "scope": "repository:acme/llama:pull,push",
    }
    token: str = requests.post(f"{tokens.url}/token", data=form, timeout=10).json()["access_token"]
    return token


def referrer(registry: Registry, base: str, subject: str) -> bytes:
    """A manifest that speaks of another; its one blob is put in place."""
    empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    post = requests.post(f"{base}/blobs/uploads/", timeout=10)
    location = requests.compat.urljoin(registry.url, post.headers["Location"])
    joint = "&" if "?" in location else "?"
    put = requests.put(f"{location}{joint}digest={empty}", data=b"{}", timeout=10)
    assert put.status_code == 201, put.text
    blob = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": 2}
    size = len(requests.get(f"{base}/manifests/{subject}", headers=ACCEPT, timeout=10).content)
    kind = "application/vnd.oci.image.manifest.v1+json"
    document = {
        "schemaVersion": 2,
        "mediaType": kind,
        "artifactType": "application/vnd.example.note",
        "config": blob,
        "layers": [blob],
        "subject": {"mediaType": kind, "digest": subject, "size": size},
    }
    return json.dumps(document).encode()


ACCEPT = {"Accept": "application/vnd.oci.image.manifest.v1+json"}

"""Networks and registries that fail: what can finish does, and nothing wrong is kept."""

from __future__ import annotations

import hashlib
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from aiverify.registry import http, transfer
from tests.support.artifacts import MODEL, Files, write_tree
from tests.support.commands import COMMAND, assert_refused, environment, run
from tests.support.desk import Desk
from tests.support.fault_proxy import FOREVER, Fault, FaultProxy, fault_proxy
from tests.support.registries.registry import ALICE, Registry, docker_config
from tests.support.registries.running import REGISTRIES, docker_registry, olareg
from tests.support.registries.tokens import EVERYTHING, TokenServer
from tests.support.registry_stage import NAME, Shelf, Waits, hurried, registry_desk
from tests.support.signatures import key
from tests.support.verifying import root_of, sign_with, unsigned_bundle
from tests.support.weights import safetensors_bytes

UNIT = 1 << 18
SIZE = 20 * UNIT
SMALL = 1 << 20
"""Bytes of a blob that is sent in one request: fewer than usual, so that tests are quick."""

KEY = "--key alice.pub"
ALICES = key("p256", "alice")


def large() -> Files:
    """A model with weights that are more than is sent in one request; no two parts are alike."""
    head = safetensors_bytes({"lm_head.weight": ("U8", (SIZE,))})[:-SIZE]
    return {**MODEL, "model.safetensors": head + random.Random(7).randbytes(SIZE)}


@dataclass(frozen=True)
class Goods:
    """A signed bundle with one large file."""

    model: Path
    bundle: Path
    root: str
    weights: str
    size: int


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> Goods:
    """A model, and its bundle as a directory. Only to be read."""
    place = tmp_path_factory.mktemp("goods")
    model = write_tree(place / "model", large())
    bundle = unsigned_bundle(model, place / "bundle")
    sign_with(ALICES, bundle)
    data = (model / "model.safetensors").read_bytes()
    return Goods(
        model, bundle, str(root_of(model)), f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)
    )


@pytest.fixture(scope="module")
def registry(goods: Goods, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that has the bundle."""
    with docker_registry(tmp_path_factory.mktemp("registry")) as started:
        desk = registry_desk(tmp_path_factory.mktemp("publisher"))
        with hurried():
            desk.do(f"push {goods.bundle} {Shelf(started.host)}")
        yield started


@pytest.fixture
def proxy(registry: Registry) -> Iterator[FaultProxy]:
    """What stands before it."""
    with fault_proxy(registry) as started:
        yield started


@pytest.fixture
def shelf(proxy: FaultProxy) -> Shelf:
    """The bundle, through the proxy."""
    return Shelf(proxy.host)


@pytest.fixture
def fresh(proxy: FaultProxy, tmp_path: Path) -> Shelf:
    """An empty place, through the proxy."""
    return Shelf(proxy.host, f"own/{tmp_path.name.replace('_', '-').lower().strip('-')}:1")


@pytest.fixture
def at_hand(tmp_path: Path) -> Desk:
    """A desk with Alice's key."""
    desk = registry_desk(tmp_path)
    desk.key("alice")
    return desk


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Waits]:
    """How long commands of this process would have waited."""
    monkeypatch.setattr(transfer, "SMALL", SMALL)
    with hurried() as found:
        yield found


def whole(desk: Desk, goods: Goods, out: str = "out") -> None:
    """What came is what was sent, and nothing else lies around."""
    assert str(root_of(desk / out)) == goods.root
    assert [path.name for path in desk.place.glob(".*")] == []


def nothing_wrong(desk: Desk, out: str = "out") -> None:
    """Nothing has the name of the result, and each blob that has a name is what it says."""
    assert not (desk / out).exists()
    for path in (desk / f".{out}.pull").rglob("*"):
        if path.is_file() and path.parent.name == "sha256" and path.suffix != ".partial":
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def came(proxy: FaultProxy, goods: Goods) -> int:
    """Bytes of the weights that went to whoever pulls."""
    return sum(one.sent for one in proxy.came("GET", goods.weights))


def went(proxy: FaultProxy) -> int:
    """Bytes of blobs that went to the registry."""
    return sum(one.received for one in proxy.seen if "/blobs/" in one.path)


# Pulling.

MENDED_PULLS = {
    "broken": {"cut": 5 * UNIT},
    "broken at once": {"cut": 0},
    "broken twice": {"cut": 3 * UNIT, "times": 2},
    "broken near the end": {"cut": SIZE - 100_000},
    "cut short": {"end": 7 * UNIT},
    "announced too short": {"shorten": 9 * UNIT},
    "announced too long": {"headers": {"Content-Length": str(SIZE + UNIT)}},
    "busy": {"status": 429, "headers": {"Retry-After": "7"}, "times": 3},
    "out of order": {"status": 500, "times": 4},
    "a bad gateway": {"status": 502, "body": b"<html>", "times": 2},
    "not at hand": {"status": 503, "headers": {"Retry-After": "1"}},
    "too slow itself": {"status": 504},
    "late": {"status": 408},
    "slow": {"delay": 0.2},
    "of another digest, by its word": {"headers": {"Docker-Content-Digest": f"sha256:{'0' * 64}"}},
    "no range but the whole": {"status": 416, "first": 2},
}


@pytest.mark.parametrize("case", MENDED_PULLS)
def test_a_pull_whose_blob_fails_for_a_while_comes_to_its_end(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf, case: str
):
    fault = proxy.fault("GET", goods.weights, **MENDED_PULLS[case])
    at_hand.do(f"pull {shelf} -o out {KEY}")
    assert fault.hits or fault.first > 1
    whole(at_hand, goods)


def test_a_pull_goes_on_where_it_broke(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf
):
    proxy.fault("GET", goods.weights, end=5 * UNIT)
    proxy.fault("GET", goods.weights, end=4 * UNIT, first=2)
    at_hand.do(f"pull {shelf} -o out {KEY}")
    ranges = [one.headers.get("range", "") for one in proxy.came("GET", goods.weights)]
    last = goods.size - 1
    assert ranges == ["", f"bytes={5 * UNIT}-{last}", f"bytes={9 * UNIT}-{last}"]
    assert came(proxy, goods) == goods.size
    whole(at_hand, goods)


def test_a_pull_that_stands_still_is_asked_for_again(
    at_hand: Desk,
    goods: Goods,
    proxy: FaultProxy,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(http, "IDLE", 0.5)
    fault = proxy.fault("GET", goods.weights, stall=6 * UNIT)
    at_hand.do(f"pull {shelf} -o out {KEY}")
    assert fault.hits == 1
    whole(at_hand, goods)


def test_a_busy_registry_is_given_the_time_that_it_asks_for(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf, waits: Waits
):
    for path in ("/manifests/1$", goods.weights):
        proxy.fault("GET", path, status=429, headers={"Retry-After": "17"})
    proxy.fault("GET", "/manifests/1$", status=429, headers={"Retry-After": "86400"}, first=2)
    at_hand.do(f"pull {shelf} -o out {KEY}")
    asked = sorted(second for second in waits.seconds if second > 16)
    assert asked == [17.0, 17.0, 60.0]


@pytest.mark.parametrize(
    "path", ["/manifests/1$", "/manifests/sha256-", "/manifests/sha256:", "/blobs/"]
)
@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"lose_answer": True}, {"headers": {"Content-Length": "99999"}}],
    ids=["out of order", "broken", "cut short"],
)
def test_whatever_is_read_is_asked_for_again(
    at_hand: Desk, proxy: FaultProxy, shelf: Shelf, path: str, fault: dict[str, object]
):
    made = proxy.fault("GET", path, **fault, times=2)
    at_hand.allows(f"{shelf} {KEY}")
    assert made.hits == 2


def test_a_flipped_byte_is_denied_and_nothing_wrong_is_kept(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf
):
    proxy.fault("GET", goods.weights, flip=11 * UNIT, times=FOREVER)
    assert_refused(at_hand.call(f"pull {shelf} -o out {KEY}"), 10, goods.weights)
    nothing_wrong(at_hand)
    assert not list(at_hand.place.rglob(f"{goods.weights[7:]}*"))

    proxy.clear()
    at_hand.do(f"pull {shelf} -o out {KEY}")
    # The rest was fetched before.
    got = [one.path for one in proxy.came("GET", "/blobs/") if one.sent]
    assert len([path for path in got if path.endswith(goods.weights)]) == 1
    whole(at_hand, goods)


@pytest.mark.parametrize("path", ["/manifests/1$", "/manifests/sha256:", "/blobs/"])
def test_a_flipped_byte_of_anything_else_is_not_believed(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf, path: str
):
    proxy.fault("GET", path, flip=2, times=FOREVER)
    done = at_hand.call(f"pull {shelf} -o out {KEY}")
    assert done.exit_code in {3, 10}, done
    nothing_wrong(at_hand)


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"status": 500}, "is out of order (HTTP 500)"),
        ({"status": 429, "headers": {"Retry-After": "1"}}, "is busy (HTTP 429)"),
        ({"cut": 0}, "breaks off"),
        ({"end": 0}, "breaks off"),
    ],
)
def test_a_pull_that_fails_for_ever_ends_and_the_next_one_goes_on(
    at_hand: Desk,
    goods: Goods,
    proxy: FaultProxy,
    shelf: Shelf,
    fault: dict[str, object],
    word: str,
):
    proxy.fault("GET", goods.weights, end=8 * UNIT)
    proxy.fault("GET", goods.weights, times=FOREVER, **fault)
    done = at_hand.call(f"pull {shelf} -o out {KEY}")
    assert_refused(done, 11, proxy.host)
    assert word in done.err or "out of reach" in done.err
    nothing_wrong(at_hand)
    assert len(proxy.came("GET", goods.weights)) <= 8

    proxy.clear()
    at_hand.do(f"pull {shelf} -o out {KEY}")
    assert came(proxy, goods) == goods.size - 8 * UNIT
    whole(at_hand, goods)


def test_a_manifest_of_another_digest_by_the_registrys_own_word_is_refused(
    at_hand: Desk, proxy: FaultProxy, shelf: Shelf
):
    lie = {"Docker-Content-Digest": f"sha256:{'0' * 64}"}
    proxy.fault("GET", "/manifests/1$", headers=lie, times=FOREVER)
    for line in (f"verify {shelf} {KEY}", f"pull {shelf} -o out {KEY}", f"inspect {shelf}"):
        assert_refused(at_hand.call(line), 10, "0" * 64)
    nothing_wrong(at_hand)


def test_a_blob_of_another_length_for_ever_is_refused(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf
):
    proxy.fault("GET", goods.weights, shorten=5 * UNIT, times=FOREVER)
    assert_refused(at_hand.call(f"pull {shelf} -o out {KEY}"), 10, goods.weights)
    nothing_wrong(at_hand)


# Pushing.


def pushed(desk: Desk, goods: Goods, shelf: Shelf) -> None:
    """It is pushed, verifies, and no upload is remembered."""
    desk.do(f"push {goods.bundle} {shelf}")
    desk.allows(f"{shelf} {KEY}")
    assert list(desk.place.glob("state/aiverify/uploads/*")) == []


MENDED_PUSHES = {
    "a part broken": {"method": "PATCH", "cut_upload": 5 * UNIT},
    "a part broken at once": {"method": "PATCH", "cut_upload": 1},
    "parts broken twice": {"method": "PATCH", "cut_upload": 3 * UNIT, "times": 2},
    "a part whose answer is lost": {"method": "PATCH", "lose_answer": True},
    "an end whose answer is lost": {"method": "PUT", "lose_answer": True, "times": 3},
    "a beginning whose answer is lost": {"method": "POST", "lose_answer": True, "times": 2},
    "a small blob broken": {"method": "PUT", "path": "/blobs/", "cut_upload": 1, "times": 2},
    "a manifest whose answer is lost": {
        "method": "PUT",
        "path": "/manifests/",
        "lose_answer": True,
    },
    "busy": {"method": "PATCH", "status": 429, "headers": {"Retry-After": "7"}, "times": 2},
    "out of order": {"method": "PATCH", "status": 500, "times": 3},
    "out of order at the end": {"method": "PUT", "status": 503, "times": 3},
    "out of order at the beginning": {"method": "POST", "status": 502, "times": 3},
    "unable to say what is there": {"method": "HEAD", "status": 500, "times": 3},
    "slow": {"delay": 0.05, "times": 20},
    "no parts": {"method": "PATCH", "status": 405, "times": FOREVER},
    "parts too large": {"method": "PATCH", "status": 413},
    "an upload forgotten": {"method": "PATCH", "status": 404, "path": "/uploads/"},
    "a range refused": {"method": "PATCH", "status": 416},
}


@pytest.mark.parametrize("case", MENDED_PUSHES)
def test_a_push_that_fails_for_a_while_comes_to_its_end(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, fresh: Shelf, case: str
):
    fault = proxy.fault(**MENDED_PUSHES[case])
    pushed(at_hand, goods, fresh)
    assert fault.hits


def test_a_push_goes_on_where_it_broke(
    at_hand: Desk,
    goods: Goods,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
):
    """With a registry that keeps what came of a part; others forget the whole upload."""
    monkeypatch.setattr(transfer, "CHUNK", 4 * UNIT)
    with olareg(tmp_path_factory.mktemp("other")) as registry, fault_proxy(registry) as proxy:
        proxy.fault("PATCH", cut_upload=UNIT, first=3)
        pushed(at_hand, goods, Shelf(proxy.host))
        parts = proxy.came("PATCH")
        begins = [int(one.headers["content-range"].partition("-")[0]) for one in parts]
        assert begins[:4] == [0, 4 * UNIT, 8 * UNIT, 9 * UNIT]
        assert went(proxy) < goods.size + UNIT


@pytest.mark.parametrize(
    ("method", "path", "offset"),
    [("PATCH", "/uploads/", 11 * UNIT), ("PUT", "/uploads/", 1), ("PUT", "/manifests/", 60)],
)
def test_a_byte_that_is_flipped_on_its_way_there_is_not_stored(
    at_hand: Desk,
    goods: Goods,
    proxy: FaultProxy,
    fresh: Shelf,
    method: str,
    path: str,
    offset: int,
):
    fault = proxy.fault(method, path, flip_upload=offset, times=FOREVER)
    done = at_hand.call(f"push {goods.bundle} {fresh}")
    assert done.exit_code in {10, 11}, done
    assert_refused(done, done.exit_code, proxy.host)
    assert fault.hits
    direct = replace(fresh, host=proxy.registry.host)
    assert_refused(at_hand.call(f"verify {direct} {KEY}"), 3, "does not exist")
    proxy.clear()
    pushed(at_hand, goods, fresh)


@pytest.mark.parametrize("method", ["HEAD", "POST", "PATCH", "PUT"])
@pytest.mark.parametrize(
    ("fault", "word"), [({"status": 500}, "out of order"), ({"lose_answer": True}, "")]
)
def test_a_push_that_fails_for_ever_ends_and_the_next_one_goes_on(
    at_hand: Desk,
    goods: Goods,
    proxy: FaultProxy,
    fresh: Shelf,
    method: str,
    fault: dict[str, object],
    word: str,
):
    proxy.fault(method, "/manifests/" if method == "PUT" else "", times=FOREVER, **fault)
    done = at_hand.call(f"push {goods.bundle} {fresh}")
    # What was done, though nobody heard of it, may be found out by asking; and where no part is
    # taken, the whole may be.
    if done.exit_code or not ("lose_answer" in fault or method == "PATCH"):
        assert_refused(done, 11, proxy.host)
        assert word in done.err
    proxy.clear()
    pushed(at_hand, goods, fresh)


def test_a_registry_that_stores_by_another_digest_by_its_own_word_is_not_believed(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, fresh: Shelf
):
    lie = {"Docker-Content-Digest": f"sha256:{'0' * 64}"}
    for path in ("/blobs/uploads/", "/manifests/"):
        proxy.clear()
        proxy.fault("PUT", path, headers=lie, times=FOREVER)
        assert_refused(at_hand.call(f"push {goods.bundle} {fresh}"), 10, proxy.host)
        assert not proxy.came("PUT", "/manifests/1$")


@pytest.mark.parametrize("length", ["1", "0", "99999999999"])
def test_a_blob_that_is_there_in_another_length_is_not_taken_for_ours(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, fresh: Shelf, length: str
):
    at_hand.do(f"push {goods.bundle} {fresh}")
    proxy.clear()
    proxy.fault("HEAD", goods.weights, headers={"Content-Length": length}, times=FOREVER)
    pushed(at_hand, goods, fresh)
    assert went(proxy) >= goods.size


@pytest.mark.parametrize(
    ("fault", "side"),
    [
        ({"cut": 5 * UNIT}, "theirs"),
        ({"end": 5 * UNIT}, "both"),
        ({"status": 500}, "theirs"),
        ({}, "ours"),
    ],
)
def test_a_copy_that_fails_for_a_while_comes_to_its_end(
    at_hand: Desk,
    goods: Goods,
    registry: Registry,
    proxy: FaultProxy,
    fresh: Shelf,
    fault: dict[str, int],
    side: str,
):
    with fault_proxy(registry) as other:
        if side != "ours":
            proxy.fault("GET", goods.weights, **fault)
        if side != "theirs":
            other.fault("PATCH", cut_upload=9 * UNIT)
        at_hand.do(f"copy {Shelf(proxy.host).ref} {replace(fresh, host=other.host)}")
    at_hand.allows(f"{fresh} {KEY}")


def test_a_copy_of_a_flipped_byte_is_not_stored(
    at_hand: Desk, goods: Goods, registry: Registry, proxy: FaultProxy, fresh: Shelf
):
    proxy.fault("GET", goods.weights, flip=13 * UNIT, times=FOREVER)
    to = replace(fresh, host=registry.host)
    done = at_hand.call(f"copy {Shelf(proxy.host).ref} {to}")
    assert_refused(done, 10, goods.weights)
    assert_refused(at_hand.call(f"verify {to} {KEY}"), 3, "does not exist")


# Who may come in, in the middle.


@pytest.fixture(scope="module")
def closed(
    goods: Goods, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Registry, TokenServer]]:
    """A registry that asks for tokens, and has the bundle."""
    folder = tmp_path_factory.mktemp("closed")
    with (
        TokenServer(folder / "tokens", {ALICE: EVERYTHING}) as tokens,
        docker_registry(folder, token_auth=tokens) as started,
    ):
        desk = registry_desk(tmp_path_factory.mktemp("publisher"), started.config)
        with hurried():
            desk.do(f"push {goods.bundle} {Shelf(started.host)}")
        yield started, tokens


@pytest.mark.parametrize(
    ("line", "method", "path"),
    [
        ("pull {shelf} -o out --key alice.pub", "GET", "/blobs/{weights}"),
        ("push {bundle} {fresh}", "PATCH", "/uploads/"),
        ("push {bundle} {fresh}", "PUT", "/uploads/"),
        ("push {bundle} {fresh}", "PUT", "/manifests/"),
    ],
)
def test_a_token_that_ends_in_the_middle_is_asked_for_anew(
    at_hand: Desk,
    goods: Goods,
    closed: tuple[Registry, TokenServer],
    line: str,
    method: str,
    path: str,
):
    registry, tokens = closed
    with fault_proxy(registry) as proxy:
        docker_config(at_hand / "docker", proxy.host, [ALICE])
        shelf = Shelf(proxy.host)
        fresh = shelf.at(f"own/{method.lower()}-{len(path)}:1")
        challenge = f'Bearer realm="{tokens.url}/token",service="registry",error="invalid_token"'
        fault = proxy.fault(
            method,
            path.format(weights=goods.weights),
            status=401,
            headers={"WWW-Authenticate": challenge},
        )
        before = len(tokens.asked)
        at_hand.do(line.format(shelf=shelf, fresh=fresh, bundle=goods.bundle))
        assert fault.hits == 1
        assert len(tokens.asked) > before + 1
        at_hand.allows(f"{fresh if 'push' in line else shelf} {KEY}")


def test_who_is_thrown_out_for_good_is_refused(
    at_hand: Desk, goods: Goods, closed: tuple[Registry, TokenServer]
):
    registry, tokens = closed
    with fault_proxy(registry) as proxy:
        docker_config(at_hand / "docker", proxy.host, [ALICE])
        challenge = f'Bearer realm="{tokens.url}/token",service="registry"'
        proxy.fault(
            "GET",
            goods.weights,
            status=401,
            headers={"WWW-Authenticate": challenge},
            times=FOREVER,
        )
        done = at_hand.call(f"pull {Shelf(proxy.host)} -o out {KEY}")
        assert_refused(done, 10, "refuses")
        nothing_wrong(at_hand)
        assert len(proxy.came("GET", goods.weights)) < 5


def test_who_is_sent_to_another_host_tells_it_nothing(
    at_hand: Desk, goods: Goods, closed: tuple[Registry, TokenServer]
):
    registry, tokens = closed
    pull = f"{tokens.url}/token?service=registry&scope=repository:{NAME}:pull"
    import requests

    token = requests.get(pull, auth=(ALICE.name, ALICE.password), timeout=10).json()["token"]
    with (
        fault_proxy(registry) as proxy,
        fault_proxy(registry, authorization=f"Bearer {token}", host="127.0.0.2") as store,
    ):
        docker_config(at_hand / "docker", proxy.host, [ALICE])
        proxy.fault("GET", "/blobs/|/manifests/sha256:", redirect=store.url, times=FOREVER)
        at_hand.do(f"pull {Shelf(proxy.host)} -o out {KEY}")
        whole(at_hand, goods)
        assert sum(one.sent for one in store.came("GET", goods.weights)) == goods.size
        assert [one for one in store.seen if one.authorization] == []
        assert all(one.authorization for one in proxy.came("GET", "/blobs/"))
        assert proxy.came("GET", "/blobs/")
        assert all("cookie" not in one.headers for one in store.seen)


def test_a_store_elsewhere_that_gives_other_bytes_is_not_believed(
    at_hand: Desk, goods: Goods, registry: Registry, proxy: FaultProxy, shelf: Shelf
):
    with fault_proxy(registry, host="127.0.0.2") as store:
        proxy.fault("GET", goods.weights, redirect=store.url, times=FOREVER)
        store.fault("GET", goods.weights, flip=0, times=FOREVER)
        assert_refused(at_hand.call(f"pull {shelf} -o out {KEY}"), 10, goods.weights)
        nothing_wrong(at_hand)


# Killed, interrupted, and without room.


@dataclass
class Running:
    """A command in a process of its own, which somebody may end."""

    desk: Desk
    line: str
    command: Sequence[str] = COMMAND

    def __enter__(self) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [*self.command, *self.line.split()],
            cwd=self.desk.place,
            env=environment(self.desk.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return self.process

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.process.communicate()

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()


def struck(fault: Fault, until: Callable[[], bool] = lambda: True) -> None:
    """Wait for a fault, and for what it leads to."""
    assert fault.struck.wait(30)
    for _ in range(600):
        if until():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def partial(desk: Desk, goods: Goods) -> Path:
    """What there is of the weights."""
    return desk / ".out.pull" / "blobs" / "sha256" / f"{goods.weights[7:]}.partial"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_pull_that_was_ended_goes_on(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf, how: signal.Signals
):
    fault = proxy.fault("GET", goods.weights, stall=12 * UNIT)
    kept = partial(at_hand, goods)
    with Running(at_hand, f"pull {shelf} -o out {KEY}") as process:
        struck(fault, lambda: kept.exists() and kept.stat().st_size == 12 * UNIT)
        assert_refused(at_hand.call(f"pull {shelf} -o out {KEY}"), 1, "another run")
        process.send_signal(how)
        # Nobody waits for what does not come any more.
        assert process.wait(10) != 0
    nothing_wrong(at_hand)

    proxy.clear()
    at_hand.do(f"pull {shelf} -o out {KEY}")
    assert came(proxy, goods) == goods.size - 12 * UNIT
    whole(at_hand, goods)


def test_what_a_killed_pull_left_is_hashed_before_it_counts(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf
):
    proxy.fault("GET", goods.weights, end=9 * UNIT)
    proxy.fault("GET", goods.weights, status=500, times=FOREVER)
    assert at_hand.call(f"pull {shelf} -o out {KEY}").exit_code == 11
    kept = partial(at_hand, goods)
    data = bytearray(kept.read_bytes())
    data[4 * UNIT] ^= 1
    kept.write_bytes(data)
    # A blob that has its name may be spoilt, too.
    for path in kept.parent.iterdir():
        if path.suffix != ".partial":
            path.write_bytes(b"X" * path.stat().st_size)
    (kept.parent.parent / "planted").write_text("planted")
    proxy.clear()
    at_hand.do(f"pull {shelf} -o out {KEY}")
    whole(at_hand, goods)
    assert came(proxy, goods) == 2 * goods.size - 9 * UNIT


IN_PARTS = (
    sys.executable,
    "-c",
    "import sys; from aiverify.cli import main; from aiverify.registry import transfer; "
    f"transfer.SMALL, transfer.CHUNK = {SMALL}, {4 * UNIT}; sys.exit(main.run())",
)
"""The command, where a blob is sent in smaller parts than usual."""


@pytest.mark.parametrize("start", REGISTRIES.values(), ids=list(REGISTRIES))
def test_a_push_that_was_killed_goes_on(
    at_hand: Desk,
    goods: Goods,
    start: Callable[..., AbstractContextManager[Registry]],
    tmp_path_factory: pytest.TempPathFactory,
):
    with start(tmp_path_factory.mktemp("other")) as registry, fault_proxy(registry) as proxy:
        shelf = Shelf(proxy.host)
        running = Running(at_hand, f"push {goods.bundle} {shelf}", IN_PARTS)
        fault = proxy.fault("PATCH", first=3, status=500, then=running.kill)
        with running as process:
            assert fault.struck.wait(30)
            assert process.wait(30) == -signal.SIGKILL
        remembered = list(at_hand.place.glob("state/aiverify/uploads/*"))
        assert remembered
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in remembered)
        assert remembered[0].parent.stat().st_mode & 0o777 == 0o700

        proxy.clear()
        pushed(at_hand, goods, shelf)
        [part] = proxy.came("PATCH")
        begins = int(part.headers["content-range"].partition("-")[0])
        assert (begins, part.received) == (8 * UNIT, goods.size - 8 * UNIT)


@pytest.mark.parametrize("start", REGISTRIES.values(), ids=list(REGISTRIES))
def test_a_push_that_was_killed_within_a_part_comes_to_its_end(
    at_hand: Desk,
    goods: Goods,
    start: Callable[..., AbstractContextManager[Registry]],
    tmp_path_factory: pytest.TempPathFactory,
):
    """Some registries forget all that was sent."""
    with start(tmp_path_factory.mktemp("other")) as registry, fault_proxy(registry) as proxy:
        shelf = Shelf(proxy.host)
        running = Running(at_hand, f"push {goods.bundle} {shelf}", IN_PARTS)
        fault = proxy.fault("PATCH", first=3, cut_upload=UNIT, then=running.kill)
        with running as process:
            assert fault.struck.wait(30)
            assert process.wait(30) == -signal.SIGKILL
        proxy.clear()
        pushed(at_hand, goods, shelf)
        assert went(proxy) <= goods.size + UNIT


def test_a_push_whose_memory_leads_nowhere_begins_anew(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, fresh: Shelf
):
    proxy.fault("PATCH", cut_upload=12 * UNIT)
    proxy.fault("GET", "/uploads/", status=500, times=FOREVER)
    assert at_hand.call(f"push {goods.bundle} {fresh}").exit_code == 11
    [kept] = at_hand.place.glob("state/aiverify/uploads/*")
    kept.write_text(f"{proxy.url}/v2/own/elsewhere/blobs/uploads/none?_state=none\n")
    proxy.clear()
    pushed(at_hand, goods, fresh)


def room(size: int) -> Callable[[], None]:
    """What leaves a process no room for larger files."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_pull_without_room_says_so_and_goes_on_where_there_is_some(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf
):
    words = f"pull {shelf} -o out {KEY}".split()
    done = run(*words, cwd=at_hand.place, env=at_hand.environment, before=room(8 * UNIT))
    assert_refused(done, 1, "out")
    nothing_wrong(at_hand)
    assert partial(at_hand, goods).stat().st_size == 8 * UNIT

    proxy.clear()
    at_hand.do(f"pull {shelf} -o out {KEY}")
    assert came(proxy, goods) == goods.size - 8 * UNIT
    whole(at_hand, goods)


def test_a_pull_to_one_file_without_room_for_it_goes_on(
    at_hand: Desk, goods: Goods, proxy: FaultProxy, shelf: Shelf
):
    words = f"pull {shelf} -o out.tar {KEY}".split()
    # Each blob has its room, and all of them together have none.
    done = run(*words, cwd=at_hand.place, env=at_hand.environment, before=room(goods.size))
    assert_refused(done, 1, "out.tar")
    nothing_wrong(at_hand, "out.tar")

    proxy.clear()
    at_hand.do(f"pull {shelf} -o out.tar {KEY}")
    assert came(proxy, goods) == 0
    at_hand.allows(f"out.tar {KEY}")
    assert [path.name for path in at_hand.place.glob(".*")] == []

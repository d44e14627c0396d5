"""New certificates, authorities and profiles while the webhook serves."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from aiverify.errors import MalformedError
from aiverify.webhook.decision import Decision
from aiverify.webhook.server.judges import Seat
from aiverify.webhook.server.settings import Tls
from tests.support.certificates import Authority
from tests.support.webhook_server import (
    CLIENT_AUTH,
    Running,
    ToldJudge,
    drained,
    lifetime,
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

OLD, NEW = "Old", "New"


def mounted(directory: Path, pair: tuple[bytes, bytes], version: str) -> None:
    """A new version of a volume, as a kubelet puts it there."""
    fresh = directory / f"..{version}"
    fresh.mkdir(parents=True)
    write_pair(fresh, pair)
    link = directory / "..new"
    link.symlink_to(fresh.name)
    link.replace(directory / "..data")
    for name in ("tls.crt", "tls.key"):
        if not (directory / name).is_symlink():
            (directory / name).symlink_to(f"..data/{name}")


def is_shown(server: Running, authority: Authority) -> bool:
    try:
        server.connect(trusting(authority)).close()
    except ssl.SSLCertVerificationError:
        return False
    return True


def test_a_new_certificate_is_shown_to_whoever_comes_and_nobody_is_cut_off(tmp_path):
    old, new = tls_authority(OLD), tls_authority(NEW)
    volume = tmp_path / "tls"
    mounted(volume, tls_pair(old, "server"), "1")
    with running(quick(tmp_path, tls=Tls(volume / "tls.crt", volume / "tls.key"))) as server:
        with server.connect(trusting(old)) as stays:
            before = server.ask(connection=stays)
            mounted(volume, tls_pair(new, "server", serial=7), "2")
            server.look()
            after = server.ask(connection=stays)
            shown = (is_shown(server, new), is_shown(server, old))
        counted = server.metric('aiverify_reloads_total{what="certificate"}')
        ready = server.probe("/readyz").status

    assert (before.status, after.status) == (200, 200)
    assert "connection" not in after.headers
    assert shown == (True, False)
    assert (counted, ready) == (1, 200)


def test_a_moment_in_which_certificate_and_key_differ_keeps_the_old_pair(tmp_path):
    old, new = tls_authority(OLD), tls_authority(NEW)
    tls = write_pair(tmp_path, tls_pair(old, "server"))
    with running(quick(tmp_path, tls=tls)) as server:
        certificate, key = tls_pair(new, "server-2")
        tls.certificate.write_bytes(certificate)
        server.look()
        server.look()
        between = (is_shown(server, old), server.probe("/readyz"), server.ask().status)
        failures = server.metric('aiverify_reload_failures_total{what="certificate"}')
        broken = server.metric('aiverify_reload_broken{what="certificate"}')
        tls.key.write_bytes(key)
        server.look()
        after = (is_shown(server, new), server.probe("/readyz").status)
        mended = server.metric('aiverify_reload_broken{what="certificate"}')

    assert between[0]
    assert between[1].status == 503
    assert between[1].body == b"the newest certificate cannot be used\n"
    assert between[2] == 200
    assert (failures, broken, mended) == (2, 1, 0)
    assert after == (True, 200)
    assert any("do not belong together" in line for line in server.said)


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x00" * 5000])
def test_a_broken_certificate_keeps_the_old_one(tmp_path, content):
    old = tls_authority(OLD)
    tls = write_pair(tmp_path, tls_pair(old, "server"))
    with running(quick(tmp_path, tls=tls)) as server:
        tls.certificate.write_bytes(content)
        server.look()
        assert is_shown(server, old)
        assert server.probe("/readyz").status == 503
        assert server.probe("/healthz").status == 200


def test_a_certificate_that_is_gone_keeps_the_old_one(tmp_path):
    old = tls_authority(OLD)
    tls = write_pair(tmp_path, tls_pair(old, "server"))
    with running(quick(tmp_path, tls=tls)) as server:
        tls.key.unlink()
        server.look()
        assert is_shown(server, old)
        assert server.probe("/readyz").status == 503


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password(tmp_path):
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    old = tls_authority(OLD)
    pair = tls_pair(old, "server")
    tls = write_pair(tmp_path, pair)
    with running(quick(tmp_path, tls=tls)) as server:
        key = load_pem_private_key(pair[1], None)
        locked = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        )
        tls.key.write_bytes(locked)
        server.look()
        assert is_shown(server, old)

    assert any("without a password" in line for line in server.said)


def test_an_expired_certificate_is_told_and_turns_readiness(tmp_path):
    expired = tls_pair(tls_authority(OLD), "server", **lifetime(days=-0.01))
    with running(quick(tmp_path, tls=write_pair(tmp_path, expired))) as server:
        ready = server.probe("/readyz")
        expiry = server.metric("aiverify_certificate_expiry_timestamp_seconds")

    assert ready.status == 503
    assert b"expired" in ready.body
    assert expiry > 0


def test_a_new_authority_of_clients_counts_from_the_next_connection(tmp_path):
    old, new = tls_authority("Old clients"), tls_authority("New clients")
    pairs = {}
    for name, authority in (("old", old), ("new", new)):
        (tmp_path / name).mkdir()
        made = write_pair(tmp_path / name, tls_pair(authority, "api", usage=CLIENT_AUTH))
        pairs[name] = trusting(client=(made.certificate, made.key))
    settings = quick(tmp_path)
    ca = tmp_path / "ca.crt"
    ca.write_bytes(old.pem)
    settings = replace(settings, tls=Tls(settings.tls.certificate, settings.tls.key, ca, ("api",)))
    with running(settings) as server:
        stays = server.connect(pairs["old"])
        assert server.ask(connection=stays).status == 200
        ca.write_bytes(new.pem)
        server.look()
        on_newer = server.ask(connection=server.connect(pairs["new"])).status
        assert not server.serves(pairs["old"])
        last = server.ask(connection=stays)
        rest = drained(stays)

    assert on_newer == 200
    assert last.status == 200
    assert last.headers["connection"] == "close"
    assert rest == b""


def test_an_authority_that_is_none_keeps_the_old_one(tmp_path):
    old = tls_authority("Old clients")
    made = tmp_path / "client"
    made.mkdir()
    client = write_pair(made, tls_pair(old, "api", usage=CLIENT_AUTH))
    settings = quick(tmp_path)
    ca = tmp_path / "ca.crt"
    ca.write_bytes(old.pem)
    settings = replace(settings, tls=Tls(settings.tls.certificate, settings.tls.key, ca))
    with running(settings) as server:
        for content in (b"", b"junk", tls_pair(old, "leaf")[1]):
            ca.write_bytes(content)
            server.look()
            with server.connect(trusting(client=(client.certificate, client.key))) as link:
                assert server.ask(connection=link).status == 200
            assert not server.serves(trusting())
            assert server.probe("/readyz").status == 503


def test_certificates_change_under_load_without_a_failed_request(tmp_path):
    authority = tls_authority(OLD)
    volume = tmp_path / "tls"
    mounted(volume, tls_pair(authority, "server-0"), "0")
    settings = quick(tmp_path, tls=Tls(volume / "tls.crt", volume / "tls.key"))
    done, failures, answered = threading.Event(), [], []

    def client(server: Running, keeps: bool) -> None:
        context = trusting(authority)
        link = None
        try:
            while not done.is_set():
                if link is None:
                    link = server.connect(context)
                reply = server.ask(connection=link)
                answered.append(reply.status)
                assert reply.response["allowed"] is True
                if not keeps:
                    link.close()
                    link = None
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            failures.append(error)

    with running(settings) as server:
        clients = [
            threading.Thread(target=client, args=(server, keeps)) for keeps in (True, False) * 3
        ]
        for each in clients:
            each.start()
        serials = set()
        for version in range(1, 21):
            mounted(volume, tls_pair(authority, f"server-{version % 3}"), str(version))
            server.look()
            enough = len(answered) + 2 * len(clients)
            while len(answered) < enough and not failures:
                threading.Event().wait(0.001)
            with server.connect(trusting(authority)) as link:
                serials.add(link.getpeercert()["serialNumber"])  # type: ignore[index]
        done.set()
        for each in clients:
            each.join(60)

    assert failures == []
    assert set(answered) == {200}
    assert len(serials) == 20


class Bench:
    """Makes judges of what the profile says: `allow`, `deny`, or something broken."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        self.closed: list[str] = []
        self.judges: dict[str, ToldJudge] = {}

    def make(self) -> Seat:
        text = self.profile.read_text()
        if "broken" in text:
            raise MalformedError("the profile is broken")
        if "bug" in text:
            raise RuntimeError("nobody expected this")
        version = "sha256:" + text.split()[1]
        judge = ToldJudge(lambda *_: Decision(allowed="allow" in text, message="no", code=403))
        self.judges[version] = judge
        return Seat(judge, version, close=lambda: self.closed.append(version))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "aiverify.yaml").write_text("mode: allow\n")
    return Bench(tmp_path / "aiverify.yaml")


def test_a_new_profile_judges_from_the_next_request(tmp_path, bench):
    with running(quick(tmp_path), make=bench.make) as server:
        before = server.ask().response["allowed"]
        bench.profile.write_text("mode: deny\n")
        server.look()
        after = server.ask().response["allowed"]
        info = server.metric('aiverify_profile_info{version="sha256:deny"}')
        gone = server.metric('aiverify_profile_info{version="sha256:allow"}')

    assert (before, after) == (True, False)
    assert (info, gone) == (1, 0)
    assert bench.closed == ["sha256:allow", "sha256:deny"]


def test_a_review_under_way_is_ended_by_the_profile_that_it_began_with(tmp_path, bench):
    with running(quick(tmp_path), make=bench.make) as server:
        first = bench.judges["sha256:allow"]
        first.hold.clear()
        link = server.connect()
        link.sendall(request_bytes(review_body()))
        assert first.began.acquire(timeout=30)
        bench.profile.write_text("mode: deny\n")
        server.look()
        newer = server.ask().response["allowed"]
        still_open = list(bench.closed)
        first.hold.set()
        older = read_reply(link).response["allowed"]

    assert (older, newer) == (True, False)
    assert still_open == []
    assert bench.closed == ["sha256:allow", "sha256:deny"]


@pytest.mark.parametrize("text", ["mode: broken\n", "mode: bug\n"])
def test_a_broken_profile_keeps_the_old_one_and_turns_readiness(tmp_path, bench, text):
    with running(quick(tmp_path), make=bench.make) as server:
        bench.profile.write_text(text)
        server.look()
        between = (server.ask().response["allowed"], server.probe("/readyz"))
        broken = server.metric('aiverify_reload_broken{what="profile"}')
        failures = server.metric('aiverify_reload_failures_total{what="profile"}')
        bench.profile.write_text("mode: deny\n")
        server.look()
        after = (server.ask().response["allowed"], server.probe("/readyz").status)

    assert between[0] is True
    assert between[1].status == 503
    assert between[1].body == b"the newest profile cannot be used\n"
    assert (broken, failures) == (1, 1)
    assert after == (False, 200)


def test_a_profile_that_is_gone_keeps_the_old_one(tmp_path, bench):
    with running(quick(tmp_path), make=bench.make) as server:
        bench.profile.unlink()
        server.look()
        assert server.ask().response["allowed"] is True
        assert server.probe("/readyz").status == 503


def test_readiness_stays_where_that_was_asked_for(tmp_path, bench):
    with running(quick(tmp_path, stay_ready=True), make=bench.make) as server:
        bench.profile.write_text("mode: broken\n")
        server.look()
        assert server.probe("/readyz").status == 200
        assert server.metric('aiverify_reload_broken{what="profile"}') == 1


def test_the_old_profile_written_back_mends_it(tmp_path, bench):
    with running(quick(tmp_path), make=bench.make) as server:
        bench.profile.write_text("mode: broken\n")
        server.look()
        bench.profile.write_text("mode: allow\n")
        server.look()
        assert server.probe("/readyz").status == 200

    assert json.dumps(server.said).count("can be read again") == 1


def test_profiles_change_under_load_and_every_answer_is_of_one_of_them(tmp_path, bench):
    done, failures = threading.Event(), []

    def client(server: Running) -> None:
        link = server.connect()
        while not done.is_set():
            reply = server.ask(connection=link)
            if reply.status != 200 or reply.response.get("status", {}).get("code", 403) != 403:
                failures.append(reply)

    with running(quick(tmp_path), make=bench.make) as server:
        clients = [threading.Thread(target=client, args=(server,)) for _ in range(4)]
        for each in clients:
            each.start()
        for number in range(40):
            bench.profile.write_text(f"mode: {'allow' if number % 2 else 'deny'}\n# {number}\n")
            server.look()
        done.set()
        for each in clients:
            each.join(60)

    assert failures == []
    assert len(bench.closed) == 41

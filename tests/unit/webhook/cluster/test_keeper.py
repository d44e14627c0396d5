from __future__ import annotations

import base64
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, DeniedError, UndecidedError
from aiverify.webhook.cluster.certificates import (
    CERTIFICATE,
    KEY,
    Keeper,
    Place,
    service_names,
)
from aiverify.webhook.cluster.client import Client, MissingError
from aiverify.webhook.cluster.files import LINK, write_together
from aiverify.webhook.cluster.rotation import Timing
from tests.support.api_server import Running, api_server

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = service_names("aiverify-webhook", "ns")
PLACE = Place("ns", "tls", NAMES, "aiverify", "aiverify")
SECRET = PLACE.secret_path
VALIDATING, MUTATING = PLACE.configurations


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def after(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def running(tmp_path: Path):
    folder = tmp_path / "api"
    folder.mkdir()
    with api_server(folder) as found:
        found.cluster.put(SECRET, {"metadata": {"name": "tls"}, "type": "Opaque"})
        for path in PLACE.configurations:
            found.cluster.put(path, configuration())
        yield found


@pytest.fixture
def replica(running: Running, tmp_path: Path, clock: Clock):
    clients = []

    def make(name: str = "one", place: Place = PLACE) -> Keeper:
        clients.append(Client(running.server))
        return Keeper(clients[-1], place, tmp_path / name, Timing(), clock)

    yield make
    for client in clients:
        client.close()


def configuration(*bundles: str) -> dict[str, object]:
    webhooks = [
        {"name": f"{index}.aiverify.dev", "clientConfig": {"service": {}, "caBundle": bundle}}
        for index, bundle in enumerate(bundles or ("",))
    ]
    return {"metadata": {"name": "aiverify"}, "webhooks": webhooks}


def carried(running: Running, path: str = VALIDATING) -> list[str]:
    found = running.cluster.objects[path]["webhooks"]
    return [base64.b64decode(item["clientConfig"]["caBundle"]).decode() for item in found]


def held(running: Running, name: str) -> str:
    data = running.cluster.objects[SECRET].get("data", {})
    return base64.b64decode(data.get(name, "")).decode()


def served(tmp_path: Path, name: str = "one") -> str:
    return (tmp_path / name / CERTIFICATE).read_text()


def test_the_first_replica_makes_a_certificate_and_has_it_believed(running, replica, tmp_path):
    keeper = replica()

    keeper.step()

    assert keeper.problem == ""
    assert served(tmp_path) == held(running, "tls.crt")
    assert (tmp_path / "one" / KEY).read_text() == held(running, "tls.key")
    assert carried(running) == carried(running, MUTATING) == [held(running, "ca.crt")]


def test_a_key_is_its_owners_alone(replica, tmp_path):
    replica().step()

    assert (tmp_path / "one" / KEY).resolve().stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_where_all_agree(running, replica):
    replica().step()
    before = running.cluster.written()

    replica("two").step()

    assert running.cluster.written() == before


def test_two_that_start_at_once_end_with_one_certificate(running, replica, tmp_path):
    first, second = replica("one"), replica("two")
    running.cluster.before_write.append(second.step)

    first.step()

    assert first.problem == second.problem == ""
    assert served(tmp_path, "one") == served(tmp_path, "two") == held(running, "tls.crt")
    assert carried(running) == [held(running, "ca.crt")]


def test_many_that_start_at_once_end_with_one_certificate(running, replica, tmp_path):
    keepers = {name: replica(name) for name in map(str, range(5))}
    threads = [threading.Thread(target=keeper.step) for keeper in keepers.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for keeper in keepers.values():
        keeper.step()

    assert {served(tmp_path, name) for name in keepers} == {held(running, "tls.crt")}
    assert carried(running) == [held(running, "ca.crt")]


def test_a_bundle_that_somebody_put_there_is_not_kept(running, replica, tmp_path):
    running.cluster.put(VALIDATING, configuration("QUFB", "QkJC"))

    replica().step()

    assert carried(running) == [held(running, "ca.crt")] * 2


def test_a_rotation_never_serves_what_is_not_believed(running, replica, clock, tmp_path):
    one, two = replica("one"), replica("two")
    one.step()
    two.step()
    first = held(running, "tls.crt")

    clock.after(days=61)
    one.step()
    two.step()
    assert served(tmp_path, "one") == served(tmp_path, "two") == first
    assert carried(running) == [held(running, "ca.crt") + held(running, "next-ca.crt")]

    clock.after(minutes=3)
    one.step()
    assert served(tmp_path, "one") != first
    assert served(tmp_path, "two") == first
    bundle = carried(running)[0]
    assert held(running, "ca.crt") in bundle
    assert held(running, "former-ca.crt") in bundle

    two.step()
    assert served(tmp_path, "one") == served(tmp_path, "two")
    clock.after(minutes=11)
    two.step()
    assert carried(running) == [held(running, "ca.crt")]
    assert one.problem == two.problem == ""


def test_a_bundle_that_cannot_be_written_holds_the_rotation_up(running, replica, clock, tmp_path):
    keeper = replica()
    keeper.step()
    first = served(tmp_path)
    clock.after(days=61)
    keeper.step()
    running.cluster.put(MUTATING, configuration("QUFB"))
    running.cluster.before_write.append(lambda: running.cluster.denied.add(MUTATING))
    clock.after(minutes=5)

    with pytest.raises(DeniedError):
        keeper.step()

    assert served(tmp_path) == first
    assert "does not carry" in keeper.problem


def test_a_replica_whose_authority_is_not_believed_is_not_ready(running, replica, tmp_path):
    keeper = replica()
    keeper.step()
    other = configuration("QUFB")

    def meddle() -> None:
        running.cluster.put(VALIDATING, other)
        running.cluster.before_write.append(meddle)

    running.cluster.put(VALIDATING, other)
    running.cluster.before_write.append(meddle)
    with pytest.raises(UndecidedError):
        keeper.step()

    assert "does not carry" in keeper.problem


def test_a_replica_that_was_slow_does_not_bring_an_old_bundle_back(running, replica, clock):
    slow, quick = replica("one"), replica("two")
    slow.step()
    quick.step()
    clock.after(days=61)
    quick.step()
    clock.after(minutes=3)
    running.cluster.put(VALIDATING, configuration("QUFB"))
    running.cluster.before_write.append(quick.step)  # between what the slow one reads and writes

    slow.step()

    assert carried(running) == [held(running, "ca.crt") + held(running, "former-ca.crt")]


def test_an_api_server_that_is_away_makes_nobody_unready(running, replica, clock):
    keeper = replica()
    keeper.step()
    running.cluster.raw[VALIDATING] = (500, b"{}")

    with pytest.raises(UndecidedError):
        keeper.step()

    assert keeper.problem == ""
    clock.after(days=91)
    assert keeper.problem == "the certificate has expired"


def test_a_configuration_that_is_not_there_yet_keeps_nobody_from_starting(running, replica):
    del running.cluster.objects[VALIDATING]
    del running.cluster.objects[MUTATING]
    keeper = replica()

    keeper.step()

    assert keeper.problem == ""


def test_only_the_configurations_that_are_named_are_touched(running, replica):
    other = VALIDATING.replace("aiverify", "other")
    running.cluster.put(other, configuration("QUFB"))

    replica(place=Place("ns", "tls", NAMES, "aiverify")).step()

    assert {path for _, path in running.cluster.written()} == {SECRET, VALIDATING}


def test_a_secret_that_is_not_there_is_an_error_that_is_told(running, replica):
    del running.cluster.objects[SECRET]
    keeper = replica()

    with pytest.raises(MissingError):
        keeper.step()

    assert "no such thing" in keeper.problem
    assert not keeper.has_certificate


def test_a_secret_that_was_overwritten_is_made_anew_and_believed(running, replica, tmp_path):
    keeper = replica()
    keeper.step()
    first = served(tmp_path)
    running.cluster.put(SECRET, {"metadata": {"name": "tls"}, "data": {"tls.key": "QUFB"}})

    keeper.step()

    assert served(tmp_path) != first
    assert carried(running) == [held(running, "ca.crt")]


def test_it_goes_on_until_it_is_told_to_stop(running, replica, tmp_path):
    del running.cluster.objects[SECRET]
    keeper, stop, told = replica(), threading.Event(), []

    def tell(error: AiverifyError) -> None:
        told.append(error)
        running.cluster.put(SECRET, {"metadata": {"name": "tls"}})

    thread = threading.Thread(target=keeper.run, args=(stop, tell))
    thread.start()
    while keeper.problem:
        assert thread.is_alive()
    stop.set()
    thread.join()

    assert [type(error) for error in told] == [MissingError]
    pair = (tmp_path / "one" / CERTIFICATE, tmp_path / "one" / KEY)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*pair)


def test_files_that_are_written_together_are_found_together(tmp_path):
    first = {"a": b"1", "b/c": b"1"}
    assert write_together(tmp_path, first)
    opened = (tmp_path / LINK).resolve()
    assert not write_together(tmp_path, first)

    assert write_together(tmp_path, {"b/c": b"2"})

    assert (tmp_path / "b" / "c").read_bytes() == b"2"
    assert not (tmp_path / "a").exists()
    assert (opened / "a").read_bytes() == b"1"  # for whoever is just reading it

    former = (tmp_path / LINK).readlink().name
    assert write_together(tmp_path, {"b/c": b"3"})
    assert not opened.exists()
    assert {path.name for path in tmp_path.iterdir()} == {
        LINK,
        (tmp_path / LINK).readlink().name,
        former,
        "b",
    }


def test_what_is_in_the_directory_for_another_reason_stays(tmp_path):
    (tmp_path / "kubeconfig").write_text("x")

    write_together(tmp_path, {"a": b"1"})

    assert (tmp_path / "kubeconfig").read_text() == "x"

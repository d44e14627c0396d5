"""What the cluster of the end-to-end tests is made of, as far as it needs no cluster to be seen."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.cluster.balancer import balancer
from tests.support.cluster.cases import CASES
from tests.support.cluster.kinds import CUSTOM_KINDS
from tests.support.cluster.load import Histogram, share_of, waited_for_webhooks
from tests.support.cluster.programs import leashed, program

METRICS = """\
# TYPE apiserver_admission_webhook_admission_duration_seconds histogram
apiserver_admission_webhook_admission_duration_seconds_bucket{name="a",operation="CREATE",\
rejected="false",type="validating",le="0.005"} 90
apiserver_admission_webhook_admission_duration_seconds_bucket{name="a",operation="CREATE",\
rejected="false",type="validating",le="0.025"} 99
apiserver_admission_webhook_admission_duration_seconds_bucket{name="a",operation="CREATE",\
rejected="false",type="validating",le="+Inf"} 100
apiserver_admission_webhook_admission_duration_seconds_sum{name="a",operation="CREATE",\
rejected="false",type="validating"} 1.5
apiserver_admission_webhook_admission_duration_seconds_count{name="a",operation="CREATE",\
rejected="false",type="validating"} 100
apiserver_admission_webhook_admission_duration_seconds_count{name="b",operation="CREATE",\
rejected="false",type="admit"} 7
"""


def test_the_numbers_of_the_api_server_are_read_and_reckoned_as_prometheus_does():
    found = waited_for_webhooks(METRICS)

    assert (found.count, found.mean) == (100, 0.015)
    assert found.quantile(0.45) == pytest.approx(0.0025)
    assert found.quantile(0.99) == pytest.approx(0.025)
    # Beyond the last bucket nobody knows how far.
    assert found.quantile(1) == 0.025


def test_what_was_counted_before_is_taken_off():
    found = waited_for_webhooks(METRICS)

    rest = found - Histogram({0.005: 80, 0.025: 80, float("inf"): 80}, 80, 0.5)

    assert (rest.count, rest.total) == (20, 1.0)
    assert rest.buckets == {0.005: 10, 0.025: 19, float("inf"): 20}


def test_a_share_is_the_least_value_that_so_many_do_not_exceed():
    assert [share_of(range(1, 101), share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert share_of([7.0], 0.5) == 7.0


def test_programs_are_taken_from_where_envtest_has_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))

    assert program("etcd") == tmp_path / "etcd"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children so")
def test_what_is_leashed_ends_when_its_parent_is_killed():
    """A killed test run leaves no server behind."""
    command = leashed(sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
    script = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({command!r}, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        handle = os.pidfd_open(child)
        try:
            parent.kill()
            # A descriptor of a process can be read from once the process has ended.
            assert select.select([handle], [], [], 60)[0]
        finally:
            os.close(handle)


def test_a_balancer_sends_new_connections_to_whoever_is_ready_and_keeps_the_old_ones():
    with balancer() as service, _echo(b"one") as one, _echo(b"two") as two:
        service.ready = (one,)
        first = socket.create_connection(("127.0.0.1", service.port))
        assert _said(first) == b"one"
        service.ready = (two,)
        second = socket.create_connection(("127.0.0.1", service.port))
        assert (_said(first), _said(second)) == (b"one", b"two")
        service.ready = ()
        with socket.create_connection(("127.0.0.1", service.port)) as nobody:
            assert nobody.recv(1) == b""
        first.close()
        second.close()


def _said(connection: socket.socket) -> bytes:
    connection.sendall(b"?")
    return connection.recv(3)


class _echo:  # noqa: N801 - used as a function
    """A server that answers every byte with its name."""

    def __init__(self, name: bytes) -> None:
        self._name = name
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._serve, daemon=True).start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while connection.recv(1):
                connection.sendall(self._name)


def test_every_case_has_a_name_that_a_cluster_takes_and_no_other_has():
    names = [case.name for case in CASES]

    assert len(set(names)) == len(names)
    assert len(names) >= 60
    assert all(len(name) < 64 and name == name.lower() for name in names)


def test_there_are_cases_of_every_custom_kind():
    class Registry:
        host = "127.0.0.1:1"

    class Nothing:
        registry = Registry()

        def ref(self, name: str, tag: str = "1") -> str:
            return f"{Registry.host}/acme/{name}:{tag}"

        def oci(self, name: str, tag: str = "1") -> str:
            return f"oci://{self.ref(name, tag)}"

        def digest(self, name: str, tag: str = "1") -> str:
            return f"sha256:{'0' * 64}"

    made = [case.build(Nothing()) for case in CASES]
    kinds = {(one["apiVersion"].partition("/")[0], one["kind"]) for one in made}

    assert {(kind.group, kind.kind) for kind in CUSTOM_KINDS} - kinds == set()

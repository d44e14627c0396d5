"""Pods created in turns: without a webhook, with one that does nothing, and with ours."""

from __future__ import annotations

import http.client
import math
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.admission.reviews import reviews
from tests.bench.admission.yardstick import yardstick
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.crowd import Crowd, crowd, is_right
from tests.support.cluster.gate import Gate, Guarded, guarding
from tests.support.cluster.load import (
    Histogram,
    Run,
    create_all,
    histogram,
    waited_for_webhooks,
    whole_requests,
)
from tests.support.cluster.objects import Object
from tests.support.cluster.starting import cluster as running_cluster

BAD_MODELS = 4

RATES = (2, 5)
"""Pods a second that each client creates: 5 are what Kubernetes' Go client allows by default."""

DIRECT = 8
"""Connections on which the webhook is asked by itself."""

OWN = "aiverify_admission_review_duration_seconds"
"""The webhook's histogram of how long it took from a request's first byte to its answer."""

SPACE = "load"
"""Where all pods are created: a namespace is something in which pods may be unlike."""


@dataclass(frozen=True)
class Load:
    """How many pods are created by how many clients, and how many models have a first sight."""

    pods: int
    clients: int
    models: int


@dataclass(frozen=True)
class Phase:
    """What was asked, what the API server waited for the webhook, and for everything.

    `own` is what the webhook itself took, by its own histogram; empty where it is not ours.
    """

    title: str
    run: Run
    waited: Histogram
    own: Histogram
    whole: Sequence[float]

    @property
    def wrong(self) -> int:
        """How many were answered as they should not be."""
        return sum(not is_right(one) for one in self.run.asked)

    @property
    def rate(self) -> float:
        """Pods a second."""
        return len(self.run.asked) / self.run.seconds


@dataclass(frozen=True)
class Direct:
    """Reviews that were sent to the webhook by itself: how long each took, and all, in seconds."""

    taken: Sequence[float]
    seconds: float


@dataclass(frozen=True)
class Measured:
    """Every phase, and what the webhook says of itself.

    `without` is without a webhook, `least` with one that allows everything, `most` by clients
    that never pause.
    """

    without: Phase
    least: tuple[Phase, ...]
    cold: tuple[Phase, ...]
    warm: tuple[Phase, ...]
    unlike: Phase
    most: Phase
    direct: Direct
    peak: int
    version: str


def measure(folder: Path, load: Load) -> Measured:
    """Start everything, and create pods in turns."""
    with (
        running_cluster(folder / "cluster") as cluster,
        crowd(folder / "models", load.models * 2, BAD_MODELS) as known,
    ):
        cluster.namespace(SPACE)
        turns = _Turns(cluster, known, load)
        without = turns.many("without", "no webhook")
        with yardstick(cluster, folder / "yardstick"):
            least = (
                *(turns.many(f"least-{rate}", turns.told(rate), rate) for rate in RATES),
                turns.many("least", turns.told()),
            )
        with (
            Gate(cluster, known.profile, folder / "gate", ["--plain-http"]) as gate,
            guarding(cluster, gate, known.good[-1], known.bad[0]) as guarded,
        ):
            turns = replace(turns, gate=gate)
            cold = tuple(turns.cold())
            warm = tuple(turns.warm())
            most = turns.many("most", turns.told())
            unlike = turns.unlike()
            direct = _direct(guarded, known, load.pods * 2)
            peak = _peak(gate.process_id)
        version = str(cluster.ask("GET", "/version").document["gitVersion"])
    return Measured(without, least, cold, warm, unlike, most, direct, peak, version)


@dataclass(frozen=True)
class _Turns:
    cluster: Cluster
    known: Crowd
    load: Load
    gate: Gate | None = None

    def told(self, rate: float = math.inf) -> str:
        """What clients do, in words."""
        if rate == math.inf:
            return f"{self.load.clients} clients that never pause"
        return f"{self.load.clients} clients, {rate:g} pods a second each"

    def many(self, prefix: str, title: str, rate: float = math.inf) -> Phase:
        """All pods by all clients, each of which creates so many a second at most."""
        pods = self.known.pods(self.load.pods, prefix)
        return self._phase(prefix, title, pods, self.load.clients, rate)

    def cold(self) -> Iterator[Phase]:
        """Models that the webhook has not seen. The last one was how it was known to be there."""
        models = self.load.models
        first = self.known.first_sights(range(models), "first")
        yield self._phase("first", "one client", first, 1)
        rest = self.known.first_sights(range(models, 2 * models - 1), "crowd")
        title = f"{self.load.clients} clients, all at once"
        yield self._phase("crowd", title, rest, self.load.clients)

    def warm(self) -> Iterator[Phase]:
        """Models that it has seen."""
        calm = self.known.pods(self.load.pods // 5, "calm")
        yield self._phase("calm", "one client that never pauses", calm, 1)
        for rate in RATES:
            yield self.many(f"warm-{rate}", self.told(rate), rate)

    def unlike(self) -> Phase:
        """Models that it has seen, in pods of which no two are alike."""
        pods = self.known.pods(self.load.pods, "unlike")
        for pod in pods:
            pod["metadata"]["labels"] = {"app": pod["metadata"]["name"]}
        return self._phase("unlike", self.told(), pods, self.load.clients)

    def _phase(
        self,
        prefix: str,
        title: str,
        pods: Sequence[Object],
        clients: int,
        rate: float = math.inf,
    ) -> Phase:
        cluster = self.cluster
        before, own = waited_for_webhooks(cluster.metrics()), self._own()
        run = create_all(cluster, pods, SPACE, clients, rate=rate)
        waited, own = waited_for_webhooks(cluster.metrics()) - before, self._own() - own
        # The audit log is written behind the answers.
        deadline = time.monotonic() + 10
        while len(whole := whole_requests(cluster, prefix)) < len(pods):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        return Phase(title, run, waited, own, whole)

    def _own(self) -> Histogram:
        return histogram(self.gate.get("/metrics")[1], OWN) if self.gate else Histogram()


def _direct(guarded: Guarded, known: Crowd, count: int) -> Direct:
    """Ask the webhook as the API server does, with nobody between."""
    folder = guarded.cluster.client_ca.parent
    context = ssl.create_default_context(cafile=guarded.gate.tls.ca)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    bodies = reviews(guarded.cluster, SPACE, known.pods(count, "direct"))

    def work(start: int) -> list[float]:
        taken = []
        connection = http.client.HTTPSConnection(
            "127.0.0.1", guarded.gate.port, timeout=60, context=context
        )
        for body in bodies[start::DIRECT]:
            before = time.perf_counter()
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/validate?timeout=10s", body, headers)
            with connection.getresponse() as answer:
                data = answer.read()
            assert answer.status == 200, data
            taken.append(time.perf_counter() - before)
        connection.close()
        return taken

    before = time.perf_counter()
    with ThreadPoolExecutor(DIRECT) as pool:
        taken = [one for part in pool.map(work, range(DIRECT)) for one in part]
    return Direct(sorted(taken), time.perf_counter() - before)


def _peak(process: int) -> int:
    """The most memory that a process ever held, in bytes (proc(5), VmHWM); 0 if nobody says."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0

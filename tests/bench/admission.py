"""Measures admission through a real API server, and writes docs/admission-load.md.

python -m tests.bench.admission [--pods 1000] [--clients 50] [--models 60]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import re
import ssl
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.support.cluster.cluster import Cluster
from tests.support.cluster.crowd import Crowd, crowd, is_right
from tests.support.cluster.gate import Gate, Guarded, guarding
from tests.support.cluster.load import (
    Histogram,
    Run,
    create_all,
    share_of,
    waited_for_webhooks,
    whole_requests,
)
from tests.support.cluster.programs import why_no_cluster
from tests.support.cluster.starting import cluster as running_cluster

PAGE = Path(__file__).resolve().parents[2] / "docs" / "admission-load.md"

BAD_MODELS = 4

DIRECT = 8
"""Connections on which the webhook is asked by itself."""


@dataclass(frozen=True)
class Phase:
    """What was asked, what the API server waited for the webhook, and for everything."""

    title: str
    run: Run
    waited: Histogram
    whole: Sequence[float]

    @property
    def wrong(self) -> int:
        """How many were answered as they should not be."""
        return sum(not is_right(one) for one in self.run.asked)


@dataclass(frozen=True)
class Direct:
    """Reviews that were sent to the webhook by itself: how long each took, and all, in seconds."""

    taken: Sequence[float]
    seconds: float


@dataclass(frozen=True)
class Measured:
    """Every phase, and what the webhook says of itself."""

    phases: tuple[Phase, ...]
    alone: Phase
    direct: Direct
    peak: int
    version: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.admission", description=__doc__)
    parser.add_argument("--pods", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--models", type=int, default=60)
    options = parser.parse_args()
    if reason := why_no_cluster():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), options.pods, options.clients, options.models)
    PAGE.write_text(page(measured, options.pods, options.clients, options.models))
    sys.stdout.write(f"{PAGE.name} is written\n")


def measure(folder: Path, pods: int, clients: int, models: int) -> Measured:
    """Start everything, and create pods in turns: without the webhook, cold, and warm."""
    with (
        running_cluster(folder / "cluster") as cluster,
        crowd(folder / "models", models * 2, BAD_MODELS) as known,
    ):
        alone = _phase(cluster, "no webhook", "alone", known.pods(pods, "alone"), clients)
        words = ["--plain-http"]
        with (
            Gate(cluster, known.profile, folder / "gate", words) as gate,
            guarding(cluster, gate, known.good[-1], known.bad[0]) as guarded,
        ):
            phases = tuple(_phases(guarded, known, pods, clients, models))
            direct = _direct(guarded, known, pods * 2)
            peak = _peak(gate.process_id)
        version = str(cluster.ask("GET", "/version").document["gitVersion"])
    return Measured(phases, alone, direct, peak, version)


def _phases(
    guarded: Guarded, known: Crowd, pods: int, clients: int, models: int
) -> Iterator[Phase]:
    cluster = guarded.cluster
    # The last model has been seen by now: it is how the webhook was known to be there.
    yield _phase(
        cluster,
        "cold: a model's first sight, one after the other",
        "one-by-one",
        known.first_sights(range(models), "first"),
        1,
    )
    yield _phase(
        cluster,
        f"cold: first sights, {clients} clients at once",
        "at-once",
        known.first_sights(range(models, 2 * models - 1), "crowd"),
        clients,
    )
    yield _phase(cluster, "warm: one client", "warm-one", known.pods(pods // 5, "calm"), 1)
    yield _phase(
        cluster, f"warm: {clients} clients", "warm-many", known.pods(pods, "many"), clients
    )


def _phase(
    cluster: Cluster, title: str, space: str, pods: Sequence[dict[str, object]], clients: int
) -> Phase:
    cluster.namespace(space)
    before = waited_for_webhooks(cluster.metrics())
    run = create_all(cluster, pods, space, clients)
    waited = waited_for_webhooks(cluster.metrics()) - before
    # The audit log is written behind the answers.
    deadline = time.monotonic() + 10
    while len(whole := whole_requests(cluster, space)) < len(pods) and time.monotonic() < deadline:
        time.sleep(0.1)
    return Phase(title, run, waited, whole)


def _direct(guarded: Guarded, known: Crowd, count: int) -> Direct:
    """Ask the webhook as the API server does, with nobody between."""
    folder = guarded.cluster.client_ca.parent
    context = ssl.create_default_context(cafile=guarded.gate.tls.ca)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    bodies = [review(pod) for pod in known.pods(count, "direct")]

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


def review(pod: dict[str, object]) -> bytes:
    """What an API server asks about a pod (admission.k8s.io/v1)."""
    request = {
        "uid": str(uuid.uuid4()),
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "operation": "CREATE",
        "namespace": "default",
        "userInfo": {"username": "dana", "groups": ["developers"]},
        "object": pod,
        "oldObject": None,
        "dryRun": False,
    }
    kind = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}
    return json.dumps({**kind, "request": request}).encode()


def _peak(process: int) -> int:
    """The most memory that a process ever held, in bytes (proc(5), VmHWM); 0 if nobody says."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0


def page(measured: Measured, pods: int, clients: int, models: int) -> str:
    """The page, in Markdown."""
    many, direct = measured.phases[-1], measured.direct
    own = (
        f"`python -m tests.bench.admission` wrote this page on {datetime.now(UTC):%Y-%m-%d}, on "
        f"{os.cpu_count()} processors ({platform.machine()}, Python {platform.python_version()})"
    )
    lines = [
        "# Admission under load",
        "",
        f"{own}. A kube-apiserver {measured.version} with its etcd, one webhook process, a "
        "registry and all clients share them: whoever gives the webhook processors of its own "
        "will see less.",
        "",
        f"Pods that mount a model from a registry are created through the API server; one of "
        f"four names an unsigned model and must be refused. *cold* is the first time that the "
        f"webhook sees a digest, *warm* is {pods} pods over {models * 2} models that it has seen.",
        "",
        "## What the API server waited for the webhook",
        "",
        "Its own histogram, `apiserver_admission_webhook_admission_duration_seconds`. The average "
        "is exact. The percentiles are reckoned within buckets as Prometheus does it, and the "
        "buckets end at 5, 25, 100 and 500 ms. All in milliseconds.",
        "",
        *_table(
            ("", "reviews", "average", "p50", "p95", "p99", "answered wrongly"),
            (
                (
                    phase.title,
                    f"{phase.waited.count:.0f}",
                    _ms(phase.waited.mean),
                    *(_ms(phase.waited.quantile(share)) for share in (0.5, 0.95, 0.99)),
                    str(phase.wrong),
                )
                for phase in measured.phases
            ),
        ),
        "",
        "## What a client waited for",
        "",
        "The whole request by the API server's audit log: authentication, every admission plugin, "
        "etcd, and the time in its queues. Exact, in milliseconds.",
        "",
        *_table(
            ("", "pods", "average", "p50", "p95", "p99", "pods a second"),
            (
                (
                    phase.title,
                    str(len(phase.whole)),
                    _ms(sum(phase.whole) / len(phase.whole)),
                    *(_ms(share_of(phase.whole, share)) for share in (0.5, 0.95, 0.99)),
                    f"{len(phase.run.asked) / phase.run.seconds:.0f}",
                )
                for phase in (measured.alone, *measured.phases)
            ),
        ),
        "",
        "## What the webhook does by itself",
        "",
        f"Through the API server it gave {many.waited.count / many.run.seconds:.0f} reviews a "
        f"second to {clients} clients. Asked by itself, the same reviews on {DIRECT} connections, "
        f"it gave {len(direct.taken) / direct.seconds:.0f}, in {_ms(share_of(direct.taken, 0.5))} "
        f"ms (p50), {_ms(share_of(direct.taken, 0.95))} ms (p95) and "
        f"{_ms(share_of(direct.taken, 0.99))} ms (p99). It held {measured.peak / 1e6:.0f} MB at "
        "most.",
        "",
    ]
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


if __name__ == "__main__":
    main()

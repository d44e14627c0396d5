"""Many clients who create pods at the same time, and what the API server measured of it."""

from __future__ import annotations

import json
import math
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue

from tests.support.cluster.cluster import DEVELOPER, Answer, Cluster, Document
from tests.support.cluster.line import Reply, line

DURATION = "apiserver_admission_webhook_admission_duration_seconds"
"""The API server's histogram of how long it waited for a webhook's answer."""


@dataclass(frozen=True)
class Asked:
    """One object that somebody created, and what came of it."""

    document: Document
    answer: Answer

    @property
    def name(self) -> str:
        """The object's name."""
        return str(self.document["metadata"]["name"])

    @property
    def admitted(self) -> bool:
        """Whether it is there now."""
        return self.answer.status == 201


@dataclass(frozen=True)
class Run:
    """What many clients asked, and how long it took them altogether, in seconds."""

    asked: tuple[Asked, ...]
    seconds: float


def create_all(
    cluster: Cluster,
    documents: Sequence[Document],
    namespace: str,
    clients: int,
    *,
    started: threading.Event | None = None,
    dry_run: bool = False,
    rate: float = math.inf,
) -> Run:
    """Create pods, by so many clients, each with a connection of its own.

    Each asks so often a second at most, in turn with the others, and waits for its answer before
    it asks again. `started` is set once a fifth of them was asked for.
    """
    left: SimpleQueue[Document] = SimpleQueue()
    for document in documents:
        left.put(document)
    path = f"/api/v1/namespaces/{namespace}/pods" + ("?dryRun=All" if dry_run else "")
    early = len(documents) * 4 // 5
    begun: list[float] = []
    all_there = threading.Barrier(clients, lambda: begun.append(time.perf_counter()))

    def work(number: int) -> list[tuple[Document, Reply]]:
        done: list[tuple[Document, Reply]] = []
        with line(cluster, DEVELOPER) as link:
            all_there.wait()
            while True:
                try:
                    document = left.get_nowait()
                except Empty:
                    return done
                request = link.request(path, document)
                if rate < math.inf:
                    due = begun[0] + (len(done) + number / clients) / rate
                    time.sleep(max(0.0, due - time.perf_counter()))
                done.append((document, link.ask(request)))
                if started and left.qsize() < early:
                    started.set()

    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(work, range(clients)))
    seconds = time.perf_counter() - begun[0]
    asked = (Asked(document, reply.answer) for part in parts for document, reply in part)
    return Run(tuple(asked), seconds)


@dataclass(frozen=True)
class Histogram:
    """How many took at most how many seconds, by upper bound; and all seconds together."""

    buckets: Mapping[float, float] = field(default_factory=dict)
    count: float = 0
    total: float = 0

    def __sub__(self, before: Histogram) -> Histogram:
        """What came since."""
        return Histogram(
            {bound: n - before.buckets.get(bound, 0) for bound, n in self.buckets.items()},
            self.count - before.count,
            self.total - before.total,
        )

    @property
    def mean(self) -> float:
        """Seconds on average; exact."""
        return self.total / self.count

    def quantile(self, share: float) -> float:
        """Seconds that a share took at most, within its bucket as Prometheus reckons it."""
        wanted, low, below = share * self.count, 0.0, 0.0
        for bound, count in sorted(self.buckets.items()):
            if count >= wanted and count > below:
                if bound == float("inf"):
                    return low
                return low + (bound - low) * (wanted - below) / (count - below)
            low, below = bound, count
        return low


def waited_for_webhooks(metrics: str, kind: str = "validating") -> Histogram:
    """The API server's histogram of webhooks of a kind, over all of them."""
    kinds = {kind, "validate" if kind == "validating" else "admit"}
    return histogram(metrics, DURATION, lambda labels: labels.get("type") in kinds)


def histogram(
    metrics: str, name: str, counts: Callable[[Mapping[str, str]], bool] = lambda _: True
) -> Histogram:
    """What a scrape says of a histogram, over all sets of labels that count."""
    buckets: Counter[float] = Counter()
    sums: Counter[str] = Counter()
    for sample, labels, value in _samples(metrics, name):
        if not counts(labels):
            continue
        if sample.endswith("_bucket"):
            buckets[float(labels["le"].replace("+Inf", "inf"))] += value
        else:
            sums[sample] += value
    return Histogram(dict(buckets), sums[f"{name}_count"], sums[f"{name}_sum"])


def _samples(metrics: str, family: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for text in metrics.splitlines():
        found = re.fullmatch(r"([a-z_]+)\{(.*)\} (\S+)", text)
        if found and found.group(1).startswith(family):
            labels = dict(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', found.group(2)))
            yield found.group(1), labels, float(found.group(3))


def whole_requests(cluster: Cluster, prefix: str) -> list[float]:
    """How long each creation of a pod took the API server, in seconds, by its audit log.

    `prefix` is how the pods' names begin, up to a number.
    """
    named = re.compile(rf"{re.escape(prefix)}-[0-9]+-(good|bad)")
    taken = []
    for text in cluster.audit.read_text(encoding="utf-8").splitlines():
        event = json.loads(text)
        about = event.get("objectRef", {})
        made = (event["verb"], about.get("resource"), event["stage"])
        is_meant = named.fullmatch(about.get("name", ""))
        if made == ("create", "pods", "ResponseComplete") and is_meant:
            start, end = (
                datetime.fromisoformat(event[key])
                for key in ("requestReceivedTimestamp", "stageTimestamp")
            )
            taken.append((end - start).total_seconds())
    return sorted(taken)


def share_of(taken: Sequence[float], share: float) -> float:
    """The value that a share of sorted ones does not exceed (nearest rank)."""
    return taken[max(0, math.ceil(len(taken) * share) - 1)]

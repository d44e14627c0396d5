"""The page with the measurements, in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from tests.bench.admission.measuring import DIRECT, Load, Measured, Phase
from tests.support.cluster.load import share_of

_HEADS = (
    "",
    "reviews",
    "average",
    "p50",
    "p95",
    "p99",
    "in the webhook",
    "whole request",
    "its p99",
    "pods a second",
    "answered wrongly",
)


def page(measured: Measured, load: Load) -> str:
    """The page."""
    return "\n".join(
        [
            "# Admission under load",
            "",
            *_setting(measured, load),
            "",
            "## Warm",
            "",
            f"{load.pods} pods over {load.models * 2} models that the webhook has seen. Pods are "
            "alike where they differ by name alone, as those of one owner do.",
            "",
            *_table([*measured.warm, measured.most]),
            "",
            "The same clients with pods of which no two are alike, so that each is judged:",
            "",
            *_table([measured.unlike]),
            "",
            "## Cold",
            "",
            "The first time that the webhook sees a digest: it asks the registry, checks "
            "signatures and attestations, and judges by policies.",
            "",
            *_table(measured.cold),
            "",
            "## What the machine gives",
            "",
            "The same pods without a webhook, and with the least that a webhook can be: one in Go "
            "that reads the review's uid and allows everything "
            "([its source](../tests/bench/admission/yardstick/main.go)).",
            "",
            *_table([measured.without, *measured.least]),
            "",
            *_alone(measured, load),
            "",
        ]
    )


def _setting(measured: Measured, load: Load) -> Iterator[str]:
    yield (
        f"`python -m tests.bench.admission` wrote this page on {datetime.now(UTC):%Y-%m-%d}, on "
        f"{os.cpu_count()} processors ({platform.machine()}, Python {platform.python_version()}). "
        f"A kube-apiserver {measured.version} with its etcd, one webhook process, a registry and "
        "all clients share them: whoever gives the webhook processors of its own will see less."
    )
    yield ""
    yield (
        "Pods that mount a model from a registry are created through the API server; one of four "
        f"names an unsigned model and must be refused. Each of {load.clients} clients has a "
        "connection of its own and waits for its answer before it asks again. What the API server "
        "waited for the webhook is by its own histogram, "
        "`apiserver_admission_webhook_admission_duration_seconds`: the average is exact, and the "
        "percentiles are reckoned within buckets as Prometheus does it, which end at 5, 25, 100 "
        "and 500 ms. *In the webhook* is the average of the webhook's own histogram, from a "
        "request's first byte to its answer; the rest of what the API server waited went by in "
        "queues for the processors. The whole request is by the audit log, on average and at p99: "
        "authentication, every admission plugin, etcd and the time in its queues. All times are "
        "milliseconds."
    )


def _alone(measured: Measured, load: Load) -> Iterator[str]:
    direct, most, least = measured.direct, measured.most, measured.least[-1]
    yield (
        f"{load.clients} clients that never pause keep this machine's processors full by "
        f"themselves: the webhook that allows everything is waited for {_ms(least.waited.mean)} "
        f"ms on average then, and {_ms(least.waited.quantile(0.99))} ms at p99, and "
        f"{least.rate:.0f} pods a second come through; ours lets {most.rate:.0f} through."
    )
    yield ""
    yield (
        f"Asked by itself, reviews of the same pods on {DIRECT} connections, ours gives "
        f"{len(direct.taken) / direct.seconds:.0f} a second, in "
        f"{_ms(share_of(direct.taken, 0.5))} ms (p50), {_ms(share_of(direct.taken, 0.95))} ms "
        f"(p95) and {_ms(share_of(direct.taken, 0.99))} ms (p99). It held "
        f"{measured.peak / 1e6:.0f} MB at most."
    )


def _table(phases: Iterable[Phase]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADS)} |"
    yield f"|---|{'---:|' * (len(_HEADS) - 1)}"
    for phase in phases:
        yield f"| {' | '.join(_cells(phase))} |"


def _cells(phase: Phase) -> Sequence[str]:
    waited, whole = phase.waited, phase.whole
    asked = waited.count > 0
    return (
        phase.title,
        f"{waited.count:.0f}",
        *([_ms(waited.mean)] if asked else [""]),
        *(_ms(waited.quantile(share)) if asked else "" for share in (0.5, 0.95, 0.99)),
        _ms(phase.own.mean) if phase.own.count else "",
        _ms(sum(whole) / len(whole)),
        _ms(share_of(whole, 0.99)),
        f"{phase.rate:.0f}",
        str(phase.wrong) if asked else "",
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"

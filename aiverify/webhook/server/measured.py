"""What is measured, under the names that people know from Gatekeeper and Kyverno."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable
from pathlib import Path

from aiverify.core.report import Verdict
from aiverify.version import __version__
from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server.metrics import Counter, Gauge, Histogram, Numbers, exposition


class _Reviews:
    """What came of reviews."""

    def __init__(self) -> None:
        super().__init__()
        self.durations = Histogram(
            "aiverify_admission_review_duration_seconds",
            "How long reviews took, from the first byte of the request to the answer.",
            ("resource_kind", "resource_request_operation", "request_allowed"),
        )
        self.validations = Counter(
            "aiverify_validation_request_count",
            "Reviews answered by /validate: allow, deny, or error where none came to a verdict.",
            ("admission_status", "admission_dryrun"),
        )
        self.mutations = Counter(
            "aiverify_mutation_request_count",
            "Reviews answered by /mutate.",
            ("mutation_status", "admission_dryrun"),
        )
        self.verdicts = Counter(
            "aiverify_reference_verdicts_total",
            "Verdicts on references to artifacts, an object may have several.",
            ("verdict",),
        )
        self.hits = Counter(
            "aiverify_verdict_cache_hits_total", "References whose verdict was known already."
        )
        self.misses = Counter(
            "aiverify_verdict_cache_misses_total", "References that had to be verified."
        )
        self.stale = Counter(
            "aiverify_stale_verdicts_total",
            "References admitted by the last verdict because a registry or log did not answer.",
        )


class _Requests:
    """What became of requests before they were reviews, or instead."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = Counter(
            "aiverify_http_requests_refused_total",
            "Requests that were not reviewed, by the status of their answer.",
            ("status",),
        )
        self.handshakes = Counter(
            "aiverify_tls_handshakes_failed_total", "Connections that never were."
        )
        self.late = Counter(
            "aiverify_deadlines_exceeded_total", "Reviews that were refused for want of time."
        )
        self.busy = Counter(
            "aiverify_overload_rejections_total", "Reviews that were refused for want of room."
        )
        self.failures = Counter(
            "aiverify_internal_errors_total",
            "Failures that nobody expected, by kind.",
            ("kind",),
        )
        self.under_way = Gauge("aiverify_reviews_in_flight", "Reviews under way or waiting.")
        self.connections = Gauge("aiverify_connections", "Connections that are open.")


class _Process:
    """How the process is, and what it works with."""

    def __init__(self) -> None:
        super().__init__()
        self.reloads = Counter(
            "aiverify_reloads_total", "New versions of files that are in use.", ("what",)
        )
        self.failed_reloads = Counter(
            "aiverify_reload_failures_total",
            "Looks at a new version that could not be used; the old one stays in use.",
            ("what",),
        )
        self.broken = Gauge(
            "aiverify_reload_broken", "1 while the newest version cannot be used.", ("what",)
        )
        self.expiry = Gauge(
            "aiverify_certificate_expiry_timestamp_seconds",
            "When the server's certificate ends, in Unix time.",
        )
        self.profile = Gauge(
            "aiverify_profile_info",
            "The profile, policies and trust in use.",
            ("version",),
        )
        self.unaudited = Counter(
            "aiverify_audit_lines_dropped_total",
            "Lines that the audit log did not take in time, or at all.",
        )
        self.ready = Gauge("aiverify_ready", "1 while /readyz says so.")
        self._memory = Gauge("process_resident_memory_bytes", "Memory in use.")
        self._cpu = Counter("process_cpu_seconds_total", "Time on a processor.")
        self._started = Gauge("process_start_time_seconds", "When it started, in Unix time.")
        self._started.set(time.time())
        self._build = Gauge("aiverify_build_info", "The version of aiverify.", ("version",))
        self._build.set(1, __version__)


class Measured(_Reviews, _Requests, _Process):
    """The metrics of a server. They may be counted from any thread."""

    def __init__(self) -> None:
        super().__init__()
        listed = (each for each in vars(self).values() if isinstance(each, Numbers))
        self._all = tuple(listed)

    def reviewed(
        self, endpoint: str, request: AdmissionRequest, decision: Decision, seconds: float
    ) -> None:
        """Count an answer."""
        allowed = "true" if decision.allowed else "false"
        self.durations.observe(seconds, request.kind.kind, request.operation.value, allowed)
        dry = "true" if request.dry_run else "false"
        counter = self.mutations if endpoint == "mutate" else self.validations
        counter.add(status_of(decision), dry)
        for judged in decision.judged:
            self.verdicts.add(judged.verdict.value)
            (self.hits if judged.cached else self.misses).add()
            if judged.stale:
                self.stale.add()

    def exposition(self) -> bytes:
        """What a scrape reads."""
        self._memory.set(_resident())
        used = resource.getrusage(resource.RUSAGE_SELF)
        self._cpu.add(amount=used.ru_utime + used.ru_stime - self._cpu.value())
        return exposition(self._all)


def status_of(decision: Decision) -> str:
    """`allow`, `deny`, or `error` where what was refused came to no verdict."""
    if decision.allowed:
        return "allow"
    undecided = any(each.verdict is Verdict.ERROR for each in decision.judged)
    denied = any(each.verdict is Verdict.DENY for each in decision.judged)
    return "error" if (undecided and not denied) or decision.code >= 500 else "deny"


def rules_of(decision: Decision) -> tuple[str, ...]:
    """The rules that found something, each once: in reports, and where there is none."""
    return tuple(dict.fromkeys(_rules(decision)))


def _rules(decision: Decision) -> Iterable[str]:
    for judged in decision.judged:
        yield from (finding.rule for finding in judged.findings)
    yield from decision.annotations.get("rules", "").split()


def _resident() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):  # no such thing on this system
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()

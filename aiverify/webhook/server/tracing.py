"""OpenTelemetry traces, where somebody asks for them: a span for each review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from aiverify.errors import UsageError
from aiverify.version import __version__
from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server.audit import LONGEST, MOST, redacted
from aiverify.webhook.server.measured import rules_of, status_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

INSTALL = "python -m pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"


class Span(Protocol):
    """A review, while it lasts."""

    def answered(self, request: AdmissionRequest, decision: Decision) -> None:
        """Say what came of it."""


class Tracing(Protocol):
    """Tells somebody how reviews went."""

    def review(self, endpoint: str, headers: Mapping[str, str]) -> Any:
        """A context in which a review runs; it gives the span."""
        ...

    def close(self, seconds: float) -> None:
        """Send what waits, for so long at most."""


class NoTracing:
    """Nobody asked."""

    @contextmanager
    def review(self, endpoint: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """Run a review."""
        del endpoint, headers
        yield self

    def answered(self, request: AdmissionRequest, decision: Decision) -> None:
        """Do nothing."""

    def close(self, seconds: float) -> None:
        """Do nothing."""


def tracing(collector: str) -> Tracing:
    """Traces for a collector (OTLP over HTTP) at its base URL; none where that is empty.

    Raises:
        UsageError: the libraries are not installed, or it is no URL.
    """
    if not collector:
        return NoTracing()
    if not collector.startswith(("http://", "https://")):
        raise UsageError(
            "the collector of traces needs an http or https URL",
            hint="Give its base, such as http://collector:4318.",
        )
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise UsageError(
            "traces need the OpenTelemetry libraries, which are not installed",
            hint=f"Install them: {INSTALL}",
        ) from error
    return OpenTelemetry(OTLPSpanExporter(endpoint=f"{collector.rstrip('/')}/v1/traces", timeout=5))


class OpenTelemetry:
    """Sends spans in the background. Those that a collector does not take in time are lost."""

    def __init__(self, exporter: SpanExporter) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before this.
        named = {"service.name": "aiverify-webhook", "service.version": __version__}
        self._provider = TracerProvider(
            resource=Resource(named).merge(Resource.create()), shutdown_on_exit=False
        )
        self._processor = BatchSpanProcessor(exporter)
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer("aiverify.webhook", __version__)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def review(self, endpoint: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """Run a review as a span below the API server's, where that sends one along."""
        from opentelemetry.trace import SpanKind

        above = self._propagator.extract(
            {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
        )
        with self._tracer.start_as_current_span(
            f"admission {endpoint}",
            context=above,
            kind=SpanKind.SERVER,
            # What an exception says may hold what an object says.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _Open(span)

    def close(self, seconds: float) -> None:
        """Send what waits, for so long at most."""
        self._processor.force_flush(int(seconds * 1000))
        self._provider.shutdown()


class _Open:
    def __init__(self, span: Any) -> None:
        self._span = span

    def answered(self, request: AdmissionRequest, decision: Decision) -> None:
        judged = decision.judged[:MOST]
        known: dict[str, Any] = {
            "k8s.namespace.name": request.namespace,
            "aiverify.admission.uid": request.uid,
            "aiverify.admission.user": request.user.name,
            "aiverify.admission.operation": request.operation.value,
            "aiverify.admission.kind": str(request.kind),
            "aiverify.admission.name": request.name,
            "aiverify.admission.dry_run": request.dry_run,
            "aiverify.admission.allowed": decision.allowed,
            "aiverify.admission.status": status_of(decision),
            "aiverify.admission.rules": rules_of(decision)[:MOST],
            "aiverify.admission.references": [redacted(each.found.uri) for each in judged],
            "aiverify.admission.digests": [each.digest for each in judged],
            "aiverify.admission.cached": all(each.cached for each in judged),
            "aiverify.admission.stale": any(each.stale for each in judged),
        }
        for name, value in known.items():
            self._span.set_attribute(name, _bounded(value))


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST]
    return [each[:LONGEST] for each in value] if isinstance(value, list | tuple) else value

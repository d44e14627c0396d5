from __future__ import annotations

import pytest

from aiverify.core.report import Verdict
from aiverify.errors import UsageError
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation
from aiverify.webhook.server.tracing import NoTracing, OpenTelemetry, tracing

memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")

REQUEST = AdmissionRequest(
    "uid-1",
    GroupVersionKind("apps", "v1", "Deployment"),
    Operation.UPDATE,
    {"spec": "hunter2"},
    namespace="prod",
)
DECISION = Decision(
    allowed=False,
    code=403,
    judged=(
        Judged(Found("https://a:pw@h/m?t=1", "/"), Verdict.DENY, "sha256:aa", cached=True),
        Judged(Found("oci://r/m", "/"), Verdict.ALLOW, "sha256:bb", cached=True),
    ),
)


def traced(headers):
    exporter = memory.InMemorySpanExporter()
    traces = OpenTelemetry(exporter)
    with traces.review("validate", headers) as span:
        span.answered(REQUEST, DECISION)
    traces._processor.force_flush()
    [found] = exporter.get_finished_spans()
    traces.close(5)
    return found


def test_a_review_is_a_span_below_the_api_servers():
    found = traced({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})

    assert found.name == "admission validate"
    assert f"{found.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert f"{found.parent.span_id:016x}" == "b7ad6b7169203331"


def test_a_span_says_what_was_asked_and_answered_and_no_secret():
    found = dict(traced({"traceparent": "junk"}).attributes)

    assert found["aiverify.admission.uid"] == "uid-1"
    assert found["k8s.namespace.name"] == "prod"
    assert found["aiverify.admission.operation"] == "UPDATE"
    assert found["aiverify.admission.status"] == "deny"
    assert found["aiverify.admission.references"] == ("https://h/m", "oci://r/m")
    assert found["aiverify.admission.digests"] == ("sha256:aa", "sha256:bb")
    assert found["aiverify.admission.cached"] is True
    assert "hunter2" not in str(found)
    assert "pw" not in str(found)


def test_nobody_asks_and_nothing_is_traced():
    traces = tracing("")

    assert isinstance(traces, NoTracing)
    with traces.review("validate", {}) as span:
        span.answered(REQUEST, DECISION)
    traces.close(0)


@pytest.mark.parametrize("url", ["collector:4317", "grpc://x", "/path"])
def test_what_is_no_url_of_a_collector_is_refused(url):
    with pytest.raises(UsageError, match="http or https"):
        tracing(url)


def test_a_collector_that_nobody_reaches_delays_no_review():
    traces = tracing("http://127.0.0.1:9")
    with traces.review("validate", {}) as span:
        span.answered(REQUEST, DECISION)
    traces.close(0.2)

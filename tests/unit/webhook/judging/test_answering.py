"""What is answered: nothing that was not allowed is admitted for want of a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiverify.core import rules
from aiverify.core.finding import Severity
from aiverify.core.report import Verdict
from aiverify.webhook.decision import Judged
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.judging.answering import answer
from tests.support.judging import Court, court, pod, request
from tests.support.story import Story

FOUND = Found("oci://registry.example/llama:1", "/spec/containers/0")
NOTE = rules.contents.MALFORMED.found("odd", severity=Severity.WARNING)


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        yield made


@pytest.mark.parametrize("verdict", [Verdict.DENY, Verdict.ERROR])
@pytest.mark.parametrize("findings", [(), (NOTE,)])
def test_what_was_not_allowed_is_refused_though_nothing_says_why(
    sitting: Court, verdict: Verdict, findings
):
    sitting.rule({"modes": [{"mode": "audit", "namespaces": ["serving"]}]})

    decision = answer(request(pod()), [Judged(FOUND, verdict, findings=findings)], sitting.loaded)

    assert not decision.allowed
    assert "AIV-ADMISSION-FAILED" in decision.message


def test_what_was_allowed_is_admitted(sitting: Court):
    assert answer(request(pod()), [Judged(FOUND, Verdict.ALLOW)], sitting.loaded).allowed

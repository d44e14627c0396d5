"""What only a node can read: admitted where the node verifies it, and not by a look-alike."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from tests.support.injected import INJECTION, claim, patched, pod, server
from tests.support.judging import Court, court, request
from tests.support.story import Story

NONE = "AIV-SUMMARY-NONE"


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        made.injection = INJECTION
        yield made


def test_a_claim_is_admitted_where_the_injected_container_verifies_it(sitting: Court):
    plain = pod(server(), volumes=[claim()])
    sitting.refuses(request(plain), NONE)
    decision = sitting.admits(request(patched(plain)))
    assert decision.judged[0].reason == "the node verifies it before the server starts"


def test_without_injection_the_same_pod_is_refused(sitting: Court):
    plain = patched(pod(server(), volumes=[claim()]))
    sitting.injection = None
    sitting.refuses(request(plain), NONE)


def test_a_container_that_only_has_the_name_is_refused(sitting: Court):
    forged = deepcopy(patched(pod(server(), volumes=[claim()])))
    forged["spec"]["initContainers"][0]["image"] = "evil.example/aiverify:1"
    sitting.refuses(request(forged), NONE)


def test_policies_judge_the_request_all_the_same(sitting: Court):
    sitting.rule(policies=["aiverify:no_trust_remote_code", "aiverify:licence_allowlist"])
    plain = pod(server(), volumes=[claim()])
    sitting.admits(request(patched(plain)))
    plain["spec"]["containers"][0]["args"].append("--trust-remote-code")
    sitting.refuses(request(patched(plain)), "aiverify.no_trust_remote_code.trusted")

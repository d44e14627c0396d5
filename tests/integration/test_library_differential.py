"""The whole library on both engines: one answer to every document, and always an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from aiverify.core.jsonvalue import Json
from aiverify.policy import library
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.opa.engine import OpaEngine
from aiverify.policy.opa.place import from_environment
from aiverify.policy.sources import load
from tests.support.docs import codes_of, shipped_policy
from tests.support.library_documents import DIGESTS, Draw
from tests.support.opa import judged, needs_opa

pytestmark = needs_opa

DOCUMENTS = 100
"""For each configuration; three configurations take both engines less than a minute."""

STRICT: Json = {
    "adapters": {"bases": [DIGESTS[0]], "signers": {DIGESTS[1]: ["alice"], "*": ["rel*"]}},
    "contents": {"unread": ["*.7z"]},
    "datasets": {"licences": ["*"], "deny": ["MIT"], "sensitive_data": ["Health"]},
    "documentation": {"waived": ["provenance"]},
    "ebpf": {"licences": ["GPL"], "max_entries": 8, "max_bytes": 1 << 24},
    "elf": {"require": ["full_relro", "stack_protector", "fortify", "stripped"]},
    "globals": {"allow": ["sklearn.*"]},
    "go": {"minimum": "1.26rc1"},
    "images": {"floating": ["v1"]},
    "licences": {"allow": ["*"], "deny": ["GPL-3.0-only", "Apache-2.0"]},
    "namespaces": {"allow": ["serv*"]},
    "provenance": {"builders": ["https://ci.example.com/*"], "sources": ["git+https://**"]},
    "sbom": {"elements": ["metadata.author", "model.task", "dataset.sensitivity"]},
    "signatures": {"max_age_days": 7},
    "signers": {
        "allow": ["alice"],
        "identities": [{"name": "*@example.com", "issuer": "https://token.example.com"}],
        "minimum": 2,
    },
    "templates": {"accept": ["AIV-TEMPLATE-TEXT"]},
    "vex": {"signers": ["security"]},
    "vulnerabilities": {"maximum": "low", "deny": ["cve-*", "GHSA-?"]},
}

BROKEN: Json = {
    name: {key: [5] for key in members} for name, members in json.loads(json.dumps(STRICT)).items()
}
"""The same settings, all of them wrong."""

CONFIGURATIONS: dict[str, Json] = {
    "none": {},
    "strict": {"config": STRICT},
    "broken": {"config": BROKEN},
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What both engines say of a document: bytes, or the type of the error that they end in."""

    document: Any
    embedded: bytes | str
    opa: bytes | str


@pytest.fixture(scope="module")
def answers() -> list[Answers]:
    """One OPA for each configuration, which cannot be changed while it runs."""
    policies = load([f"aiverify:{rule}" for rule in library.names()])
    found = []
    for name, data in CONFIGURATIONS.items():
        # As they stand, which is how the shipped rules judge.
        draw, embedded = Draw(name), EmbeddedEngine(policies, data, trusts_shipped=True)
        with OpaEngine(policies, data, from_environment()) as opa:
            for _ in range(DOCUMENTS):
                document = draw.document()
                found.append(Answers(document, judged(embedded, document), judged(opa, document)))
    return found


def test_the_engines_say_the_same_of_every_document(answers: list[Answers]) -> None:
    assert [item for item in answers if item.embedded != item.opa] == []


def test_there_is_an_answer_to_every_document(answers: list[Answers]) -> None:
    """A function that fails would leave all rules without one."""
    assert [item for item in answers if not isinstance(item.embedded, bytes)] == []


def test_the_documents_reach_every_finding(answers: list[Answers]) -> None:
    """Otherwise the comparison would say nothing of a rule that never speaks."""
    every = {
        f"aiverify.{rule}.{code}"
        for rule in library.names()
        for code in codes_of(shipped_policy(rule).read_text("utf-8"))
    }
    said = (json.loads(item.embedded) for item in answers)
    assert {f"{package}.{code}" for results in said for package, _, code, *_ in results} == every

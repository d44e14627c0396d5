"""Judging a document, or what is known of an artifact, by policies alone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aiverify.core.finding import Finding, denies
from aiverify.core.jsonvalue import Json, load_object, loads
from aiverify.core.moments import nanoseconds, of_nanoseconds
from aiverify.core.names import printable
from aiverify.core.report import Verdict
from aiverify.core.terms import Terms
from aiverify.errors import UsageError
from aiverify.files.extent import Extent
from aiverify.operations.examine import identify, look_into
from aiverify.operations.policies import Wanted, judge_by
from aiverify.operations.policy_origin import Origin
from aiverify.operations.sbom import sbom_of
from aiverify.policy.document import API_VERSION
from aiverify.policy.opa.place import OpaPlace
from aiverify.policy.verdict import read_query
from aiverify.registry.place import Place
from aiverify.verify.evidence import Evidence, Request
from aiverify.verify.judgement import policy_document
from aiverify.verify.location import Location

_MAX_DOCUMENT = 256 << 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policies said of a target, and on what terms. `value` is a query's own answer."""

    target: Location
    verdict: Verdict
    findings: tuple[Finding, ...]
    query: str = ""
    value: Json = None
    terms: Terms = field(default_factory=Terms)


def evaluate(
    target: Location,
    policies: Sequence[str],
    *,
    query: str = "",
    config: Path | None = None,
    opa: OpaPlace | None = None,
    terms: Terms | None = None,
    registries: Place | None = None,
) -> Judgement:
    """Ask one rule, or every deny, violation and warn that the terms choose.

    Raises:
        UsageError: no policy is named; or the terms name no rule or leave none, or choose where
            a rule is asked by name.
        InputError: the target or a policy cannot be read, or does not compile.
        UndecidedError: the rule is undefined, failed, or gave no verdict.
    """
    if not policies:
        raise UsageError("there is no policy to judge by", hint="Name one with --policy.")
    if query and terms and terms.chooses:
        raise UsageError(
            "--query asks one rule, and --include and --exclude choose among all",
            hint="Leave one of them out.",
        )
    origin = Origin(place=registries or Place())
    settings = load_object(_read(config), printable(str(config))) if config else {}
    now_ns = time.time_ns()
    document = _as_of(document_of(target), terms)
    judge = judge_by([Wanted(policies, origin=origin)], settings, terms, opa)
    weigh = partial(judge.scale.weigh, now=of_nanoseconds(now_ns))
    value: Json = None
    with closing(judge.engine) as engine:
        if query:
            value = engine.query(query, document)
            verdict, findings = read_query(query, value, weigh)
        else:
            findings = weigh(engine.evaluate(document))
            verdict = Verdict.DENY if denies(findings) else Verdict.ALLOW
    findings = (*findings, *judge.scale.remarks)
    return Judgement(target, verdict, findings, query, value, judge.scale.terms)


def document_of(target: Location) -> Json:
    """The document that rules see of a target: a JSON file as it stands, or its description.

    Raises:
        InputError: the target cannot be read.
    """
    if isinstance(target, Path) and target.suffix == ".json" and target.is_file():
        return loads(_read(target), printable(str(target)))
    return describe_for_policy(target)


def _as_of(document: Json, terms: Terms | None) -> Json:
    """A policy document at the time that the terms ask for; any other document as it stands."""
    if terms is None or terms.at is None or not isinstance(document, Mapping):
        return document
    if document.get("apiVersion") != API_VERSION:
        return document
    return {**document, "now_ns": nanoseconds(terms.at)}


def describe_for_policy(location: Location) -> dict[str, Json]:
    """The policy document of a target that nobody has signed yet.

    Its SBOM is written on the spot, and it has no signatures and no attestations.

    Raises:
        InputError: the target cannot be read.
    """
    contents = look_into(location)
    artifact = identify(contents)
    evidence = Evidence(
        Request(location),
        artifact=artifact,
        files=contents.files,
        description=contents.description,
        sbom=sbom_of(artifact, contents, time=None),
        findings=contents.findings,
    )
    return policy_document(evidence, time.time_ns())


def _read(path: Path) -> bytes:
    return Extent.of_named(path).read(_MAX_DOCUMENT)

"""Reading the value of a single rule as a verdict, when somebody asks for one by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.core.report import Verdict
from aiverify.errors import UndecidedError
from aiverify.policy.results import RESULT_RULE, PolicyResult, read_results

Weigh: TypeAlias = Callable[[Iterable[PolicyResult]], tuple[Finding, ...]]


def plain(results: Iterable[PolicyResult]) -> tuple[Finding, ...]:
    """Results by what their rules are called alone."""
    return tuple(result.to_finding() for result in results)


def read_query(
    query: str, value: Json, weigh: Weigh = plain
) -> tuple[Verdict, tuple[Finding, ...]]:
    """Read what a rule such as `data.policy.verify` answered; `weigh` is for sets of results.

    true allows and false denies; the results of `deny`, `violation` or `warn` decide by
    their severity, and none of them allows; an object with a boolean `allow` decides by it,
    unless it holds results that deny, and gives `reasons` as findings.

    Raises:
        UndecidedError: anything else. Only what says allow is one.
    """
    package, _, rule = query.removeprefix("data.").rpartition(".")
    name = f"{package}.{rule}" if package else rule
    if isinstance(value, bool):
        return _decide(() if value else (_refusal(name),))
    if RESULT_RULE.fullmatch(rule) and isinstance(value, list | tuple | Mapping):
        return _decide(weigh(_results(package, rule, value)))
    if isinstance(value, Mapping) and isinstance(value.get("allow"), bool):
        return _decide(_read_object(name, value, weigh))
    raise UndecidedError(
        f"{printable(query)} gave {kind(value)}, which cannot be read as a verdict",
        hint="Give a boolean, a set of results named deny, or an object with a boolean allow.",
    )


def _decide(findings: tuple[Finding, ...]) -> tuple[Verdict, tuple[Finding, ...]]:
    return (Verdict.DENY if denies(findings) else Verdict.ALLOW), findings


def _read_object(name: str, value: Mapping[str, Json], weigh: Weigh) -> tuple[Finding, ...]:
    """The findings of an object that says whether it allows; one of them denies if it does not."""
    weight = Severity.NOTE if value["allow"] else Severity.ERROR
    reasons = plain(_results(name, "reasons", value.get("reasons", ())))
    results = tuple(
        finding
        for key in sorted(value)
        if RESULT_RULE.fullmatch(key)
        for finding in weigh(_results(name, key, value[key]))
    )
    findings = tuple(replace(reason, severity=weight) for reason in reasons) + results
    if value["allow"] or denies(findings):
        return findings
    return (*findings, _refusal(f"{name}.allow"))


def _refusal(name: str) -> Finding:
    return Finding(name, Severity.ERROR, f"data.{name} is false")


def _results(package: str, rule: str, value: Json) -> tuple[PolicyResult, ...]:
    """The results in a set or list, or in an object that has them as its values."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if not isinstance(value, list | tuple):
        raise UndecidedError(f"{package}.{rule} is {kind(value)}, not a set of results")
    return read_results(package, rule, value)

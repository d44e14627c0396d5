"""What is wrong with a policy before it has judged anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiverify.core.finding import Severity
from aiverify.errors import MalformedError
from aiverify.policy import metadata
from aiverify.policy.catalogue import speaks_of
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.outline import Outline, Stated, outline
from aiverify.policy.sources import TEST_SUFFIX, PolicySet
from aiverify.policy.testing.suite import Suite
from aiverify.policy.testing.trial import find, is_test

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+)(?::\d+)?: (?P<reason>.*)", re.DOTALL)


COMPILE = "compile"
"""The check that policies can be loaded at all."""


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """One thing wrong with a policy. `line` counts from 1, and is 0 where none is known."""

    file: str
    line: int
    check: str
    severity: Severity
    message: str
    fix: str = ""


def check(suite: Suite, *, strict: bool) -> tuple[Remark, ...]:
    """Everything that is wrong, sorted by file and line.

    What would keep a policy from being loaded is an error. What a shipped rule owes its
    readers is an error there and, if `strict`, everywhere; otherwise it is a warning.
    """
    parsed: list[Outline] = []
    remarks: list[Remark] = []
    for module in suite.policies.modules:
        try:
            parsed.append(outline(module))
        except MalformedError as error:
            remarks.append(_as_remark(error, module.origin))
    if not remarks:
        remarks += _loaded(suite.policies)
    loads = not remarks
    asked = [item for item in parsed if item.module.origin not in suite.helpers]
    for item in asked:
        owed = Severity.ERROR if strict or item.module.shipped else Severity.WARNING
        remarks += (remark for rule in _CHECKS for remark in rule(item, parsed, owed))
    if loads and not any(item.gives_results for item in asked):
        remarks.append(_nothing_to_ask(asked, strict=strict))
    return tuple(sorted(set(remarks)))


def _as_remark(error: MalformedError, origin: str, check: str = COMPILE) -> Remark:
    found = _PLACE.fullmatch(error.message)
    if not found:
        return Remark(origin, 0, check, Severity.ERROR, error.message, error.hint)
    file, line, reason = found["file"], int(found["line"]), found["reason"]
    return Remark(file, line, check, Severity.ERROR, reason, error.hint)


def _loaded(policies: PolicySet) -> Iterator[Remark]:
    """The first thing that keeps the policies from being loaded together."""
    try:
        EmbeddedEngine(policies, {})
    except MalformedError as error:
        yield _as_remark(error, "the policies")


def _nothing_to_ask(asked: Sequence[Outline], *, strict: bool) -> Remark:
    return Remark(
        asked[0].module.origin if asked else "the policies",
        0,
        "no-results",
        Severity.ERROR if strict else Severity.WARNING,
        "the policies define no deny, violation or warn, so they can refuse nothing",
        "Write `deny contains ... if`, or name a rule with --query.",
    )


def _check_metadata(item: Outline, parsed: Sequence[Outline], owed: Severity) -> Iterator[Remark]:
    file = item.module.origin
    try:
        about = metadata.about(item.module.text, file)
    except MalformedError as error:
        yield _as_remark(error, file, "metadata")
        return
    if _is_test_module(item) or (about is None and _is_told_elsewhere(item, parsed)):
        return
    if about is None:
        yield Remark(
            file,
            1,
            "metadata-missing",
            owed,
            f"the package {item.package} has no METADATA",
            "Put `# METADATA` with title, description and custom above the package.",
        )
        return
    for fault in about.faults:
        # Helpers have no severity, and belong to no collection.
        if item.gives_results or not fault.startswith("METADATA has no custom."):
            # A rule that states a wrong day cannot be judged by.
            weight = Severity.ERROR if fault.startswith(metadata.SINCE) else owed
            hint = "See docs/policies.md."
            yield Remark(file, about.line, "metadata-incomplete", weight, fault, hint)


def _is_told_elsewhere(item: Outline, parsed: Sequence[Outline]) -> bool:
    """Whether another file of the package has its METADATA: OPA takes it once."""
    others = (other for other in parsed if other.package == item.package and other is not item)
    return any(_has_metadata(other) for other in others)


def _has_metadata(item: Outline) -> bool:
    try:
        return metadata.about(item.module.text, item.module.origin) is not None
    except MalformedError:
        return False


def _is_test_module(item: Outline) -> bool:
    return item.module.origin.endswith(TEST_SUFFIX) or (
        not item.gives_results and any(map(is_test, item.definitions))
    )


def _check_tests(item: Outline, parsed: Sequence[Outline], owed: Severity) -> Iterator[Remark]:
    if not item.gives_results:
        return
    tests = (test for test in parsed if speaks_of(test, item.package))
    if not any(map(is_test, (rule for test in tests for rule in test.definitions))):
        yield Remark(
            item.module.origin,
            1,
            "test-missing",
            owed,
            f"nothing tests the package {item.package}",
            "Write rules named test_... in a file beside it that ends in _test.rego.",
        )


def _check_cases(item: Outline, parsed: Sequence[Outline], owed: Severity) -> Iterator[Remark]:
    del parsed
    for case in find([item]):
        if case.broken:
            yield Remark(case.file, case.first, "test-broken", owed, f"{case.rule}: {case.broken}")
        elif case.definitions > 1:
            yield Remark(
                case.file,
                case.first,
                "test-twice",
                Severity.WARNING,
                f"{case.rule} is defined {case.definitions} times, and passes if any one holds",
                "Give each a name of its own.",
            )


def _check_results(item: Outline, parsed: Sequence[Outline], owed: Severity) -> Iterator[Remark]:
    del parsed
    for result in item.results:
        yield from _check_result(item.module.origin, result, owed)


def _check_result(file: str, result: Stated, owed: Severity) -> Iterator[Remark]:
    if result.keys is None:
        yield Remark(
            file,
            result.line,
            "result-text",
            owed,
            f"{result.rule} gives a text alone, without code and fix",
            'Give an object: {"code": ..., "msg": ..., "fix": ...}.',
        )
        return
    if "msg" not in result.keys:
        yield Remark(
            file,
            result.line,
            "result-message",
            Severity.ERROR,
            f"{result.rule} gives an object without msg, which is no result",
            "Say what is wrong in msg.",
        )
    for key, words in (("code", "a name of its own"), ("fix", "what to do about it")):
        if key not in result.keys:
            yield Remark(
                file,
                result.line,
                f"result-{key}",
                owed,
                f"{result.rule} gives a result without {key}",
                f"Give it {words}.",
            )


_CHECKS: Iterable[Callable[[Outline, Sequence[Outline], Severity], Iterator[Remark]]] = (
    _check_metadata,
    _check_tests,
    _check_cases,
    _check_results,
)

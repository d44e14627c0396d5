"""Results: what the `deny`, `violation` and `warn` sets of a policy hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiverify.core import moments
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.errors import UndecidedError

RESULT_RULE = re.compile(r"(deny|violation|warn)(_[A-Za-z0-9_]+)?")
"""Names of rules whose values are results. conftest's, so that its policies work here."""


@dataclass(frozen=True, slots=True, order=True)
class PolicyResult:
    """One result, and the rule that gave it: `package` is dotted, without `data`.

    `code` names the kind of trouble inside the package; `path` is a JSON pointer (RFC 6901)
    into the document that was judged. Both may be empty, as may `fix`. `effective_on` is the day
    or time (RFC 3339) before which it denies nothing, or empty.
    """

    package: str
    rule: str
    code: str
    path: str
    message: str
    fix: str = ""
    effective_on: str = ""

    @property
    def id(self) -> str:
        """What a report calls it."""
        return f"{self.package}.{self.code or self.rule}"

    @property
    def severity(self) -> Severity:
        """The rule's name decides: `warn` informs, the others deny."""
        return Severity.WARNING if self.rule.startswith("warn") else Severity.ERROR

    def to_finding(self) -> Finding:
        """The finding that a report carries."""
        return Finding(
            self.id,
            self.severity,
            self.message,
            place=self.path,
            fix=self.fix,
        )


def read_results(package: str, rule: str, items: Iterable[Json]) -> tuple[PolicyResult, ...]:
    """Read a rule's items: strings, or objects `{msg, code, fix, path, effective_on}`.

    They need nothing but `msg`, and other keys are free.

    Raises:
        UndecidedError: an item is neither, or a member is of the wrong type. Leaving it out could
            turn a deny into an allow.
    """
    return tuple(sorted(_read_result(package, rule, item) for item in items))


def _read_result(package: str, rule: str, item: Json) -> PolicyResult:
    name = f"{package}.{rule}"
    if isinstance(item, str):
        return PolicyResult(package, rule, "", "", item)
    if not isinstance(item, Mapping):
        raise UndecidedError(
            f"{name} gave {kind(item)}, which is no result",
            hint="Give a string, or an object with msg and, if you like, code, fix and path.",
        )
    if "msg" not in item:
        raise UndecidedError(f"{name} gave an object without msg, which is no result")
    code, path, message, fix = (_text(name, item, key) for key in ("code", "path", "msg", "fix"))
    effective_on = _text(name, item, "effective_on")
    if "effective_on" in item and moments.parse(effective_on) is None:
        raise UndecidedError(
            f"{name} gave a result whose effective_on is {printable(effective_on)}, "
            "which is no time",
            hint=moments.HINT,
        )
    return PolicyResult(package, rule, code, path, message, fix, effective_on)


def _text(name: str, item: Mapping[str, Json], key: str) -> str:
    value = item.get(key, "")
    if not isinstance(value, str):
        raise UndecidedError(f"{name} gave a result whose {key} is {kind(value)}, not a string")
    return value

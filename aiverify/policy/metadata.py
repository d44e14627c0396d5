"""METADATA: what a policy says of itself in its comments (OPA, annotations).

A block is a comment `# METADATA` at the start of a line, and the comments on the lines that
follow without a gap: YAML, which speaks of the package or rule below it. It is read here and
not by the engine, which knows no annotations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from aiverify.core import moments, yamlvalue
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError

_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|`[^`]*`?|#[^\n]*|\n')
"""Strings, which may hold what looks like a comment, then comments and the ends of lines."""

_STATEMENT = re.compile(r"(package|import|default)?[ \t]*([A-Za-z_][\w.]*)?")
_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)

SINCE = "custom.since"

OF_PACKAGE = frozenset({"package", "subpackages"})
OF_RULE = frozenset({"rule", "document"})


@dataclass(frozen=True, slots=True)
class Annotation:
    """One block: the line that it starts on, and what it says.

    `scope` is `package`, `subpackages`, `rule` or `document`; `target` is the name of the
    rule, or empty for a package.
    """

    line: int
    scope: str
    target: str
    members: Mapping[str, Json]

    def text(self, key: str) -> str:
        """A member that is a text, on one line; empty if there is none."""
        value = self.members.get(key)
        return " ".join(value.split()) if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class About:
    """What a package says of itself. What it does not say, or says wrongly, is empty.

    `since` is the date from which on it counts, as `2026-11-22`; `faults` are what is missing
    or wrong, as sentences.
    """

    title: str = ""
    description: str = ""
    severity: str = ""
    collections: tuple[str, ...] = ()
    since: str = ""
    line: int = 1
    faults: tuple[str, ...] = ()


def about(text: str, origin: str) -> About | None:
    """What a module says of its package, or None if it has no METADATA for it.

    Raises:
        MalformedError: a block is not as OPA would have it, with `origin` and the line.
    """
    for annotation in read(text, origin):
        if annotation.scope in OF_PACKAGE:
            return _about(annotation)
    return None


def since(text: str, origin: str) -> datetime | None:
    """From when on a module says that its package counts; None if it does not say.

    Raises:
        MalformedError: a block is not as OPA would have it, or `custom.since` is no day.
    """
    for annotation in read(text, origin):
        custom = annotation.members.get("custom")
        stated = custom.get("since") if isinstance(custom, Mapping) else None
        if annotation.scope in OF_PACKAGE and stated is not None:
            if not _is_date(stated):
                raise MalformedError(
                    f"{origin}:{annotation.line}: {_fault(SINCE, {SINCE: stated})}"
                )
            return moments.parse(str(stated))
    return None


def read(text: str, origin: str) -> tuple[Annotation, ...]:
    """Every block of a module, in their order.

    Raises:
        MalformedError: one is empty or no YAML, has a scope that there is not, or stands
            above something else than its scope says, with `origin` and the line.
    """
    lines = text.split("\n")
    return tuple(_annotation(lines, first, last, origin) for first, last in _blocks(text))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """The first and last line of every block, counted from 1."""
    first = last = 0
    for line, comment in _comments(text):
        starts = comment[1:].strip().startswith("METADATA")
        if first and (starts or line != last + 1):
            yield first, last
            first = 0
        if starts:
            first = line
        last = line
    if first:
        yield first, last


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Comments that start their line, with its number."""
    line, start = 1, 0
    for match in _TOKEN.finditer(text):
        found = match.group()
        if found[0] == "#" and match.start() == start:
            yield line, found
        if "\n" in found:
            line += found.count("\n")
            start = match.start() + found.rindex("\n") + 1


def _annotation(lines: list[str], first: int, last: int, origin: str) -> Annotation:
    body = "\n".join(line.rstrip("\r")[1:].removeprefix(" ") for line in lines[first:last])
    if not body.strip():
        raise MalformedError(f"{origin}:{first}: METADATA is empty")
    members = _members(body, first + 1, origin)
    keyword, target = _statement_below(lines, last)
    scope = members.get("scope", "package" if keyword == "package" else "rule")
    if not isinstance(scope, str) or scope not in OF_PACKAGE | OF_RULE:
        raise MalformedError(
            f"{origin}:{first}: METADATA has a scope that there is not",
            hint="It is package, subpackages, rule or document.",
        )
    fits = keyword == "package" if scope in OF_PACKAGE else keyword in ("", "default") and target
    if not fits:
        what = "package" if scope in OF_PACKAGE else "rule"
        raise MalformedError(
            f"{origin}:{first}: METADATA of a {what} does not stand above one",
            hint=f"Put it right above the {what}.",
        )
    return Annotation(first, scope, "" if scope in OF_PACKAGE else target, members)


def _members(body: str, first_line: int, origin: str) -> dict[str, Json]:
    try:
        return yamlvalue.parse(body, "METADATA", first_line)
    except MalformedError as error:
        found = _LINE.fullmatch(error.message)
        place, reason = found.groups() if found else (first_line, error.message)
        raise MalformedError(f"{origin}:{place}: {reason}") from error


def _statement_below(lines: list[str], after: int) -> tuple[str, str]:
    """The keyword and the name of the next statement: one that starts its line."""
    for line in lines[after:]:
        if line[:1].isalpha() or line[:1] == "_":
            found = _STATEMENT.match(line)
            keyword, name = found.groups() if found else ("", "")
            if keyword and not line[len(keyword) :][:1].isspace():
                return "", re.split(r"[^\w.]", line)[0]  # a name that only starts like one
            return keyword or "", name or ""
    return "", ""


def _about(annotation: Annotation) -> About:
    custom = annotation.members.get("custom")
    stated = {**annotation.members, **_prefixed(custom if isinstance(custom, Mapping) else {})}
    wrong = {name: _fault(name, stated) for name in _EXPECTED}
    collections = () if wrong["custom.collections"] else stated["custom.collections"]
    severity, since = (
        "" if wrong[name] else str(stated[name]) for name in ("custom.severity", SINCE)
    )
    return About(
        annotation.text("title"),
        annotation.text("description"),
        severity,
        tuple(str(item) for item in collections) if isinstance(collections, list) else (),
        since,
        annotation.line,
        tuple(fault for fault in wrong.values() if fault),
    )


def _prefixed(custom: Mapping[str, Json]) -> dict[str, Json]:
    return {f"custom.{key}": value for key, value in custom.items()}


def _fault(name: str, stated: Mapping[str, Json]) -> str:
    holds, words = _EXPECTED[name]
    if stated.get(name) is None:
        return f"METADATA has no {name}"
    return "" if holds(stated[name]) else f"{name} in METADATA is not {words}"


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_severity(value: Json) -> bool:
    return isinstance(value, str) and value in {item.value for item in Severity}


def _is_list_of_texts(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_date(value: Json) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_EXPECTED: Mapping[str, tuple[Callable[[Json], bool], str]] = {
    "title": (_is_text, "a text"),
    "description": (_is_text, "a text"),
    "custom.severity": (_is_severity, "error, warning or note"),
    "custom.collections": (_is_list_of_texts, "a list of names"),
    SINCE: (_is_date, "a date such as 2026-11-22"),
}

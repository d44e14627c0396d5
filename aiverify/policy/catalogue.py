"""What rules there are, and what each says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiverify.core.finding import Severity
from aiverify.policy import library
from aiverify.policy.metadata import About, about
from aiverify.policy.outline import Outline, Stated
from aiverify.policy.sources import SHIPPED
from aiverify.policy.testing.trial import PREFIX

ALLOWS = f"{PREFIX}allow"
DENIES = (f"{PREFIX}deny", f"{PREFIX}denies")
"""How the tests begin that show what a rule allows, and what it denies."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding that a rule can make: its id in a report, its weight, what it means, its fix."""

    id: str
    severity: Severity
    meaning: str
    fix: str


@dataclass(frozen=True, slots=True)
class Example:
    """A test that shows a rule at work: where it stands, and its text."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: a package with sets of results.

    `name` is what to ask for it by; `files` are where it can be read; `about` is None if it
    says nothing of itself.
    """

    name: str
    package: str
    files: tuple[str, ...]
    about: About | None
    findings: tuple[Said, ...]
    allows: Example | None = None
    denies: Example | None = None


def entries(outlines: Iterable[Outline]) -> tuple[Entry, ...]:
    """The rules in some modules, by name, with examples from the tests among them.

    Raises:
        MalformedError: a module's METADATA is not as OPA would have it.
    """
    modules = tuple(outlines)
    packages = {item.package for item in modules if item.gives_results}
    return tuple(_entry(package, modules) for package in sorted(packages))


def speaks_of(test: Outline, package: str) -> bool:
    """Whether a module of tests is about a package."""
    return test.package in (package, f"{package}_test") or package in test.imports


def _entry(package: str, modules: Sequence[Outline]) -> Entry:
    own = [item for item in modules if item.package == package]
    stated = [about(item.module.text, item.module.origin) for item in own]
    said = (_said(package, result) for item in own for result in item.results)
    tests = [item for item in modules if speaks_of(item, package)]
    return Entry(
        _name(package, own),
        package,
        tuple(_place(item) for item in own),
        next(filter(None, stated), None),
        tuple(dict.fromkeys(said)),
        _example(tests, (ALLOWS,)),
        _example(tests, DENIES),
    )


def _name(package: str, own: Sequence[Outline]) -> str:
    if all(item.module.shipped for item in own):
        return SHIPPED + package.removeprefix(f"{library.NAMESPACE}.")
    return package


def _place(item: Outline) -> str:
    """Where a module can be read."""
    if not item.module.shipped:
        return item.module.origin
    return str(library.root() / item.module.name.removeprefix(SHIPPED))


def _said(package: str, result: Stated) -> Said:
    severity = Severity.WARNING if result.rule.startswith("warn") else Severity.ERROR
    return Said(f"{package}.{result.code or result.rule}", severity, result.message, result.fix)


def _example(tests: Iterable[Outline], starts: tuple[str, ...]) -> Example | None:
    found = (
        Example(test.module.origin, item.first, item.text)
        for test in tests
        for item in test.definitions
        if item.name.startswith(starts)
    )
    return next(found, None)

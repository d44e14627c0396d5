"""Saying what a target is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity
from aiverify.core.names import printable
from aiverify.operations.examine import MALFORMED, Contents, look_into
from aiverify.verify.base import Base, hold_against, refuse_no_adapter
from aiverify.verify.location import Location


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen, and how it fits a base if one was named."""

    contents: Contents
    base: Base | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found, in the files and between the two."""
        fit = self.base.fit.findings if self.base else ()
        return (*self.contents.findings, *_unread(self.contents), *fit)

    @property
    def exit_code(self) -> int:
        """0 if all is well, 3 if a file contradicts itself, 10 for a danger or a misfit."""
        errors = [item for item in self.findings if item.severity is Severity.ERROR]
        if not errors:
            return 0
        return 3 if all(item.rule in MALFORMED for item in errors) else 10


def _unread(contents: Contents) -> Iterator[Finding]:
    for item in contents.files:
        if item.facts.unread:
            message = f"{printable(item.name)} was not looked through: {item.facts.unread}"
            yield rules.contents.UNREAD.found(message, file=item.name)


def inspect_target(location: Location, base: Location | None = None) -> Inspection:
    """Read every header of a target.

    Raises:
        InputError: the target or the base cannot be read.
        UsageError: a base is named for what is no adapter.
    """
    contents = look_into(location)
    if base is None:
        return Inspection(contents, None)
    refuse_no_adapter(contents.description, contents.target)
    return Inspection(
        contents, hold_against(contents.files, contents.description, base, unchecked=True)
    )

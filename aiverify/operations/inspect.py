"""Saying what a target is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiverify.core.finding import Finding, denies
from aiverify.errors import UsageError
from aiverify.operations.examine import Base, Contents, hold_against, look_into


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen, and how it fits a base if one was named."""

    contents: Contents
    base: Base | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found, in the files and between the two."""
        return self.contents.findings + (self.base.fit.findings if self.base else ())

    @property
    def exit_code(self) -> int:
        """0 if all is well, 3 if a file contradicts itself, 10 if the adapter does not fit."""
        if denies(self.contents.findings):
            return 3
        return 10 if self.base and self.base.fit.findings else 0


def inspect_target(path: Path, base: Path | None = None) -> Inspection:
    """Read every header of a target.

    Raises:
        InputError: the target or the base cannot be read.
        UsageError: a base is named for what is no adapter.
    """
    contents = look_into(path)
    if base and contents.description.adapter is None:
        raise UsageError(
            f"{contents.target.shown} is no adapter, so it has no base to fit",
            hint="Leave --base out.",
        )
    return Inspection(contents, hold_against(contents.files, base) if base else None)

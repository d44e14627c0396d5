"""The parts of a unit: a base model, and the adapters that are deployed with it.

What is no unit has one part, which is all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiverify.core.artifact import Kind
from aiverify.core.describe import describe
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.fit import fit
from aiverify.core.kinds import guess_kind
from aiverify.core.names import is_below
from aiverify.verify.target import Target


def by_part(target: Target, files: Sequence[FileFacts]) -> list[list[FileFacts]]:
    """The files of each part, the base model's first."""
    names = [part.name for part in target.bundle.parts] if target.bundle else []
    if len(names) < 2:
        return [list(files)]
    return [[item for item in files if is_below(item.name, name)] for name in names]


def kinds(target: Target, files: Sequence[FileFacts]) -> tuple[Kind, ...]:
    """What each part is, by its files."""
    return tuple(guess_kind(part) for part in by_part(target, files))


def description_of(target: Target, files: Sequence[FileFacts]) -> Description:
    """What the files state of the artifact as a whole; of a unit, what the base model's do."""
    if not target.bundle or len(target.bundle.parts) < 2:
        return describe(files)
    name = target.bundle.parts[0].name
    base = by_part(target, files)[0]
    return describe([replace(item, name=item.name.removeprefix(f"{name}/")) for item in base])


def misfits(target: Target, files: Sequence[FileFacts]) -> tuple[Finding, ...]:
    """How the adapters of a unit do not fit the model that they come with."""
    base, *adapters = by_part(target, files)
    return tuple(finding for adapter in adapters for finding in fit(adapter, base).findings)

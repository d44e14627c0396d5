"""Where an artifact is: at a path on this machine, or in a registry."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from aiverify.core import reference
from aiverify.core.reference import SCHEME, Reference
from aiverify.registry.place import Place


@dataclass(frozen=True, slots=True)
class InRegistry:
    """A reference, and how its registry is reached."""

    reference: Reference
    place: Place = field(default_factory=Place)

    def __str__(self) -> str:
        return str(self.reference)


Location: TypeAlias = Path | InRegistry


def locate(word: str, place: Place) -> Location:
    """What a word names: what is there at that path, or else what a registry knows by it.

    `oci://` before it says that it is no path, whatever lies here.

    Raises:
        UsageError: it begins with `oci://` and is no reference.
    """
    if word.startswith(SCHEME):
        return InRegistry(reference.parse(word), place)
    if not os.path.lexists(word) and reference.is_reference(word):
        return InRegistry(reference.parse(word), place)
    return Path(word)

"""Properties together with where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiverify.core.description import Stated
from aiverify.sbom.bom import Means, Origin, Property


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a component, and by whom."""

    properties: tuple[Property, ...] = ()
    origins: tuple[Origin, ...] = ()

    def __add__(self, other: Told) -> Told:
        """Both, each in its order."""
        return Told(self.properties + other.properties, self.origins + other.origins)


def told(name: str, stated: Stated[Any] | None, means: Means = Means.STATED) -> Told:
    """A property with the place that states it. Nothing where nobody does."""
    if stated is None:
        return Told()
    return Told((Property(name, str(stated.value)),), (Origin(name, stated.source, means),))


def said(stated: Stated[str] | None) -> str:
    """A text that somebody states, or an empty one."""
    return stated.value if stated else ""


def given(**values: str) -> Told:
    """Properties that follow from the bytes. Underscores and dashes are one, and `__` a colon."""
    return Told(
        tuple(
            Property(f"aiverify:{name.replace('__', ':').replace('_', '-')}", value)
            for name, value in values.items()
            if value
        )
    )


def together(parts: Iterable[Told]) -> Told:
    """All of them in their order."""
    return sum(parts, Told())


def origins(
    field: str, statements: Iterable[Stated[Any] | None], means: Means = Means.STATED
) -> tuple[Origin, ...]:
    """Where a field's values stand, each place once."""
    places = dict.fromkeys(stated.source for stated in statements if stated)
    return tuple(Origin(field, place, means) for place in places)

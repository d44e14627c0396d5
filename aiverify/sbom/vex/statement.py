"""A statement about a vulnerability in some products, in whichever format it was made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aiverify.core.jsonvalue import kind
from aiverify.core.moments import parse as moment
from aiverify.core.names import printable
from aiverify.sbom.advisories.telling import Warnings
from aiverify.sbom.reading import Located, member, text
from aiverify.sbom.vulnerability import Analysis

MAX_SHOWN = 100

STATES = (
    "exploitable",
    "in_triage",
    "resolved",
    "resolved_with_pedigree",
    "not_affected",
    "false_positive",
)
"""CycloneDX's states of an analysis, the worst first."""

MAX_DETAIL = 20_000
"""Characters of somebody's prose that are repeated."""

NO_VERSION = ""
"""What no component has for a version, where it is not said which one is meant."""


@dataclass(frozen=True, slots=True)
class Product:
    """What a statement is about.

    `names` are refs, purls and digests, of which one has to fit. `versions` limit it, if there
    are any. With `parts` it is about these where the product is the artifact.
    """

    names: tuple[str, ...]
    versions: tuple[str, ...] = ()
    parts: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says. `ids` are all names of the vulnerability, `made` is when they said so."""

    ids: tuple[str, ...]
    products: tuple[Product, ...]
    analysis: Analysis
    made: datetime | None = None

    @property
    def rank(self) -> int:
        """How bad it is: 0 is the worst."""
        return STATES.index(self.analysis.state)

    @property
    def subject(self) -> str:
        """The vulnerability, for messages."""
        return shown(self.ids[0])


def said(parent: Located, key: str, where: str, warnings: Warnings) -> str:
    """A string in a statement; of anything else in its place is told."""
    value = member(parent, key).value
    if value is not None and not isinstance(value, str):
        warnings.add(f"{where}: its {key} is {kind(value)}, not a string, and was left out")
    return text(parent, key)


def short(prose: str, where: str, warnings: Warnings) -> str:
    """Prose that is not longer than what is repeated."""
    if len(prose) > MAX_DETAIL:
        warnings.add(f"{where}: its detail was cut after {MAX_DETAIL} characters")
    return prose[:MAX_DETAIL]


def made_at(stated: Iterable[str], where: str, warnings: Warnings) -> datetime | None:
    """The first of several times that is given.

    Where it is no time, there is none: an older one must not decide in its place.
    """
    given = next(filter(None, stated), "")
    found = moment(given)
    if given and not found:
        warnings.add(
            f"{where}: '{shown(given)}' is no time, so that no later statement replaces it"
        )
    return found


def folded(names: Iterable[str]) -> tuple[str, ...]:
    """Names of a vulnerability in the one spelling by which they are compared."""
    return tuple(dict.fromkeys(name.casefold() for name in names if name))


def shown(text: str) -> str:
    """Text from a document as a message may repeat it."""
    return printable(text[:MAX_SHOWN])

"""Sentences for the user about what nobody knows, and not too many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aiverify.core.names import printable
from aiverify.sbom.advisories.packages import subject_of
from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.vulnerability import Effect, Vulnerability

MAX_TOLD = 20
"""Warnings of one kind that are given one by one."""

MAX_NAMED = 5
"""Names that one sentence lists."""


@dataclass(slots=True)
class Warnings:
    """Sentences, bounded: a hostile document may give cause for millions."""

    kept: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, sentence: str) -> None:
        """One sentence more."""
        if len(self.kept) < MAX_TOLD:
            self.kept.append(sentence)
        else:
            self.more += 1

    def all(self, what: str) -> tuple[str, ...]:
        """What was kept, and how many more there are of `what`."""
        return (*self.kept, f"{self.more} more {what}") if self.more else tuple(self.kept)


def few(sentences: Iterable[str], what: str) -> tuple[str, ...]:
    """The first of some sentences, and how many more there are of `what`."""
    warnings = Warnings()
    for sentence in sentences:
        warnings.add(sentence)
    return warnings.all(what)


def undecided(
    vulnerabilities: Sequence[Vulnerability], components: Iterable[Component]
) -> tuple[str, ...]:
    """Which components may have which vulnerabilities, a sentence for each reason."""
    names = {component.ref: component.name for component in components}
    found: dict[tuple[str, str, str], list[str]] = {}
    for vulnerability in vulnerabilities:
        for affects in vulnerability.affects:
            if affects.effect is Effect.UNKNOWN:
                subject = (affects.ref, affects.version, affects.reason)
                found.setdefault(subject, []).append(vulnerability.id)
    sentences = (
        f"whether {printable(f'{names.get(ref, ref)} {version}'.strip())} has {listed(ids)} "
        f"is unknown: {reason}"
        for (ref, version, reason), ids in found.items()
    )
    return few(sentences, "components may have vulnerabilities")


def unusable(vulnerabilities: Sequence[Vulnerability]) -> tuple[str, ...]:
    """What in the records of the vulnerabilities could not be used."""
    sentences = (warning for item in vulnerabilities for warning in item.warnings)
    return few(sentences, "things in OSV records could not be used")


def strangers(components: Iterable[Component]) -> Iterator[str]:
    """The libraries that no record can name."""
    names = [
        component.name
        for component in components
        if component.sort is Sort.LIBRARY and subject_of(component) is None
    ]
    if names:
        yield (
            f"nothing is known of {listed(names)}: no package URL says where "
            f"{'it comes' if len(names) == 1 else 'they come'} from"
        )


def listed(names: Sequence[str]) -> str:
    """The first of some names, and how many there are beside them."""
    shown = [printable(name[:100]) for name in names[:MAX_NAMED]]
    if len(names) > MAX_NAMED:
        return f"{', '.join(shown)} and {len(names) - MAX_NAMED} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))

"""What was chosen of the results that policies may give."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A package with sets of results, and what may be chosen of it.

    `ids` are those of the results that it writes down; `computes` says that it may give others.
    """

    package: str
    collections: frozenset[str]
    ids: frozenset[str]
    computes: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What some names of rules mean: whole packages, and results by package and id."""

    packages: frozenset[str] = frozenset()
    results: frozenset[tuple[str, str]] = frozenset()

    def hold(self, package: str, result: str) -> bool:
        """Whether a result is among them."""
        return package in self.packages or (package, result) in self.results


@dataclass(frozen=True, slots=True)
class Picked:
    """What one choice leaves: `include` is None for all."""

    include: Names | None
    exclude: Names

    def keeps(self, package: str, result: str) -> bool:
        """Whether a result counts."""
        included = self.include is None or self.include.hold(package, result)
        return included and not self.exclude.hold(package, result)

    def keeps_any(self, known: Known) -> bool:
        """Whether anything that a package may give counts."""
        named = self.include.results if self.include else frozenset()
        ids = known.ids | {result for package, result in named if package == known.package}
        if any(self.keeps(known.package, result) for result in ids):
            return True
        whole = self.include is None or known.package in self.include.packages
        return known.computes and whole and known.package not in self.exclude.packages


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which results count: those that the choice of their own policies leaves, and every later one.

    Without a choice, all do.
    """

    own: tuple[tuple[frozenset[str], Picked], ...] = ()
    later: Picked | None = None

    def keeps(self, package: str, result: str) -> bool:
        """Whether a result counts."""
        if self.own and not any(
            package in packages and picked.keeps(package, result) for packages, picked in self.own
        ):
            return False
        return self.later is None or self.later.keeps(package, result)

    def keeps_any(self, known: Known) -> bool:
        """Whether anything that a package may give counts."""
        own = [picked for packages, picked in self.own if known.package in packages]
        if self.own and not any(picked.keeps_any(known) for picked in own):
            return False
        return self.later is None or self.later.keeps_any(known)

"""Which lines of the policies their tests have run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aiverify.policy.outline import Outline
from aiverify.policy.sources import TEST_SUFFIX
from aiverify.policy.testing.bench import Lines
from aiverify.policy.testing.trial import is_test


@dataclass(frozen=True, slots=True, order=True)
class FileCoverage:
    """The lines of a file that hold something to run: how many were run, and which were not."""

    file: str
    run: int
    missed: tuple[int, ...]

    @property
    def total(self) -> int:
        """The lines that could have been run."""
        return self.run + len(self.missed)

    @property
    def percent(self) -> float:
        """From 0 to 100, rounded down to tenths: only all is 100."""
        return percent(self.run, self.total)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The files of the policies, sorted. Tests are not counted."""

    files: tuple[FileCoverage, ...]

    @property
    def run(self) -> int:
        """The lines that were run."""
        return sum(file.run for file in self.files)

    @property
    def total(self) -> int:
        """The lines that could have been run."""
        return sum(file.total for file in self.files)

    @property
    def percent(self) -> float:
        """From 0 to 100, rounded down to tenths. Of nothing, nothing was run."""
        return percent(self.run, self.total)

    def is_below(self, threshold: float) -> bool:
        """Whether fewer than `threshold` percent were run, to the line."""
        return self.run * 100 < threshold * self.total or (not self.total and threshold > 0)


def percent(part: int, whole: int) -> float:
    """A share of a whole, rounded down to tenths."""
    return part * 1000 // whole / 10 if whole else 0.0


def count(lines: Mapping[str, Lines], outlines: Iterable[Outline]) -> Coverage:
    """Count the lines of policies, without those of tests that lie among them."""
    files = [
        _file(item, lines[item.module.origin])
        for item in outlines
        if item.module.origin in lines and not item.module.origin.endswith(TEST_SUFFIX)
    ]
    return Coverage(tuple(sorted(file for file in files if file.total)))


def _file(item: Outline, lines: Lines) -> FileCoverage:
    tests = frozenset(
        line
        for definition in filter(is_test, item.definitions)
        for line in range(definition.first, definition.last + 1)
    )
    # A line may hold two things of which one was run.
    missed = lines.missed - lines.run - tests
    return FileCoverage(item.module.origin, len(lines.run - tests), tuple(sorted(missed)))


def ranges(lines: Iterable[int]) -> str:
    """Lines for people: `3, 7-9`."""
    return ", ".join(
        f"{first}" if first == last else f"{first}-{last}" for first, last in _runs(sorted(lines))
    )


def _runs(lines: list[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for line in lines:
        if first and line != last + 1:
            yield first, last
            first = 0
        first, last = first or line, line
    if first:
        yield first, last

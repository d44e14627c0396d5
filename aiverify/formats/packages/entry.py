"""One package of a list, and how lists are gathered without growing past a bound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from aiverify.core.distribution import normalised
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable

T = TypeVar("T")

MAX_PACKAGES = 10_000
"""Entries of one list that are read. The largest locks have some hundreds."""

PYPI = ("", "https://pypi.org/simple", "https://pypi.python.org/simple")
"""The index that a user has without saying so."""

MAX_WARNINGS = 50

MAX_SHOWN = 120
"""Characters of a line that a warning repeats."""

SECRET = re.compile(r"://[^/@\s]*+@")
EXACT = re.compile(r"={2,3}\s*([^\s,;*]+)")


def is_pypi(index: str) -> bool:
    """Whether the address of an index is PyPI's, which is meant as well where none is given."""
    return index.rstrip("/") in PYPI


def without_secret(url: str) -> str:
    """An address without the user and the password in it, which a report would hand on."""
    return SECRET.sub("://***@", url)


def pinned(specifier: str) -> str:
    """The version that a specifier allows alone, or nothing."""
    exact = [found[1] for part in specifier.split(",") if (found := EXACT.fullmatch(part.strip()))]
    return exact[0] if len(exact) == 1 else ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a package comes from: `registry`, `git`, `url`, `path` and the like, and the place."""

    kind: str
    url: str = ""
    revision: str = ""

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        values: dict[str, Json] = {"kind": self.kind, "url": without_secret(self.url)}
        return {**values, "revision": self.revision} if self.revision else values


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a list.

    `version` is what exactly it is pinned to, or empty; `hashes` are `sha256:<hex>`; `needs`
    are names of other packages, None where the list does not say; `place` is where it stands.
    """

    name: str
    version: str = ""
    specifier: str = ""
    place: str = ""
    hashes: tuple[str, ...] = ()
    marker: str = ""
    extras: tuple[str, ...] = ()
    group: str = ""
    kind: str = ""
    """The type of a purl, where it is not that of PyPI: `conda`."""
    origin: Origin | None = None
    needs: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Json]:
        """As the facts state it: what is not known is left out, but for the first four."""
        more: dict[str, Json] = {
            "hashes": list(dict.fromkeys(self.hashes)),
            "marker": self.marker,
            "extras": list(self.extras),
            "group": self.group,
            "type": self.kind,
            "source": self.origin.to_json() if self.origin else None,
        }
        values: dict[str, Json] = {
            "name": normalised(self.name) if not self.kind else self.name,
            "version": self.version,
            "specifier": self.specifier,
            "place": self.place.removeprefix("#"),
            **{key: value for key, value in more.items() if value},
        }
        if self.needs is not None:
            values["needs"] = list(dict.fromkeys(map(normalised, self.needs)))
        return values


class Gathered:
    """The packages of one list in their order, and what was left out of it."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self.packages: list[Package] = []
        self.more: dict[str, Json] = {}
        self._warnings: dict[str, None] = {}
        self._unsaid = 0
        self._left_out = 0
        self._stopped = False

    @property
    def full(self) -> bool:
        """Whether no further entry is read: what is no package takes time as well."""
        return len(self.packages) + self._left_out >= MAX_PACKAGES

    def add(self, package: Package) -> None:
        """One package more, unless there are too many."""
        if self.full:
            self.stop()
        else:
            self.packages.append(package)

    def taking(self, entries: Iterable[T]) -> Iterator[T]:
        """The entries of the list, as long as there is room for more."""
        for entry in entries:
            if self.full:
                self.stop()
                return
            yield entry

    def stop(self) -> None:
        """Say once that the rest is left out."""
        self._stopped = True

    def leave_out(self, place: str, text: str, why: str) -> None:
        """Say of one entry why it is not stated."""
        self._left_out += 1
        shown = printable(without_secret(text)[:MAX_SHOWN])
        self.warn(f", {place}: '{shown}' {why}")

    def warn(self, message: str) -> None:
        """One sentence about what was left out, as it goes on behind the file's name."""
        said = f"{self._shown}{message}"
        if said in self._warnings:
            return
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[said] = None
        else:
            self._unsaid += 1

    def warn_all(self, complaints: Iterable[str]) -> None:
        """What was said of members that are not what they should be."""
        for complaint in complaints:
            self.warn(complaint)

    def values(self) -> dict[str, Json]:
        """What the facts state."""
        values: dict[str, Json] = {"packages": [item.to_json() for item in self.packages]}
        values.update(self.more)
        warnings: list[Json] = [*self._warnings]
        if self._unsaid:
            warnings.append(f"{self._shown}: {self._unsaid} more were left out")
        if self._stopped:
            warnings.append(f"{self._shown}: only its first {MAX_PACKAGES:,} entries are read")
        if warnings:
            values["warnings"] = warnings
        return values


def hashes_of(items: Iterable[Json]) -> tuple[str, ...]:
    """Hashes that are texts of an algorithm and its digits."""
    return tuple(item for item in items if isinstance(item, str) and ":" in item)

"""How versions of an ecosystem are read and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from aiverify.sbom.advisories import debian, semver

if TYPE_CHECKING:
    from packaging.version import Version


class Place(Protocol):
    """Where a version stands among those of its scheme."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether it comes before another of the same scheme."""
        ...


def _itself(place: Any, _: Any) -> Any:
    return place


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to write versions. `parse` gives None for what is not written so.

    `beside` is what of a version is compared with a bound.
    """

    name: str
    parse: Callable[[str], Any]
    beside: Callable[[Any, Any], Place] = _itself


@lru_cache(maxsize=1 << 16)
def _parse_pep440(text: str) -> Version | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text) if len(text) <= semver.MAX_VERSION else None
    except InvalidVersion:
        return None


def _public(version: Version, bound: Version) -> Version:
    """`2.1.0+cu118` is a build of `2.1.0`, which is what a bound without a label means.

    PEP 440, "Version specifiers": local labels are ignored where the specifier has none.
    """
    from packaging.version import Version

    return version if bound.local or not version.local else Version(version.public)


PEP440 = Scheme("PEP 440", _parse_pep440, _public)
SEMVER = Scheme("SemVer", semver.parse)
GO_MODULE = Scheme("Go modules", semver.parse_module)
GO_RELEASE = Scheme("Go releases", semver.parse_go)
DEBIAN = Scheme("Debian", debian.parse)

SEMANTIC = (SEMVER, GO_MODULE, GO_RELEASE)
"""Schemes in which a range of OSV's type SEMVER can be read."""

_BY_ECOSYSTEM: Mapping[str, Scheme] = {
    "PyPI": PEP440,
    "Go": GO_MODULE,
    "npm": SEMVER,
    "crates.io": SEMVER,
    "Debian": DEBIAN,
    "Ubuntu": DEBIAN,
}

GO_ITSELF = frozenset({"stdlib", "toolchain"})
"""Modules of the Go vulnerability database that are Go: their versions are its releases."""


def scheme_of(ecosystem: str, name: str) -> Scheme | None:
    """How a package's versions are compared; None where that is not known here."""
    if ecosystem == "Go" and name in GO_ITSELF:
        return GO_RELEASE
    return _BY_ECOSYSTEM.get(ecosystem)

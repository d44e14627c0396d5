"""What OSV calls a package: an ecosystem and a name, from a purl or from a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aiverify.core.distribution import normalised
from aiverify.core.jsonvalue import Json
from aiverify.sbom.advisories.schemes import Scheme, scheme_of
from aiverify.sbom.bom import Component, Sort

if TYPE_CHECKING:
    from packageurl import PackageURL

MAX_PURL = 4096
"""Characters of a purl that is read."""

Key: TypeAlias = tuple[str, str]
"""An ecosystem without its suffix and a name in one spelling; or `purl` and a purl's stem."""

BY_PURL = "purl"

_ECOSYSTEMS: Mapping[str, str] = {
    "pypi": "PyPI",
    "golang": "Go",
    "npm": "npm",
    "cargo": "crates.io",
    "maven": "Maven",
    "gem": "RubyGems",
    "nuget": "NuGet",
    "composer": "Packagist",
    "hex": "Hex",
    "pub": "Pub",
    "deb/debian": "Debian",
    "deb/ubuntu": "Ubuntu",
}
"""OSV's ecosystems by types of purls, and by namespaces of those that are distributions."""

RELEASED = frozenset({"Debian", "Ubuntu"})
"""Ecosystems whose suffix is a release, each of which has versions of its own."""

_CODENAMES: Mapping[str, str] = {
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "bionic": "18.04",
    "focal": "20.04",
    "jammy": "22.04",
    "noble": "24.04",
}
"""Releases of Debian and Ubuntu by what they are called (distro-info-data)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A component as OSV sees it. `names` are all by which records may speak of it."""

    ref: str
    ecosystem: str
    names: tuple[Key, ...]
    version: str
    release: str = ""
    scheme: Scheme | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A package as a record names it. `suffix` is what follows the ecosystem's name."""

    names: tuple[Key, ...]
    suffix: str = ""

    def is_of(self, release: str) -> bool:
        """Whether this speaks of a release, which is empty where nobody knows it."""
        return not self.suffix or release in self.suffix.split(":")


def subject_of(component: Component) -> Subject | None:
    """The package that a component is; None where its purl names none that OSV knows.

    A framework is none: its version is that of whoever wrote a file, and not of what runs.
    """
    purl = parse_purl(component.purl)
    if purl is None or component.sort is Sort.FRAMEWORK:
        return None
    kinds = (purl.type, f"{purl.type}/{purl.namespace}")
    ecosystem = next((_ECOSYSTEMS[kind] for kind in kinds if kind in _ECOSYSTEMS), None)
    if ecosystem is None:
        return None
    listed = list(_names(purl))
    # Module paths tell letters by case, and some who write purls do not.
    if component.name.lower() in map(str.lower, listed):
        listed.append(component.name)
    names = dict.fromkeys((ecosystem, spelled(ecosystem, name)) for name in listed)
    return Subject(
        ref=component.ref,
        ecosystem=ecosystem,
        names=(*names, (BY_PURL, _stem(purl))),
        version=purl.version or component.version,
        release=_release(purl),
        scheme=scheme_of(ecosystem, listed[0]),
    )


def package_of(value: Mapping[str, Json]) -> Package:
    """The package that a record names; without a name where it names none."""
    ecosystem, name, purl = (value.get(key) for key in ("ecosystem", "name", "purl"))
    names: list[Key] = []
    suffix = ""
    if isinstance(ecosystem, str) and isinstance(name, str):
        base, _, suffix = ecosystem.partition(":")
        names.append((base, spelled(base, name)))
        suffix = suffix if base in RELEASED else ""
    if isinstance(purl, str):
        names.append((BY_PURL, _stem_of(purl)))
    return Package(tuple(names), suffix)


def spelled(ecosystem: str, name: str) -> str:
    """A name in the one spelling of its ecosystem."""
    return _SPELLINGS.get(ecosystem, str)(name)


def parse_purl(text: str) -> PackageURL | None:
    """A package URL, or None for what is none."""
    from packageurl import PackageURL

    try:
        return PackageURL.from_string(text) if len(text) <= MAX_PURL else None
    except ValueError:
        return None


def _names(purl: PackageURL) -> Iterator[str]:
    """The names that a purl may mean: a distribution's records are about source packages."""
    if purl.type == "maven":
        yield f"{purl.namespace}:{purl.name}"
    elif purl.type == "deb":
        yield purl.name
        if source := _qualifier(purl, "upstream").partition("@")[0]:
            yield source
    else:
        yield f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name


def _qualifier(purl: PackageURL, key: str) -> str:
    return str(dict(purl.qualifiers).get(key, ""))


def _release(purl: PackageURL) -> str:
    """The release of a distribution: `debian-12`, `bookworm` and `debian-12.5` are 12.

    Empty where none is named that has records of its own, as `sid` has not.
    """
    stated = _qualifier(purl, "distro").rpartition("-")[2].lower()
    release = _CODENAMES.get(stated, stated)
    if not release[:1].isdigit():
        return ""
    return release.partition(".")[0] if purl.namespace == "debian" else release


def _stem(purl: PackageURL) -> str:
    from packageurl import PackageURL

    stem = PackageURL(purl.type, purl.namespace, purl.name).to_string()
    return spelled("PyPI", stem) if purl.type == "pypi" else stem


def _stem_of(purl: str) -> str:
    """A record's purl without its version, qualifiers and subpath."""
    stem = purl.partition("?")[0].partition("#")[0]
    before, slash, name = stem.rpartition("/")
    stem = f"{before}{slash}{name.partition('@')[0]}"
    return spelled("PyPI", stem) if stem.startswith("pkg:pypi/") else stem


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "PyPI": normalised,
    "NuGet": str.lower,
    "Packagist": str.lower,
}

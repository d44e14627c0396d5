"""Which components of a bill a statement's product is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import unquote

from aiverify.errors import MalformedError
from aiverify.sbom.advisories.packages import parse_purl, spelled
from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.vex.cyclonedx import link_of
from aiverify.sbom.vex.statement import Product

if TYPE_CHECKING:
    from packageurl import PackageURL

_T = TypeVar("_T")

MAX_WORK = 5_000_000
"""Components that products may be found to be, all statements taken together."""

Stem: TypeAlias = tuple[str, str, str]
"""A purl's type, namespace and name."""


@dataclass(frozen=True, slots=True)
class Covered:
    """The refs of components that products are, and whether they are all of the artifact."""

    refs: frozenset[str]
    is_whole: bool = False


@dataclass(slots=True)
class Bill:
    """The components of a bill by what products may call them.

    `root` is the artifact, which has the others in it. `serials` are the serial numbers by
    which a BOM-Link may mean this bill.
    """

    root: Component
    components: Sequence[Component]
    serials: Collection[str] = ()
    _work: int = 0
    _versions: dict[str, str] = field(default_factory=dict)
    _by_name: dict[str, set[str]] = field(default_factory=dict)
    _by_stem: dict[tuple[Stem, str], list[tuple[PackageURL, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for component in (self.root, *self.components):
            self._versions[component.ref] = component.version
            for name in _names(component):
                self._by_name.setdefault(name, set()).add(component.ref)
            purl = parse_purl(component.purl)
            if purl:
                version = _bare(purl, purl.version or component.version)
                for known in {version, ""}:
                    places = self._by_stem.setdefault((_stem(purl), known), [])
                    places.append((purl, component.ref))
        for name in (*self.serials, *self._only_file()):
            self._by_name.setdefault(name, set()).add(self.root.ref)

    def covered(self, products: Iterable[Product]) -> Covered:
        """What products are. The artifact as a whole, without parts, is everything in it.

        Parts of anything else are not what the bill lists beside it, so that what is said of
        them says nothing here.
        """
        found: set[str] = set()
        is_whole = False
        for product in products:
            refs = self._refs(product)
            is_artifact = self.root.ref in refs
            if not product.parts:
                is_whole = is_whole or is_artifact
                found |= refs
            elif is_artifact:
                found.update(*(self._refs(part) for part in product.parts))
        return Covered(frozenset(found), is_whole)

    def _refs(self, product: Product) -> set[str]:
        refs = {ref for name in product.names for ref in self._named(name)}
        if not product.versions:
            return refs
        return {
            ref for ref in refs if self._versions[ref] and self._versions[ref] in product.versions
        }

    def _named(self, name: str) -> Iterator[str]:
        serial, reference = link_of(name)
        if serial and serial not in self.serials:
            return
        known = reference or serial or name
        # Not everybody encodes a ref once more that has a percent sign of its own.
        for ref in {known, unquote(reference) or known}:
            yield from self._spent(self._by_name.get(ref, ()))
        purl = parse_purl(unquote(reference) or known)
        if purl:
            places = self._by_stem.get((_stem(purl), _bare(purl, purl.version or "")), ())
            yield from (ref for other, ref in self._spent(places) if _fits(purl, other))

    def _spent(self, found: Collection[_T]) -> Collection[_T]:
        self._work += len(found)
        if self._work > MAX_WORK:
            raise MalformedError("the statements of VEX name components too often to apply them")
        return found

    def _only_file(self) -> Iterator[str]:
        """The digest of the artifact's file where it has one alone, for then it is that file."""
        digests = [str(item.digest) for item in self.components if item.sort is Sort.FILE]
        if len(digests) == 1:
            yield digests[0]


def _names(component: Component) -> Iterator[str]:
    yield component.ref
    if component.digest:
        yield str(component.digest)
    yield from (item.value for item in component.properties if item.name == ROOT_DIGEST)


def _bare(purl: PackageURL, version: str) -> str:
    """A version as it is compared: some write Go's with a `v`, and some do not."""
    return version.removeprefix("v") if purl.type == "golang" else version


def _stem(purl: PackageURL) -> Stem:
    name = spelled("PyPI", purl.name) if purl.type == "pypi" else purl.name
    return purl.type, purl.namespace or "", name


def _fits(asked: PackageURL, component: PackageURL) -> bool:
    """Whether a component has every qualifier, and the subpath, that a product asks for."""
    has = dict(component.qualifiers)
    return all(has.get(key) == value for key, value in dict(asked.qualifiers).items()) and (
        not asked.subpath or asked.subpath == component.subpath
    )

"""Frameworks, Python packages, Go modules and shared libraries that files name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.fields import Fields
from aiverify.formats.packages.entry import is_pypi
from aiverify.sbom.bom import Component, Origin, Property, Reference, Sort
from aiverify.sbom.composing import purl
from aiverify.sbom.composing.refs import quoted, ref, short_version

MAX_PACKAGES = 20_000
"""Packages that are listed, however many a lock file names."""

WRITERS = {
    "transformers_version": "transformers",
    "_diffusers_version": "diffusers",
    "diffusers_version": "diffusers",
    "peft_version": "peft",
    "keras_version": "keras",
}
"""Members of configurations in which a framework leaves its version."""

ELSEWHERE = defaultdict(lambda: "distribution", git="vcs", hg="vcs", svn="vcs", bzr="vcs")
"""CycloneDX's words for what is at an address, by the kind of source that a list names."""

OF_WRITER = Property("aiverify:version-of", "whoever wrote the file")


@dataclass(frozen=True, slots=True)
class _Named:
    """A package that a file names, and the names of those that it needs, if the file says."""

    component: Component
    needs: tuple[str, ...] | None = None


def packages(files: Sequence[FileFacts], description: Description) -> tuple[Component, ...]:
    """Every package once, in the order of the files that name them.

    A framework's version is the one that wrote the file: nobody says that it is the one that
    will run the model.
    """
    unique: dict[str, Component] = {}
    named = (component for item in files for component in _resolved(_named(item)))
    for component in (*_frameworks(files, description), *named):
        known = unique.get(component.ref)
        unique[component.ref] = _joined(known, component) if known else component
    return tuple(unique.values())[:MAX_PACKAGES]


def _joined(one: Component, other: Component) -> Component:
    """One package as two files name it."""
    return replace(
        one,
        origins=tuple(dict.fromkeys((*one.origins, *other.origins))),
        properties=tuple(dict.fromkeys((*one.properties, *other.properties))),
        needs=one.needs if other.needs is None else other.needs,
    )


def _resolved(named: Iterable[_Named]) -> Iterator[Component]:
    """The packages of one file, with refs for the names of what they need."""
    listed = list(named)
    refs: dict[str, str] = {}
    for item in listed:
        refs.setdefault(item.component.name, item.component.ref)
    for item in listed:
        yield replace(item.component, needs=_refs(item.needs, refs))


def _refs(names: Iterable[str] | None, refs: Mapping[str, str]) -> tuple[str, ...] | None:
    if names is None:
        return None
    return tuple(dict.fromkeys(refs[name] for name in names if name in refs))


def _frameworks(files: Sequence[FileFacts], description: Description) -> Iterator[Component]:
    """The frameworks that wrote the files, and the one that the card names, if it is another."""
    wrote = list(_writers(files))
    yield from wrote
    library = description.library
    if library and _distribution(library.value) not in {_distribution(it.name) for it in wrote}:
        yield _framework(library.value, "", library.source)


def _writers(files: Sequence[FileFacts]) -> Iterator[Component]:
    for item in files:
        values = Fields(item.facts.values, f"{item.name}#/", [])
        for key, name in WRITERS.items():
            if version := values.text(key):
                yield _framework(name, version, values.source(key))
        written = values.inner("__version__")
        for key in sorted(written.members):
            if version := written.text(key):
                yield _framework(key.replace("_", "-"), version, written.source(key))


def _distribution(name: str) -> str:
    return name.replace("_", "-").lower()


def _framework(name: str, version: str, source: str) -> Component:
    known = short_version(version)
    return Component(
        ref=f"{ref('framework', name)}{f'@{quoted(known)}' if known else ''}",
        sort=Sort.FRAMEWORK,
        name=name,
        version=known,
        properties=(OF_WRITER,) if known else (),
        origins=_origins(source, known),
    )


def _named(item: FileFacts) -> Iterator[_Named]:
    """What one file names: a list of packages, or what a program was built from and loads."""
    values = Fields(item.facts.values, f"{item.name}#/", [])
    if "packages" in values.members:
        yield from _python(values, item.name)
    if "go" in values.members:
        yield from map(_Named, _go(values.inner("go"), f"{item.name}#/go"))
    for library in values.texts("needed"):
        yield _Named(_library(library, f"{item.name}#/needed"))


def _python(values: Fields, file: str) -> Iterator[_Named]:
    """Python packages: pinned ones with a version, others with what was asked for."""
    for item in values.each("packages"):
        if not item.text("name"):
            continue
        source = f"{file}#{item.text('place')}".removesuffix("#")
        yield _Named(_python_package(item, source), _needs(item))


def _needs(item: Fields) -> tuple[str, ...] | None:
    return item.texts("needs") if "needs" in item.members else None


def _python_package(item: Fields, source: str) -> Component:
    name, version = item.text("name"), short_version(item.text("version"))
    origin = item.inner("source")
    address = _python_purl(item, name, version)
    said = {
        "aiverify:specifier": "" if version else item.text("specifier"),
        "aiverify:marker": item.text("marker"),
    }
    url = origin.text("url")
    return Component(
        ref=f"package:{address}" if address else ref("package", f"{name}@{version or url}"),
        sort=Sort.LIBRARY,
        name=name,
        version=version,
        purl=address,
        references=(Reference(ELSEWHERE[origin.text("kind")], url),) if url and not address else (),
        properties=tuple(Property(key, text) for key, text in said.items() if text),
        origins=_origins(source, version),
    )


def _python_purl(item: Fields, name: str, version: str) -> str:
    """The purl, where an index or a channel has the package: another's address is no name."""
    origin = item.inner("source")
    kind, url = origin.text("kind"), origin.text("url")
    if item.text("type") == "conda":
        return purl.of_conda(name, version, url)
    if kind not in ("", "registry"):
        return ""
    return purl.of_python(name, version, "" if is_pypi(url) else url)


def _go(build: Fields, source: str) -> Iterator[Component]:
    """The modules that Go's linker wrote into a program, and Go's own library."""
    version = build.text("version").removeprefix("go").partition(" ")[0]
    if version:
        yield _module("stdlib", version, source)
    for module in build.each("modules"):
        used = module.inner("replaced_by")
        if used.members:
            yield _module(
                used.text("path"),
                used.text("version"),
                source,
                ("aiverify:go:sum", used.text("sum")),
                ("aiverify:go:replaces", module.text("path")),
            )
        else:
            checksum = ("aiverify:go:sum", module.text("sum"))
            yield _module(module.text("path"), module.text("version"), source, checksum)


def _module(path: str, version: str, source: str, *said: tuple[str, str]) -> Component:
    address, known = purl.of_go(path, version), short_version(version)
    return Component(
        ref=f"package:{address}" if address else ref("package", f"{path}@{known}"),
        sort=Sort.LIBRARY,
        name=path,
        version=known,
        purl=address,
        properties=tuple(Property(name, value) for name, value in said if value),
        origins=_origins(source, known),
    )


def _library(name: str, source: str) -> Component:
    """A shared library that a program has loaded: a name, whose version the machine decides."""
    return Component(
        ref=ref("library", name), sort=Sort.LIBRARY, name=name, origins=(Origin("name", source),)
    )


def _origins(source: str, version: str) -> tuple[Origin, ...]:
    return (Origin("name", source), *((Origin("version", source),) if version else ()))

"""Which packages of a policy may look at the request, so that the others need be asked only once.

What is in doubt looks at it. A package is read as text: it looks if it has the word `request`,
takes `input` for more than one of its other members, or leans on a package that looks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiverify.policy.asides import ASIDE, code
from aiverify.policy.sources import Module

PLAIN = frozenset(
    {
        "apiVersion",
        "artifact",
        "facts",
        "description",
        "adapter",
        "sbom",
        "signatures",
        "attestations",
        "findings",
        "now_ns",
    }
)
"""Members of the policy document that are the artifact's, whoever asks for it."""

_PACKAGE = re.compile(r"^[ \t]*package[ \t]+(?P<name>[\w.]+)[ \t]*$", re.MULTILINE)
_INPUT = re.compile(r"(?<![.\w])input\b(?:\.(?P<member>\w+))?")
_DATA = re.compile(r"(?<![.\w])data\b(?:\.(?P<name>\w+(?:\.\w+)*))?")


_ARTIFACT = re.compile(rf"\b(?:{'|'.join(sorted(PLAIN - {'apiVersion', 'now_ns'}))})\b")
_SHARED = re.compile(
    r"input\.request\.(?:kind|namespace|operation|labels|references"
    r"|object\.(?:apiVersion|kind|spec|metadata\.(?:namespace|labels|annotations)))\b"
)
"""What requests have in common that are alike: neither a name, nor who asks."""
_LINE = re.compile(r"^\s*#.*$", re.MULTILINE)
_LIBRARY = "aiverify.lib"


@dataclass(frozen=True, slots=True)
class _Package:
    """What the texts of a package say: whether it looks by itself, and on which it may lean."""

    looks: bool
    shipped: bool
    leans: frozenset[str]


def indifferent(modules: Iterable[Module]) -> frozenset[str]:
    """The packages that never look at the request, by their names without `data`.

    None does if it cannot be told of some module what its package is.
    """
    texts: dict[str, list[Module]] = defaultdict(list)
    for module in modules:
        found = _PACKAGE.findall(code(module.text))
        if len(found) != 1:
            return frozenset()
        texts[found[0]].append(module)
    packages = {name: _read(of) for name, of in texts.items()}
    looks = {name for name, package in packages.items() if package.looks}
    while True:
        more = {
            name
            for name, package in packages.items()
            if name not in looks and _leans_on(package, looks, packages)
        }
        if not more:
            return frozenset(packages.keys() - looks)
        looks |= more


def of_request_alone(modules: Iterable[Module]) -> frozenset[str]:
    """The shipped packages that look at the request, and at nothing of the artifact.

    They need not be shown the artifact, which may be large. It is said of no others: what a
    shipped rule reads, its tests hold it to.
    """
    modules = tuple(modules)
    found: set[str] = set()
    speaking: set[str] = set()
    leans: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        names = _PACKAGE.findall(code(module.text))
        if len(names) != 1 or not module.shipped:
            speaking.update(names)
            continue
        found.add(names[0])
        leans[names[0]].update(it["name"] or "" for it in _DATA.finditer(code(module.text)))
        if _ARTIFACT.search(_LINE.sub("", module.text)):
            speaking.add(names[0])
    speaking.discard(_LIBRARY)
    calm = found - speaking - {_LIBRARY}
    leaning = {
        name for name in calm if any(_may_be(it, other) for it in leans[name] for other in speaking)
    }
    return frozenset(calm - leaning - indifferent(modules))


def sets_apart(modules: Iterable[Module]) -> bool:
    """Whether a package may look at what sets a request apart from others like it.

    That is who asks, the object's name, and whatever else of it is written anew for each. No
    shipped rule looks at it, which its tests hold it to.
    """
    modules = tuple(modules)
    shipped = {name for it in modules if it.shipped for name in _PACKAGE.findall(code(it.text))}
    return any(_sets_apart(code(module.text), shipped) for module in modules if not module.shipped)


def _sets_apart(text: str, shipped: Iterable[str]) -> bool:
    """Whether the text of a module may, by itself or by what shipped ones look up for it."""
    looks = (
        found["member"] not in PLAIN and not _SHARED.match(text, found.start())
        for found in _INPUT.finditer(text)
    )
    leans = (
        _may_be(found["name"] or "", name) for found in _DATA.finditer(text) for name in shipped
    )
    return any(looks) or any(leans)


def _read(modules: Iterable[Module]) -> _Package:
    looks, shipped, leans = False, True, set()
    for module in modules:
        text = code(module.text)
        shipped = shipped and module.shipped
        looks = looks or "request" in text or any(map(_says, ASIDE.findall(module.text)))
        if not module.shipped:
            looks = looks or any(found["member"] not in PLAIN for found in _INPUT.finditer(text))
        for found in _DATA.finditer(text):
            leans.add(found["name"] or "")
    return _Package(looks, shipped, frozenset(leans))


def _says(aside: str) -> bool:
    return not aside.startswith("#") and "request" in aside


def _leans_on(package: _Package, looks: Iterable[str], packages: Mapping[str, _Package]) -> bool:
    """Whether a name that it mentions may be of a package that looks, or that hands out `input`.

    The library's functions look where their caller says; a shipped caller says what it reads.
    """
    doubtful = set(looks)
    if not package.shipped:
        doubtful.update(name for name, other in packages.items() if other.shipped)
    return any(_may_be(mention, name) for mention in package.leans for name in doubtful)


def _may_be(mention: str, name: str) -> bool:
    """Whether what is mentioned lies in the package, or the package in what is mentioned."""
    return (
        not mention or f"{mention}.".startswith(f"{name}.") or f"{name}.".startswith(f"{mention}.")
    )

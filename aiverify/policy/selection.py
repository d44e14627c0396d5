"""Choosing rules by name or by collection, from all that policies hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from aiverify.core.names import printable
from aiverify.core.terms import Terms
from aiverify.errors import AiverifyError, MalformedError, UsageError
from aiverify.policy import library, metadata
from aiverify.policy.chosen import Chosen, Known, Names, Picked
from aiverify.policy.outline import Definition, Outline, parse, read
from aiverify.policy.references import depends, references
from aiverify.policy.results import RESULT_RULE
from aiverify.policy.sources import SHIPPED, Module, PolicySet
from aiverify.policy.tree import Node

COLLECTION = "@"
"""How the name of a collection begins."""

WHOLE = ".*"
"""How a package may end, to say that all of it is meant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Policies, the terms that choose among them, and who says so: a profile, or nobody.

    Without a `profile`, the words are those of a command line.
    """

    policies: PolicySet
    terms: Terms
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """The policies that are needed, and which of their results count."""

    policies: PolicySet
    chosen: Chosen


def select(choices: Sequence[Choice], later: Terms) -> Selected:
    """Choose among policies: each set by its own terms, then what is left by a command line's.

    A package of which nothing counts is left out, unless one that counts depends on it.

    Raises:
        UsageError: a name of the command line means no rule, or nothing is left to judge.
        MalformedError: the same of a profile's; or a policy is no Rego.
    """
    modules = tuple(sorted({item for choice in choices for item in choice.policies.modules}))
    if not later.chooses and not any(choice.terms.chooses for choice in choices):
        return Selected(PolicySet(modules), Chosen())
    trees = {module: parse(module) for module in modules}
    outlines = {module: read(module, trees[module]) for module in modules}
    known = rules_in(outlines.values())
    own = Chosen(tuple(_own(choice, outlines, known) for choice in choices))
    left = {package: item for package, item in known.items() if own.keeps_any(item)}
    chosen = Chosen(own.own, pick(later, left))
    counting = frozenset(package for package, item in left.items() if chosen.keeps_any(item))
    if known and not counting:
        by_profile = "" if later.chooses else next(filter(None, (i.profile for i in choices)), "")
        raise _saying(by_profile)("nothing is left to judge by", "Leave fewer rules out.")
    needed = sorted(_needed(outlines, trees, known.keys() - counting))
    return Selected(PolicySet(tuple(needed)), chosen)


def rules_in(outlines: Iterable[Outline]) -> Mapping[str, Known]:
    """The packages that give results, by their names."""
    by_package: dict[str, list[Outline]] = {}
    for item in outlines:
        by_package.setdefault(item.package, []).append(item)
    return {
        package: _known(package, own)
        for package, own in sorted(by_package.items())
        if any(item.gives_results for item in own)
    }


def pick(terms: Terms, known: Mapping[str, Known], profile: str = "") -> Picked:
    """What terms choose from the rules that there are.

    Raises:
        UsageError: a name means none of them; of a `profile`, MalformedError.
    """
    saying = _saying(profile)
    words = ("policies.include", "policies.exclude") if profile else ("--include", "--exclude")
    return Picked(
        _names(terms.include, known, words[0], saying) if terms.include else None,
        _names(terms.exclude, known, words[1], saying, may_be_computed=True),
    )


def _saying(profile: str) -> Callable[[str, str], AiverifyError]:
    def error(message: str, hint: str) -> AiverifyError:
        if profile:
            return MalformedError(f"{profile}: {message}", hint=hint)
        return UsageError(message, hint=hint)

    return error


def _own(
    choice: Choice, outlines: Mapping[Module, Outline], known: Mapping[str, Known]
) -> tuple[frozenset[str], Picked]:
    packages = {outlines[module].package for module in choice.policies.modules}
    there = {package: item for package, item in known.items() if package in packages}
    return frozenset(there), pick(choice.terms, there, choice.profile)


def _known(package: str, own: Sequence[Outline]) -> Known:
    about = filter(None, (metadata.about(item.module.text, item.module.origin) for item in own))
    giving = [
        definition
        for item in own
        for definition in item.definitions
        if definition.parts[-1] and RESULT_RULE.fullmatch(definition.parts[-1])
    ]
    return Known(
        package,
        frozenset(name for item in about for name in item.collections),
        frozenset(
            f"{package}.{result.code or result.rule}"
            for definition in giving
            for result in definition.results
            if not result.is_computed
        ),
        any(_computes(definition) for definition in giving),
    )


def _computes(definition: Definition) -> bool:
    """Whether a set may give results whose code is not written down."""
    return not definition.results or any(item.is_computed for item in definition.results)


def _names(
    names: Iterable[str],
    known: Mapping[str, Known],
    word: str,
    saying: Callable[[str, str], AiverifyError],
    *,
    may_be_computed: bool = False,
) -> Names:
    packages: set[str] = set()
    results: set[tuple[str, str]] = set()
    for name in names:
        whole = set(_packages(name, known))
        single = set() if whole else set(_results(name, known, may_be_computed))
        if not whole and not single:
            raise saying(
                f"{word} names {printable(name)}, which is no rule of these policies",
                _near(name, known),
            )
        packages |= whole
        results |= single
    return Names(frozenset(packages), frozenset(results))


def _packages(name: str, known: Mapping[str, Known]) -> Iterator[str]:
    """The packages that a name means, if it means whole ones."""
    shipped = name.startswith(SHIPPED)
    word = name.removeprefix(SHIPPED)
    for package, item in known.items():
        if shipped and not package.startswith(f"{library.NAMESPACE}."):
            continue
        if word.startswith(COLLECTION):
            meant = word.removeprefix(COLLECTION) in item.collections
        elif shipped:
            meant = word in (library.EVERY, package.removeprefix(f"{library.NAMESPACE}."))
        else:
            meant = package == word.removesuffix(WHOLE)
        if meant:
            yield package


def _results(
    name: str, known: Mapping[str, Known], may_be_computed: bool
) -> Iterator[tuple[str, str]]:
    """The results that a name means. Only leaving out may take one that is not written down."""
    for package, item in known.items():
        computed = may_be_computed and item.computes and name.startswith(f"{package}.")
        if name in item.ids or computed:
            yield package, name


def _near(name: str, known: Mapping[str, Known]) -> str:
    there = {f"{COLLECTION}{item}" for rule in known.values() for item in rule.collections}
    there.update(known, *(item.ids for item in known.values()))
    near = get_close_matches(name[:200], sorted(there), n=1)
    if near:
        return f"Did you mean {printable(near[0])}?"
    return "Name a package, package.code or @collection; `aiverify policy list` has them."


def _needed(
    outlines: Mapping[Module, Outline], trees: Mapping[Module, Node], left_out: Iterable[str]
) -> Iterator[Module]:
    """The modules without some packages, but with those of them that others depend on."""
    out = set(left_out)
    pending = [module for module, item in outlines.items() if item.package not in out]
    while pending:
        module = pending.pop()
        yield module
        named = references(trees[module]) if out else frozenset()
        again = {package for package in out if depends(named, package)}
        out -= again
        pending += [other for other, item in outlines.items() if item.package in again]

"""Globals: what a pickle imports by name, and which names are known to be harmless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable

WILDCARD = ".*"
"""At the end of an entry: everything in that module, and in the modules below it."""

MAX_SHOWN = 200
"""Characters of a name that a message repeats."""


@dataclass(frozen=True, slots=True)
class Global:
    """A global that a pickle imports: `module.name`, as the pickle spells it.

    `invoked` says that it is called, or builds an object; `place` is where in the file it
    is first imported, as `data.pkl, byte 42`.
    """

    name: str
    place: str
    invoked: bool = False

    def to_json(self) -> dict[str, Json]:
        """The form that facts carry."""
        return {"name": self.name, "place": self.place, "invoked": self.invoked}


@dataclass(frozen=True, slots=True)
class Allowlist:
    """A list of globals: exact names, and modules as a whole."""

    names: frozenset[str] = frozenset()
    modules: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, entries: Iterable[str]) -> Allowlist:
        """From entries such as `collections.OrderedDict` and `sklearn.*`."""
        exact, modules = set(), set()
        for entry in entries:
            if entry.endswith(WILDCARD):
                modules.add(entry.removesuffix(WILDCARD))
            else:
                exact.add(entry)
        return cls(frozenset(exact), frozenset(modules))

    def __or__(self, other: Allowlist) -> Allowlist:
        return Allowlist(self.names | other.names, self.modules | other.modules)

    def allows(self, name: str) -> bool:
        """Whether a global is in it."""
        if name in self.names:
            return True
        if not self.modules:
            return False
        return any(name[:end] in self.modules for end, at in enumerate(name) if at == ".")


NONE = Allowlist()


def judge(
    uses: Sequence[Global], allowed: Allowlist, dangerous: Allowlist = NONE
) -> Iterator[Finding]:
    """A finding for each global that is not allowed, once for each name.

    A name that is `dangerous` must be allowed itself: that its module is, does not do.
    """
    seen: set[str] = set()
    for use in sorted(uses, key=lambda use: not use.invoked):
        if use.name not in seen:
            seen.add(use.name)
            yield from _judged(use, allowed, dangerous)


def _judged(use: Global, allowed: Allowlist, dangerous: Allowlist) -> Iterator[Finding]:
    if use.name in allowed.names:
        return
    verb = "calls" if use.invoked else "imports"
    deed = f"{verb} {printable(use.name[:MAX_SHOWN])}"
    if dangerous.allows(use.name):
        message = f"{deed}, which attacks use to run code or reach beyond the file"
        yield rules.pickles.DANGEROUS.found(message, place=use.place)
    elif not allowed.allows(use.name):
        rule = rules.pickles.CALL if use.invoked else rules.pickles.IMPORT
        yield rule.found(f"{deed}, which no list allows", place=use.place)

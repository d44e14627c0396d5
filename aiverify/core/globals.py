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
    """Names that a pickle may import: exact ones, and modules as a whole."""

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
        """Whether a global is known to be harmless."""
        if name in self.names:
            return True
        if not self.modules:
            return False
        return any(name[:end] in self.modules for end, at in enumerate(name) if at == ".")


def judge(uses: Sequence[Global], allowed: Allowlist) -> Iterator[Finding]:
    """A finding for each global that is not allowed, once for each name."""
    seen: set[str] = set()
    for use in sorted(uses, key=lambda use: not use.invoked):
        if use.name in seen or allowed.allows(use.name):
            continue
        seen.add(use.name)
        shown = printable(use.name[:MAX_SHOWN])
        if use.invoked:
            message = f"calls {shown}, which no list allows"
            yield rules.pickles.CALL.found(message, place=use.place)
        else:
            message = f"imports {shown}, which no list allows"
            yield rules.pickles.IMPORT.found(message, place=use.place)

"""The environment of a container, and the references to it in a command line.

Kubernetes replaces `$(NAME)` in `command`, `args` and the values of `env` before anything runs;
`$$` stands for one dollar sign, and what is not defined stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors.shell import MAX_VALUE, UNKNOWN

_REFERENCE = re.compile(r"\$\$|\$\(([^()$\s]*)\)")


class TooMuchError(Exception):
    """There is more in an object than anybody looks at."""


@dataclass(slots=True)
class Budget:
    """What may still be done for one object.

    `left` is the characters that may be put in place of references, `work` the containers and
    commands of scripts that may be read.
    """

    left: int = 1 << 20
    work: int = 3000

    def spend(self) -> None:
        """Count a container or command.

        Raises:
            TooMuchError: it is one too many.
        """
        self.work -= 1
        if self.work < 0:
            raise TooMuchError


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable. `value` is None where the object does not hold it."""

    name: str
    value: str | None
    where: str


@dataclass(slots=True)
class Environment:
    """The variables of a container in their order; the last of a name counts.

    `open` tells that there may be more, taken from what is not in the object. `wrong` are the
    pointers to what cannot be read.
    """

    variables: list[Variable] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    open: bool = False
    wrong: list[str] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    def expand(self, text: str) -> str:
        """A text with the values in place of `$(NAME)`; what nobody knows is `UNKNOWN`."""
        return _REFERENCE.sub(self._value, text) if "$" in text else text

    def add(self, name: str, value: str | None, where: str) -> None:
        """Set a variable."""
        text = None if value is None else self.expand(value)
        text = None if text is None or UNKNOWN in text else text
        self.variables.append(Variable(name, text, where))
        self.known[name] = UNKNOWN if text is None else text

    def get(self, *names: str) -> str:
        """The first of these variables that is set, or nothing."""
        return next((self.known[name] for name in names if self.known.get(name)), "")

    def _value(self, found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        default = UNKNOWN if self.open else found[0]
        value = self.known.get(found[1], default)
        self.budget.left -= len(value)
        return value if len(value) <= MAX_VALUE and self.budget.left > 0 else UNKNOWN


def read(container: Mapping[str, Json], where: str, budget: Budget) -> Environment:
    """The environment that a container states: a list in Kubernetes, an object elsewhere."""
    found = Environment(budget=budget, open=bool(container.get("envFrom")))
    for key in ("env", "env_vars"):
        stated = container.get(key)
        place = f"{where}/{key}"
        if isinstance(stated, list):
            for index, item in enumerate(stated):
                _add(found, item, f"{place}/{index}")
        elif isinstance(stated, Mapping):
            for name, value in stated.items():
                pointer = f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
                found.add(name, value if isinstance(value, str) else None, pointer)
        elif stated is not None:
            found.wrong.append(place)
    return found


def _add(found: Environment, item: Json, where: str) -> None:
    name = item.get("name") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(name, str):
        found.wrong.append(where)
        return
    value = item.get("value")
    taken = item.get("valueFrom") is not None
    if value is None and not taken:
        value = ""
    found.add(name, value if isinstance(value, str) and not (taken and value) else None, where)

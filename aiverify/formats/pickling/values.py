"""What a pickle would build, told and not built: a value for each object on its stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

RECONSTRUCTORS = frozenset(
    {
        "copyreg._reconstructor",
        "copy_reg._reconstructor",
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
    }
)
"""Functions whose first argument is the class of what they give."""


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """A value that is not kept. `kind` says what it would be, `size` its bytes in the file."""

    kind: str
    size: int = 0


UNKNOWN: Final = Opaque("unknown")


@dataclass(frozen=True, slots=True)
class Ref:
    """A global, as `module.name`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Persistent:
    """An object that stands elsewhere: the loader finds it by this id."""

    id: Value


@dataclass(slots=True, eq=False, repr=False)
class Tuple:
    """A tuple."""

    items: list[Value]


@dataclass(slots=True, eq=False, repr=False)
class List:
    """A list."""

    items: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Set:
    """A set, or a frozen one."""

    items: list[Value] = field(default_factory=list)
    frozen: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Dict:
    """A dictionary, as the pairs that are set in it: a later one replaces an earlier.

    `kept` says that a dtype keeps it, and would change with it.
    """

    pairs: list[tuple[Value, Value]] = field(default_factory=list)
    kept: bool = False

    def get(self, key: str) -> Value | None:
        """What a name stands for, or nothing."""
        return next((value for name, value in reversed(self.pairs) if name == key), None)


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """What a call gives, or the object that a class builds.

    `state` is what `BUILD` sets; `items` are appended or added to the object, `pairs` set.
    """

    function: Value
    args: Value
    kwargs: Value = None
    state: Value = None
    items: list[Value] = field(default_factory=list)
    pairs: list[tuple[Value, Value]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The global that is called; empty when it is none."""
        return self.function.name if isinstance(self.function, Ref) else ""

    @property
    def made(self) -> str:
        """The class of what it gives; where that is not known, the global that is called."""
        first = self.argument(0)
        if self.reconstructs and isinstance(first, Ref):
            return first.name
        return self.name

    @property
    def reconstructs(self) -> bool:
        """Whether it gives an object of the class that it is given."""
        last = self.name.rpartition(".")[2]
        return self.name in RECONSTRUCTORS or last.startswith(("newObj", "__pyx_unpickle_"))

    def argument(self, index: int) -> Value | None:
        """One argument, or nothing."""
        items = self.args.items if isinstance(self.args, Tuple) else []
        return items[index] if index < len(items) else None


Plain = str | bytes | bytearray | int | float | bool | None
Value = Plain | Opaque | Ref | Persistent | Tuple | List | Set | Dict | Call


def integers(value: Value) -> tuple[int, ...] | None:
    """A tuple or list of whole numbers, as a shape is; nothing when it is none."""
    if not isinstance(value, Tuple | List):
        return None
    found = tuple(item for item in value.items if type(item) is int)
    return found if len(found) == len(value.items) else None

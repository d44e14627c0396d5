"""What is gathered from a container's members as they are read, one kind after another."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiverify.core.facts import Tensor
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import Json
from aiverify.formats.zip import Entry


@dataclass(slots=True)
class Gathered:
    """`known` are the members that are accounted for, `size` the bytes of all storages.

    `defined` are the classes of the container's own code, `classes` those that are used.
    """

    known: set[str] = field(default_factory=set)
    values: dict[str, Json] = field(default_factory=dict)
    tensors: list[Tensor] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    size: int = 0

    def keep_storage(self, member: Entry) -> None:
        """A member that is numbers and nothing else, however often it is spoken of."""
        if member.name not in self.known:
            self.known.add(member.name)
            self.size += member.size

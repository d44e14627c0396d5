"""Hardening: what makes a fault in a native program harder to use against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.formats.elf import segments
from aiverify.formats.elf.dynamic import Dynamic
from aiverify.formats.elf.image import Image
from aiverify.formats.elf.kind import is_position_independent, is_program
from aiverify.formats.elf.sections import SYMBOLS
from aiverify.formats.elf.symbols import Imports

MAX_FOUND = 20
"""Segments of one kind that are told of."""


@dataclass(frozen=True, slots=True)
class Hardening:
    """How a program or a library was built. `pie` is None for a library."""

    pie: bool | None
    relro: str
    binds_now: bool
    guards_stack: bool | None
    checks_buffers: bool | None
    """Neither is known of a program that imports nothing."""
    stack: str
    """`data`, `code` when it can be run, or `unstated`."""
    rewrites_code: bool
    writable_code: tuple[int, ...]
    """The indices of segments that can be written and run."""
    stripped: bool

    def to_json(self) -> dict[str, Json]:
        """As the facts state it."""
        values: dict[str, Json] = {
            "relro": self.relro,
            "bind_now": self.binds_now,
            "stack_protector": self.guards_stack,
            "fortify": self.checks_buffers,
            "nx": self.stack == "data",
            "stripped": self.stripped,
        }
        return values if self.pie is None else {"pie": self.pie, **values}

    def findings(self) -> Iterator[Finding]:
        """What leaves memory open that should be shut."""
        if self.stack == "code":
            yield rules.programs.STACK.found("it asks for a stack that can be run")
        if self.stack == "unstated":
            message = "it does not say that its stack holds data only, so that may be run"
            yield rules.programs.STACK.found(message)
        for index in self.writable_code:
            message = f"segment {index} can be both written and run"
            yield rules.programs.WRITABLE_CODE.found(message, place=f"segment {index}")
        if self.rewrites_code:
            message = "its code is made writable when it is loaded (DT_TEXTREL)"
            yield rules.programs.TEXT_RELOCATIONS.found(message)
        missing = ["PIE"] * (self.pie is False) + ["RELRO"] * (self.relro == "none")
        if missing and self.pie is not None:
            yield rules.programs.HARDENING.found(f"it is built without {' and '.join(missing)}")


def read_hardening(image: Image, dynamic: Dynamic | None, imports: Imports) -> Hardening:
    """How a file that a system loads was built."""
    relro = bool(image.segments.of_kind(segments.READ_ONLY_LATER))
    binds_now = dynamic is not None and dynamic.binds_now
    return Hardening(
        is_position_independent(image) if is_program(image, dynamic) else None,
        ("full" if binds_now else "partial") if relro else "none",
        binds_now,
        imports.guards_stack if imports.imports else None,
        imports.checks_buffers if imports.imports else None,
        _stack(image),
        dynamic is not None and dynamic.rewrites_code,
        tuple(islice(_writable_code(image), MAX_FOUND)),
        next(image.sections.of_kind(SYMBOLS), None) is None,
    )


def _stack(image: Image) -> str:
    found = image.segments.of_kind(segments.STACK)
    if not found:
        return "unstated"
    return "code" if any(segment.flags & segments.RUN for segment in found) else "data"


def _writable_code(image: Image) -> Iterator[int]:
    both = segments.WRITE | segments.RUN
    for index, segment in enumerate(image.segments):
        if segment.kind == segments.LOAD and segment.flags & both == both:
            yield index

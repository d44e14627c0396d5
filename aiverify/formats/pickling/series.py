"""The pickles of a file: most have one, some have several in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.finding import Finding
from aiverify.core.globals import Global
from aiverify.formats.interface import Source
from aiverify.formats.pickling import allowlist
from aiverify.formats.pickling.arrays import Arrays
from aiverify.formats.pickling.machine import MAX_OPCODES, Program, walk
from aiverify.formats.pickling.values import UNKNOWN

MAX_PICKLES = 1000
"""Pickles in a row that are followed; the rest of the file is unread."""

MAX_PADDING = 1 << 20
"""Zeros at the end of a file that are taken for padding."""

FIRST = 256
"""Bytes of the rest that are looked at first: mostly they tell that it is no padding."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What a file does beside what it is meant to, for who does not know of its arrays."""

    globals: tuple[Global, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """What the pickles of a file come to. `count` is how many stand in a row.

    `broken` and `unread` are reasons, as in a program.
    """

    first: Program
    count: int
    globals: tuple[Global, ...]
    findings: tuple[Finding, ...]
    tensors: tuple[Tensor, ...]
    opcodes: int
    broken: str
    unread: str

    @property
    def is_pickle(self) -> bool:
        """Whether the bytes were a pickle at all: it ends, or got as far as an import."""
        return bool(self.globals) or not self.first.broken


def read(source: Source) -> Series:
    """Follow all pickles of a file."""
    arrays = Arrays(source)
    programs = [walk(source, inline=arrays)]
    plain = _taken_plainly(source, [programs[0], *arrays.pickles]) if arrays.built else Plain()
    unread, findings = "", []
    left = MAX_OPCODES - programs[0].opcodes
    while _goes_on(programs[-1], source):
        position = programs[-1].end
        if len(programs) == MAX_PICKLES:
            unread = f"more than {MAX_PICKLES} pickles in a row"
            break
        program = replace(walk(source, position, arrays, left), result=UNKNOWN)
        left -= program.opcodes
        if program.broken and not (program.globals or program.findings):
            rest = f"{source.size - position} bytes follow the pickle"
            findings.append(rules.pickles.TRAILING.found(rest, place=f"byte {position}"))
            unread = f"{rest}, and are no pickle"
            break
        programs.append(program)
    seen = [*programs, *arrays.pickles]
    return Series(
        programs[0],
        len(programs),
        tuple(item for program in seen for item in program.globals) + plain.globals,
        (*_found(seen), *plain.findings, *findings),
        tuple(arrays.tensors),
        sum(program.opcodes for program in seen),
        programs[-1].broken,
        next((program.unread for program in seen if program.unread), unread),
    )


def _goes_on(last: Program, source: Source) -> bool:
    """Whether anything but padding follows a pickle."""
    rest = source.size - last.end
    if last.broken or last.unread or not rest:
        return False
    if rest > MAX_PADDING or any(source.read_at(last.end, min(rest, FIRST))):
        return True
    return any(source.read_at(last.end, rest))


def _found(programs: Iterable[Program]) -> Iterator[Finding]:
    return (item for program in programs for item in program.findings)


def _taken_plainly(source: Source, meant: Sequence[Program]) -> Plain:
    """What runs if a file with joblib's arrays is loaded without joblib: the arrays' bytes do.

    Numbers are no pickle, and an array of objects finds another memo than its own: so that what
    seems to be done does not count, but what neither comes to. That is a known attack, a call of
    what has not even its last name from what is meant, or a computed name and its use.
    """
    found = walk(source)
    known = {_last(item.name) for program in meant for item in program.globals}
    named = tuple(
        item
        for item in found.globals
        if allowlist.dangerous().allows(item.name)
        or (item.invoked and _is_dotted(item.name) and _last(item.name) not in known)
    )
    told = {item.message for item in _found(meant)}
    dynamic = [item for item in found.findings if item.rule == rules.pickles.DYNAMIC.id]
    more = tuple(item for item in dynamic if item.message not in told)
    return Plain(named, more if len(more) > 1 else ())


def _is_dotted(name: str) -> bool:
    """Whether Python could find something by a name."""
    return all(part.isidentifier() for part in name.split("."))


def _last(name: str) -> str:
    return name.rpartition(".")[2]

"""The unpickler's machine, worked by symbols: it follows a pickle, and does nothing it says.

Where the two unpicklers of Python (the one in C, and the one in Python that subclasses use)
take a pickle in two ways, that is a finding; the machine goes the way on which more is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.globals import Global
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Source
from aiverify.formats.pickling import framing, memory, objects
from aiverify.formats.pickling.literals import LITERALS
from aiverify.formats.pickling.state import State
from aiverify.formats.pickling.values import UNKNOWN, Call, Opaque, Value

MAX_OPCODES = 4_000_000
"""Opcodes of a file that are followed; the rest of it is unread."""

MAX_OBJECTS = 500_000
"""Objects of one pickle that are told of: lists, tuples, dictionaries, and results of calls."""

BUILDERS = frozenset(b"])}tldRioQP\x81\x85\x86\x87\x8f\x91\x92")
"""Opcodes that make one."""

STOP, BUILD = b"."[0], b"b"[0]

Inline = Callable[[Call, int], int | None]
"""Called with each object that `BUILD` completes and the position behind it. Where the object
stands for what follows it, as joblib's do for arrays, it gives the position behind that."""

ARRAY = Opaque("an array")
"""What is in the object's place then: of whatever class, and nothing that may be built on."""


@dataclass(frozen=True, slots=True)
class Program:
    """One pickle.

    `globals` are named once each, `invoked` if any use of one is a call. `result` is what
    lies on top of the stack at the end, and `end` the position behind it. `broken` says why
    the pickle could not be followed to its end: what was seen up to there is told, because
    an unpickler obeys it before it comes to what is broken. `unread` says why it was not
    followed further though nothing is wrong.
    """

    globals: tuple[Global, ...]
    findings: tuple[Finding, ...]
    result: Value
    end: int
    protocol: int = 0
    opcodes: int = 0
    broken: str = ""
    unread: str = ""


def walk(
    source: Source, start: int = 0, inline: Inline | None = None, limit: int | None = None
) -> Program:
    """Follow the pickle that starts at a position, up to its end or to where it breaks off.

    No more than `limit` opcodes are followed.
    """
    walking = _Walk(State(Cursor(source, start)), inline, MAX_OPCODES if limit is None else limit)
    state = walking.state
    result: Value = UNKNOWN
    broken = unread = ""
    try:
        result = walking.to_stop()
    except _Enough as enough:
        unread = str(enough)
    except MalformedError as error:
        broken = f"the pickle breaks off at byte {state.begin}: {error.message}"
    protocol = framing.check(state, bytes(walking.seen), stopped=not (broken or unread))
    return Program(
        state.uses.globals,
        state.uses.findings,
        result,
        state.cursor.position,
        protocol,
        walking.opcodes,
        broken,
        unread,
    )


class _Enough(Exception):  # noqa: N818 - a limit of ours, not a fault of the pickle
    """The pickle is too long to be followed."""


class _Walk:
    """A walk through one pickle, with the opcodes that were met and how many."""

    def __init__(self, state: State, inline: Inline | None, limit: int) -> None:
        self.state = state
        self.seen: set[int] = set()
        self.opcodes = 0
        self._objects = 0
        self._inline = inline
        self._limit = limit

    def to_stop(self) -> Value:
        """Follow opcodes up to `STOP`, and give the result.

        Raises:
            MalformedError: an unpickler would fail here too.
        """
        state, code = self.state, 0
        cursor = state.cursor
        while code != STOP:
            if self.opcodes == self._limit:
                raise _Enough(f"more than {MAX_OPCODES} opcodes")
            state.begin = cursor.position
            code = cursor.take(1)[0]
            self.opcodes += 1
            self.seen.add(code)
            if code in BUILDERS:
                self._count_object()
            literal = LITERALS.get(code)
            if literal:
                state.stack.push(literal(cursor))
            else:
                _obey(state, code)
            if state.frame_end and cursor.position > state.frame_end:
                framing.leave(state)
            if code == BUILD and self._inline:
                self._step_over(self._inline)
        return state.stack.pop()

    def _count_object(self) -> None:
        self._objects += 1
        if self._objects > MAX_OBJECTS:
            raise _Enough(f"more than {MAX_OBJECTS} objects")

    def _step_over(self, inline: Inline) -> None:
        built, position = self.state.stack.top, self.state.cursor.position
        after = inline(built, position) if isinstance(built, Call) else None
        if after is None:
            return
        if self.state.frame_end > position:
            # The frame is in the unpickler's memory already: what it reads next stands behind it.
            self.state.note(rules.pickles.FRAME, "an array stands in the middle of a frame")
        self.state.cursor.seek(after)
        self.state.stack.pop()
        self.state.stack.push(ARRAY)


def _obey(state: State, code: int) -> None:
    operation = OPERATIONS.get(code)
    if operation is None:
        raise MalformedError(f"{code:#04x} is no opcode")
    operation(state)


def _pass(_state: State) -> None:
    """Nothing: `STOP` ends the walk, and a buffer is read-only or not."""


OPERATIONS: Mapping[int, Callable[[State], None]] = {
    STOP: _pass,
    b"\x98"[0]: _pass,
    b"\x80"[0]: framing.protocol,
    b"\x95"[0]: framing.frame,
    **{code[0]: run for code, run in memory.BY_OPCODE.items()},
    **{code[0]: run for code, run in objects.BY_OPCODE.items()},
}
"""What each opcode does that does not simply stand for a value."""

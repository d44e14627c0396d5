"""Protocols and frames: what a pickle promises of itself, and no unpickler fully checks."""

from __future__ import annotations

from functools import cache

from aiverify.core import rules
from aiverify.formats.pickling.state import State

LATEST = 5
"""The newest protocol."""

LENGTH = 8
"""Bytes of a frame's length."""


def protocol(state: State) -> None:
    """`PROTO`: the protocol, which an unpickler only holds against the newest that it knows."""
    state.protocol = state.cursor.integer(1)
    if state.protocol > LATEST:
        message = f"says that it is of protocol {state.protocol}, and the newest is {LATEST}"
        state.note(rules.pickles.PROTOCOL, message)


def frame(state: State) -> None:
    """`FRAME`: opcodes of the next bytes lie wholly inside one frame or wholly outside."""
    size = state.cursor.integer(LENGTH)
    if size > state.cursor.left:
        state.note(rules.pickles.FRAME, "a frame reaches beyond the file")
    if state.frame_end > state.cursor.position:
        state.note(rules.pickles.FRAME, "a frame begins before the one before it ends")
    state.frame_end = state.cursor.position + size


def leave(state: State) -> None:
    """The opcode ends behind the frame, in which it may have begun."""
    if state.begin < state.frame_end:
        state.note(rules.pickles.FRAME, "a frame ends in the middle of an opcode")
    state.frame_end = 0


def check(state: State, codes: bytes, *, stopped: bool) -> int:
    """Hold what was announced against the opcodes that were met; gives the protocol."""
    newest = max((_since().get(code, 0) for code in codes), default=0)
    if newest > max(state.protocol, 1):
        message = f"says that it is of protocol {state.protocol}, and has opcodes of {newest}"
        state.note(rules.pickles.PROTOCOL, message)
    if stopped and state.frame_end > state.cursor.position:
        state.note(rules.pickles.FRAME, "the pickle ends before its frame")
    return state.protocol or min(newest, 1)


@cache
def _since() -> dict[int, int]:
    """The protocol that each opcode came with."""
    from pickletools import opcodes

    return {ord(opcode.code): opcode.proto for opcode in opcodes}

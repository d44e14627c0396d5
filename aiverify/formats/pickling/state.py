"""The state of a walk through a pickle, on which opcodes work."""

from __future__ import annotations

from aiverify.core.finding import Rule
from aiverify.formats.cursor import Cursor
from aiverify.formats.pickling.stack import Memo, Stack
from aiverify.formats.pickling.uses import Uses


class State:
    """Where the walk is, the stack and the memo, and what was seen."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.stack = Stack()
        self.memo = Memo()
        self.uses = Uses()
        self.begin = cursor.position
        """Where the opcode begins that is obeyed."""
        self.protocol = 0
        self.frame_end = 0
        """Where the frame ends that the opcode is in; 0 outside of frames."""

    def note(self, rule: Rule, message: str) -> None:
        """Something was found at the opcode."""
        self.uses.note(rule, message, self.begin)

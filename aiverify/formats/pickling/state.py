"""The state of a walk through a pickle, on which opcodes work."""

from __future__ import annotations

from aiverify.core.finding import Rule
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.pickling.stack import Memo, Stack
from aiverify.formats.pickling.uses import Uses

MAX_WORK = 5_000_000
"""Names of attributes that are looked at. Set once each, there are fewer than opcodes."""


class State:
    """Where the walk is, the stack and the memo, and what was seen."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.stack = Stack()
        self.memo = Memo()
        self.uses = Uses()
        self.begin = cursor.position
        """Where the opcode begins that is obeyed."""
        self.work = 0
        self.protocol = 0
        self.frame_end = 0
        """Where the frame ends that the opcode is in; 0 outside of frames."""

    def spend(self, work: int) -> None:
        """Something is looked at that a few bytes may have told to look at again.

        Raises:
            MalformedError: that was said too often.
        """
        self.work += work
        if self.work > MAX_WORK:
            raise MalformedError("the same attributes are set over and over")

    def note(self, rule: Rule, message: str) -> None:
        """Something was found at the opcode."""
        self.uses.note(rule, message, self.begin)

"""The unpickler's memory: a stack with marks, and the memo."""

from __future__ import annotations

from aiverify.errors import MalformedError
from aiverify.formats.pickling.values import Value

MAX_APART = 100_000
"""Values of the memo that may be numbered apart from the others."""


class Stack:
    """Values, none of which is taken from below the latest mark."""

    def __init__(self) -> None:
        self._values: list[Value] = []
        self._marks: list[int] = []
        self._floor = 0

    def push(self, value: Value) -> None:
        """Put a value on top."""
        self._values.append(value)

    def pop(self) -> Value:
        """Take the top value off.

        Raises:
            MalformedError: there is none.
        """
        self._require()
        return self._values.pop()

    @property
    def top(self) -> Value:
        """The top value, which stays.

        Raises:
            MalformedError: there is none.
        """
        self._require()
        return self._values[-1]

    def mark(self) -> None:
        """Remember this height."""
        self._floor = len(self._values)
        self._marks.append(self._floor)

    def pop_to_mark(self) -> list[Value]:
        """Take off all that was put on since the latest mark, and the mark.

        Raises:
            MalformedError: there is no mark.
        """
        if not self._marks:
            raise MalformedError("an opcode takes what follows a mark, and there is no mark")
        height = self._marks.pop()
        taken = self._values[height:]
        del self._values[height:]
        self._floor = self._marks[-1] if self._marks else 0
        return taken

    def drop(self) -> None:
        """Take off the top value; or the mark, when nothing lies on it."""
        if self._marks and len(self._values) == self._floor:
            self.pop_to_mark()
        else:
            self.pop()

    def _require(self) -> None:
        if len(self._values) <= self._floor:
            raise MalformedError("an opcode takes a value from the stack, and there is none")


class Memo:
    """Values by number. Picklers number them in a row, from 0 or 1 on."""

    def __init__(self) -> None:
        self._first = 0
        self._row: list[Value] = []
        self._rest: dict[int, Value] = {}

    def put(self, index: int, value: Value) -> None:
        """Remember a value under a number.

        Raises:
            MalformedError: the numbers are no row at all.
        """
        if not self._row and not self._rest:
            self._first = min(index, 1)
        place = index - self._first
        if 0 <= place < len(self._row):
            self._row[place] = value
        elif place == len(self._row) and index not in self._rest:
            self._row.append(value)
        else:
            self._rest[index] = value
            if len(self._rest) > MAX_APART:
                raise MalformedError("the memo's numbers are no row")

    def append(self, value: Value) -> None:
        """Remember a value under the next number: as many as there are."""
        self.put(len(self._row) + len(self._rest), value)

    def get(self, index: int) -> Value:
        """What was remembered.

        Raises:
            MalformedError: nothing was, under this number.
        """
        place = index - self._first
        if 0 <= place < len(self._row):
            return self._row[place]
        try:
            return self._rest[index]
        except KeyError:
            raise MalformedError(f"memo {index} is fetched before it is put") from None

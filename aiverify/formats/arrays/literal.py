"""Python literals, as NumPy writes them into a header: read, and never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.errors import MalformedError

TOKEN = re.compile(
    r"\s*(?:(?P<text>[bu]?'(?:[^'\\\n]|\\.)*'|[bu]?\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>-?[0-9]{1,20}L?)|(?P<name>True|False|None)(?!\w)|(?P<mark>[(){}\[\],:]))"
)

NAMES = {"True": True, "False": False, "None": None}
CLOSING = {"(": ")", "[": "]", "{": "}"}
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "0": "\0"}

MAX_DEPTH = 32
END = ""


def read(text: str) -> object:
    """The one literal in a text: a number, string or truth value, or a container of them.

    Raises:
        MalformedError: it holds anything else.
    """
    reading = _Reading(text)
    value = reading.value(0)
    if reading.mark != END:
        raise MalformedError("the header goes on behind its dictionary")
    return value


class _Reading:
    """A text as it is read; `mark` is the token that comes next."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text.rstrip())
        self.mark, self._item = next(self._tokens)

    def value(self, depth: int) -> object:
        """The literal that comes next."""
        if depth > MAX_DEPTH:
            raise MalformedError(f"the header is nested deeper than {MAX_DEPTH} levels")
        mark, item = self.mark, self._item
        self._move()
        if mark == "value":
            return item
        if mark == "{":
            return dict(self._pairs(depth))
        if mark in ("(", "["):
            return self._items(mark, depth)
        raise MalformedError("the header is no Python literal")

    def _items(self, opening: str, depth: int) -> object:
        items, commas = [], 0
        while self.mark != CLOSING[opening]:
            items.append(self.value(depth + 1))
            if self.mark == ",":
                commas += 1
                self._move()
            elif self.mark != CLOSING[opening]:
                raise MalformedError("the header is no Python literal")
        self._move()
        if opening == "[":
            return items
        return items[0] if len(items) == 1 and not commas else tuple(items)

    def _pairs(self, depth: int) -> Iterator[tuple[str, object]]:
        seen: set[str] = set()
        while self.mark != "}":
            key = self.value(depth + 1)
            if not isinstance(key, str) or self.mark != ":" or key in seen:
                raise MalformedError("the header's keys are not strings, each of them once")
            seen.add(key)
            self._move()
            yield key, self.value(depth + 1)
            if self.mark == ",":
                self._move()
            elif self.mark != "}":
                raise MalformedError("the header is no Python literal")
        self._move()

    def _move(self) -> None:
        if self.mark == END:
            raise MalformedError("the header ends too early")
        self.mark, self._item = next(self._tokens)


def _tokens(text: str) -> Iterator[tuple[str, object]]:
    """Marks, and values under the mark `value`; at last the end."""
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            raise MalformedError("the header is no Python literal")
        position = found.end()
        if found["mark"]:
            yield found["mark"], None
        elif found["text"]:
            yield "value", _unquoted(found["text"])
        elif found["number"]:
            yield "value", int(found["number"].rstrip("L"))
        else:
            yield "value", NAMES[found["name"]]
    yield END, None


def _unquoted(text: str) -> str:
    return ESCAPE.sub(_unescaped, text.lstrip("bu")[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    if code not in PLAIN_ESCAPES:
        raise MalformedError("a string in the header holds an escape that is not read")
    return PLAIN_ESCAPES[code]

"""Names of files inside an artifact: which are allowed, and how any of them is printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aiverify.errors import UnsafeNameError, UsageError

MAX_NAME = 4096
"""Bytes that a name may have: what a path may have on Linux."""


MAX_PARTS = 100
"""Directories that a name may lead through, the file included."""


def check(name: str) -> str:
    """Return a member's name if it is safe on every system that may unpack it.

    A name is relative, separated by `/`, in UTF-8, without empty, `.` or `..` parts,
    backslashes, drive letters or NUL. Control characters are allowed (an old model must not become
    unverifiable) and escaped wherever they are shown.

    Raises:
        UnsafeNameError: with the reason.
    """
    shown = f"'{printable(name[:200])}'"
    try:
        length = len(name.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise UnsafeNameError(f"the name {shown} is not UTF-8", hint="Rename the file.") from error
    if length > MAX_NAME:
        raise UnsafeNameError(f"a name has {length} bytes; the limit is {MAX_NAME}")
    if not name or name.startswith("/") or "\\" in name or "\0" in name or name[1:2] == ":":
        raise UnsafeNameError(f"the name {shown} is not a plain relative path")
    if name.count("/") >= MAX_PARTS:
        raise UnsafeNameError(f"a name has more than {MAX_PARTS} parts")
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise UnsafeNameError(f"the name {shown} has an empty, '.' or '..' part")
    return name


def paths_of(name: str) -> Iterator[str]:
    """The paths that name a member or a directory that it lies in, the topmost first."""
    parts = name.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def is_below(name: str, path: str) -> bool:
    """Whether a member is what a path names, or lies in the directory that it names."""
    return name == path or name.startswith(f"{path}/")


def check_text(text: str, what: str) -> str:
    """Return a text that somebody typed if it can be written down.

    Raises:
        UsageError: it is not UTF-8; `what` names it.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"{what} {printable(text)} is not UTF-8") from error
    return text


def check_all(names: Iterable[str]) -> None:
    """Refuse names that are one file on some systems and two on others.

    Two paths collide when they agree after Unicode normalization and case folding, or
    when one is a file and the other needs it to be a directory.

    Raises:
        UnsafeNameError: names both.
    """
    top = _Node("", is_file=False)
    for name in names:
        node, parts = top, name.split("/")
        for depth, part in enumerate(parts):
            is_file = depth == len(parts) - 1
            below = node.children.setdefault(_folded(part), _Node(part, is_file=is_file))
            if below.part != part:
                parent = "/".join(parts[:depth])
                raise UnsafeNameError(
                    f"{_joined(parent, below.part)} and {_joined(parent, part)} are the same "
                    "name on a system that ignores case",
                    hint="Rename one of the two.",
                )
            if below.is_file != is_file:
                path = printable("/".join(parts[: depth + 1]))
                raise UnsafeNameError(f"{path} is both a file and a directory")
            node = below


def printable(text: str) -> str:
    """Text that cannot move a cursor, hide itself or break a line when it is shown."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if is_visible(char) else _escaped(char) for char in text)


def is_visible(char: str) -> bool:
    """Whether a character shows itself and does nothing else.

    Not separators other than the space, not fillers, and not control, format (bidi, zero
    width), surrogate, private and unassigned characters.
    """
    if char == " ":
        return True
    return unicodedata.category(char)[0] not in "CZ" and not _SHAPELESS.match(char)


@dataclass(slots=True)
class _Node:
    """A part of a path, and what lies below it by folded name."""

    part: str
    is_file: bool
    children: dict[str, _Node] = field(default_factory=dict)


def _joined(parent: str, part: str) -> str:
    return printable(f"{parent}/{part}" if parent else part)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Letters and marks that nobody sees: joiners, fillers, blanks, variation selectors."""


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, kept by surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

"""The libraries that a program loads, and where the loader looks for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.elf import dynamic as tags
from aiverify.formats.elf import segments
from aiverify.formats.elf.dynamic import Dynamic
from aiverify.formats.elf.image import Image

OPEN_TO_ALL = (("tmp",), ("var", "tmp"), ("dev", "shm"), ("run", "shm"), ("run", "lock"))
"""Folders, by their parts, in which every user of a system may write."""

ORIGIN = re.compile(r"\$(ORIGIN|\{ORIGIN\})(/|$)")
"""The folder that the program itself is in."""

MAX_INTERPRETER = 4096
MAX_PATHS = 1 << 20
"""Bytes of a search path: tools that add to one may say the same a thousand times."""

MAX_SHOWN = 200
MAX_FOUND = 20
"""Findings of one kind: a file may give cause for any number."""


@dataclass(frozen=True, slots=True)
class Libraries:
    """What the loader is told to load, and where to look."""

    interpreter: str
    needed: tuple[str, ...]
    soname: str
    rpath: tuple[str, ...]
    runpath: tuple[str, ...]
    filters: tuple[str, ...]
    audits: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """As the facts state it: what is not there is left out, but for what is needed."""
        lists: dict[str, tuple[str, ...]] = {
            "rpath": self.rpath,
            "runpath": self.runpath,
            "filters": self.filters,
            "audits": self.audits,
        }
        values: dict[str, Json] = {"interpreter": self.interpreter, "soname": self.soname}
        values.update((name, list(texts)) for name, texts in lists.items())
        return {"needed": list(self.needed)} | {name: it for name, it in values.items() if it}

    def findings(self) -> Iterator[Finding]:
        """What lets somebody else choose the code that is loaded."""
        for what, paths in (("RPATH", self.rpath), ("RUNPATH", self.runpath)):
            for path, problem in islice(_problems(paths), MAX_FOUND):
                message = f"its {what} has {_shown(path)}, {problem}"
                yield rules.programs.SEARCH_PATH.found(message, place=what)
        by_path = (name for name in (*self.needed, *self.filters) if _is_path(name))
        for name in islice(dict.fromkeys(by_path), MAX_FOUND):
            message = f"it loads {_shown(name)}, by its path and not by its name"
            yield rules.programs.LIBRARY.found(message, place="needed")
        for name in islice(dict.fromkeys(self.audits), MAX_FOUND):
            message = f"it loads {_shown(name)} to watch over all that it loads (DT_AUDIT)"
            yield rules.programs.LIBRARY.found(message, place="audit")
        for path, problem in _problems((self.interpreter,) if self.interpreter else ()):
            message = f"its interpreter is {_shown(path)}, {problem}"
            yield rules.programs.INTERPRETER.found(message, place="interpreter")


def read_libraries(image: Image, dynamic: Dynamic | None) -> Libraries:
    """What the dynamic table and the segments say.

    Raises:
        MalformedError: a string lies outside its table, or the interpreter's name is none.
    """
    interpreter = _interpreter(image)
    if dynamic is None:
        return Libraries(interpreter, (), "", (), (), (), ())
    return Libraries(
        interpreter,
        tuple(dynamic.texts(tags.NEEDED)),
        "".join(dynamic.texts(tags.SONAME)),
        _paths(dynamic, tags.RPATH),
        _paths(dynamic, tags.RUNPATH),
        (*dynamic.texts(tags.FILTER), *dynamic.texts(tags.AUXILIARY)),
        (*dynamic.texts(tags.AUDIT), *dynamic.texts(tags.LATE_AUDIT)),
    )


def _paths(dynamic: Dynamic, tag: int) -> tuple[str, ...]:
    # An empty list is passed over by the loader; an empty element is the current folder.
    texts = dynamic.texts(tag, MAX_PATHS)
    return tuple(dict.fromkeys(path for text in texts if text for path in text.split(":")))


def _interpreter(image: Image) -> str:
    segment = image.segments.only(segments.INTERPRETER, "interpreter")
    if segment is None or not segment.stored:
        return ""
    if not 2 <= segment.stored <= MAX_INTERPRETER:
        raise MalformedError(f"the interpreter's name is {segment.stored} bytes")
    data = image.source.read_at(segment.offset, segment.stored)
    if data[-1:] != b"\0":
        raise MalformedError("the interpreter's name does not end with a NUL")
    return data.partition(b"\0")[0].decode("utf-8", "replace")


def _is_path(name: str) -> bool:
    return "/" in name and (not ORIGIN.match(name) or bool(_problem(name)))


def _problems(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The places to load code from with which something is wrong, and what it is."""
    return ((path, problem) for path in paths if (problem := _problem(path)))


def _problem(path: str) -> str:
    if not path:
        return "which is empty and means the folder that it is started in"
    origin = ORIGIN.match(path)
    if not origin and not path.startswith("/"):
        return "which is relative to the folder that it is started in"
    parts = posixpath.normpath(path[origin.end() :] if origin else path).split("/")
    leads_up = parts[0] == ".."
    names = tuple(part for part in parts if part not in ("", ".."))
    # Enough steps up lead to the root, wherever the program is.
    if (leads_up or not origin) and any(names[: len(place)] == place for place in OPEN_TO_ALL):
        return "where every user of the system may write"
    return ""


def _shown(text: str) -> str:
    return f"'{printable(text[:MAX_SHOWN])}'"

"""JSON as aiverify reads and writes it: strict in, canonical out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, NoReturn, TypeAlias

from aiverify.core.names import is_visible, printable
from aiverify.errors import MalformedError, UnsafeNameError

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_DOUBTFUL = re.compile("[^\n -~]")
"""What has to be looked at: most documents are ASCII alone, and quick to write."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

MAX_DEPTH = 100
"""Nesting that a document may have. Deeper ones are an attack on whoever parses them."""

MAX_VALUES = 4_000_000
"""Values that a document may hold. Each costs some hundred bytes once it is parsed, so that
a small hostile file would become a large hostile process."""


def loads(data: bytes | str, where: str) -> Json:
    """Parse one JSON document (RFC 8259), refusing what parsers disagree about.

    Refused: bytes that are not UTF-8, a byte-order mark, duplicate keys, NaN and Infinity,
    lone surrogates, more than `MAX_DEPTH` levels and, before it is parsed, what may hold more
    than `MAX_VALUES` values. `where` names the input in errors.

    Raises:
        MalformedError: with the line and column when the syntax is at fault.
    """
    try:
        text = _text(data)
        _bound(text, where)
        value: Json = _DECODER.decode(text)
        _check(text, value)
    except UnicodeError as error:
        raise MalformedError(f"{where} is not valid UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise MalformedError(f"{where} is not valid JSON: {error.msg} at {place}") from error
    except RecursionError as error:
        raise MalformedError(f"{where} is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise MalformedError(f"{where} is not strict JSON: {error}") from error
    return value


def load_object(data: bytes | str, where: str) -> dict[str, Json]:
    """Parse a document whose top level must be an object.

    Raises:
        MalformedError: it is not JSON, or not an object.
    """
    value = loads(data, where)
    if not isinstance(value, dict):
        raise MalformedError(f"{where} must be a JSON object, not {kind(value)}")
    return value


def canonical(value: Json) -> bytes:
    """The one byte form of a value: sorted keys, no spaces, UTF-8.

    Raises:
        UnsafeNameError: a text in it is not Unicode, as a file name may be.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = printable(text[max(0, error.start - 20) : error.end + 20])
        raise UnsafeNameError(f"a name is not UTF-8: {shown}", hint="Rename the file.") from error


def pretty(value: Json) -> str:
    """A value for people: two spaces, keys in the order given, a final newline.

    Characters that cannot be seen, or that a terminal could act on, are written as JSON
    escapes.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _DOUBTFUL.sub(lambda found: _shown(found.group()), text) + "\n"


def kind(value: Json) -> str:
    """The JSON name of a value's type, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an object" if isinstance(value, Mapping) else "an array"


def _shown(char: str) -> str:
    # ASCII alone, so that a character beyond the first 65,536 becomes a surrogate pair.
    return char if is_visible(char) else json.dumps(char, ensure_ascii=True)[1:-1]


def _text(data: bytes | str) -> str:
    if isinstance(data, bytes):
        return data.decode("utf-8")
    data.encode("utf-8")  # which refuses lone surrogates
    return data


def _bound(text: str, where: str) -> None:
    # Every value but the first follows a comma or an opening bracket.
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise MalformedError(f"{where} holds more than {MAX_VALUES} JSON values")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise ValueError(f"duplicate key {twice[:100]!r}")
    return result


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _integer(digits: str) -> int:
    # Longer ones are slow to convert and no format here holds one.
    if len(digits) > 40:
        raise ValueError("a number with more than 40 digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number too large for a float")
    return number


def _check(text: str, value: Json) -> None:
    """Refuse what is nested too deep, and lone surrogates, which come as escapes alone."""
    # Each level begins with a bracket, and few documents have many.
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _measure(value)
    if _SURROGATE.search(text):
        json.dumps(value, ensure_ascii=False).encode("utf-8")


def _measure(value: Json) -> None:
    """Walk without recursion, so that depth is bounded by us and not by the interpreter."""
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        level = [item for each in level for item in _members(each) if type(item) in _CONTAINERS]
        if not level:
            return
    raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


def _members(value: Any) -> Iterable[Json]:
    members: Iterable[Json] = value.values() if type(value) is dict else value
    return members


_CONTAINERS = frozenset({dict, list})
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_integer, parse_float=_finite
)

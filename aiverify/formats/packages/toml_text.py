"""TOML as JSON, within bounds: its parser takes time that grows with the square of a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError

MAX_KEY_PARTS = 64
"""Dots of one line outside quotes: more than any key has parts."""

MAX_INTEGER = 10**40
"""JSON that is read strictly has no longer numbers."""

QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'')

LINES = re.compile(r"^[^\n]*", re.MULTILINE)


def parse(text: str, shown: str) -> dict[str, Json]:
    """The document's members. Times are texts, and so are numbers that JSON lacks.

    Raises:
        MalformedError: it is not TOML (1.0.0), or built to be slow to parse.
    """
    members = load(text, shown)
    try:
        return {key: _plain(value) for key, value in members.items()}
    except RecursionError as error:
        raise MalformedError(f"{shown} is nested too deep") from error


def load(text: str, shown: str) -> dict[str, Any]:
    """The same with times as Python has them, for who checks their types. Raises as `parse`."""
    import tomllib

    _bound(text, shown)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise MalformedError(f"{shown} is nested too deep") from error
    except ValueError as error:
        raise MalformedError(f"{shown} is not TOML: {error}") from error


def _bound(text: str, shown: str) -> None:
    for number, line in enumerate(LINES.findall(QUOTED.sub("q", text)), 1):
        if line.partition("#")[0].count(".") > MAX_KEY_PARTS:
            raise MalformedError(f"line {number} of {shown} has a key of too many parts")


def _plain(value: Any) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        raise MalformedError("a number in it has more than 40 digits")
    plain: Json = value
    return plain

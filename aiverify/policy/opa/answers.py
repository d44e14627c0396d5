"""Values as both engines give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aiverify.core.jsonvalue import Json
from aiverify.errors import UndecidedError

MAX_DEPTH = 127
"""Levels that a document may have: those that the embedded engine takes."""

_LEAST, _MOST = -(2**63), 2**64


def plain(value: Json) -> Json:
    """A value with its numbers as the embedded engine writes them.

    OPA keeps `1.0` as it was written; the embedded engine makes it an integer, of the digits
    that name it, if 64 bits hold it.
    """
    if isinstance(value, float) and value.is_integer() and repr(value) != "-0.0":
        whole = int(Decimal(repr(value)))
        return whole if _LEAST <= whole < _MOST else value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def check_depth(document: Json) -> None:
    """Refuse a document that the embedded engine would refuse.

    Raises:
        UndecidedError: it is nested too deep.
    """
    level: Sequence[Json] = [document]
    for _ in range(MAX_DEPTH + 1):
        below: list[Json] = []
        for item in level:
            if isinstance(item, Mapping):
                below += item.values()
            elif isinstance(item, list | tuple):
                below += item
        if not below:
            return
        level = below
    raise UndecidedError(f"the document: it is nested deeper than {MAX_DEPTH} levels")

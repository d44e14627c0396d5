"""The members of a profile, taken by type. Each error says which member it is, by its path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from aiverify.core import moments
from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.verify.profile import model
from aiverify.verify.profile.shape import Record

_AGE = re.compile(model.AGE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def members(value: Json, shape: Record, where: str) -> Mapping[str, Json]:
    """A mapping with no other members than a record has."""
    fields = mapping(value, where)
    unknown = sorted(printable(str(key)) for key in fields if key not in shape.known)
    if unknown:
        raise MalformedError(
            f"{where} has the unknown field {unknown[0]}",
            hint=f"Known here: {', '.join(sorted(shape.known))}.",
        )
    return fields


def mapping(value: Json, where: str) -> Mapping[str, Json]:
    """A mapping."""
    if not isinstance(value, Mapping):
        raise MalformedError(f"{where} must be a mapping, not {kind(value)}")
    return value


def sequence(value: Json, where: str) -> Sequence[Json]:
    """A list."""
    if not isinstance(value, list):
        raise MalformedError(f"{where} must be a list, not {kind(value)}")
    return value


def text(value: Json, where: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{where} must be a text, not {kind(value)}")
    return value


def texts(value: Json, where: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(item, where) for item in sequence(value, where))


def some_texts(members: Mapping[str, Json], key: str, where: str) -> tuple[str, ...]:
    """A list of texts that says something, or nothing where it is left out."""
    if key not in members:
        return ()
    found = texts(members[key], f"{where}.{key}")
    if not found:
        raise MalformedError(
            f"{where}.{key} is an empty list", hint="Name one, or remove the field."
        )
    return found


def number(fields: Mapping[str, Json], key: str, default: int, where: str) -> int:
    """A whole number."""
    value = fields.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedError(f"{where}.{key} must be a whole number, not {kind(value)}")
    return value


def flag(fields: Mapping[str, Json], key: str, where: str) -> bool:
    """True or false; false where it is left out."""
    value = fields.get(key, False)
    if not isinstance(value, bool):
        raise MalformedError(f"{where}: {key} must be true or false, not {kind(value)}")
    return value


def moment(fields: Mapping[str, Json], key: str, where: str) -> datetime | None:
    """A day, or a time with its zone. A day is its beginning in UTC."""
    if key not in fields:
        return None
    value = text(fields[key], f"{where}.{key}")
    found = moments.parse(value)
    if found is None:
        raise MalformedError(
            f"{where}.{key} is {printable(value)}, which is no time", hint=moments.HINT
        )
    return found


def age(fields: Mapping[str, Json], key: str, where: str) -> timedelta | None:
    """A length of time: `30s`, `90m`, `48h` or `30d`."""
    if key not in fields:
        return None
    value = text(fields[key], f"{where}.{key}")
    found = _AGE.fullmatch(value)
    if not found:
        raise MalformedError(
            f"{where}.{key} is {printable(value)}, which is no length of time",
            hint="Write it as 30s, 90m, 48h or 30d.",
        )
    return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})

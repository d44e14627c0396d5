"""Protobuf's JSON form, as Sigstore writes its files: read strictly, one form for each value.

Protobuf's own readers accept several forms of a value (ProtoJSON format). What is signed or
logged should have one, so unknown members, other names of a member, URL-safe or unpadded
base64 and numbers with signs, zeros in front or fractions are refused. A member that is null
counts as absent, and an absent number as 0, as in Protobuf.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from aiverify.core.jsonvalue import Json, kind
from aiverify.errors import MalformedError
from aiverify.signing import dsse

MAX_INT64 = (1 << 63) - 1

_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII)


def integer(value: Mapping[str, Json], key: str, where: str) -> int:
    """A count from 0 to 2^63-1, written as a number or as its decimal digits; 0 if absent.

    Raises:
        MalformedError: it is written in any other way.
    """
    found = value.get(key, 0)
    if isinstance(found, str) and _DECIMAL.fullmatch(found):
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MAX_INT64:
        raise MalformedError(f"{where}: {key!r} is not a whole number from 0 to 2^63-1")
    return found


def octets(value: Mapping[str, Json], key: str, where: str, *, least: int, most: int) -> bytes:
    """Bytes in base64, at least and at most so many.

    Raises:
        MalformedError: they are missing, too few, too many or written in any other way.
    """
    text = value.get(key)
    if isinstance(text, str) and len(text) > 4 * (most + 2) // 3:
        raise MalformedError(f"{where}: {key!r} is longer than {most} bytes")
    found = dsse.decoded(value, key, where)
    if not least <= len(found) <= most:
        expected = f"{least}" if least == most else f"{least} to {most}"
        raise MalformedError(f"{where}: {key!r} has {len(found)} bytes, not {expected}")
    return found


def text(value: Mapping[str, Json], key: str, where: str, most: int = 2048) -> str:
    """A text that must be there, of 1 to `most` characters.

    Raises:
        MalformedError: it is missing, empty, too long or something else.
    """
    found = dsse.text(value, key, where)
    if not 0 < len(found) <= most:
        raise MalformedError(f"{where}: {key!r} has {len(found)} characters, not 1 to {most}")
    return found


def optional_text(value: Mapping[str, Json], key: str, where: str, most: int = 2048) -> str:
    """A text that may be absent or empty. Raises as `text`."""
    return text(value, key, where, most) if value.get(key, "") != "" else ""


def items(value: Mapping[str, Json], key: str, where: str, most: int) -> Sequence[Json]:
    """A list of at most so many values; empty if absent.

    Raises:
        MalformedError: it is something else, or longer.
    """
    found = value.get(key, [])
    if not isinstance(found, list):
        raise MalformedError(f"{where}: {key!r} is {kind(found)}, not an array")
    if len(found) > most:
        raise MalformedError(f"{where}: {key!r} has {len(found)} values; at most {most} may be")
    return found


def moment(value: Mapping[str, Json], key: str, where: str) -> datetime | None:
    """A time in RFC 3339, in UTC; None if absent.

    Digits beyond the microsecond are dropped: periods of validity do not turn on them.

    Raises:
        MalformedError: it is something else.
    """
    if key not in value:
        return None
    found = _MOMENT.fullmatch(dsse.text(value, key, where))
    if found is None:
        raise MalformedError(f"{where}: {key!r} is not a time in RFC 3339")
    seconds, fraction, zone = found.groups()
    try:
        time = datetime.fromisoformat(f"{seconds}.{(fraction or '0')[:6]:0<6}{zone}")
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedError(f"{where}: {key!r} is not a time in RFC 3339") from error

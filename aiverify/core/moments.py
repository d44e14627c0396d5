"""Days and times as people write them (RFC 3339), and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

HINT = "Write a day as 2025-01-31, or a time as 2025-01-31T12:00:00Z."
"""What to say to somebody who wrote neither."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})"
_MOMENT = re.compile(f"{_DAY}({_TIME})?", re.ASCII)


def parse(text: str) -> datetime | None:
    """A day, which is its beginning in UTC, or a time with its zone; None for anything else."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text.upper())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def shown(moment: datetime) -> str:
    """A day where one begins, and otherwise a time in whole seconds of UTC."""
    moment = moment.astimezone(UTC)
    at_midnight = moment.time().replace(microsecond=0) == datetime.min.time()
    return f"{moment:%Y-%m-%d}" if at_midnight else rfc3339(moment)


def rfc3339(moment: datetime) -> str:
    """A time in whole seconds of UTC."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"


def nanoseconds(moment: datetime) -> int:
    """Nanoseconds since the epoch, to the microsecond."""
    return lasting(moment - EPOCH)


def lasting(length: timedelta) -> int:
    """A length of time in nanoseconds, to the microsecond."""
    return length // timedelta(microseconds=1) * 1000


def of_nanoseconds(count: int) -> datetime:
    """The time that is so many nanoseconds after the epoch."""
    return EPOCH + timedelta(microseconds=count // 1000)

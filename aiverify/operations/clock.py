"""The time that goes into what is written, which `SOURCE_DATE_EPOCH` fixes."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from aiverify.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stated() -> datetime | None:
    """The time that the environment fixes for reproducible builds, if it does.

    Raises:
        UsageError: `SOURCE_DATE_EPOCH` is not a number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError("SOURCE_DATE_EPOCH must be a number of seconds since 1970") from error


def now() -> datetime:
    """The time that the environment fixes, or else the present."""
    return stated() or datetime.now(UTC)


def file_time() -> str:
    """The modification time that a bundle gives its files, in RFC 3339."""
    return rfc3339(stated() or _EPOCH)


def rfc3339(time: datetime) -> str:
    """A time in whole seconds of UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")

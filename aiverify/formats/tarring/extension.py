"""What a tar archive says of its next member outside the header: PAX records, GNU's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiverify.errors import MalformedError

MAX_BYTES = 1 << 20
MAX_RECORDS = 1000
SPARSE = b"GNU.sparse."


@dataclass(frozen=True, slots=True)
class Extension:
    """Overrides for the next member; None where nothing is overridden."""

    name: bytes | None = None
    size: int | None = None
    sparse: bool = False
    """Whether the member's bytes are not its content, but the pieces of it that are no holes."""


def records(data: bytes) -> Mapping[bytes, bytes]:
    """PAX records (POSIX.1-2001): `length key=value` and a line feed, where length counts all.

    Raises:
        MalformedError: they do not follow one another so.
    """
    found: dict[bytes, bytes] = {}
    position = 0
    while position < len(data) and data[position : position + 1] != b"\0":
        digits, blank, _ = data[position : position + 8].partition(b" ")
        if not blank or not digits.isdigit():
            raise MalformedError("a PAX record has no length")
        end = position + int(digits)
        key, equals, value = data[position + len(digits) + 1 : end].partition(b"=")
        if end > len(data) or not equals or not value.endswith(b"\n"):
            raise MalformedError("a PAX record does not end where its length says")
        if key in found:
            raise MalformedError("a PAX record is given twice")
        if len(found) >= MAX_RECORDS:
            raise MalformedError(f"a member has more than {MAX_RECORDS} PAX records")
        found[key], position = value[:-1], end
    return found


def of_records(found: Mapping[bytes, bytes]) -> Extension:
    """What records say of a member.

    Raises:
        MalformedError: a size is no number.
    """
    size = found.get(b"size")
    if size is not None and not (size.isdigit() and len(size) < 19):
        raise MalformedError("a PAX record gives a size that is no number")
    sparse = any(key.startswith(SPARSE) for key in found)
    return Extension(found.get(b"path"), None if size is None else int(size), sparse)

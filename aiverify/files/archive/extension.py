"""What a tar stream says of its next member outside the header: PAX records, GNU's long names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiverify.errors import MalformedError

LONG_NAME, PAX, PAX_GLOBAL = b"L", b"x", b"g"
KINDS = frozenset({LONG_NAME, PAX, PAX_GLOBAL})

MAX_BYTES = 1 << 20
MAX_RECORDS = 1000
NO_OCTAL = 1 << 33
"""The least size that a header's eleven octal digits cannot hold."""

_SPARSE = b"GNU.sparse."
_OVERRIDES = frozenset({b"path", b"linkpath", b"size"})


@dataclass(frozen=True, slots=True)
class Extension:
    """What the headers before a member say of it; None where they say nothing."""

    long_name: bytes | None = None
    pax: Mapping[bytes, bytes] | None = None

    def with_body(self, kind: bytes, body: bytes) -> Extension:
        """This, and what one more of these headers says.

        Raises:
            MalformedError: it is broken, a second one of its kind, or says what nobody may.
        """
        if kind == LONG_NAME:
            if self.long_name is not None:
                raise MalformedError("a member has two long names")
            return replace(self, long_name=body.rstrip(b"\0"))
        found = records(body)
        if kind == PAX_GLOBAL:
            if not _OVERRIDES.isdisjoint(found):
                raise MalformedError("one record gives all members a name, size or link")
            return self
        if self.pax is not None:
            raise MalformedError("a member has two PAX headers")
        return replace(self, pax=found)

    def name(self, told: bytes) -> bytes:
        """The member's name, where its header has `told`.

        Raises:
            MalformedError: it has one from GNU and one from PAX.
        """
        path = (self.pax or {}).get(b"path")
        if path is not None and self.long_name is not None:
            raise MalformedError("a member has a long name and a PAX path")
        return next((name for name in (path, self.long_name) if name is not None), told)

    def size(self, told: int) -> int:
        """The member's size in bytes, where its header has `told`.

        Raises:
            MalformedError: a PAX record has another, and the header could have had that.
        """
        text = (self.pax or {}).get(b"size")
        if text is None:
            return told
        if not (text.isdigit() and len(text) < 19):
            raise MalformedError("a PAX record gives a size that is no number")
        size = int(text)
        if size != told and (told or size < NO_OCTAL):
            raise MalformedError(
                f"a member has {told} bytes by its header and {size} by its PAX record"
            )
        return size


def records(data: bytes) -> Mapping[bytes, bytes]:
    """PAX records (POSIX.1-2001): `length key=value` and a line feed, where length counts all.

    Raises:
        MalformedError: they do not follow one another so, or say that a member is sparse.
    """
    found: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        digits, blank, _ = data[position : position + 8].partition(b" ")
        if not blank or not digits.isdigit():
            raise MalformedError("a PAX record has no length")
        end = position + int(digits)
        key, equals, value = data[position + len(digits) + 1 : end].partition(b"=")
        if end > len(data) or not equals or not value.endswith(b"\n"):
            raise MalformedError("a PAX record does not end where its length says")
        if key.startswith(_SPARSE):
            raise MalformedError("a member is a sparse file, and an artifact holds whole ones")
        if key in found:
            raise MalformedError("a PAX record is given twice")
        if len(found) >= MAX_RECORDS:
            raise MalformedError(f"a member has more than {MAX_RECORDS} PAX records")
        found[key], position = value[:-1], end
    return found

"""Who somebody is to an issuer: exactly, or by a pattern that is always anchored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.core.names import printable
from aiverify.errors import UsageError

_MAX_NAME = 1024
_PARTS = re.compile(r"\*\*|\*|[^*]+")


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A name as a certificate gives it: an email address or a URI.

    A pattern is the whole name with wildcards: `*` stands for anything but `/` and `@`, `**`
    for anything at all, everything else for itself. It is never matched against a part of a
    name, so that `https://github.com/acme` is not `https://github.com/acme-evil`.

    Raises:
        UsageError: it is empty, or a wildcard stands where it would let strangers in: in the
            host of a URI, in the domain of an address, or instead of any text.
    """

    text: str
    wildcards: bool = False

    def __post_init__(self) -> None:
        if not self.text or not self.text.strip():
            raise UsageError("an identity is empty, so nobody could have it")
        if self.wildcards and "*" in _authority(self.text):
            raise UsageError(
                f"the identity {printable(self.text)} has a wildcard where its owner stands",
                hint="Write out the domain of an address, or the host of a URI and the part "
                "after it.",
            )

    def matches(self, name: str) -> bool:
        """Whether a certificate's name is this one."""
        if len(name) > _MAX_NAME:
            return False
        return fits(self.text, name) if self.wildcards else name == self.text

    def __str__(self) -> str:
        return self.text


def fits(pattern: str, name: str) -> bool:
    """Whether a name is a pattern's, the whole of it.

    `*` stands for anything but `/` and `@`, `**` for anything, the rest for itself.
    """
    return len(name) in _ends(pattern, name)


def _ends(pattern: str, name: str) -> set[int]:
    """Where in a name the pattern can end: all ways at once, so that no name takes for ever."""
    ends = {0}
    for part in _PARTS.findall(pattern):
        if part == "**":
            ends = set(range(min(ends), len(name) + 1)) if ends else ends
        elif part == "*":
            ends = _runs(name, ends)
        else:
            ends = {end + len(part) for end in ends if name.startswith(part, end)}
    return ends


def _runs(name: str, starts: set[int]) -> set[int]:
    """From some places to where the next `/` or `@` stands after each, every place once."""
    found: set[int] = set()
    done = -1
    for start in sorted(starts):
        stops = (name.find(stop, start) for stop in "/@")
        end = min((at for at in stops if at >= 0), default=len(name))
        found.update(range(max(start, done + 1), end + 1))
        done = max(done, end)
    return found


def _authority(text: str) -> str:
    """The part that says whose name it is: scheme, host and first part of the path; or domain."""
    scheme, separator, rest = text.partition("://")
    if separator:
        return scheme + "/".join(rest.split("/")[:2])
    _, at, domain = text.rpartition("@")
    return domain if at else text

"""Names that are given out once each."""

from __future__ import annotations


class Allotment:
    """Who comes second for a name gets a number behind it."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def name(self, wanted: str) -> str:
        """The wanted name, or the first free one that begins with it."""
        name = wanted
        while name in self._taken:
            self._last[wanted] = self._last.get(wanted, 1) + 1
            name = f"{wanted}{self._separator}{self._last[wanted]}"
        self._taken.add(name)
        return name

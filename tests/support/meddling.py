"""Somebody who writes to a file between its listing and its reading, on every run alike.

What happens inside one read is tested where the reading is, in `tests/unit/files`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from aiverify.cli import terminal


class Meddler:
    """Told of progress, it acts when the files are listed and about to be read, and once."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.acted = False

    def begin(self, label: str, total: int) -> None:
        """Act, the first time."""
        if not self.acted:
            self.acted = True
            self._act()

    def advance(self, count: int) -> None:
        """Leave it at that."""


@contextmanager
def meddling(act: Callable[[], object]) -> Iterator[Meddler]:
    """Have it act during the next command of this process."""
    meddler = Meddler(act)

    @contextmanager
    def progress(*, quiet: bool) -> Iterator[Meddler]:
        del quiet
        yield meddler

    with mock.patch.object(terminal, "progress", progress):
        yield meddler

"""Somebody who writes to a file just while a command reads it, on every run alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from aiverify.cli import terminal


class Meddler:
    """Told of progress, it acts when the first bytes have been read, and once."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.acted = False

    def begin(self, label: str, total: int) -> None:
        """Wait."""

    def advance(self, count: int) -> None:
        """Act, the first time."""
        if not self.acted:
            self.acted = True
            self._act()


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

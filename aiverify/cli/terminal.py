"""The terminal: where results, remarks and errors go, and how progress is shown."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from aiverify.core.names import printable
from aiverify.errors import AiverifyError, OutputError, UsageError
from aiverify.files import output as files
from aiverify.files.progress import Progress, Silent
from aiverify.render.page import Style

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

WORTH_SHOWING = 64 << 20
"""Bytes of work below which no progress bar is shown: it would be gone before it is read."""

STRIDE = 8 << 20
"""Bytes between two movements of the bar: each costs as much as hashing a good part of them."""


def say(text: str) -> None:
    """Print a result.

    Raises:
        OutputError: nothing more can be written there.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed", hint="Write the result to a file with -o.")
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        let_go()
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def let_go() -> None:
    """Have what is still to be printed go nowhere: Python would complain once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def deliver(text: str, path: Path | None) -> None:
    """Print a result, or write it to a file."""
    if path is None:
        say(text)
    else:
        files.write(path, text.encode())


def refuse_input(out: Path | None, *inputs: object) -> None:
    """Keep a result from taking the place of what it is made from, or from being added to it.

    Inputs that are no paths here are in nobody's way.

    Raises:
        UsageError: `out` is one of the inputs, or lies inside one.
    """
    if out is None:
        return
    place = os.path.realpath(out)
    for item in (each for each in inputs if isinstance(each, Path)):
        if os.path.commonpath((place, os.path.realpath(item))) == os.path.realpath(item):
            raise UsageError(
                f"{out} is an input of this command, or lies inside one",
                hint="Choose another name with -o.",
            )


def style(path: Path | None) -> Style:
    """How a table may look: as wide as the terminal, and in colour there unless told not to be."""
    if path is not None or sys.stdout is None or not sys.stdout.isatty():
        return Style()
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Style(max(60, shutil.get_terminal_size().columns), colour=not plain)


def remark(text: str) -> None:
    """Print something beside the result: a warning, or what to do next."""
    if sys.stderr is not None:
        sys.stderr.write(f"{printable(text)}\n")


def fail(error: AiverifyError) -> None:
    """Print an error and its way out."""
    remark(f"error: {error.message}")
    if error.hint:
        remark(f"  hint: {error.hint}")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """A progress bar on a terminal; nothing on a pipe, or when asked to be quiet."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield Silent()
        return
    shown = _Shown()
    try:
        yield shown
    finally:
        shown.end()


class _Shown:
    """A bar that appears with the first work worth showing."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._lock = Lock()
        self._waiting = 0

    def begin(self, label: str, total: int) -> None:
        self.end()
        if total < WORTH_SHOWING:
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
        from rich.progress import Progress as Bar

        self._bar = Bar(
            "{task.description}",
            BarColumn(),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task(label, total=total)

    def advance(self, count: int) -> None:
        if self._bar is None or self._task is None:
            return
        with self._lock:
            self._waiting += count
            if self._waiting < STRIDE:
                return
            count, self._waiting = self._waiting, 0
        self._bar.advance(self._task, count)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

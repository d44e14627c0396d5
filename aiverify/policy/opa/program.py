"""Starting an `opa` program: with neither our environment nor more memory than it may have."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from aiverify.core.names import printable
from aiverify.errors import UndecidedError

MAX_MEMORY = 4 << 30
"""Bytes of memory that the program may have. With more it ends, and nothing is decided."""


def start(
    program: Path, words: Sequence[str], folder: Path, log: IO[bytes], max_memory: int
) -> subprocess.Popen[bytes]:
    """Start it in a folder, with nobody who types; what it says goes to `log`.

    Raises:
        UndecidedError: it cannot be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  (the program that the user has)
            [str(program), *words],
            cwd=folder,
            env=_environment(folder, max_memory),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    except OSError as error:
        raise UndecidedError(
            f"{printable(str(program))} cannot be started: {error.strerror}"
        ) from error
    _bound(process.pid, max_memory)
    return process


def _environment(folder: Path, max_memory: int) -> Mapping[str, str]:
    """Nothing that a policy could learn, or that could configure the program."""
    return {"HOME": str(folder), "GOMEMLIMIT": f"{max_memory * 3 // 4}"}


def _bound(pid: int, max_memory: int) -> None:
    try:
        from resource import RLIMIT_DATA, prlimit
    except ImportError:  # only Linux can limit a process that runs
        return
    try:
        prlimit(pid, RLIMIT_DATA, (max_memory, max_memory))
    except ProcessLookupError:
        return

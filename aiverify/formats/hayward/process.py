"""hayward in a process of its own, which is started once and ended when it takes too long.

It is foreign code that reads hostile bytes: a small archive can keep it busy for minutes. So
it runs where the system can stop it, without our memory.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from aiverify.core.jsonvalue import Json

WORKER = Path(__file__).with_name("worker.py")


class NoAnswerError(Exception):
    """hayward did not answer; the message is the reason."""


@dataclass(slots=True)
class _Worker:
    """The process, and who started it: a fork must not talk through its parent's pipe."""

    process: subprocess.Popen[str]
    owner: int


_lock = Lock()
_workers: list[_Worker] = []


def ask(path: Path) -> list[Json]:
    """Ask hayward about a file.

    Raises:
        NoAnswerError: it failed, or took too long.
    """
    with _lock:
        answer = _answer(_started(), path)
    if isinstance(answer, list):
        return answer
    raise NoAnswerError(f"it failed with {answer}")


def start() -> None:
    """Start the process, for whoever will ask soon. Where it cannot be, asking says so."""
    with _lock, suppress(OSError):
        _started()


def stop() -> None:
    """End the process, if there is one."""
    while _workers:
        worker = _workers.pop()
        if worker.owner == os.getpid():
            _end(worker.process)


def _answer(process: subprocess.Popen[str], path: Path) -> Json:
    assert process.stdin is not None
    assert process.stdout is not None
    answer: Json = None
    try:
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
    except (OSError, ValueError) as error:
        raise NoAnswerError("it was ended, for it took too long or failed") from error
    finally:
        # Also when we were interrupted: the next one asked must not hear a late answer.
        if answer is None:
            stop()
    return answer


def _started() -> subprocess.Popen[str]:
    """The running process of this one, started if there is none."""
    for worker in _workers:
        if worker.owner == os.getpid() and worker.process.poll() is None:
            return worker.process
    stop()
    # `-P` keeps the folder of the script, where `code.py` lies, from the module path. The path
    # is ours, so that hayward is found wherever we found our own libraries.
    # An embedded Python knows no interpreter: then there is none to start, which is an OSError.
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable or "", "-P", str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": ""},
        encoding="utf-8",
    )
    if not _workers:
        atexit.unregister(stop)
        atexit.register(stop)
    _workers.append(_Worker(process, os.getpid()))
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # what it was told and did not read
                continue
    process.wait()

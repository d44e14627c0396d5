"""A few threads that work, so that the event loop never has to."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from aiverify.files.progress import ABANDONED

T = TypeVar("T")

Job = Callable[[], None]


class Threads:
    """Works in `count` threads, the oldest job first.

    They are daemons: a review that hangs does not keep the process from ending.
    """

    def __init__(self, count: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"review-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Have something done. Whoever waits no longer does not stop it."""
        future: asyncio.Future[T] = self._loop.create_future()

        def job() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - it is told to whoever waits
                self._tell(partial(_fail, future, error))
            else:
                self._tell(partial(_succeed, future, result))

        self._jobs.put(job)
        return future

    def close(self, seconds: float) -> None:
        """Let the threads end, and give up those that do not within that time in all."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(seconds / len(self._threads))
            if thread.is_alive():
                thread.name = f"{ABANDONED}-{thread.name}"

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _tell(self, end: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits
            self._loop.call_soon_threadsafe(end)


def _succeed(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)

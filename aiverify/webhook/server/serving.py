"""`serve`: everything together, from the start to the last answer."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Protocol

from aiverify.errors import AiverifyError, UndecidedError, UsageError
from aiverify.webhook.server.settings import Settings

INSTALL = "python -m pip install 'aiverify[webhook]'"

SWITCH = 0.0005
"""Seconds that a thread may compute before the event loop gets its turn: Python's are 0.005, and
an answer waits for that more than once."""

PATIENCE = 30.0
"""Seconds for which a companion may fail at the start because it finds nobody."""


class Companion(Protocol):
    """Something that runs beside the server, and that readiness depends on."""

    @property
    def problem(self) -> str:
        """Why the server is not ready, or empty."""
        ...

    def step(self) -> None:
        """Do what is due once. Raises AiverifyError."""

    def run(self, stop: Event, tell: Callable[[AiverifyError], object]) -> None:
        """Do it again and again until `stop` is set."""


def serve(
    settings: Settings,
    *,
    say: Callable[[str], None] = lambda _: None,
    companions: Sequence[Companion] = (),
) -> None:
    """Serve until SIGTERM or SIGINT, and then end gracefully; a second one hurries.

    `say` is told what happens, a sentence at a time. `companions` have each done one step
    before anything is served.

    Raises:
        UsageError: a library is missing, or a port is not to be had.
        InputError: the certificate, the profile or what it names cannot be read.
        OutputError: the audit log cannot be written.
        UndecidedError: a companion, or what the profile relies on, finds nobody.
    """
    try:
        import h11  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "serving needs the library h11, which is not installed",
            hint=f"Install it: {INSTALL}",
        ) from error
    for companion in companions:
        _first_step(companion, say)
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        asyncio.run(_serve(settings, say, companions))
    finally:
        sys.setswitchinterval(before)


def _first_step(companion: Companion, say: Callable[[str], None]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            companion.step()
        except UndecidedError as error:
            if time.monotonic() > end:
                raise
            say(f"{error.message}; trying again")
            time.sleep(1)
        else:
            return


async def _serve(
    settings: Settings, say: Callable[[str], None], companions: Sequence[Companion]
) -> None:
    from aiverify.webhook.server.assembly import Assembly

    server = Assembly(settings, say, companions)
    loop = asyncio.get_running_loop()
    stop, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        (hurry if stop.is_set() else stop).set()

    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled)
    for companion in companions:
        name = type(companion).__name__
        Thread(target=companion.run, args=(ended, server.tell), name=name, daemon=True).start()
    try:
        server.open()
        await stop.wait()
        await server.close(hurry)
    finally:
        ended.set()

"""New versions of files: looked for by their content, taken whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from aiverify.errors import AiverifyError, InputError
from aiverify.webhook.server.measured import Measured


class Part(Protocol):
    """Something that is made from files."""

    what: str
    """What it is called: `profile` or `certificate`."""

    def fingerprint(self) -> str:
        """The digest of what the files hold now. Raises AiverifyError where one cannot be read."""
        ...

    def take(self) -> None:
        """Make it anew and use it from now on. Raises AiverifyError, and then the old one stays."""
        ...


class Reloading:
    """Looks at the parts' files every so often, in a thread of its own.

    Each part comes with the fingerprint from before it was made, so that no change is missed.
    What failed is tried again with every look, since its reason may have gone away. `say` is
    told when something changes: that a new version is in use, or why it is not.
    """

    def __init__(
        self,
        parts: Mapping[Part, str],
        measured: Measured,
        say: Callable[[str], None],
        every: float,
    ) -> None:
        self._parts = tuple(parts)
        self._measured = measured
        self._say = say
        self._every = every
        self._used = {part.what: used for part, used in parts.items()}
        self._broken: dict[str, str] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="reloading", daemon=True)
        for part in parts:
            measured.broken.set(0, part.what)

    @property
    def broken(self) -> tuple[str, ...]:
        """The parts whose newest version cannot be used."""
        return tuple(self._broken)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more. What is being read is not waited for."""
        self._ended.set()

    def look(self) -> None:
        """Look once."""
        for part in self._parts:
            try:
                now = part.fingerprint()
                if now != self._used[part.what]:
                    part.take()
                    self._taken(part.what, now)
            except AiverifyError as error:
                self._failed(part.what, error)
            except Exception as error:  # noqa: BLE001 - looking must go on
                self._measured.failures.add(type(error).__name__)
                self._failed(part.what, InputError(f"reading it failed: {type(error).__name__}"))
            else:
                self._mended(part.what)

    def _work(self) -> None:
        while not self._ended.wait(self._every):
            self.look()

    def _taken(self, what: str, fingerprint: str) -> None:
        self._used[what] = fingerprint
        self._measured.reloads.add(what)
        self._say(f"the new {what} is in use")

    def _failed(self, what: str, error: AiverifyError) -> None:
        self._measured.failed_reloads.add(what)
        self._measured.broken.set(1, what)
        if self._broken.get(what) != error.message:
            self._broken[what] = error.message
            self._say(f"the old {what} stays in use: {error.message}")

    def _mended(self, what: str) -> None:
        if self._broken.pop(what, None) is not None:
            self._measured.broken.set(0, what)
            self._say(f"the {what} can be read again")

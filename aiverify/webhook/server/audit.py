"""The audit log: a line of JSON for each review, without anything of the object itself."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from aiverify.core.names import printable
from aiverify.errors import OutputError
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server.measured import rules_of, status_of

WAITING = 10_000
"""Lines that wait to be written at most. Those that come then are dropped, and counted."""

TOGETHER = 0.02
"""Seconds for which lines are gathered: a thread that is woken for each costs as much as it."""

MOST_TOGETHER = 1000

LONGEST = 512
"""Characters of any text in a line."""

MOST = 64
"""References, groups and rules in a line."""

STANDARD_OUTPUT = "-"

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}://)([^\s/?#]*@)?([^\s?#]*)([?#]\S*)?")

Line: TypeAlias = dict[str, object]


def line(endpoint: str, request: AdmissionRequest, decision: Decision, milliseconds: float) -> Line:
    """What the log says of a review."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "endpoint": endpoint,
        "uid": _short(request.uid),
        "user": _short(request.user.name),
        "groups": [_short(group) for group in request.user.groups[:MOST]],
        "operation": request.operation.value,
        "group": _short(request.kind.group),
        "version": _short(request.kind.version),
        "kind": _short(request.kind.kind),
        "namespace": _short(request.namespace),
        "name": _short(request.name),
        "subresource": _short(request.subresource),
        "dryRun": request.dry_run,
        "allowed": decision.allowed,
        "code": decision.code,
        "verdict": _verdict(decision),
        "references": [_reference(judged) for judged in decision.judged[:MOST]],
        "referencesInAll": len(decision.judged),
        "rules": [_short(rule) for rule in rules_of(decision)[:MOST]],
        "reason": _short(redacted(decision.message)),
        "annotations": {
            _short(name): _short(redacted(text))
            for name, text in islice(decision.annotations.items(), MOST)
        },
        "milliseconds": round(milliseconds, 3),
    }


def redacted(text: str) -> str:
    """A text whose addresses have lost their passwords, queries and fragments."""
    return _ADDRESS.sub(lambda found: f"{found[1]}{found[3]}", text)


def _verdict(decision: Decision) -> str:
    """The worst on any reference: in a mode that only warns it is admitted all the same."""
    found = {judged.verdict.value for judged in decision.judged}
    worst = next((each for each in ("deny", "error") if each in found), "")
    return worst or status_of(decision)


def _reference(judged: Judged) -> Line:
    return {
        "uri": _short(redacted(judged.found.uri)),
        "revision": _short(judged.found.revision),
        "where": _short(judged.found.where),
        "digest": _short(judged.digest),
        "verdict": judged.verdict.value,
        "reason": _short(redacted(judged.reason)),
        "cached": judged.cached,
        "stale": judged.stale,
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


class Log:
    """Writes lines in a thread of its own. A slow or full disk delays no answer.

    `to` is a file, which is opened again when somebody has moved it away, or `-` for standard
    output. `on_dropped` is called for every line that is lost.

    Raises:
        OutputError: the file cannot be written.
    """

    def __init__(self, to: str, on_dropped: Callable[[], None]) -> None:
        self._to = to
        self._on_dropped = on_dropped
        self._lines: deque[Line] = deque()
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._file = self._open()
        self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
        self._thread.start()

    def write(self, entry: Line) -> None:
        """Have a line written, soon."""
        with self._changed:
            if len(self._lines) < WAITING and not self._ended.is_set():
                self._lines.append(entry)
                self._changed.notify()
                return
        self._on_dropped()

    def close(self, seconds: float) -> None:
        """Write what waits, for so long at most."""
        with self._changed:
            self._ended.set()
            self._changed.notify()
        self._thread.join(seconds)

    def _work(self) -> None:
        while entries := self._next():
            text = "".join(f"{json.dumps(entry, separators=(',', ':'))}\n" for entry in entries)
            try:
                self._reopen()
                _write_all(self._file, text.encode())
            except OSError:
                for _ in entries:
                    self._on_dropped()
        if self._to != STANDARD_OUTPUT:
            with contextlib.suppress(OSError):
                os.close(self._file)

    def _next(self) -> list[Line]:
        with self._changed:
            while not self._lines and not self._ended.is_set():
                self._changed.wait()
        self._ended.wait(TOGETHER)
        with self._changed:
            many = min(len(self._lines), MOST_TOGETHER)
            return [self._lines.popleft() for _ in range(many)]

    def _open(self) -> int:
        if self._to == STANDARD_OUTPUT:
            return sys.__stdout__.fileno() if sys.__stdout__ else os.open(os.devnull, os.O_WRONLY)
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            return os.open(self._to, flags, 0o600)
        except OSError as error:
            raise OutputError(
                f"the audit log {printable(self._to)} cannot be written: {error.strerror}"
            ) from error

    def _reopen(self) -> None:
        if self._to == STANDARD_OUTPUT:
            return
        try:
            same = os.path.samestat(Path(self._to).stat(), os.fstat(self._file))
        except FileNotFoundError:
            same = False
        if not same:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            new = os.open(self._to, flags, 0o600)
            os.close(self._file)
            self._file = new


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]

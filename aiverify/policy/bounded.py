"""The embedded engine with limits: in a process of its own that can be ended.

regorus has no limit of its own on time or memory, and holds Python's global lock while it
works, so nothing inside the same process can stop it.
"""

from __future__ import annotations

import json
import os
import select
import struct
import sys
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from aiverify import errors
from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import AiverifyError, UndecidedError
from aiverify.policy.asking import Closing
from aiverify.policy.results import PolicyResult
from aiverify.policy.sources import Module, PolicySet

if TYPE_CHECKING:
    import subprocess

TIMEOUT = 30.0
"""Seconds that loading the policies, or one judgement, may take."""

MAX_MEMORY = 4 << 30
"""Bytes of memory that the process may have."""

LENGTH = struct.Struct(">Q")
"""What stands before each message: its length in bytes."""


class Bounded(Closing):
    """What works in a process that is ended when it takes too long or too much.

    `module` is what the process runs, and `load` the first message that it gets. Any thread may
    use it; they take turns. After an answer that was given up, the next question starts
    another process. Close it, or leave its context.
    """

    def __init__(self, module: str, load: Json, timeout: float) -> None:
        self._module = module
        self._load = load
        self._timeout = timeout
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def start(self) -> None:
        """Start the process, if it does not run.

        Raises:
            MalformedError: what it loads breaks the rules of its engine.
            UndecidedError: it cannot be loaded within the limits.
        """
        with self._lock:
            self._running()

    def _ask(self, question: Json, within: float | None = None) -> Any:
        """Send a question, and wait for its answer; `within` seconds where that is less.

        Raises:
            AiverifyError: what the process raised.
            UndecidedError: there was no answer within the limits.
        """
        asked = canonical(question)
        with self._lock:
            return self._answer(self._running(), asked, within)

    def close(self) -> None:
        """End the process. Once more does nothing."""
        with self._lock:
            self._drop()

    def _running(self) -> _Worker:
        if self._worker is None:
            self._worker = _Worker(self._module)
            self._answer(self._worker, canonical(self._load))
        return self._worker

    def _answer(self, worker: _Worker, message: bytes, within: float | None = None) -> Any:
        limit = self._timeout if within is None else min(self._timeout, within)
        try:
            answer = worker.exchange(message, limit)
        except BaseException:
            self._drop()
            raise
        if "error" not in answer:
            return answer["value"]
        if answer["broken"]:
            self._drop()
        kind = getattr(errors, answer["error"])
        assert issubclass(kind, AiverifyError)
        raise kind(answer["message"], hint=answer["hint"])

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


def to_load(policies: PolicySet, max_memory: int) -> dict[str, Json]:
    """What a process is told of the policies that it loads, and of its memory in bytes."""
    return {
        "policies": [
            {"name": m.name, "text": m.text, "origin": m.origin, "shipped": m.shipped}
            for m in policies.modules
        ],
        "max_memory": max_memory,
    }


class BoundedEngine(Bounded):
    """The embedded engine, in a process that is ended when it takes too long or too much.

    Any thread may use it; they take turns. After a judgement that was given up, the next one
    starts another process. Close it, or leave its context.

    Raises:
        MalformedError: as `EmbeddedEngine`.
        UndecidedError: the policies cannot be loaded within the limits.
    """

    def __init__(
        self,
        policies: PolicySet,
        data: Json,
        *,
        timeout: float = TIMEOUT,
        max_memory: int = MAX_MEMORY,
    ) -> None:
        load: Json = {**to_load(policies, max_memory), "data": data}
        super().__init__("aiverify.policy.worker", load, timeout)
        self._made_of = (policies, data, timeout, max_memory)
        self.start()

    def another(self) -> BoundedEngine:
        """One more with the same policies, in a process of its own. Raises as the class."""
        policies, data, timeout, max_memory = self._made_of
        return BoundedEngine(policies, data, timeout=timeout, max_memory=max_memory)

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        """Everything that the `deny`, `violation` and `warn` sets hold for a document, sorted."""
        return self.evaluate_some(document, None)

    def evaluate_some(
        self,
        document: Json,
        packages: Iterable[str] | None,
        *,
        within: float | None = None,
    ) -> tuple[PolicyResult, ...]:
        """The same by some packages alone; in so many seconds where that is less than the limit."""
        text = canonical(document).decode("utf-8")
        return self.evaluate_text(text, packages, within=within)

    def evaluate_text(
        self, text: str, packages: Iterable[str] | None, *, within: float | None = None
    ) -> tuple[PolicyResult, ...]:
        """The same for a document that is JSON text already: nobody here looks into it."""
        asked: dict[str, Json] = {"query": None, "document": text}
        if packages is not None:
            asked["packages"] = sorted(packages)
        return tuple(PolicyResult(*fields) for fields in self._ask(asked, within))

    def packages(self) -> frozenset[str]:
        """Those that have something to ask for, by their names without `data`."""
        return frozenset(self._ask({"query": None, "document": None}))

    @property
    def modules(self) -> tuple[Module, ...]:
        """What it has loaded."""
        return self._made_of[0].modules

    def query(self, query: str, document: Json) -> Json:
        """The value of one rule, named from `data` on."""
        value: Json = self._ask({"query": query, "document": document})
        return value


class _Worker:
    """The process. It ends with its input, whatever becomes of us.

    Raises:
        UndecidedError: it cannot be started.
    """

    def __init__(self, module: str) -> None:
        # The process itself needs this module too, and starts no other.
        import subprocess

        # -P: what lies in the working directory is not imported.
        words = [sys.executable, "-P", "-m", module]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter)
                words, stdin=pipe, stdout=pipe, stderr=nowhere
            )
        except OSError as error:
            raise UndecidedError(
                f"the policy engine cannot be started: {error.strerror}"
            ) from error
        self.stop = weakref.finalize(self, _end, self._process)
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    def exchange(self, message: bytes, timeout: float) -> Mapping[str, Any]:
        """Send one message and wait for its answer, `timeout` seconds at most.

        Raises:
            UndecidedError: there was none.
        """
        end = time.monotonic() + timeout
        try:
            self._write(LENGTH.pack(len(message)) + message, end)
            (length,) = LENGTH.unpack(self._read(LENGTH.size, end))
            answer = self._read(length, end)
        except TimeoutError as error:
            self._process.kill()
            raise UndecidedError(f"the policies gave no answer within {timeout:g} s") from error
        except OSError as error:
            raise UndecidedError(
                "the policy engine broke down, or needed more memory than it may have"
            ) from error
        found: Mapping[str, Any] = json.loads(answer)
        return found

    def _write(self, data: bytes, end: float) -> None:
        left = memoryview(data)
        while left:
            _wait(self._to, select.POLLOUT, end)
            left = left[os.write(self._to, left) :]

    def _read(self, size: int, end: float) -> bytes:
        """So many bytes. Raises BrokenPipeError where the process ends before."""
        parts: list[bytes] = []
        while size:
            _wait(self._from, select.POLLIN, end)
            part = os.read(self._from, min(size, 1 << 20))
            if not part:
                raise BrokenPipeError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _wait(pipe: int, for_what: int, end: float) -> None:
    """Wait until a pipe can be used. Raises TimeoutError where that takes too long."""
    waiting = select.poll()
    waiting.register(pipe, for_what)
    left = end - time.monotonic()
    if left <= 0 or not waiting.poll(left * 1000):
        raise TimeoutError


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.kill()
    except PermissionError:  # we are somebody else by now; it ends with its input
        return
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:  # what was not written yet has no reader any more
                continue

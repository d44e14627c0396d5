"""The embedded engine with limits: in a process of its own that can be ended.

regorus has no limit of its own on time or memory, and holds Python's global lock while it
works, so nothing inside the same process can stop it.
"""

from __future__ import annotations

import json
import struct
import sys
import threading
import weakref
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from aiverify import errors
from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import AiverifyError, UndecidedError
from aiverify.policy.asking import Closing
from aiverify.policy.results import PolicyResult
from aiverify.policy.sources import PolicySet

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

    def _ask(self, question: Json) -> Any:
        """Send a question, and wait for its answer.

        Raises:
            AiverifyError: what the process raised.
            UndecidedError: there was no answer within the limits.
        """
        asked = canonical(question)
        with self._lock:
            return self._answer(self._running(), asked)

    def close(self) -> None:
        """End the process. Once more does nothing."""
        with self._lock:
            self._drop()

    def _running(self) -> _Worker:
        if self._worker is None:
            self._worker = _Worker(self._module)
            self._answer(self._worker, canonical(self._load))
        return self._worker

    def _answer(self, worker: _Worker, message: bytes) -> Any:
        try:
            answer = worker.exchange(message, self._timeout)
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
        self.start()

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        """Everything that the `deny`, `violation` and `warn` sets hold for a document, sorted."""
        # As a text, which the process hands on without looking into it.
        text = canonical(document).decode("utf-8")
        found = self._ask({"query": None, "document": text})
        return tuple(PolicyResult(*fields) for fields in found)

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

    def exchange(self, message: bytes, timeout: float) -> Mapping[str, Any]:
        """Send one message and wait for its answer, `timeout` seconds at most.

        Raises:
            UndecidedError: there was none.
        """
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(timeout, give_up)
        timer.daemon = True
        timer.start()
        try:
            assert self._process.stdin
            assert self._process.stdout
            send(self._process.stdin, message)
            answer = receive(self._process.stdout)
        except OSError:
            answer = None
        finally:
            timer.cancel()
        if late.is_set():
            raise UndecidedError(f"the policies gave no answer within {timeout:g} s")
        if answer is None:
            raise UndecidedError(
                "the policy engine broke down, or needed more memory than it may have"
            )
        found: Mapping[str, Any] = json.loads(answer)
        return found


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message."""
    pipe.write(LENGTH.pack(len(message)) + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one message, or None where there is no whole one."""
    header = pipe.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(header)
    message = pipe.read(length)
    return message if len(message) == length else None


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

"""The process behind `bounded`: loads policies once, then judges one document after another.

It reads messages from its standard input and answers on its standard output; it ends when
its input does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import astuple
from typing import IO, Any, TypeVar

from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import AiverifyError, UndecidedError
from aiverify.policy.bounded import LENGTH
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import Module, PolicySet

T = TypeVar("T")


def serve(
    load: Callable[[Mapping[str, Any]], T], work: Callable[[T, Mapping[str, Any]], Json]
) -> None:
    """Load what the first message says, then answer the others until the input ends."""
    # What a library might print must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    loaded: T | None = None
    while (message := _receive(sys.stdin.buffer)) is not None:
        asked = json.loads(message)
        try:
            if loaded is None:
                _bound(asked["max_memory"])
                loaded = load(asked)
                value: Json = None
            else:
                value = work(loaded, asked)
            answer = canonical({"value": value})
        except AiverifyError as error:
            answer = canonical(
                {
                    "error": type(error).__name__,
                    "message": error.message,
                    "hint": error.hint,
                    "broken": loaded is None or not isinstance(error.__cause__, Exception | None),
                }
            )
        _send(answers, answer)


def policies_of(asked: Mapping[str, Any]) -> PolicySet:
    """The policies in a first message."""
    return PolicySet(tuple(Module(**module) for module in asked["policies"]))


def _load(asked: Mapping[str, Any]) -> EmbeddedEngine:
    # These come from where the shipped rules lie: nobody else's module is called shipped.
    return EmbeddedEngine(policies_of(asked), asked["data"], trusts_shipped=True)


def _judge(engine: EmbeddedEngine, asked: Mapping[str, Any]) -> Json:
    if asked["query"] is not None:
        return engine.query(asked["query"], asked["document"])
    if asked["document"] is None:
        return sorted(engine.packages)
    results = engine.evaluate_text(asked["document"], asked.get("packages"))
    return [list(astuple(result)) for result in results]


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(LENGTH.pack(len(message)) + message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """Read one message, or None where there is no whole one."""
    header = pipe.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(header)
    message = pipe.read(length)
    return message if len(message) == length else None


def _bound(max_memory: int) -> None:
    """Limit the memory of this process. Systems other than Linux may not be able to."""
    try:
        from resource import RLIMIT_AS, setrlimit

        setrlimit(RLIMIT_AS, (max_memory, max_memory))
    except (ImportError, OSError, ValueError) as error:
        if sys.platform == "linux":
            raise UndecidedError("the memory of the policy engine cannot be limited") from error


if __name__ == "__main__":
    serve(_load, _judge)

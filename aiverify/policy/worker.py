"""The process behind `bounded`: loads policies once, then judges one document after another.

It reads messages from its standard input and answers on its standard output; it ends when
its input does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import AiverifyError, UndecidedError
from aiverify.policy.bounded import receive, send
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import Module, PolicySet


def main() -> None:
    """Answer until the input ends."""
    # What a library might print must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    engine: EmbeddedEngine | None = None
    while (message := receive(sys.stdin.buffer)) is not None:
        asked = json.loads(message)
        try:
            if engine is None:
                engine = _load(asked)
                value: Json = None
            else:
                value = _judge(engine, asked)
            answer = canonical({"value": value})
        except AiverifyError as error:
            answer = canonical(
                {
                    "error": type(error).__name__,
                    "message": error.message,
                    "hint": error.hint,
                    "broken": engine is None or not isinstance(error.__cause__, Exception | None),
                }
            )
        send(answers, answer)


def _load(asked: Mapping[str, Any]) -> EmbeddedEngine:
    _bound(asked["max_memory"])
    modules = tuple(Module(**module) for module in asked["policies"])
    return EmbeddedEngine(PolicySet(modules), asked["data"])


def _judge(engine: EmbeddedEngine, asked: Mapping[str, Any]) -> Json:
    if asked["query"] is not None:
        return engine.query(asked["query"], asked["document"])
    return [list(astuple(result)) for result in engine.evaluate(asked["document"])]


def _bound(max_memory: int) -> None:
    """Limit the memory of this process. Systems other than Linux may not be able to."""
    try:
        from resource import RLIMIT_AS, setrlimit

        setrlimit(RLIMIT_AS, (max_memory, max_memory))
    except (ImportError, OSError, ValueError) as error:
        if sys.platform == "linux":
            raise UndecidedError("the memory of the policy engine cannot be limited") from error


if __name__ == "__main__":
    main()

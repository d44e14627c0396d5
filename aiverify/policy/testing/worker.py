"""The process behind `testing/bounded`: loads policies with their tests, and runs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiverify.core.jsonvalue import Json
from aiverify.policy.testing.bench import MAX_LINE, Bench
from aiverify.policy.worker import policies_of, serve


def _load(asked: Mapping[str, Any]) -> Bench:
    return Bench(policies_of(asked), counting=asked["counting"])


def _work(bench: Bench, asked: Mapping[str, Any]) -> Json:
    if asked["do"] == "ask":
        value, printed = bench.ask(asked["query"])
        return [value[:MAX_LINE], list(printed)]
    if asked["do"] == "forget":
        bench.forget()
        return None
    return {
        file: [sorted(lines.run), sorted(lines.missed)] for file, lines in bench.lines().items()
    }


if __name__ == "__main__":
    serve(_load, _work)

"""A real OPA for tests: why there is none, and one that stands for somebody's server."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import AiverifyError, InputError
from aiverify.policy.interface import Engine
from aiverify.policy.opa.engine import OpaEngine
from aiverify.policy.opa.place import OpaPlace, find_program, from_environment
from aiverify.policy.sources import Module, PolicySet
from tests.support.rego import module
from tests.support.services.server import free_port

START_SECONDS = 30


def program() -> Path | None:
    """The `opa` that tests use, if there is one."""
    try:
        return find_program(os.environ.get("AIVERIFY_OPA", ""))
    except InputError:
        return None


needs_opa = pytest.mark.skipif(
    program() is None,
    reason="no opa: set AIVERIFY_OPA, put it on the path, or build it with .ci/go-tools",
)


def rule_set(*modules: Module | str) -> PolicySet:
    """Modules; a text alone is the module p.rego of package p."""
    loaded = [module(f"package p\n{item}") if isinstance(item, str) else item for item in modules]
    return PolicySet(tuple(loaded))


def opa(*modules: Module | str, data: Json = None, place: OpaPlace | None = None) -> OpaEngine:
    """An engine by OPA; it has to be closed."""
    where = place or from_environment()
    return OpaEngine(rule_set(*modules), {} if data is None else data, where)


def outcome(ask: Callable[[], Json]) -> bytes | str:
    """What an engine answers, in bytes, or the type of the error that it answers with."""
    try:
        return canonical(ask())
    except AiverifyError as error:
        return type(error).__name__


def judged(engine: Engine, document: Json) -> bytes | str:
    """What an engine's `evaluate` comes to."""
    return outcome(
        lambda: [
            [item.package, item.rule, item.code, item.path, item.message, item.fix]
            for item in engine.evaluate(document)
        ]
    )


class Site:
    """Somebody's OPA, at a URL."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.process = process

    def place(self, timeout: float = 20.0) -> OpaPlace:
        """How it is asked."""
        return OpaPlace(self.url, timeout=timeout)


@contextmanager
def serving_opa(folder: Path, *words: str | Path, scheme: str = "http") -> Iterator[Site]:
    """An `opa` that listens on loopback, while the context lasts."""
    port = free_port()
    found = program()
    assert found
    command = [found, "run", "--server", "--addr", f"127.0.0.1:{port}", "--skip-version-check"]
    process = subprocess.Popen(
        [str(word) for word in (*command, "--log-level", "error", *words)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Site(f"{scheme}://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    import socket

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("opa does not start")

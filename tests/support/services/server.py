"""One program that serves, from its start until it is told to stop."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from tests.support.services.tools import tool

_START_SECONDS = 60
_STOP_SECONDS = 10


def free_port() -> int:
    """A port of loopback on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A program that listens on loopback. As a context manager it runs while inside.

    Args:
        name: Which program of `.ci/go-tools`.
        words: Its command line.
        port: Where it will answer over HTTP.
        health: The path that it answers with status 200 once it is ready.
        folder: Where it runs and writes its log.
    """

    def __init__(self, name: str, *words: str | Path, port: int, health: str, folder: Path) -> None:
        self.url = f"http://localhost:{port}"
        self.log_path = folder / f"{name}.log"
        self._command = [str(word) for word in (tool(name), *words)]
        self._health = self.url + health
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it is ready.

        Raises:
            RuntimeError: It ended, or it did not answer in a minute. Its log's end is told.
        """
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers() or self._process.poll() is not None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                end = self.log_path.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{' '.join(self._command)} does not serve:\n{end}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it, politely at first. Once stopped, it may be started again."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self._health, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

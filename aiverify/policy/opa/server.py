"""An `opa` program on this machine: started for one engine, and stopped with it.

It listens at a Unix socket in a folder that nobody else may enter: a port on loopback would
take policies from everybody on the machine.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from aiverify.core.names import printable
from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy.opa.client import OpaServer
from aiverify.policy.opa.place import OpaPlace, find_program
from aiverify.policy.opa.program import MAX_MEMORY, start
from aiverify.policy.opa.upload import RuleSet

START = 20.0
"""Seconds until the program answers."""

_POLL = 0.01
_SOCKET = "socket"
_MAX_PATH = 100
_FAULT = re.compile(r"(?:^|: )(?P<place>aiverify/\S+?\.rego:\d+): (?P<reason>.*)$", re.MULTILINE)
_CODE = re.compile(r"^rego_\w+: ")


class LocalOpa:
    """A running `opa` with a rule set's policies, compiled together.

    It has neither our environment nor our folder, and looks for no new version of itself.

    Attributes:
        server: How to ask it.

    Raises:
        InputError: there is no `opa`.
        MalformedError: it refuses a policy, with file and line.
        UndecidedError: it does not start.
    """

    def __init__(self, place: OpaPlace, rules: RuleSet) -> None:
        program = find_program(place.program)
        self._folder = Path(tempfile.mkdtemp(prefix="opa"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            path = self._folder / _SOCKET
            _check_path(path)
            self.server = OpaServer(place, path)
            self._process = self._start(program, path, rules)
            self._wait(self._process, rules)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the program, and remove its folder. Once more does nothing."""
        if self._process is not None:
            # It has nothing to finish: what it holds is ours, and nobody else asks it.
            self._process.kill()
            self._process.wait()
        if hasattr(self, "server"):
            self.server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, program: Path, path: Path, rules: RuleSet) -> subprocess.Popen[bytes]:
        for identifier, module in rules.modules.items():
            file = self._folder / identifier
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(module.text.encode("utf-8"))
        words = ["run", "--server", "--addr", f"unix://{path}"]
        words += ["--skip-version-check", "--log-level", "error", "--", *rules.modules]
        with (self._folder / "log").open("wb") as log:
            return start(program, words, self._folder, log, MAX_MEMORY)

    def _wait(self, process: subprocess.Popen[bytes], rules: RuleSet) -> None:
        deadline = time.monotonic() + START
        while not ((self._folder / _SOCKET).exists() and self.server.is_healthy()):
            if process.poll() is not None:
                raise _complaint((self._folder / "log").read_bytes(), rules)
            if time.monotonic() > deadline:
                raise UndecidedError(f"the local OPA is not ready within {START:g} s")
            time.sleep(_POLL)


def _check_path(path: Path) -> None:
    if not hasattr(socket, "AF_UNIX"):
        raise UndecidedError(
            "this system has no Unix sockets, by which a local OPA is asked",
            hint="Start OPA yourself, and name its URL.",
        )
    if len(str(path).encode()) > _MAX_PATH:
        raise UndecidedError(
            f"the path {printable(str(path))} is too long for a Unix socket",
            hint="Set TMPDIR to a shorter one.",
        )


def _complaint(log: bytes, rules: RuleSet) -> MalformedError | UndecidedError:
    text = log[-(1 << 16) :].decode("utf-8", "replace")
    if found := _FAULT.search(text):
        place = printable(rules.origin(found["place"]))
        return MalformedError(f"{place}: {printable(_CODE.sub('', found['reason']))}")
    last = text.strip().rpartition("\n")[2]
    return UndecidedError(f"the local OPA does not start: {printable(last[:300]) or 'no reason'}")

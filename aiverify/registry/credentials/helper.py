"""Credential helpers: programs called `docker-credential-NAME`, which are asked on their input.

`get` with a host on standard input is answered by `{"ServerURL", "Username", "Secret"}`
(docker-credential-helpers). A helper is trusted with the secret and with nothing else: what it
prints is bounded, it has limited time, and of its answer nothing is shown.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.names import printable
from aiverify.core.words import said
from aiverify.errors import InputError, MalformedError
from aiverify.registry.credentials.checked import checked
from aiverify.registry.interface import Credential

TIMEOUT = 30.0
"""Seconds that a helper may take. Some ask somebody at a desk."""

MAX_OUTPUT = 1 << 20
"""Bytes that a helper may print."""

_NAME = re.compile("[A-Za-z0-9._-]{1,100}")
_NOT_FOUND = "credentials not found in native keychain"
_IS_TOKEN = "<token>"  # noqa: S105  (the name that says that the secret is a token)
_CHUNK = 1 << 16
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper by the last part of its program's name, what to ask it for, and who names it."""

    name: str
    server: str
    where: str

    @classmethod
    def named(cls, name: str, server: str, where: str) -> Self:
        """The helper of a name, which may be empty where a file says that there is none.

        Raises:
            MalformedError: it could name a program elsewhere.
        """
        if name and not _NAME.fullmatch(name):
            shown = printable(name[:200])
            raise MalformedError(f"{where} names '{shown}', which is no credential helper's name")
        return cls(name, server, where)

    @property
    def program(self) -> str:
        """The program's name."""
        return f"docker-credential-{self.name}"


@dataclass(frozen=True, slots=True)
class _Done:
    """How a helper ended: its exit code, and what it printed."""

    code: int
    output: bytes
    complaint: bytes


def ask(
    helper: Helper, environment: Mapping[str, str], timeout: float = TIMEOUT
) -> Credential | None:
    """Run a helper from the PATH of an environment, for the credential that it has, or None.

    Raises:
        InputError: it is not there, fails, takes longer than `timeout` seconds or says too much.
        MalformedError: its answer is none.
    """
    done = _run(helper, _path_of(helper, environment), environment, timeout)
    if done.code == 0:
        return _read(helper, done.output)
    printed = done.output.decode("utf-8", "replace").strip()
    if printed == _NOT_FOUND:
        return None
    raise InputError(
        f"{helper.program} has no credentials for {printable(helper.server)}: "
        f"{_reason(printed, done.complaint)}",
        hint=f"{helper.where} names it.",
    )


def _reason(printed: str, complaint: bytes) -> str:
    # A helper says on its output why it fails. One that fails after it began to answer has
    # printed what is to be shown to nobody.
    words = printed or complaint.decode("utf-8", "replace")
    return said("" if "{" in words else words)


def _read(helper: Helper, output: bytes) -> Credential | None:
    try:
        answer = load_object(output, helper.program)
    except MalformedError:
        answer = {}
    username, secret = _member(answer, "Username"), _member(answer, "Secret")
    if username is None or secret is None:
        # Raised from nothing, since the cause could quote what was printed.
        raise MalformedError(
            f"{helper.program} answers with something else than a name and a secret",
            hint=f"{helper.where} names it.",
        )
    if username == _IS_TOKEN:
        return checked(Credential(identity_token=secret), helper.program)
    return checked(Credential(username, secret), helper.program)


def _member(answer: Mapping[str, Json], name: str) -> str | None:
    value = answer.get(name)
    return value if isinstance(value, str) else None


def _path_of(helper: Helper, environment: Mapping[str, str]) -> Path:
    # What lies in the working directory is not run, even where the PATH would allow it.
    folders = environment.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    found = shutil.which(helper.program, path=path) if path else None
    if found is None:
        raise InputError(
            f"{helper.where} names {helper.program}, and no such program is on the PATH",
            hint="Install it, or take its name out of the file.",
        )
    return Path(found)


def _run(helper: Helper, path: Path, environment: Mapping[str, str], timeout: float) -> _Done:
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(  # noqa: S603  (the program that the user's own file names)
            [str(path), "get"], stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment)
        )
    except OSError as error:
        raise InputError(f"{helper.program} cannot be run: {error.strerror}") from error
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with process.stdout, process.stderr:
        try:
            _tell(process.stdin, helper.server)
            deadline = time.monotonic() + timeout
            output, complaint = _printed(process, process.stdout, process.stderr, deadline)
            code = process.wait(max(deadline - time.monotonic(), _POLL))
        except (subprocess.TimeoutExpired, TimeoutError) as error:
            raise InputError(f"{helper.program} gave no answer within {timeout:g} s") from error
        except OverflowError as error:
            raise InputError(f"{helper.program} prints more than {MAX_OUTPUT} bytes") from error
        finally:
            process.kill()
            process.wait()
    return _Done(code, output, complaint)


def _tell(pipe: IO[bytes], server: str) -> None:
    with suppress(BrokenPipeError), pipe:  # it need not listen
        pipe.write(server.encode())


def _printed(
    process: subprocess.Popen[bytes], output: IO[bytes], complaint: IO[bytes], deadline: float
) -> tuple[bytes, bytes]:
    """What it prints on both, until it has closed them, or has ended and left them to others."""
    texts = {output: bytearray(), complaint: bytearray()}
    with selectors.DefaultSelector() as selector:
        for pipe in texts:
            selector.register(pipe, selectors.EVENT_READ, pipe)
        while selector.get_map():
            ended = process.poll() is not None
            ready = selector.select(_POLL)
            if ended and not ready:
                break
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.data)
                texts[key.data] += chunk
            if sum(map(len, texts.values())) > MAX_OUTPUT:
                raise OverflowError
            if time.monotonic() > deadline:
                raise TimeoutError
    return bytes(texts[output]), bytes(texts[complaint])

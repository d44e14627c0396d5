"""Running `aiverify` as a user does: in a process of its own, or in this one for speed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from aiverify.cli import main

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "aiverify")


@dataclass(frozen=True, slots=True)
class Completed:
    """How a run ended. Bytes that are not UTF-8 are kept by surrogateescape."""

    exit_code: int
    out: str
    err: str


def run(
    *words: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    before: Callable[[], object] | None = None,
) -> Completed:
    """Run a command in a new process; `before` is called there, ahead of Python."""
    # Where files may not be large, Python would leave half of its bytecode behind.
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"} if before else {}
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env={**environment(env), **quiet},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        preexec_fn=before,
    )
    out, err = (os.fsdecode(data) for data in (done.stdout, done.stderr))
    return Completed(done.returncode, out, err)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which `COMMAND` is this checkout's."""
    return {**os.environ, "PYTHONPATH": str(PROJECT), **(more or {})}


def call(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Completed:
    """Run a command in this process, with neither a terminal nor anybody who types."""
    out, err = io.StringIO(), io.StringIO()
    with (
        chdir(cwd),
        mock.patch.object(sys, "argv", ["aiverify", *map(str, words)]),
        mock.patch.object(sys, "stdin", io.StringIO()),
        mock.patch.object(sys.modules["__main__"], "__package__", ""),  # else usage names pytest
        mock.patch.dict(os.environ, env or {}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        exit_code = main.run()
    return Completed(exit_code, out.getvalue(), err.getvalue())


def assert_refused(done: Completed, exit_code: int, *words: str) -> None:
    """One sentence, at most one hint, nothing raw, and every one of the words in the sentence."""
    assert "Traceback" not in done.err, done.err
    assert (done.exit_code, done.out) == (exit_code, ""), done
    sentence, *rest = done.err.splitlines()
    assert sentence.startswith("error: "), done.err
    assert all(line.startswith("  hint: ") for line in rest), done.err
    assert len(rest) <= 1, done.err
    assert "\x1b" not in done.err
    for word in words:
        assert word in sentence, f"{word!r} is not in: {sentence}"


def listing(root: Path) -> dict[str, bytes | str]:
    """Everything below a directory: the bytes of a file, or what else it is."""
    found: dict[str, bytes | str] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() or not path.is_file():
            found[name] = "link" if path.is_symlink() else "other"
        else:
            found[name] = path.read_bytes() if path.stat().st_size < 1 << 24 else "large"
    return found


def refused(stage: Path, line: str, exit_code: int, *words: str) -> None:
    """Run a command that must be refused, with those words in its sentence, leaving no trace."""
    before = listing(stage)
    done = call(*line.split(), cwd=stage)
    assert_refused(done, exit_code, *words)
    assert listing(stage) == before

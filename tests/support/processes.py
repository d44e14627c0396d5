"""Whole programs in processes of their own: the reference implementation, and what runs cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import PROJECT, Completed, run

AIVERIFY = (sys.executable, "-m", "aiverify")
MODEL_SIGNING = (str(Path(sys.executable).with_name("model_signing")),)
"""The reference implementation of OpenSSF Model Signing, which judges us and is judged."""

_METER = Path(__file__).with_name("meter.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost: wall time, processor time, and peak resident memory."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    @property
    def peak_mb(self) -> float:
        """The peak in MB, of a million bytes each."""
        return self.peak_bytes / 1e6


def succeed(*words: str | Path, cwd: Path) -> str:
    """Run `aiverify`, which has to succeed, for what it prints."""
    done = run(*words, cwd=cwd)
    assert done.exit_code == 0, f"aiverify {' '.join(map(str, words))}\n{done.out}{done.err}"
    return done.out


def model_signing(*words: str | Path, cwd: Path) -> Completed:
    """Run the reference implementation."""
    return start(*MODEL_SIGNING, *words, cwd=cwd)


def start(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Completed:
    """Run any program, with nobody who types. `env` is all of its environment."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Completed(done.returncode, done.stdout, done.stderr)


def measure(*words: str | Path, cwd: Path) -> Cost:
    """Run a program that has to succeed, for its cost. `aiverify` is the checkout's."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "cost.json"
        meter = (sys.executable, "-I", "-S", _METER, report)
        done = start(*meter, *words, cwd=cwd, env={**os.environ, "PYTHONPATH": str(PROJECT)})
        assert done.exit_code == 0, f"{' '.join(map(str, words))}\n{done.out}{done.err}"
        return Cost(**json.loads(report.read_bytes()))

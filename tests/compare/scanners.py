"""The scanners that are compared, and the environments that they run in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DRIVERS = Path(__file__).resolve().parent / "drivers"


@dataclass(frozen=True)
class Answer:
    """What a scanner says of one folder: `safe`, `unsafe`, or that it could not tell."""

    folder: str
    said: str


@dataclass(frozen=True)
class Scanner:
    """A scanner by its name, and what pip installs for it. Ours is installed already."""

    name: str
    package: str = ""

    @property
    def driver(self) -> Path:
        """The script that runs it, in its own environment."""
        return DRIVERS / f"{self.name.partition(' ')[0]}_driver.py"

    def python(self, environments: Path) -> Path:
        """The interpreter of its environment, which is made when it is not there."""
        if not self.package:
            return Path(sys.executable)
        folder = environments / self.package.replace("==", "-")
        python = folder / "bin" / "python"
        if not (folder / "done").exists():
            venv.create(folder, with_pip=True, clear=True)
            words = [python, "-m", "pip", "install", "--quiet", self.package]
            subprocess.run(words, check=True)
            (folder / "done").touch()
        return python

    def answers(self, folders: Sequence[Path], environments: Path) -> tuple[list[Answer], float]:
        """Its answers, and the seconds that they took in all."""
        done = subprocess.run(
            [self.python(environments), self.driver],
            input=json.dumps([str(folder) for folder in folders]),
            capture_output=True,
            text=True,
            check=False,
            env=_quiet(),
        )
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if not lines or "seconds" not in lines[-1]:
            raise RuntimeError(f"{self.name} broke off: {done.stderr[-2000:]}")
        answers = [Answer(line["folder"], line["said"]) for line in lines[:-1]]
        return answers, lines[-1]["seconds"]


SCANNERS = (
    Scanner("aiverify"),
    Scanner("picklescan", "picklescan==1.0.5"),
    Scanner("modelscan", "modelscan[h5py]==0.8.8"),
    Scanner("modelaudit", "modelaudit[all]==0.2.54"),
)


def _quiet() -> dict[str, str]:
    """An environment in which nobody reports home."""
    return {
        **os.environ,
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "NO_ANALYTICS": "1",
        "PYTHONWARNINGS": "ignore",
    }

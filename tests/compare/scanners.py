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
    """What a scanner says of one folder: `safe`, `unsafe`, or that it could not tell.

    `seconds` are those of the scan, without the start of the scanner.
    """

    folder: str
    said: str
    seconds: float


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

    def answers(self, folders: Sequence[Path], environments: Path) -> list[Answer]:
        """Its answers, in the order of the folders.

        A folder that ends the whole process is a crash, and the next process goes on behind it.
        """
        python, found = self.python(environments), []
        while len(found) < len(folders):
            found += self._run(python, folders[len(found) :])
            if len(found) < len(folders):
                found.append(Answer(str(folders[len(found)]), "crash: the process ended", 0.0))
        return found

    def _run(self, python: Path, folders: Sequence[Path]) -> list[Answer]:
        done = subprocess.run(
            [python, self.driver],
            input=json.dumps([str(folder) for folder in folders]),
            capture_output=True,
            text=True,
            check=False,
            env=_quiet(),
        )
        lines = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
        return [Answer(**line) for line in lines]


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

"""Where the programs are that `.ci/go-tools` builds, and how cosign is run."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.commands import PROJECT, Completed
from tests.support.processes import start

SERVICES = ("fulcio", "rekor-server", "timestamp-server", "tesseract")
COSIGN = {3: "cosign", 2: "cosign2"}


_PATH = os.environ.get("PATH", os.defpath)
"""Read once: while a command runs in this process, another thread may find no environment."""


def folder() -> Path:
    """The folder that the environment names, or the one beside the virtual environment."""
    return Path(os.environ.get("AIVERIFY_GO_TOOLS") or PROJECT / ".venv/go")


def tool(name: str) -> Path:
    """One program."""
    return folder() / name


def why_not(*names: str) -> str:
    """Why a test that needs these programs is skipped; nothing when all of them are there."""
    missing = [name for name in names if not os.access(tool(name), os.X_OK)]
    return f"no {', '.join(missing)} in {folder()}: build them with .ci/go-tools" if missing else ""


def cosign(*words: str | Path, cwd: Path, version: int = 3, password: str = "") -> Completed:
    """Run cosign with nobody who types, and with nothing of the user's to read.

    Args:
        words: Its command line.
        cwd: Where it runs, and its home.
        version: Its major version.
        password: What it takes for the password of a private key.
    """
    env = {"PATH": _PATH, "HOME": str(cwd), "COSIGN_PASSWORD": password}
    return start(tool(COSIGN[version]), *words, cwd=cwd, env=env)

"""How other tools come into directories of their own, each in the version that is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

MARK = "done"
"""A file that says that a directory has been filled to the end, and its digests were right."""

Install = Callable[[Path], Path]
"""Puts a tool into a directory, unless it is there, and returns its program."""


class AbsentError(Exception):
    """This machine cannot have the tool, for the reason that is the message."""


def wheel(requirement: str, program: str, hashes: Sequence[str]) -> Install:
    """A package of the index, in an environment of its own. Its own wheel is pinned by hash."""

    def fill(folder: Path) -> None:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        pip.append("--disable-pip-version-check")
        name, _, version = requirement.partition("==")
        pinned = " ".join(f"--hash=sha256:{digest}" for digest in hashes)
        lock = folder / "pinned.txt"
        lock.write_text(f"{name.partition('[')[0]}=={version} {pinned}\n", encoding="utf-8")
        _run([*pip, "--no-deps", "--require-hashes", "--requirement", str(lock)])
        _run([*pip, requirement])

    return _once(fill, Path("bin") / program)


def node_module(package: str, program: str, integrity: str) -> Install:
    """A package of npm, without what it wants to run on installation. It is pinned by hash."""

    def fill(folder: Path) -> None:
        if not shutil.which("npm"):
            raise AbsentError("npm was not there")
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--silent"]
        _run(["npm", "install", "--prefix", str(folder), *options, package])
        lock = json.loads((folder / "package-lock.json").read_bytes())
        name = package.rpartition("@")[0]
        if lock["packages"][f"node_modules/{name}"]["integrity"] != integrity:
            raise AbsentError(f"{package} is not what it was")

    return _once(fill, Path("node_modules") / ".bin" / program)


def _once(fill: Callable[[Path], None], program: Path) -> Install:
    def install(folder: Path) -> Path:
        if not (folder / MARK).exists():
            fill(folder)
            (folder / MARK).touch()
        return folder / program

    return install


def _run(words: Sequence[str]) -> None:
    try:
        subprocess.run(words, check=True)
    except subprocess.CalledProcessError as error:
        raise AbsentError("it could not be installed") from error

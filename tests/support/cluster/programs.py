"""Where etcd, kube-apiserver and kubectl are, and how they are kept from outliving the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.support.services.server import Server
from tests.support.services.tools import folder

PROGRAMS = ("etcd", "kube-apiserver", "kubectl")

_LEASH = Path(__file__).with_name("leash.py")


def program(name: str) -> Path:
    """One program: of the folder that `KUBEBUILDER_ASSETS` names, as envtest has it, or built."""
    return Path(os.environ.get("KUBEBUILDER_ASSETS") or folder()).resolve() / name


def why_no_cluster() -> str:
    """Why a test that needs a cluster is skipped; nothing if all programs are there."""
    missing = [name for name in PROGRAMS if not os.access(program(name), os.X_OK)]
    if not missing:
        return ""
    where = program("etcd").parent
    return f"no {', '.join(missing)} in {where}: build them with .ci/go-tools"


def leashed(*words: str | Path) -> list[str]:
    """A command line whose program ends when the one that started it does, however it does."""
    return [sys.executable, "-I", "-S", str(_LEASH), *map(str, words)]


class Leashed(Server):
    """A server that ends with the tests."""

    def __init__(self, name: str, *words: str | Path, port: int, health: str, folder: Path) -> None:
        super().__init__(name, *words, port=port, health=health, folder=folder)
        self._command = leashed(program(name), *words)

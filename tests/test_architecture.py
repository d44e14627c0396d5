"""The design's budgets and borders, held by the code that they bind."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

import aiverify

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "aiverify"
MODULES = sorted(PACKAGE.rglob("*.py"))

TOP_LEVEL = {
    ".ci",
    ".github",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "README.md",
    "aiverify",
    "docs",
    "policies",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "tests",
}

FORBIDDEN = re.compile(r"(?<![\w.])/(tmp|work|root|home)/")
"""Paths of somebody's machine."""

HEAVY = {
    "OpenSSL",
    "backports",
    "aiohttp",
    "blake3",
    "cryptography",
    "cyclonedx",
    "h11",
    "opentelemetry",
    "hayward",
    "jinja2",
    "nacl",
    "opa_client",
    "regorus",
    "requests",
    "rfc3161_client",
    "rich",
    "securesystemslib",
    "sigstore",
    "yaml",
}
"""What `aiverify --help` must not wait for."""

LOCKS = ("requirements.txt", "requirements-dev.txt")


def ignored_by_git(name: str) -> bool:
    patterns = (ROOT / ".gitignore").read_text().split()
    return name == ".git" or any(fnmatch(name, pattern.strip("/")) for pattern in patterns)


def files_below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in sorted(path.iterdir()):
            if not ignored_by_git(child.name):
                yield from files_below(child)


def pins(lock: str) -> set[str]:
    """The packages of a lock with their versions, whichever extras each comes with."""
    found = re.findall(r"^([^\s#\[]+)(?:\[.*?\])?(==\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {"".join(pin) for pin in found}


def test_every_module_is_under_300_lines():
    long = {
        str(path.relative_to(ROOT)): lines for path in MODULES if (lines := length(path)) >= 300
    }

    assert long == {}


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_function_is_under_50_lines():
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) >= 50
    }

    assert long == {}


def test_nothing_new_lies_at_the_top_of_the_repository():
    found = {path.name for path in ROOT.iterdir() if not ignored_by_git(path.name)}

    assert found - TOP_LEVEL == set()


def test_no_file_names_a_path_of_somebodys_machine():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for name in sorted(TOP_LEVEL)
        for path in files_below(ROOT / name)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_a_hash_for_every_pin(lock):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    blocks = re.split(r"\n(?=[^\s#])", text)
    assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_the_development_lock_holds_every_pin_of_the_runtime_lock():
    runtime, development = map(pins, LOCKS)

    assert runtime
    assert runtime - development == set()


def test_the_public_names_are_sorted_and_there():
    names = list(getattr(aiverify, "__all__", []))

    assert names == sorted(set(names))
    assert [name for name in names if not hasattr(aiverify, name)] == []


def test_the_command_line_starts_without_the_heavy_libraries():
    script = "import sys, aiverify.cli.main; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr
    assert HEAVY.intersection(done.stdout.split()) == set()


def test_every_reader_of_a_format_is_listed():
    defined = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (PACKAGE / "formats").rglob("*.py")
        if path.name != "interface.py" and any(map(is_reader, ast.parse(path.read_bytes()).body))
    }
    [listing] = [
        path for path in (PACKAGE / "formats").glob("*.py") if lists_readers(path.read_bytes())
    ]
    listed = importlib.import_module(f"aiverify.formats.{listing.stem}").READERS

    assert {type(reader).__module__ for reader in listed} == defined


def is_reader(node: ast.stmt) -> bool:
    """Whether a statement is a class that defines `recognises`."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(item, ast.FunctionDef) and item.name == "recognises" for item in node.body
    )


def lists_readers(source: bytes) -> bool:
    """Whether a module assigns a literal tuple to `READERS`."""
    return any(
        isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == "READERS"
        and isinstance(node.value, ast.Tuple)
        for node in ast.parse(source).body
    )

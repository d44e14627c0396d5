"""The wheel, installed where there is no checkout, has all that it needs."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
import venv
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tests.support.commands import PROJECT, Completed
from tests.support.processes import start

SOURCES = ("LICENSE", "README.md", "aiverify", "policies", "pyproject.toml")
"""What the wheel is built from."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    words = ("-m", "build", "--wheel", "--no-isolation", "--outdir", out)
    done = start(sys.executable, *words, cwd=copy)
    assert done.exit_code == 0, done.out + done.err
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment: aiverify from the wheel, and what it depends on from this one.

    The dependencies are lent through a `.pth` file, behind the new environment's own
    packages. Python follows no `.pth` file that lies in a directory which one names, so an
    editable checkout does not come along.
    """
    place = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(place, symlinks=True)
    pip = ("-m", "pip", "--python", place / "bin" / "python", "--disable-pip-version-check")
    install = ("install", "--quiet", "--no-index", "--no-deps", wheel)
    done = start(sys.executable, *pip, *install, cwd=place)
    assert done.exit_code == 0, done.out + done.err
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site_packages(place) / "lent.pth").write_text("\n".join(sorted(lent)))
    return place


def site_packages(place: Path) -> Path:
    paths = {"base": str(place), "platbase": str(place)}
    return Path(sysconfig.get_path("purelib", "venv", paths))


def in_clean_environment(place: Path, *words: str | Path, cwd: Path) -> Completed:
    """Run one of its programs, with nothing in the environment that leads to the checkout."""
    program, *rest = words
    env = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    return start(place / "bin" / program, *rest, cwd=cwd, env=env)


def test_the_wheel_holds_the_package_and_every_policy_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    package = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "aiverify").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    policies = {
        f"aiverify/_policies/{path.relative_to(PROJECT / 'policies').as_posix()}"
        for path in (PROJECT / "policies").rglob("*.rego")
    }
    assert policies
    assert names == package | policies


def test_the_package_that_runs_is_the_wheel_s_and_not_the_checkout_s(installed, tmp_path):
    script = "import aiverify; print(aiverify.__file__)"
    done = in_clean_environment(installed, "python", "-c", script, cwd=tmp_path)

    assert done.exit_code == 0, done.err
    assert Path(done.out.strip()) == site_packages(installed) / "aiverify" / "__init__.py"


def test_the_installed_command_says_its_version(installed, wheel, tmp_path):
    done = in_clean_environment(installed, "aiverify", "--version", cwd=tmp_path)

    assert (done.exit_code, done.err) == (0, "")
    assert done.out == f"aiverify {wheel.name.split('-')[1]}\n"


def test_the_installed_command_finds_its_policies_and_tells_the_whole_story(installed, tmp_path):
    done = in_clean_environment(installed, "aiverify", "demo", "story", cwd=tmp_path)

    assert done.exit_code == 0, done.out + done.err
    assert re.search(r"policy +pass +judged by [1-9]\d* policy files", done.out)
    table = done.out.partition("What was allowed and what was refused\n")[2].splitlines()
    verdicts = Counter(line.split()[0] for line in table if re.match(r"\w", line))
    assert (verdicts["allow"], verdicts["deny"], verdicts["error"]) == (9, 9, 0)

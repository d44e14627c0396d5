"""Has every tool describe one directory, and writes docs/sbom-tools.md.

The other tools are installed from the package indexes, in environments below DIR.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.compare.sboms import fixture
from tests.compare.sboms.documents import Document, Evidence
from tests.compare.sboms.found import Found
from tests.compare.sboms.installing import AbsentError
from tests.compare.sboms.page import page
from tests.compare.sboms.rows import ROWS
from tests.compare.sboms.tools import ENVIRONMENTS, TOOLS, Run, Tool, quiet

PAGE = Path(__file__).resolve().parents[3] / "docs" / "sbom-tools.md"
ROUNDS = 3


@dataclass(frozen=True)
class Result:
    """What one tool's documents have, and the seconds that each of its calls took."""

    tool: Tool
    evidence: Evidence
    found: Mapping[str, Found]
    seconds: tuple[float, ...]


def main() -> None:
    names = [tool.name for tool in TOOLS]
    parser = argparse.ArgumentParser(prog="python -m tests.compare.sboms", description=__doc__)
    parser.add_argument("--environments", type=Path, default=ENVIRONMENTS, metavar="DIR")
    parser.add_argument("--install", choices=names, help="install it, and do no more")
    parser.add_argument("--only", nargs="*", choices=names, help="these alone, and no page")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the documents here")
    arguments = parser.parse_args()
    wanted = [arguments.install] if arguments.install else arguments.only or names
    installed, absent = install(
        [tool for tool in TOOLS if tool.name in wanted], arguments.environments.resolve()
    )
    if arguments.install:
        sys.exit("\n".join(f"{tool.title}: {reason}" for tool, reason in absent) or None)
    with tempfile.TemporaryDirectory() as folder:
        place = arguments.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        text = page(run_all(installed, place.resolve()), absent)
    if arguments.only:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


def install(
    tools: Sequence[Tool], environments: Path
) -> tuple[list[tuple[Tool, Path]], list[tuple[Tool, str]]]:
    """The tools with their programs, and those that this machine cannot have with the reasons."""
    installed, absent = [], []
    for tool in tools:
        try:
            installed.append((tool, tool.install(environments / tool.folder)))
        except AbsentError as error:
            absent.append((tool, str(error)))
    return installed, absent


def run_all(tools: Sequence[tuple[Tool, Path]], place: Path) -> list[Result]:
    """Every tool's result, over a directory that is written to `place`.

    They take turns, so that what else the machine does hits all of them.
    """
    written = fixture.write(place)
    rounds = [
        [run_calls(tool, program, written, place / tool.folder) for tool, program in tools]
        for _ in range(ROUNDS)
    ]
    results = []
    for (tool, _), times in zip(tools, zip(*rounds, strict=True), strict=True):
        evidence = read(tool, place / tool.folder)
        found = {row.title: row.judge(evidence, written) for row in ROWS}
        results.append(Result(tool, evidence, found, tuple(map(min, zip(*times, strict=True)))))
    return results


def run_calls(tool: Tool, program: Path, written: fixture.Fixture, out: Path) -> tuple[float, ...]:
    """The seconds of each of its calls."""
    out.mkdir(exist_ok=True)
    return tuple(run(call, program, written, out) for call in tool.runs)


def run(call: Run, program: Path, written: fixture.Fixture, out: Path) -> float:
    """The seconds that a call takes."""
    started = time.perf_counter()
    done = subprocess.run(
        call.argv(program, written, out),
        cwd=out,
        env=quiet(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.perf_counter() - started
    missing = [name for name in call.documents if not (out / name).is_file()]
    if missing:
        last = (done.stderr or done.stdout).strip()[-2000:]
        raise SystemExit(f"{program.name} wrote no {', '.join(missing)}:\n{last}")
    return seconds


def read(tool: Tool, out: Path) -> Evidence:
    """What it wrote."""
    names = (name for call in tool.runs for name in call.documents)
    return Evidence(tuple(Document(name, json.loads((out / name).read_bytes())) for name in names))


if __name__ == "__main__":
    main()

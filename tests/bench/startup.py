"""What it costs to start: processor time of the commands that do nothing."""

from __future__ import annotations

from pathlib import Path

from tests.bench.layout import titled
from tests.bench.rounds import middle
from tests.support.processes import AIVERIFY, MODEL_SIGNING, Cost, measure

BUDGET = 0.5
"""At most this share of what the reference implementation needs for its `--help`."""

COMMANDS = {
    "model_signing --help": (*MODEL_SIGNING, "--help"),
    "aiverify --help": (*AIVERIFY, "--help"),
    "aiverify --version": (*AIVERIFY, "--version"),
}


def table(rounds: int) -> str:
    """Processor time of each, and its ratio to the first; the commands take turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, words in COMMANDS.items():
            costs[name].append(measure(*words, cwd=Path()))
    spent = {name: middle(found).cpu_seconds for name, found in costs.items()}
    theirs = next(iter(spent.values()))
    rows = [(name, f"{cpu:.3f} s", f"{cpu / theirs:.2f}") for name, cpu in spent.items()]
    title = f"Start-up: processor time, median of {rounds}; the budget is {BUDGET:.2f}"
    return titled(title, ("command", "user + system", "ratio"), rows)

"""Every command on a real model, if there is one: see tests/integration/test_minilm.py."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.bench.layout import note, titled
from tests.bench.rounds import middle
from tests.support.processes import AIVERIFY, Cost, measure

TITLE = "all-MiniLM-L6-v2"

LINES = (
    "inspect MODEL",
    "sbom MODEL -o sbom.json",
    "bundle model MODEL -o model.tar",
    "bundle model MODEL -o layout --link",
    "keys generate -o release",
    "sign MODEL --key release.key -o model.sig",
    "sign model.tar --key release.key",
    "verify MODEL --key release.pub --signature model.sig",
    "verify model.tar --key release.pub",
    "unpack model.tar -o unpacked",
    "policy eval --policy aiverify:no_pickled_weights MODEL",
)


def table(rounds: int) -> str:
    """Wall time, processor time and peak memory of each command."""
    model = os.environ.get("AIVERIFY_MINILM")
    if not model:
        return note(TITLE, "not measured: AIVERIFY_MINILM does not name the model's directory")
    costs: dict[str, list[Cost]] = {line: [] for line in LINES}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            (place / "MODEL").symlink_to(Path(model).resolve())
            for line in LINES:
                costs[line].append(measure(*AIVERIFY, *line.split(), cwd=place))
    heads = ("aiverify ...", "wall", "user + system", "peak")
    return titled(f"{TITLE}: median of {rounds}", heads, [row(*item) for item in costs.items()])


def row(line: str, costs: list[Cost]) -> tuple[str, ...]:
    cost = middle(costs)
    return (line, f"{cost.seconds:.2f} s", f"{cost.cpu_seconds:.2f} s", f"{cost.peak_mb:.0f} MB")

"""One large file, signed and verified by aiverify and by the reference implementation."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.layout import titled
from tests.bench.rounds import middle
from tests.support.processes import AIVERIFY, MODEL_SIGNING, Cost, measure
from tests.support.weights import with_header

FILE = "model.safetensors"
BUDGET_RATIO = 1.0
BUDGET_MB = 120


@dataclass(frozen=True)
class Work:
    """The same work by both, as command lines; `theirs` is empty where they have no such thing."""

    name: str
    ours: str
    theirs: str = ""
    makes: str = ""
    """A file that has to go before the next round."""

    def measure(self, place: Path, rounds: int) -> tuple[str, ...]:
        """Medians of wall time, their ratio, and the peaks. Who goes first changes each round."""
        costs: dict[str, list[Cost]] = {"ours": [], "theirs": []}
        words = {"ours": (*AIVERIFY, *self.ours.split())}
        if self.theirs:
            words["theirs"] = (*MODEL_SIGNING, *self.theirs.split())
        for number in range(rounds):
            for who in sorted(words, reverse=bool(number % 2)):
                costs[who].append(measure(*words[who], cwd=place))
            if self.makes:
                (place / self.makes).unlink()
        return self._row(costs["ours"], costs["theirs"])

    def _row(self, our_costs: list[Cost], their_costs: list[Cost]) -> tuple[str, ...]:
        ours = middle(our_costs)
        time, peak = f"{ours.seconds:.2f} s", f"{ours.peak_mb:.0f} MB"
        if not their_costs:
            return (self.name, time, "", "", peak, "")
        theirs = middle(their_costs)
        their_time, their_peak = f"{theirs.seconds:.2f} s", f"{theirs.peak_mb:.0f} MB"
        ratio = f"{ours.seconds / theirs.seconds:.2f}"
        return (self.name, time, their_time, ratio, peak, their_peak)


WORKS = (
    Work(
        "sign",
        f"sign {FILE} --key release.key",
        f"sign key {FILE} --private_key release.key --signature theirs.sig",
    ),
    Work(
        "verify",
        f"verify {FILE} --key release.pub",
        f"verify key {FILE} --public_key release.pub --signature theirs.sig",
    ),
    Work(
        "sign, four shards",
        f"sign {FILE} --key release.key --shard-size {{quarter}} -o shards.sig",
        makes="shards.sig",
    ),
    Work("sign, BLAKE3", f"sign {FILE} --key release.key --hash blake3 -o b3.sig", makes="b3.sig"),
    Work("bundle", f"bundle model {FILE} -o model.tar", makes="model.tar"),
)


def table(size: int, rounds: int) -> str:
    """Wall times and their ratio, and the peaks of memory, on a file in the page cache."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_weights(place / FILE, size)
        measure(*AIVERIFY, "keys", "generate", "-o", "release", cwd=place)
        works = (replace(work, ours=work.ours.format(quarter=size // 4 + 1)) for work in WORKS)
        rows = [work.measure(place, rounds) for work in works]
    title = (
        f"A file of {size / 1e9:.2f} GB: median of {rounds}; "
        f"the budgets are a ratio of {BUDGET_RATIO:.1f} and {BUDGET_MB} MB"
    )
    heads = ("work", "aiverify", "model_signing", "ratio", "aiverify's peak", "model_signing's")
    return titled(title, heads, rows)


def write_weights(path: Path, size: int) -> None:
    """A safetensors file with one tensor of random bytes: nothing that a disk could leave out."""
    header = {"weight": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}
    with path.open("xb") as file:
        file.write(with_header(json.dumps(header).encode()))
        for _ in range(size >> 20):
            file.write(os.urandom(1 << 20))

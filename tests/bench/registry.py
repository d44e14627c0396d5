"""A bundle pushed to a registry on loopback and pulled back, by aiverify and by other clients."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.large_file import write_weights
from tests.bench.layout import note, titled
from tests.bench.rounds import middle
from tests.support.oci_clients import COPIERS, Copier, program, tagged, why_no
from tests.support.processes import AIVERIFY, Cost, measure
from tests.support.registries.registry import Registry
from tests.support.registries.running import docker_registry

NAME = "acme/llama:1"
SHARDS = 4
BUDGET_RATIO = 1.2
BUDGET_MB = 120
WORKS = ("push", "pull")

Costs = dict[tuple[str, str], list[Cost]]


def table(size: int, rounds: int) -> str:
    """Wall times, their ratio to the fastest of the others, and peaks of memory.

    aiverify pushes the signature and the SBOM too. It verifies what it pulls and lays out the
    model's files, where the others copy blobs.
    """
    title = (
        f"A bundle of {SHARDS} x {size / SHARDS / 1e6:.0f} MB to a registry and back: median of "
        f"{rounds}; the budgets are a ratio of {BUDGET_RATIO:.1f} and {BUDGET_MB} MB"
    )
    others = [copier for copier in COPIERS if program(copier.name)]
    if not others or not shutil.which("docker-registry"):
        missing = ", ".join(filter(None, (why_no(copier.name) for copier in COPIERS)))
        return note(title, f"not measured: {missing or 'no docker-registry'}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _prepare(place, size)
        costs: Costs = {}
        for number in range(rounds):
            # Who goes first changes each round.
            turn = number % (len(others) + 1)
            everybody = [None, *others]
            for copier in everybody[turn:] + everybody[:turn]:
                _round(copier, place, costs)
    return titled(title, ("work", "program", "time", "ratio", "peak"), _rows(costs))


def _prepare(place: Path, size: int) -> None:
    """Make a signed bundle, and the same for the others: a layout with a tag in it."""
    model = place / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "llama"}\n')
    for number in range(1, SHARDS + 1):
        shard = model / f"model-{number:05}-of-{SHARDS:05}.safetensors"
        write_weights(shard, size // SHARDS)
    for line in (
        "keys generate -o release",
        "bundle model model -o bundle --link",
        "sign bundle --key release.key",
    ):
        measure(*AIVERIFY, *line.split(), cwd=place)
    tagged(place / "bundle", "1", place / "layout")


def _round(copier: Copier | None, place: Path, costs: Costs) -> None:
    """One push and one pull, to a registry that knows nothing yet; None is aiverify.

    Clients remember where in a registry they have seen a blob, and would not send it again.
    """
    stage = place / "round"
    with docker_registry(stage / "registry") as registry:
        for work, words in zip(WORKS, _words(copier, registry, place, stage), strict=True):
            # What earlier runs have left to be written is not for this one to wait for.
            os.sync()
            cost = measure(*words, cwd=place)
            costs.setdefault((work, copier.name if copier else "aiverify"), []).append(cost)
    shutil.rmtree(stage)


def _words(
    copier: Copier | None, registry: Registry, place: Path, stage: Path
) -> tuple[list[str], list[str]]:
    back = stage / "back"
    if copier:
        own = str(program(copier.name))
        return (
            [own, *copier.push(registry, place / "layout", NAME)],
            [own, *copier.pull(registry, NAME, back)],
        )
    reference = f"{registry.host}/{NAME}"
    pull = f"pull {reference} -o {back} --key release.pub --plain-http"
    return (
        [*AIVERIFY, *f"push bundle {reference} --plain-http".split()],
        [*AIVERIFY, *pull.split()],
    )


def _rows(costs: Costs) -> Iterator[tuple[str, ...]]:
    for work in WORKS:
        middles = {who: middle(each) for (what, who), each in costs.items() if what == work}
        fastest = min(cost.seconds for who, cost in middles.items() if who != "aiverify")
        for who, cost in sorted(middles.items()):
            ratio = f"{cost.seconds / fastest:.2f}"
            yield work, who, f"{cost.seconds:.2f} s", ratio, f"{cost.peak_mb:.0f} MB"

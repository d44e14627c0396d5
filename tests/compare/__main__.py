"""Runs every scanner over the corpus and the real models, and writes docs/scanners.md.

The other scanners are installed from the package index, in environments below DIR.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.compare.page import page
from tests.compare.scanners import SCANNERS, Scanner
from tests.corpus import real
from tests.corpus.everything import EVERYTHING, write
from tests.corpus.sample import Label

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scanners.md"


@dataclass(frozen=True)
class Case:
    """A folder to be scanned, and what is in it."""

    folder: Path
    label: Label
    family: str


@dataclass(frozen=True)
class Result:
    """What one scanner said of each case, and the seconds it took."""

    scanner: Scanner
    said: Mapping[Path, str]
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.compare", description=__doc__)
    parser.add_argument("--environments", type=Path, default=Path(".venv/scanners"), metavar="DIR")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cases = [*corpus(Path(folder) / "corpus"), *models(Path(folder) / "real")]
        results = [run(scanner, cases, arguments.environments) for scanner in SCANNERS]
        PAGE.write_text(page(cases, results), encoding="utf-8")


def corpus(folder: Path) -> list[Case]:
    """The samples that the tests make, one a folder."""
    cases = []
    for number, sample in enumerate(EVERYTHING):
        place = folder / f"{number:04}"
        write(sample, place)
        cases.append(Case(place, sample.label, sample.format))
    return cases


def models(folder: Path) -> list[Case]:
    """The real models, one a folder; those that the tests keep are samples of the corpus."""
    cases = []
    for number, path in enumerate([*real.installed(), *real.fetched()]):
        place = folder / f"{number:04}"
        place.mkdir(parents=True)
        shutil.copyfile(path, place / path.name)
        cases.append(Case(place, Label.BENIGN, "real models"))
    return cases


def run(scanner: Scanner, cases: Sequence[Case], environments: Path) -> Result:
    answers = scanner.answers([case.folder for case in cases], environments)
    said = {Path(answer.folder): answer.said for answer in answers}
    return Result(scanner, said, sum(answer.seconds for answer in answers))


if __name__ == "__main__":
    main()

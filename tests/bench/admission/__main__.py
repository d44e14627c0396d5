"""Measures admission through a real API server, and writes docs/admission-load.md.

python -m tests.bench.admission [--pods 1000] [--clients 50] [--models 60]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.admission.measuring import Load, measure
from tests.bench.admission.page import page
from tests.bench.admission.yardstick import why_no_yardstick
from tests.support.cluster.programs import why_no_cluster

PAGE = Path(__file__).resolve().parents[3] / "docs" / "admission-load.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.admission", description=__doc__)
    parser.add_argument("--pods", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--models", type=int, default=60)
    options = parser.parse_args()
    if reason := why_no_cluster() or why_no_yardstick():
        sys.exit(reason)
    load = Load(options.pods, options.clients, options.models)
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), load)
    PAGE.write_text(page(measured, load))
    sys.stdout.write(f"{PAGE.name} is written\n")


if __name__ == "__main__":
    main()

"""Runs every measurement and prints its table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from tests.bench import headers, large_file, minilm, policies, registry, startup


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a file of 256 MB instead of 2 GB")
    for text in tables(quick=parser.parse_args().quick):
        sys.stdout.write(text)
        sys.stdout.flush()


def tables(*, quick: bool) -> Iterator[str]:
    yield startup.table(rounds=9)
    yield large_file.table(size=256 << 20 if quick else 2 << 30, rounds=5)
    yield registry.table(size=64 << 20 if quick else 1 << 30, rounds=3)
    yield headers.table(rounds=5)
    yield minilm.table(rounds=3)
    yield policies.table(rounds=15)


if __name__ == "__main__":
    main()

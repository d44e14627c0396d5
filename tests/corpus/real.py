"""Real models that packages carry, as the gate for false alarms.

Those of numpy and h5py are there, because the tests need the two. The others are wheels that
are wanted for their files alone; `.ci/run` fetches them. By hand:

    pip download --no-deps --dest real onnx==1.23.2 silero-vad==6.2.3 joblib==1.6.0
    for wheel in real/*.whl; do unzip -q -d real "$wheel"; done
    AIVERIFY_REAL=real make test
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "real"

REAL = os.environ.get("AIVERIFY_REAL", "")
HOW = "AIVERIFY_REAL names no real models; the head of tests/corpus/real.py says how to get them"

INSTALLED = ("numpy", "h5py")

EXTENSIONS = (
    ".onnx", ".pb", ".jit", ".pt", ".pth", ".safetensors", ".npy", ".npz", ".pkl", ".h5", ".hdf5",
    ".keras", ".gguf", ".joblib", ".gz", ".bz2", ".xz", ".lzma", ".bin",
)  # fmt: skip

PYTHON_2 = ("_py27_", "py2-", "python2", "py2_")
"""Names of objects that only Python 2 wrote."""


def installed() -> Iterator[Path]:
    """Model files in the packages that the tests need anyway."""
    for package in INSTALLED:
        found = importlib.util.find_spec(package)
        if found and found.origin:
            yield from _below(Path(found.origin).parent)


def fetched() -> Iterator[Path]:
    """Model files in the wheels that were fetched."""
    if REAL:
        yield from _below(Path(REAL))


def kept() -> Iterator[Path]:
    """Small files that real libraries wrote, kept with the tests."""
    return (path for path in sorted(ASSETS.rglob("*")) if path.is_file() and path.suffix != ".md")


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.name.endswith(EXTENSIONS))

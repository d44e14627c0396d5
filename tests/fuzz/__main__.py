"""Feeds every reader with bytes that atheris makes up from the corpus.

    pip install atheris
    python -m tests.fuzz DIR -max_total_time=600

DIR receives the corpus and what is learnt. Options behind it are libFuzzer's. The first byte
of an input chooses the name that the file has, as readers go by names too. Nothing may be
raised but what the readers are allowed to raise.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["aiverify"]):
    from aiverify.formats.look import look_inside
    from aiverify.formats.sources import Memory

NAMES = (
    "data",
    "model.safetensors",
    "model.gguf",
    "model.onnx",
    "model.pt",
    "model.pkl",
    "model.joblib",
    "model.h5",
    "model.keras",
    "saved_model.pb",
    "array.npy",
    "arrays.npz",
    "adapter_config.json",
    "config.json",
    "tokenizer_config.json",
    "tokenizer.json",
    "chat_template.jinja",
    "modules.json",
    "model.safetensors.index.json",
    "README.md",
    "model.py",
    "run.sh",
    "settings.yaml",
    "archive.zip",
    "archive.tar",
    "picture.png",
    "table.parquet",
    "program.o",
    "tokenizer.model",
    "other.json",
)

LIMITS = ("-max_len=65536", "-timeout=20", "-rss_limit_mb=1024", "-close_fd_mask=0")


def one(data: bytes) -> None:
    """Look into one made-up file."""
    if data:
        look_inside(NAMES[data[0] % len(NAMES)], Memory(data[1:]))


def seed(folder: Path) -> None:
    """Start from the corpus of the tests."""
    from tests.corpus import real
    from tests.corpus.everything import EVERYTHING

    folder.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(EVERYTHING):
        data = sample.make()
        if len(data) < 65536:
            name = next((i for i, n in enumerate(NAMES) if n == sample.file), number % len(NAMES))
            (folder / f"sample-{number:04}").write_bytes(bytes([name]) + data)
    for path in real.kept():
        (folder / path.name).write_bytes(b"\0" + path.read_bytes()[:65535])


if __name__ == "__main__":
    place = Path(sys.argv[1])
    seed(place)
    atheris.Setup([sys.argv[0], str(place), *LIMITS, *sys.argv[2:]], one)
    atheris.Fuzz()

"""Looking into large weights: only headers are read, so that the size of a file costs nothing."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.layout import titled
from tests.bench.rounds import middle
from tests.support.gguf_files import LLAMA, Q4_K, Row, Writer, filled
from tests.support.processes import AIVERIFY, measure

BUDGET_MS = 50
BUDGET_MB = 60

TENSORS = 1000
ROWS, COLUMNS = 2176, 4096
"""The shape of each tensor: five gigabytes for a thousand, at 4.5 bits an element."""

TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'user' %}"
    "<|user|>{{ message['content'] | trim }}{% else %}"
    "<|assistant|>{{ message['content'] | trim }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

WORDS = 150_000
VOCABULARY = {
    "tokenizer.ggml.tokens": [f"word{number}" for number in range(WORDS)],
    "tokenizer.ggml.merges": [f"wo{number} rd{number}" for number in range(2 * WORDS)],
    "tokenizer.ggml.scores": ("array", ("f32", [0.0] * WORDS)),
    "tokenizer.ggml.token_type": ("array", ("i32", [1] * WORDS)),
}

LOOK = """
import sys, time
from pathlib import Path
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look

path = Path(sys.argv[1])
member = Member(path.name, Extent.of_file(path))
begin = time.perf_counter()
found = look(member)
seconds = time.perf_counter() - begin
assert found.state == "clean", found.facts
Path(sys.argv[2]).write_text(str(seconds))
"""
"""A process that looks once, and says how long that took without its own start."""


def table(rounds: int) -> str:
    """Time of a look, and the peak of memory of its process; the same for `inspect`."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, file in _written(place):
            seconds, costs, inspected = [], [], []
            for _ in range(rounds):
                report = place / "seconds"
                costs.append(measure(sys.executable, "-c", LOOK, file, report, cwd=place))
                seconds.append(float(report.read_text()))
                inspected.append(measure(*AIVERIFY, "inspect", file, cwd=place))
            whole = middle(inspected)
            rows.append(
                (
                    name,
                    f"{file.stat().st_size / 1e9:.2f} GB",
                    f"{median(seconds) * 1000:.1f} ms",
                    f"{middle(costs).peak_mb:.0f} MB",
                    f"{whole.seconds:.2f} s",
                    f"{whole.peak_mb:.0f} MB",
                )
            )
    title = (
        f"Headers of {TENSORS} tensors: median of {rounds}; "
        f"the budgets of a look are {BUDGET_MS} ms and {BUDGET_MB} MB"
    )
    heads = ("file", "size", "look", "its peak", "aiverify inspect", "its peak")
    return titled(title, heads, rows)


def _written(place: Path) -> Iterable[tuple[str, Path]]:
    yield "safetensors", _safetensors(place / "model.safetensors")
    yield "gguf", _gguf(place / "model.gguf", {})
    yield (
        "gguf with a chat template",
        _gguf(place / "chat.gguf", {"tokenizer.chat_template": TEMPLATE}),
    )
    yield "gguf with 150,000 tokens", _gguf(place / "words.gguf", VOCABULARY)


def _safetensors(path: Path) -> Path:
    """A sparse file of tensors that take as many bytes as the other's."""
    header, size = {}, ROWS * COLUMNS * 9 // 16
    for number in range(TENSORS):
        begin = number * size
        entry = {
            "dtype": "U8",
            "shape": [ROWS, size // ROWS],
            "data_offsets": [begin, begin + size],
        }
        header[_name(number)] = entry
    written = json.dumps(header).encode()
    return _sparse(path, len(written).to_bytes(8, "little") + written, TENSORS * size)


def _gguf(path: Path, more: Mapping[str, Any]) -> Path:
    """A sparse file of quantized tensors."""
    rows = [Row(_name(number), (COLUMNS, ROWS), Q4_K) for number in range(TENSORS)]
    head = Writer().head({**LLAMA, **more}.items(), rows)
    return _sparse(path, filled(head, 32), sum(row.size for row in rows))


def _name(number: int) -> str:
    return f"blk.{number // 8}.ffn_{number % 8}.weight"


def _sparse(path: Path, head: bytes, size: int) -> Path:
    """A file of a header and zeros that the disk need not keep."""
    path.write_bytes(head)
    os.truncate(path, len(head) + size)
    return path

"""The directory that every tool describes, and the values that are in it to be found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support import model_texts as texts
from tests.support import models
from tests.support.artifacts import manifest_of, read_tree

PACKAGES = dict(line.split("==") for line in texts.REQUIREMENTS.split())
"""What `requirements.txt` pins, and `uv.lock` too."""

NEEDS = {name: needs for name, needs in models.NEEDS.items() if needs}
"""What each of them needs, by `uv.lock`."""

DTYPES = {"bf16": 524_288, "f32": 512}
"""Elements of the model's tensors by type."""

QUANTIZATION = {"q4_k": (6, 360_448), "q6_k": (3, 163_840), "f32": (2, 512)}
"""Tensors and elements of the GGUF file by type."""

VULNERABLE = ("transformers", "golang.org/x/net")
"""Packages in the directory that a record of the advisories speaks of."""

OPAQUE = "opaque.dat"
"""A file that nobody can look into."""


@dataclass(frozen=True)
class Fixture:
    """A model with all that may lie beside it, and what is at hand of data and advisories.

    `statements` is a VEX document on one of the advisories.
    """

    model: Path
    data: Path
    advisories: Path
    statements: Path

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of every file of the model by its name in the directory."""
        return _digests(self.model)

    @property
    def data_digests(self) -> frozenset[str]:
        """What the data may be pinned by: the digest over all files, or that of any of them."""
        held = {name: data for name, (data, _) in read_tree(self.data).items()}
        root = str(manifest_of(held).root).removeprefix("sha256:")
        return frozenset({*_digests(self.data).values(), root})


def _digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, (data, _) in read_tree(folder).items()}


def write(folder: Path) -> Fixture:
    """Write it all into a directory that is there."""
    model = models.llama_style(folder / "model", licence="llama3.2")
    models.lora(model / "lora")
    models.gguf(model / "gguf")
    models.onnx(model / "onnx")
    models.go_program(model / "bin")
    (model / "onnx" / "LICENSE").write_text(texts.MIT, encoding="utf-8")
    (model / "requirements.txt").write_text(texts.REQUIREMENTS, encoding="utf-8")
    (model / "uv.lock").write_text(models.uv_lock(), encoding="utf-8")
    (model / OPAQUE).write_bytes(hashlib.shake_256(b"opaque").digest(4096))
    data = models.dataset(folder / "data")
    advisories = folder / "advisories"
    advisories.mkdir()
    for record in _RECORDS:
        path = advisories / f"{record['id']}.json"
        path.write_text(json.dumps(record), encoding="utf-8")
    statements = folder / "statements.json"
    statements.write_text(json.dumps(_STATEMENTS), encoding="utf-8")
    return Fixture(model, data, advisories, statements)


def _record(number: int, ecosystem: str, package: str, fixed: str) -> dict[str, object]:
    """A record in the schema of OSV, made up."""
    events = [{"introduced": "0"}, {"fixed": fixed}]
    kind = "SEMVER" if ecosystem == "Go" else "ECOSYSTEM"
    return {
        "schema_version": "1.6.0",
        "id": f"EXAMPLE-2024-{number}",
        "modified": "2024-12-01T00:00:00Z",
        "published": "2024-11-01T00:00:00Z",
        "summary": f"An example that {package} is affected by",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": [{"type": kind, "events": events}],
            }
        ],
    }


_RECORDS = (
    _record(1, "PyPI", VULNERABLE[0], "4.48.0"),
    _record(2, "Go", VULNERABLE[1], "0.17.0"),
    _record(3, "PyPI", "numpy", "1.20.0"),
)

_STATEMENTS = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.org/statements/1",
    "author": "The Example Laboratory",
    "timestamp": "2024-12-02T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "EXAMPLE-2024-1"},
            "products": [{"@id": f"pkg:pypi/transformers@{PACKAGES['transformers']}"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
    ],
}

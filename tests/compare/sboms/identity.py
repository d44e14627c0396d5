"""Rows about what the artifact is: its name, its files and their formats, its licence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath

from tests.compare.sboms.documents import Evidence, Pair, named_by
from tests.compare.sboms.fixture import Fixture
from tests.compare.sboms.found import NOTHING, Found, at, counted, named, partly
from tests.support import model_texts as texts

WEIGHTS = {
    "safetensors": "model.safetensors",
    "gguf": "tiny-llama.q4_k_m.gguf",
    "onnx": "model.onnx",
}


def identity(evidence: Evidence, _: Fixture) -> Found:
    """The name that the card gives the model, on a component of its own."""
    return at(evidence.subject(lambda subject: subject.name == texts.NAME), texts.NAME)


def purl(evidence: Evidence, _: Fixture) -> Found:
    """A package URL that names the model, and is encoded once."""
    own = [purl for subject in evidence.subjects for purl in subject.purls]
    for pair in own:
        if named_by(pair.value).endswith("tiny-llama"):
            return at(pair.place, f"`{pair.value}`")
    for pair in own:
        if "%25" in pair.value:
            return partly(pair.place, f"`{pair.value}`, encoded twice")
    return NOTHING


def hashes(evidence: Evidence, fixture: Fixture) -> Found:
    places = {pair.value: pair.place for pair in evidence.pairs}
    return counted((places.get(digest, "") for digest in fixture.digests.values()), "files")


def formats(evidence: Evidence, _: Fixture) -> Found:
    """The format of each file of weights, in a value that is not the file's name."""
    return named({name: _format(evidence, name, file) for name, file in WEIGHTS.items()})


def _format(evidence: Evidence, name: str, file: str) -> str:
    names = (file, PurePosixPath(file).stem)
    for subject in evidence.subjects:
        values = {pair.value for pair in subject.pairs}
        about = any(PurePosixPath(value).name in names for value in values)
        other = (re.split(r"[^a-z0-9]+", value) for value in values if file not in value)
        if about and name in chain.from_iterable(other):
            return subject.place
    return ""


def licence(evidence: Evidence, _: Fixture) -> Found:
    """The model's licence, which SPDX has no identifier for."""
    return at(_licensed(evidence, "llama3.2"), "llama3.2")


def licence_text(evidence: Evidence, _: Fixture) -> Found:
    """A licence that no card names: its text lies in a file."""
    return at(_licensed(evidence, "mit"), "MIT")


def _licensed(evidence: Evidence, wanted: str) -> str:
    return next((pair.place for pair in _licences(evidence) if pair.value == wanted), "")


def _licences(evidence: Evidence) -> Iterator[Pair]:
    """Values that say a licence: under such a name, or within a structure of the standard."""
    for pair in evidence.pairs:
        if "licen" in pair.name:
            # SPDX has references to licences that are its own.
            yield pair._replace(value=pair.value.removeprefix("licenseref-"))
    for subject in evidence.subjects:
        for number, choice in enumerate(subject.content.get("licenses") or []):
            held = choice.get("license", choice)
            said = str(held.get("id") or held.get("name") or held.get("expression") or "")
            yield Pair("licence", said.lower(), f"{subject.place}/licenses/{number}")
        if "licen" in str(subject.content.get("type", "")).lower():
            yield Pair("licence", subject.name, subject.place)


def origins(evidence: Evidence, _: Fixture) -> Found:
    """Statements that name the file which a field's value is from, or citations."""
    for document in evidence.of("CycloneDX"):
        if cited := document.content.get("citations"):
            return at(f"{document.name}#/citations", f"{len(cited)} citations")
    files = re.compile(r"(readme\.md|config\.json|adapter_config\.json|\.gguf|\.safetensors)")
    said_so = re.compile(r"source|provenance|origin")
    found = [
        pair.place
        for pair in evidence.pairs
        if files.search(pair.value) and said_so.search(f"{pair.name} {pair.value}")
    ]
    return at(found[0] if found else "", f"{len(found)} statements")

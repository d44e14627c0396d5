"""Rows about what lies in the files of weights and beside them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from tests.compare.sboms import fixture
from tests.compare.sboms.documents import Evidence
from tests.compare.sboms.found import Extent, Found, at, named, partly
from tests.support import model_texts as texts
from tests.support import models


class Line(NamedTuple):
    """The words of a name and its value."""

    words: frozenset[str]
    place: str


def parameters(evidence: Evidence, _: fixture.Fixture) -> Found:
    wanted = str(models.PARAMETERS)
    return at(evidence.where(lambda pair: pair.value.replace(",", "") == wanted), wanted)


def dtypes(evidence: Evidence, _: fixture.Fixture) -> Found:
    """Elements by type; the types alone are a part."""
    lines = list(_lines(evidence))
    places = [_together(lines, name, str(count)) for name, count in fixture.DTYPES.items()]
    if all(places):
        text = ", ".join(f"{name} {count}" for name, count in fixture.DTYPES.items())
        return Found(Extent.ALL, text, tuple(places))
    alone = {name: _together(lines, name) for name in fixture.DTYPES}
    found = {name: place for name, place in alone.items() if place}
    return partly(next(iter(found.values()), ""), ", ".join(found))


def quantization(evidence: Evidence, _: fixture.Fixture) -> Found:
    """Tensors or elements by quantization; the label alone is a part."""
    lines = list(_lines(evidence))
    places = [
        next(filter(None, (_together(lines, name, str(n)) for n in counts)), "")
        for name, counts in fixture.QUANTIZATION.items()
    ]
    if all(places):
        text = ", ".join(f"{counts[0]} {name}" for name, counts in fixture.QUANTIZATION.items())
        return Found(Extent.ALL, text, tuple(places))
    label = evidence.where(lambda pair: "quant" in pair.name and "q4_k_m" in pair.value)
    if label:
        return partly(label, "the label")
    return partly(evidence.where(lambda p: "quant" in p.name and p.value == "15"), "its number")


def _lines(evidence: Evidence) -> Iterator[Line]:
    for name, value, place in evidence.pairs:
        words = re.split(r"[^a-z0-9_]+", f"{name} {value.replace(',', '')}")
        split = (word.split("_") for word in words if word[:1] != "q")
        yield Line(frozenset(chain(words, *split)), place)


def _together(lines: Sequence[Line], *words: str) -> str:
    return next((line.place for line in lines if line.words.issuperset(words)), "")


def ports(evidence: Evidence, _: fixture.Fixture) -> Found:
    """The graph's own inputs and outputs with their shapes; a kind such as text is a part."""
    names = {name: evidence.saying(name) for name in ("input_ids", "logits")}
    shaped = evidence.where(lambda pair: "batch" in pair.value and "sequence" in pair.value)
    if all(names.values()):
        return at(shaped, "names and shapes") if shaped else partly(names["logits"], "names")
    return partly(evidence.where(lambda p: p.name == "format" and p.value == "text"), "text")


def lora(evidence: Evidence, _: fixture.Fixture) -> Found:
    """Rank, alpha and the modules that the adapter changes."""
    targets = [
        _said(evidence, r"target|modules", rf".*\b{module}\b.*") for module in ("q_proj", "v_proj")
    ]
    return named(
        {
            "r": _said(evidence, r"(^|[^a-z])(r|rank)$", r"8"),
            "alpha": _said(evidence, r"alpha$", r"16(\.0)?"),
            "targets": targets[0] if all(targets) else "",
        }
    )


def templates(evidence: Evidence, _: fixture.Fixture) -> Found:
    """SHA-256 of both chat templates' texts."""
    wanted = {"tokenizer_config.json": texts.CHAT_TEMPLATE, "GGUF": texts.GGUF_CHAT_TEMPLATE}
    return named(
        {
            place: evidence.saying(hashlib.sha256(text.encode()).hexdigest())
            for place, text in wanted.items()
        }
    )


def tokenizer(evidence: Evidence, _: fixture.Fixture) -> Found:
    """What kind the tokenizer is; that of the GGUF file alone is a part."""
    for kind in ("PreTrainedTokenizerFast", "BPE"):
        if place := _said(evidence, "", rf".*\b{kind.lower()}\b.*"):
            return at(place, kind)
    return partly(_said(evidence, "tokenizer", "gpt2"), "of the GGUF")


def _said(evidence: Evidence, name: str, value: str) -> str:
    """Where something of such a name has such a value."""
    names, values = re.compile(name), re.compile(value, re.DOTALL)
    return evidence.where(lambda p: bool(names.search(p.name) and values.fullmatch(p.value)))

"""Claims about what the weights are: their dtype, and how many parameters there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core import card as cards
from aiverify.core import rules
from aiverify.core.claiming.group import (
    MAX_SHOWN,
    PLAIN,
    Group,
    Weights,
    fields,
    front_matter,
    models,
    quoted,
    weights,
)
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.names import printable

DTYPES = {
    "float16": "f16",
    "half": "f16",
    "bfloat16": "bf16",
    "float32": "f32",
    "float": "f32",
    "float64": "f64",
    "double": "f64",
    "float8_e4m3fn": "f8_e4m3",
    "float8_e5m2": "f8_e5m2",
}
"""PyTorch's names of dtypes, and those of safetensors."""

COMPARED = PLAIN | {"f8_e4m3", "f8_e5m2"}
"""Dtypes of which one element is one weight. What is packed in others is nobody's claim."""

EXACT = 0.05
"""How far a count may be off: buffers are counted by one tool and not by another."""

ROUNDED = 0.5
"""How far a label such as `7B` may be off: it is a name, and models of 8.5B are called 7B."""

NAMED = 3
"""How many times larger than its name says a model may be, which names itself for many reasons."""

COUNTS = ("parameters", "num_parameters", "parameter_count", "total_parameters")
"""Members of a card's front matter that can only be a number of parameters."""

_LABEL = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s?([KMBT])", re.IGNORECASE)
_POWERS = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_IN_NAME = re.compile(r"(?<![\w.])(\d{1,4}(?:\.\d{1,3})?)B(?!\w|-?tok)", re.IGNORECASE)
_EXPERTS = re.compile(r"moe|\de\b|\dx\d", re.IGNORECASE)
"""What is in names whose numbers count experts, or only those that are asked at once."""

FEWEST = 1000
"""A smaller number is no count of a model's parameters but one of millions or billions."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A number of parameters that a file states, from the least to the most that it can mean."""

    item: FileFacts
    place: str
    words: str
    least: float
    most: float


def dtype(group: Group) -> Iterator[Finding]:
    """The configuration's dtype against the one of which most elements are."""
    config, held = group.config, group.safetensors()
    if not config or not held:
        return
    values = fields(config)
    if "quantization_config" in values.members:
        return
    key = "dtype" if values.text("dtype") else "torch_dtype"
    said = values.text(key)
    claimed = DTYPES.get(said.removeprefix("torch."))
    most = max(held.dtypes, key=lambda name: held.dtypes[name])
    known = claimed and most in COMPARED and 2 * held.dtypes[most] > held.elements
    if known and most != claimed:
        yield rules.claims.DTYPE.found(
            f"{printable(config.name)} says {quoted(said)}, and most of {held.shown} is "
            f"{printable(most)}",
            file=config.name,
            place=f"/{key}",
        )


def parameters(group: Group, card: FileFacts | None) -> Iterator[Finding]:
    """Numbers of parameters that are stated as such, against the elements of the tensors."""
    held = group.safetensors()
    if held and held.plain and group.is_whole and not group.adapter:
        if group.index:
            yield from _judged(_of_index(group.index), held)
        if card is group.card and card:
            yield from _judged(_of_card(card), held)
            yield from _judged(_of_name(card, group.config), held)
    for parts in models(group.ggufs):
        if found := weights(parts):
            yield from _judged(_of_header(parts[0]), found)


def _judged(claims: Iterator[_Claim], held: Weights) -> Iterator[Finding]:
    for claim in claims:
        if not _fits(claim, held):
            yield rules.claims.PARAMETERS.found(
                f"{printable(claim.item.name)} {claim.words}, and {held.shown} has "
                f"{held.elements:,}",
                file=claim.item.name,
                place=claim.place,
            )


def _fits(claim: _Claim, held: Weights) -> bool:
    """Weights that are tied may be stored once and counted twice, or the other way round."""
    count = held.elements
    if claim.least <= count <= claim.most:
        return True
    return claim.least <= count + held.largest and count - held.largest <= claim.most


def _count(item: FileFacts, place: str, number: int) -> _Claim:
    words = f"says {number:,} parameters"
    return _Claim(item, place, words, number / (1 + EXACT), number * (1 + EXACT))


def _label(item: FileFacts, place: str, label: str) -> Iterator[_Claim]:
    """A label as a number. `8x7B` and `30B-A3B` count experts, each in a way of its own."""
    if found := _LABEL.fullmatch(label.strip()):
        number = float(found[1]) * _POWERS[found[2].upper()]
        words = f"says {quoted(label.strip())} parameters"
        yield _Claim(item, place, words, number / (1 + ROUNDED), number * (1 + ROUNDED))


def _of_index(index: FileFacts) -> Iterator[_Claim]:
    number = fields(index).integer("total_parameters")
    if number is not None and number >= FEWEST:
        yield _count(index, "/metadata/total_parameters", number)


def _of_card(card: FileFacts) -> Iterator[_Claim]:
    """A count, or a label such as `7B`; `model_size` is taken as a label alone."""
    members = front_matter(card).members
    for key in (*COUNTS, "model_size"):
        value = members.get(key)
        if isinstance(value, int) and key in COUNTS and value >= FEWEST:
            yield _count(card, key, value)
        elif isinstance(value, str):
            yield from _label(card, key, value)


def _of_name(card: FileFacts, config: FileFacts | None) -> Iterator[_Claim]:
    """The one number of billions in a language model's name: it is hardly several times larger.

    It may well be smaller: what helps a large model to decode is named after that.
    """
    stated = cards.name(front_matter(card))
    classes = fields(config).texts("architectures") if config else ()
    if not stated or not any(name.endswith("ForCausalLM") for name in classes):
        return
    numbers = _IN_NAME.findall(stated.value[:MAX_SHOWN])
    if len(numbers) == 1 and not _EXPERTS.search(stated.value[:MAX_SHOWN]):
        words = f"names the model {quoted(stated.value)}"
        place = stated.source.partition("#/")[2].removeprefix("front_matter/")
        yield _Claim(card, place, words, 0, float(numbers[0]) * _POWERS["B"] * NAMED)


def _of_header(item: FileFacts) -> Iterator[_Claim]:
    values = fields(item)
    number = values.inner("metadata").integer("general.parameter_count")
    if number is not None and number >= FEWEST:
        yield _count(item, "general.parameter_count", number)
    yield from _label(item, "general.size_label", values.text("size_label"))

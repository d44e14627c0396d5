"""A model's own fields (SPDX 3.0.1, AI profile, AIPackage)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.description import Metric
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Component, Considerations, Means, ModelCard, Port, Property
from aiverify.sbom.spdx.graph import entries

_ADAPTER = "aiverify:adapter:"
_SIZES = {"aiverify:context-length": "context-length", "aiverify:vocabulary": "vocabulary"}
_FITTING = "fitting-pairs"
"""What was found by trying the adapter on its base: it did not shape the model."""

VERIFIED: Mapping[bool | None, str] = {True: "verified", False: "not verified"}
"""Whether the card says of a result that somebody else has verified it."""


def of_model(component: Component, card: ModelCard | None) -> dict[str, Json]:
    """The fields of a model. Nobody states whether it was made of sensitive personal data."""
    fields: dict[str, Json] = {
        "ai_hyperparameter": entries(_grouped(_hyperparameters(component))),
        "ai_useSensitivePersonalInformation": "noAssertion",
    }
    return fields | _of_card(card) if card else fields


def _of_card(card: ModelCard) -> dict[str, Json]:
    kinds = (card.approach, card.family, card.architecture)
    return {
        "ai_domain": [card.task] if card.task else [],
        "ai_typeOfModel": list(dict.fromkeys(filter(None, kinds))),
        "ai_informationAboutApplication": "\n\n".join(_application(card)),
        "ai_limitation": "\n\n".join(_limitations(card.considerations)),
        "ai_metric": entries(_grouped(map(_metric, card.metrics))),
    }


def _hyperparameters(component: Component) -> Iterator[Property]:
    """An adapter's settings, under the names that PEFT has for them, and the model's sizes."""
    for item in component.properties:
        name = item.name.removeprefix(_ADAPTER)
        if name not in {item.name, _FITTING}:
            yield Property(name, item.value)
        elif item.name in _SIZES:
            yield Property(_SIZES[item.name], item.value)


def _metric(metric: Metric) -> Property:
    """A result under the metric's type, and behind it what tells it from others of its type."""
    kind = metric.type or metric.name
    name = metric.name if metric.name != kind else ""
    verified = VERIFIED.get(metric.verified, "")
    told = ", ".join(filter(None, (name, metric.task, metric.dataset, metric.part, verified)))
    return Property(f"{kind} ({told})" if told else kind, metric.value)


def _grouped(properties: Iterator[Property]) -> dict[str, str]:
    """Values by name: a dictionary has each key once."""
    found: dict[str, list[str]] = {}
    for item in properties:
        found.setdefault(item.name, []).append(item.value)
    return {name: ", ".join(values) for name, values in found.items()}


def _application(card: ModelCard) -> Iterator[str]:
    said = card.considerations
    yield from _labelled("Users", said.users)
    yield from _labelled("Use", said.use_cases)
    yield from _labelled("Input", map(_port, card.inputs))
    yield from _labelled("Output", map(_port, card.outputs))


def _limitations(said: Considerations) -> Iterator[str]:
    yield from _labelled("Limitation", said.limitations)
    yield from _labelled("Trade-off", said.tradeoffs)
    yield from _labelled("Ethical consideration", said.ethics)
    yield from _labelled("Fairness", said.fairness)


def _labelled(label: str, texts: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    return (f"{label}: {text}" for text in texts)


def _port(port: Port) -> str:
    name = f"{port.name}: " if port.name else ""
    how = "" if port.means is Means.STATED else f" ({port.means.value})"
    return f"{name}{port.format}{how}"

"""The model card, as CycloneDX holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiverify.core.description import Metric
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Component, Considerations, ModelCard, Port, Property
from aiverify.sbom.cyclonedx.values import given, misfits, properties
from aiverify.sbom.cyclonedx.words import APPROACHES, among

METRIC_NAME = "aiverify:metric:name"
"""The name that a card gives to a result: `performanceMetric` has only the type of metric."""

METRIC_VERIFIED = "aiverify:metric:verified"
"""Whether the card says that somebody else has verified a result."""


def encode_card(card: ModelCard, datasets: Sequence[Component]) -> dict[str, Json]:
    """A `modelCard` that refers to the components of the datasets."""
    metrics = [metric for metric in map(_metric, card.metrics) if metric]
    return given(
        {
            "modelParameters": _parameters(card, datasets),
            "quantitativeAnalysis": metrics and {"performanceMetrics": metrics},
            "considerations": _considerations(card.considerations),
            "properties": properties(_properties(card)),
        }
    )


def _parameters(card: ModelCard, datasets: Sequence[Component]) -> Json:
    return given(
        {
            "approach": given({"type": among(card.approach, APPROACHES)}),
            "task": card.task,
            "architectureFamily": card.family,
            "modelArchitecture": card.architecture,
            "datasets": [{"ref": dataset.ref} for dataset in datasets],
            "inputs": [{"format": _format(port)} for port in card.inputs],
            "outputs": [{"format": _format(port)} for port in card.outputs],
        }
    )


def _format(port: Port) -> str:
    """The standard has only this one phrase for a port, so its name stands before it.

    How a port came to be known is said where its field's origin is.
    """
    return ": ".join(filter(None, (port.name, port.format)))


def _metric(metric: Metric) -> Json:
    return given(
        {"type": metric.type or metric.name, "value": metric.value, "slice": _slice(metric)}
    )


def _slice(metric: Metric) -> str:
    """What the metric was computed on: a dataset or a part of it, and the task it was for."""
    data = ", ".join(filter(None, (metric.dataset, metric.part)))
    return f"{data} ({metric.task})" if data and metric.task else data or metric.task


def _considerations(considerations: Considerations) -> Json:
    """Prose on fairness speaks of harms first: that is where it goes."""
    return given(
        {
            "users": considerations.users,
            "useCases": considerations.use_cases,
            "technicalLimitations": considerations.limitations,
            "performanceTradeoffs": considerations.tradeoffs,
            "ethicalConsiderations": [{"name": prose} for prose in considerations.ethics],
            "fairnessAssessments": [{"harms": prose} for prose in considerations.fairness],
        }
    )


def _properties(card: ModelCard) -> Iterator[Property]:
    yield from card.properties
    for metric in card.metrics:
        yield from _metric_properties(metric)
    if not among(card.approach, APPROACHES):
        yield from misfits({"approach": card.approach})


def _metric_properties(metric: Metric) -> Iterator[Property]:
    """What a card says of a result and the standard has no field for, each with which it is."""
    kind = metric.type or metric.name
    if not kind:
        return
    which = f"{kind} on {_slice(metric)}" if _slice(metric) else kind
    if metric.name and metric.name != kind:
        yield Property(METRIC_NAME, f"{which}: {metric.name}")
    if metric.verified is not None:
        yield Property(METRIC_VERIFIED, f"{which}: {'yes' if metric.verified else 'no'}")

"""Cluster KPI: how well the system does, and how well it resists."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.sbom.reading import Located, member, text
from aiverify.sbom.scoring.document import Document, below
from aiverify.sbom.scoring.interface import Rating, Standard, cluster
from aiverify.sbom.scoring.judging import best, declared, missing, review
from aiverify.sbom.scoring.security import linked
from aiverify.sbom.scoring.system import labelled
from aiverify.sbom.scoring.words import is_placeholder, quoted, words_of

_SECURITY = (
    "adversarial",
    "attack",
    "backdoor",
    "harmful",
    "injection",
    "jailbreak",
    "leakage",
    "membership inference",
    "poisoning",
    "refusal",
    "robustness",
    "robust",
    "safety",
    "security",
)
_REPORTS = frozenset(("pentest-report", "quality-metrics", "risk-assessment"))
_ENERGY = "modelCard/considerations/environmentalConsiderations/energyConsumptions[]"


def security(document: Document) -> Rating:
    """Measures of how it resists."""
    said = best(_measure(document, item) for item in _metrics(document) if _resists(item))
    said = best((said, labelled(document, "security metric", "security metrics", "robustness")))
    if said:
        return said
    for item in below(document.root, "vulnerabilities[]/ratings[]/score"):
        return review("vulnerabilities have scores; the system has no measure", item.place)
    for reference in linked(document, _REPORTS):
        kind = quoted(text(reference, "type"))
        return review(f"{kind} is linked; does it give measures?", reference.place)
    return missing("no measure of security is stated")


def operation(document: Document) -> Rating:
    """Measures of how it does."""
    said = best(_measure(document, item) for item in _metrics(document) if not _resists(item))
    said = best((said, labelled(document, "latency", "throughput", "accuracy", "energy")))
    if said:
        return said
    for model in document.models:
        for item in model.at(_ENERGY):
            if text(item, "activity") == "inference":
                return declared(document, "the energy that its use takes is stated", item.place)
            return review("only the energy that making it took is told", item.place)
    return missing("no measure of performance is stated")


def _metrics(document: Document) -> Iterator[Located]:
    for model in document.models:
        yield from model.at("modelCard/quantitativeAnalysis/performanceMetrics[]")


def _resists(metric: Located) -> bool:
    words = words_of(f"{text(metric, 'type')} {text(metric, 'slice')}")
    return any(f" {word} " in words for word in _SECURITY)


def _measure(document: Document, metric: Located) -> Rating | None:
    kind, value = text(metric, "type"), text(metric, "value")
    if is_placeholder(kind) or is_placeholder(value):
        if not kind and not value:
            return None
        return review(f"{quoted(kind)} is a measure without a value or a name", metric.place)
    places = (member(metric, "value").place,)
    return declared(document, f"{quoted(kind)} of {quoted(value)}", *places)


ELEMENTS = cluster(
    Standard.G7,
    "KPI",
    "g7-kpi",
    (
        "security",
        "Security metrics",
        "Measures of how the system resists attacks.",
        "modelCard.quantitativeAnalysis.performanceMetrics, such as a type robustness",
        security,
    ),
    (
        "operation",
        "Operational performance",
        "Measures of how the system does its work.",
        "modelCard.quantitativeAnalysis.performanceMetrics: type and value",
        operation,
    ),
)

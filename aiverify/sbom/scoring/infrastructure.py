"""Cluster Infrastructure: what the system needs to run."""

from __future__ import annotations

from aiverify.sbom.scoring.document import Document
from aiverify.sbom.scoring.interface import Rating, Standard, cluster
from aiverify.sbom.scoring.judging import best, claim, claims, declared, missing, review
from aiverify.sbom.scoring.system import labelled

_SOFTWARE = frozenset(
    ("application", "container", "firmware", "framework", "library", "operating-system", "platform")
)
_HARDWARE = frozenset(("device", "device-driver"))
_MADE_ON = ("environment hardware", "training hardware", "hardware used", "hardware type")
_ENERGY = "modelCard/considerations/environmentalConsiderations/energyConsumptions[]"


def software(document: Document) -> Rating:
    """The software below it."""
    listed = _of_kind(document, _SOFTWARE)
    if listed:
        return listed
    said = _labelled(document, "framework", "library", "runtime", "library name", "container image")
    return said or missing("no framework, library or platform is listed")


def hardware(document: Document) -> Rating:
    """The hardware below that."""
    listed = _of_kind(document, _HARDWARE)
    if listed:
        return listed
    near = {item.place: item for model in document.models for item in model.labelled(*_MADE_ON)}
    said = best(
        claim(document, item)
        for thing in (document.subject, document.whole, *document.models)
        for item in thing.labelled("hardware", "gpu", "tpu", "npu", "accelerator", "compute")
        if item.place not in near
    )
    if said:
        return said
    for place in near:
        return review("only the hardware that it was made on is told", place)
    for model in document.models:
        for item in model.at(_ENERGY):
            return review("only the energy that it used is told", item.place)
    return missing("no hardware is listed")


def _of_kind(document: Document, kinds: frozenset[str]) -> Rating | None:
    things = [
        thing
        for thing in document.components
        if thing.kind in kinds and thing.place != document.subject.place
    ]
    if not things:
        return None
    names = ", ".join(thing.called for thing in things[:3])
    more = f" and {len(things) - 3} more" if len(things) > 3 else ""
    return declared(document, f"{names}{more}", *(thing.place for thing in things))


def _labelled(document: Document, *phrases: str) -> Rating | None:
    of_models = (claims(document, model.labelled(*phrases)) for model in document.models)
    return best((labelled(document, *phrases), *of_models))


ELEMENTS = cluster(
    Standard.G7,
    "Infrastructure",
    "g7-infrastructure",
    (
        "software",
        "Software",
        "The software that the system needs.",
        "components of type framework, library, platform, container or operating-system",
        software,
    ),
    (
        "hardware",
        "Hardware",
        "The hardware that the system needs.",
        "components of type device, or a property named hardware",
        hardware,
    ),
)

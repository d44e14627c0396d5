"""Cluster System: what the document is about, as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from aiverify.core.names import printable
from aiverify.sbom.reading import text
from aiverify.sbom.scoring import identity
from aiverify.sbom.scoring.document import PARAMETERS, Document, Thing, below
from aiverify.sbom.scoring.interface import Rating, Standard, cluster
from aiverify.sbom.scoring.judging import (
    Check,
    best,
    claims,
    declared,
    found,
    missing,
    over,
    review,
)
from aiverify.sbom.scoring.ports import ports

_FLOWS = ("inbound", "outbound", "bi-directional")


def of_subject(check: Check) -> Callable[[Document], Rating]:
    """A check of the component that the document is about."""

    def rate(document: Document) -> Rating:
        if not document.subject.sides:
            return missing("the document does not say what it is about (metadata.component)")
        return check(document, document.subject)

    return rate


def labelled(document: Document, *phrases: str) -> Rating | None:
    """What a property of the document or of its subject says under such a name."""
    things = (document.subject, document.whole)
    return best(claims(document, thing.labelled(*phrases)) for thing in things)


def components(document: Document) -> Rating:
    """What it consists of."""
    rest = [item for item in document.components if item.place != document.subject.place]
    kinds = Counter(thing.kind or "of no type" for thing in rest)
    if not rest:
        return missing("no component is listed")
    most = ", ".join(f"{count} {printable(kind[:40])}" for kind, count in kinds.most_common(4))
    noun = "component" if len(rest) == 1 else "components"
    said = f"{len(rest)} {noun} listed: {most}"
    return found(f"{said}; whether that is all of them, see coverage", rest[0].place)


def data_flow(document: Document) -> Rating:
    """How data flows through the system: only a service's own field for it is a claim."""
    said = labelled(document, "data flow", "dataflow")
    if said:
        return said
    if document.services:
        stated = over(document, document.services, _flow, "service", "a stated flow of data")
        return stated if stated.status.filled else review(stated.reason, *stated.places)
    for path in ("formulation[]/workflows[]", "formulation[]/workflows[]/tasks[]"):
        for item in below(document.root, path):
            if below(item, "inputs[]") or below(item, "outputs[]"):
                return review("workflows have inputs and outputs; is that it?", item.place)
    return missing("no flow of data is described")


def _flow(document: Document, service: Thing) -> Rating:
    stated = [item for item in service.at("data[]") if text(item, "flow") in _FLOWS]
    if not stated:
        return missing("it does not say which way its data flows")
    places = (f"{item.place}/flow" for item in stated)
    return declared(document, "it says which way its data flows", *places)


def data_usage(document: Document) -> Rating:
    """What data the system uses, and for what."""
    said = labelled(document, "data usage", "data use", "data processing", "personal data")
    if said:
        return said
    for path, things in (
        ("data[]/classification", document.services),
        ("classification", document.datasets),
        ("sensitiveData[]", document.datasets),
    ):
        for thing in things:
            for item in thing.at(path):
                return review("data is classified; its use in the system is not told", item.place)
    return missing("the use of data is not described")


def system_ports(document: Document) -> Rating:
    """What goes into the system and comes out."""
    if document.subject.sides and any(document.subject.at(PARAMETERS)):
        return ports(document, document.subject)
    said = labelled(document, "input", "inputs", "output", "outputs", "modality", "modalities")
    if said:
        return said
    for model in document.models:
        stated = ports(document, model)
        if stated.status.filled:
            return review("models in it state theirs; those of the whole are not", *stated.places)
    return missing("neither inputs nor outputs are stated")


def application_area(document: Document) -> Rating:
    """What the system is meant for."""
    said = labelled(document, "application area", "application domain", "intended use", "domain")
    if said:
        return said
    for model in document.models:
        near = ("useCases[]", "users[]")
        given = [each for path in near for each in model.at(f"modelCard/considerations/{path}")]
        if given:
            return review("use cases are told; are they the area of application?", given[0].place)
    return missing("the intended area of application is not stated")


ELEMENTS = cluster(
    Standard.G7,
    "System",
    "g7-system",
    (
        "name",
        "Name",
        "What the system is called.",
        "metadata.component: name",
        of_subject(identity.name),
    ),
    ("components", "Components", "What it consists of.", "components", components),
    (
        "producer",
        "Producer",
        "Who made or supplies it.",
        "metadata.component: supplier, manufacturer or authors",
        of_subject(identity.producer),
    ),
    (
        "version",
        "Version",
        "Which version of it this is.",
        "metadata.component: version",
        of_subject(identity.version),
    ),
    (
        "timestamp",
        "Timestamp",
        "When it was made or released.",
        "metadata.component: releaseNotes.timestamp",
        of_subject(identity.timestamp),
    ),
    (
        "data-flow",
        "Data flow",
        "How data flows through it, to services outside as well.",
        "services: data.flow, or a property named data flow",
        data_flow,
    ),
    (
        "data-usage",
        "Data usage",
        "What data it uses, and for what.",
        "a property of metadata.component named data usage",
        data_usage,
    ),
    (
        "input-output",
        "Inputs and outputs",
        "What it takes in and gives out.",
        "metadata.component: modelCard.modelParameters.inputs and outputs",
        system_ports,
    ),
    (
        "application-area",
        "Intended application area",
        "What it is meant for.",
        "a property of metadata.component named application area",
        application_area,
    ),
)

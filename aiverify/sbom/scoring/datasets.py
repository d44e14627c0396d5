"""Cluster Datasets: what models were trained, tuned and tested on."""

from __future__ import annotations

from collections.abc import Callable

from aiverify.sbom.reading import items, text
from aiverify.sbom.scoring import digests, identity, licensing
from aiverify.sbom.scoring.document import PARAMETERS, Document, Thing
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
from aiverify.sbom.scoring.words import is_link, quoted

_CONTENT = (
    "modality",
    "modalities",
    "content",
    "contents",
    "feature",
    "features",
    "column",
    "columns",
    "language",
)
_STATISTICS = (
    "size",
    "rows",
    "examples",
    "samples",
    "records",
    "tokens",
    "statistics",
    "distribution",
    "split",
    "splits",
    "bias",
)
_SENSITIVITY = ("sensitivity", "sensitive", "confidentiality", "pii", "personal data")
_PROVENANCE = ("provenance", "collection", "collected", "origin", "curation", "annotation")


def of_datasets(check: Check, what: str) -> Callable[[Document], Rating]:
    """A check of every dataset. One of which only a dangling reference is known lacks all."""

    def checked(document: Document, dataset: Thing) -> Rating:
        if not dataset.sides:
            return missing("its reference leads nowhere")
        return check(document, dataset)

    return lambda document: over(document, document.datasets, checked, "dataset", what)


def content(document: Document, dataset: Thing) -> Rating:
    """What is in it."""
    attached = next(dataset.at("contents/attachment/content"), None)
    if attached:
        return found("its content is in the document", attached.place)
    said = best(
        (claims(document, dataset.at("tags[]")), claims(document, dataset.labelled(*_CONTENT)))
    )
    if said:
        return said
    near = _linked(document, dataset)
    if near:
        return review("only a link could tell what is in it", *near.places)
    return missing("its content is not told")


def identifier(document: Document, dataset: Thing) -> Rating:
    """An identifier, for which the link to its contents will do."""
    said = identity.identifier(document, dataset)
    if said.status.filled:
        return said
    return best((_linked(document, dataset), said)) or said


def _linked(document: Document, dataset: Thing) -> Rating | None:
    """The link to its contents."""
    for item in dataset.at("contents/url"):
        if isinstance(item.value, str) and item.value.strip():
            if is_link(item.value):
                return declared(document, f"it is at {quoted(item.value)}", item.place)
            return review(f"the link {quoted(item.value)} leads nowhere", item.place)
    return None


def provenance(document: Document, dataset: Thing) -> Rating:
    """Where it came from, and who answers for it."""
    paths = (
        *(
            f"governance/{role}[]/{who}/name"
            for role in ("owners", "stewards", "custodians")
            for who in ("organization", "contact")
        ),
        "pedigree/ancestors[]/name",
        "pedigree/notes",
    )
    said = best(
        (
            *(claims(document, dataset.at(path)) for path in paths),
            claims(document, dataset.labelled(*_PROVENANCE)),
        )
    )
    if said:
        return said
    maker = identity.producer(document, dataset)
    if maker.status.filled:
        return maker
    near = _linked(document, dataset) or identity.references(document, dataset)
    if near.places:
        return review("only a link could tell where it came from", *near.places)
    return missing("nothing tells where it came from")


def statistics(document: Document, dataset: Thing) -> Rating:
    """How much is in it, and how that is spread."""
    said = claims(document, dataset.labelled(*_STATISTICS))
    if said:
        return said
    drawn = next(dataset.at("graphics/collection[]"), None)
    if drawn:
        return review("a picture is in it; does it show statistics?", drawn.place)
    return missing("no statistics are stated")


def sensitivity(document: Document, dataset: Thing) -> Rating:
    """How sensitive it is."""
    said = best(
        (
            claims(document, dataset.at("classification")),
            claims(document, dataset.at("sensitiveData[]")),
            claims(document, dataset.labelled(*_SENSITIVITY)),
        )
    )
    return said or missing("its sensitivity is not stated")


def relationship(document: Document) -> Rating:
    """Which model or component each dataset belongs to."""
    cards = (card for model in document.models for card in model.at(PARAMETERS))
    named = {text(item, "ref") for card in cards for item in items(card, "datasets")}
    needed = {ref for needs in document.edges.values() for ref in needs}

    def related(_: Document, dataset: Thing) -> Rating:
        refs = {dataset.ref, *(text(side, "bom-ref") for side in dataset.sides)} - {""}
        if not dataset.sides:
            return review(f"the reference {quoted(dataset.ref)} leads nowhere")
        if f"/{PARAMETERS}/" in dataset.place or not refs.isdisjoint(named):
            return found("a model names it, and the reference leads to it", dataset.place)
        if not refs.isdisjoint(needed):
            return found("a component depends on it", dataset.place)
        return missing("no model names it, and nothing depends on it", dataset.place)

    return over(document, document.datasets, related, "dataset", "a stated relationship")


ELEMENTS = cluster(
    Standard.G7,
    "Datasets",
    "g7-datasets",
    ("name", "Name", "What each dataset is called.", "name", of_datasets(identity.name, "a name")),
    (
        "description",
        "Description",
        "What each dataset is.",
        "description, or data.description",
        of_datasets(identity.description, "a description"),
    ),
    (
        "content",
        "Content",
        "What is in each dataset.",
        "data.contents.attachment, tags, or data.contents.properties named content or features",
        of_datasets(content, "a stated content"),
    ),
    (
        "identifier",
        "Identifier",
        "What identifies each dataset everywhere.",
        "purl, or data.contents.url",
        of_datasets(identifier, "an identifier"),
    ),
    (
        "hash",
        "Hash",
        "The hash of each dataset.",
        "hashes, of a component of type data",
        of_datasets(digests.sound, "a sound hash"),
    ),
    (
        "provenance",
        "Provenance",
        "Where each dataset came from, and who answers for it.",
        "data.governance, pedigree, or supplier",
        of_datasets(provenance, "a stated provenance"),
    ),
    (
        "statistics",
        "Statistical properties",
        "How much is in each dataset, and how that is spread.",
        "data.contents.properties named size, rows or statistics",
        of_datasets(statistics, "statistics"),
    ),
    (
        "sensitivity",
        "Sensitivity",
        "How sensitive each dataset is.",
        "data.classification, or data.sensitiveData",
        of_datasets(sensitivity, "a stated sensitivity"),
    ),
    (
        "dependency-relationship",
        "Dependency relationship",
        "Which model or component each dataset belongs to.",
        "modelCard.modelParameters.datasets: ref",
        relationship,
    ),
    (
        "licence",
        "Licence",
        "Under what licence each dataset is.",
        "licenses, of a component of type data",
        of_datasets(licensing.licence, "a licence"),
    ),
)

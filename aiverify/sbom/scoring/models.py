"""Cluster Models: each model in the system, and each that those were made from."""

from __future__ import annotations

from collections.abc import Callable

from aiverify.sbom.scoring import digests, identity, licensing
from aiverify.sbom.scoring.document import PARAMETERS, Document, Thing
from aiverify.sbom.scoring.interface import Rating, Standard, cluster
from aiverify.sbom.scoring.judging import Check, best, claims, missing, over, review
from aiverify.sbom.scoring.ports import ports

_KINDS = ("task", "architectureFamily", "modelArchitecture")

_LABELS = (
    "parameters",
    "parameter count",
    "architecture",
    "context length",
    "quantization",
    "model type",
    "explainability",
    "autonomy",
)

_TRAINING = (
    "training",
    "hyperparameter",
    "hyperparameters",
    "learning rate",
    "epochs",
    "batch size",
    "optimizer",
    "fine tuning",
    "finetuning",
    "preprocessing",
    "adapter",
)


def of_models(check: Check, what: str) -> Callable[[Document], Rating]:
    """A check of every model."""
    return lambda document: over(document, document.models, check, "model", what)


def properties(document: Document, model: Thing) -> Rating:
    """What kind of model it is."""
    said = best(
        (
            *(claims(document, model.at(f"{PARAMETERS}/{kind}")) for kind in _KINDS),
            claims(document, model.labelled(*_LABELS)),
        )
    )
    return said or missing("neither its task nor its architecture is stated")


def training(document: Document, model: Thing) -> Rating:
    """How it was trained: what it was trained on and from is near to that, and not it."""
    said = best(
        (
            claims(document, model.at(f"{PARAMETERS}/approach/type")),
            claims(document, model.labelled(*_TRAINING)),
        )
    )
    if said:
        return said
    for path, what in (
        ("pedigree/ancestors[]", "from which model it was made"),
        ("pedigree/notes", "notes on its pedigree"),
        (f"{PARAMETERS}/datasets[]", "on what data it was trained"),
    ):
        near = next(model.at(path), None)
        if near:
            return review(f"only {what} is told, and not how", near.place)
    return missing("nothing is told of its training")


def description(document: Document, model: Thing) -> Rating:
    """A description of its own, or what its card says it is for."""
    said = identity.description(document, model)
    if said.status.filled:
        return said
    near = next(model.at("modelCard/considerations/useCases[]"), None)
    if near and not said.places:
        return review("it has no description; its card tells use cases", near.place)
    return said


ELEMENTS = cluster(
    Standard.G7,
    "Models",
    "g7-models",
    ("name", "Name", "What each model is called.", "name", of_models(identity.name, "a name")),
    (
        "identifier",
        "Identifier",
        "What identifies each model everywhere.",
        "purl",
        of_models(identity.identifier, "an identifier"),
    ),
    (
        "version",
        "Version",
        "Which version of each model this is.",
        "version",
        of_models(identity.version, "a version"),
    ),
    (
        "timestamp",
        "Timestamp",
        "When each model was made or released.",
        "releaseNotes.timestamp",
        of_models(identity.timestamp, "a time"),
    ),
    (
        "producer",
        "Producer",
        "Who made or supplies each model.",
        "supplier, manufacturer or authors",
        of_models(identity.producer, "a producer"),
    ),
    (
        "description",
        "Description",
        "What each model is.",
        "description",
        of_models(description, "a description"),
    ),
    (
        "hash-value",
        "Hash value",
        "The hash of each model, or of each of its files.",
        "hashes: content",
        of_models(digests.value, "a hash"),
    ),
    (
        "hash-algorithm",
        "Hash algorithm",
        "The algorithm of that hash.",
        "hashes: alg",
        of_models(digests.algorithm, "a hash by a sound algorithm"),
    ),
    (
        "properties",
        "Properties",
        "What kind of model each is: its task, its architecture, its size.",
        "modelCard.modelParameters: task, architectureFamily, modelArchitecture",
        of_models(properties, "stated properties"),
    ),
    (
        "input-output",
        "Inputs and outputs",
        "What each model takes in and gives out.",
        "modelCard.modelParameters: inputs and outputs",
        of_models(ports, "stated inputs and outputs"),
    ),
    (
        "training",
        "Training properties",
        "How each model was trained.",
        "modelCard.modelParameters.approach, or properties named training",
        of_models(training, "a stated training"),
    ),
    (
        "licence",
        "Licence",
        "Under what licence each model is.",
        "licenses",
        of_models(licensing.licence, "a licence"),
    ),
    (
        "external-references",
        "External references",
        "Where there is more about each model.",
        "externalReferences",
        of_models(identity.references, "a link"),
    ),
)

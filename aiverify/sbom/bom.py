"""The bill of materials as a value that belongs to no format. Encoders stand at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from aiverify.core.description import Metric
from aiverify.core.digest import Digest
from aiverify.sbom.licences import Licence
from aiverify.sbom.vulnerability import Vulnerability


class Sort(StrEnum):
    """What a component is, in CycloneDX's words."""

    MODEL = "machine-learning-model"
    APPLICATION = "application"
    FRAMEWORK = "framework"
    LIBRARY = "library"
    FILE = "file"
    DATA = "data"


class Means(StrEnum):
    """How a value came to be known."""

    STATED = "stated"
    """A file says so in these words."""
    INFERRED = "inferred"
    """It follows from what a file says or is."""
    GIVEN = "given"
    """Whoever had the bill written said so."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field's value came from.

    `field` is a word of `fields.FIELDS`, or the name of a property. `source` is a file and a
    place in it, such as `README.md#license` or `config.json#/model_type`, or an option.
    """

    field: str
    source: str
    means: Means = Means.STATED


@dataclass(frozen=True, slots=True)
class Property:
    """A named statement that no field of the standards holds. A name may come twice."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Something about a component that is elsewhere. `kind` is CycloneDX's external reference."""

    kind: str
    url: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is said of data. Empty means: nobody says.

    `kind` is CycloneDX's type of data: `dataset`, or `configuration` for a tokenizer or a
    chat template. `sensitive` are the kinds of personal or otherwise sensitive data in it.
    """

    kind: str = "dataset"
    description: str = ""
    classification: str = ""
    sensitive: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    stewards: tuple[str, ...] = ()
    custodians: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing the bill lists.

    `ref` is unique in the bill. `digest` is that of a file's bytes, or of a text such as a
    chat template. `needs` are the refs that it depends on; None where nobody knows.
    """

    ref: str
    sort: Sort
    name: str
    version: str = ""
    purl: str = ""
    digest: Digest | None = None
    description: str = ""
    supplier: str = ""
    authors: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    tags: tuple[str, ...] = ()
    data: Dataset | None = None
    references: tuple[Reference, ...] = ()
    properties: tuple[Property, ...] = ()
    origins: tuple[Origin, ...] = ()
    needs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """What goes into a model or comes out of it.

    `format` is one phrase, `text` or `float32[batch, 3, 224, 224]`; `name` is the graph's own
    name for it, where it has one.
    """

    format: str
    name: str = ""
    means: Means = Means.STATED


@dataclass(frozen=True, slots=True)
class Considerations:
    """What the card tells those who think of using the model, as its own prose."""

    users: tuple[str, ...] = ()
    use_cases: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    tradeoffs: tuple[str, ...] = ()
    ethics: tuple[str, ...] = ()
    fairness: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is said about a model beyond its identity. Empty means: nobody says.

    `approach` is one of CycloneDX's approaches to learning. `properties` hold what the card
    has no field for, such as an emission of CO2 without the energy that caused it.
    """

    approach: str = ""
    task: str = ""
    family: str = ""
    architecture: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    metrics: tuple[Metric, ...] = ()
    considerations: Considerations = field(default_factory=Considerations)
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Bom:
    """The artifact, and everything it is known to be made of or from.

    `parts` are what files hold that has a life of its own: a tokenizer, a chat template, an
    adapter of a unit. `packages` are frameworks, libraries and modules. `unread` are the refs
    of files that nobody looked into. `author` is who had this bill written. `phase` is
    CycloneDX's life cycle phase in which it was.
    """

    root: Component
    files: tuple[Component, ...]
    bases: tuple[Component, ...] = ()
    datasets: tuple[Component, ...] = ()
    parts: tuple[Component, ...] = ()
    packages: tuple[Component, ...] = ()
    card: ModelCard | None = None
    vulnerabilities: tuple[Vulnerability, ...] = ()
    unread: frozenset[str] = frozenset()
    properties: tuple[Property, ...] = ()
    author: str = ""
    phase: str = "post-build"

    @property
    def components(self) -> tuple[Component, ...]:
        """Everything but the artifact itself, each of which it is made of or from."""
        return self.files + self.parts + self.bases + self.datasets + self.packages

    @property
    def ancestors(self) -> tuple[Component, ...]:
        """The base models once more, for the pedigree: without a ref, which they have already."""
        return tuple(replace(base, ref="", origins=(), needs=None) for base in self.bases)

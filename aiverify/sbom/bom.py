"""The bill of materials as a value that belongs to no format. Encoders stand at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from aiverify.core.description import Metric
from aiverify.core.digest import Digest
from aiverify.sbom.licences import Licence


class Sort(StrEnum):
    """What a component is, in CycloneDX's words."""

    MODEL = "machine-learning-model"
    APPLICATION = "application"
    FILE = "file"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Property:
    """A named statement that no field of the standards holds. A name may come twice."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Component:
    """One thing the bill lists. `ref` is unique in the bill; `digest` is that of a file's bytes."""

    ref: str
    sort: Sort
    name: str
    version: str = ""
    purl: str = ""
    digest: Digest | None = None
    licences: tuple[Licence, ...] = ()
    tags: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Considerations:
    """What the card tells those who think of using the model, as its own prose."""

    use_cases: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    ethics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is said about a model beyond its identity. Empty means: nobody says."""

    task: str = ""
    family: str = ""
    architecture: str = ""
    metrics: tuple[Metric, ...] = ()
    considerations: Considerations = field(default_factory=Considerations)


@dataclass(frozen=True, slots=True)
class Bom:
    """The artifact, and everything it is known to be made of or from.

    `unread` are the refs of files that nobody looked into.
    """

    root: Component
    files: tuple[Component, ...]
    bases: tuple[Component, ...]
    datasets: tuple[Component, ...]
    card: ModelCard | None
    unread: frozenset[str] = frozenset()

    @property
    def components(self) -> tuple[Component, ...]:
        """Everything but the artifact itself. The artifact depends on each of them."""
        return self.files + self.bases + self.datasets

    @property
    def ancestors(self) -> tuple[Component, ...]:
        """The base models once more, for the pedigree: without a ref, which they have already."""
        return tuple(replace(base, ref="") for base in self.bases)

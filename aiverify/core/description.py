"""The description: what an artifact's files state about it as a whole, and where they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value and the place that states it: `README.md#license`, `config.json#/model_type`."""

    value: T
    source: str


@dataclass(frozen=True, slots=True)
class BaseReference:
    """A base model by name, by source revision, and by root digest (`sha256:<hex>`)."""

    name: str = ""
    revision: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """One reported result, as the card gives it.

    `part` is the part of the dataset that it was computed on, its configuration and its split.
    `verified` is whether the card says that somebody else has verified it.
    """

    type: str
    value: str
    name: str = ""
    task: str = ""
    dataset: str = ""
    part: str = ""
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """What `adapter_config.json` declares: PEFT type, rank, scale and target modules."""

    peft_type: str
    rank: int | None = None
    alpha: float | None = None
    target_modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """Every statement that the files make about the artifact. None means: nobody says.

    `references` are addresses, each with what is there in CycloneDX's words for that.
    `parameters` counts tensor elements; `dtypes` gives that count by dtype; `sections` maps
    a model card's headings, in lower case, to their prose.
    """

    name: Stated[str] | None = None
    authors: tuple[Stated[str], ...] = ()
    supplier: Stated[str] | None = None
    references: tuple[tuple[str, Stated[str]], ...] = ()
    architecture: Stated[str] | None = None
    family: Stated[str] | None = None
    library: Stated[str] | None = None
    task: Stated[str] | None = None
    licences: tuple[Stated[str], ...] = ()
    languages: tuple[Stated[str], ...] = ()
    tags: tuple[Stated[str], ...] = ()
    base_models: tuple[Stated[BaseReference], ...] = ()
    datasets: tuple[Stated[str], ...] = ()
    metrics: tuple[Stated[Metric], ...] = ()
    sections: Mapping[str, Stated[str]] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    parameters: Stated[int] | None = None
    dtypes: Mapping[str, int] = field(default_factory=dict)
    context_length: Stated[int] | None = None
    vocabulary: Stated[int] | None = None
    adapter: Stated[AdapterSettings] | None = None
    warnings: tuple[str, ...] = ()
    """What was there but could not be used, one sentence each."""

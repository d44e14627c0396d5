"""Facts: what a file format's reader states about one file, without judging it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import prod

from aiverify.core.finding import Finding
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import Json


class Role(StrEnum):
    """What a file is for. ModelPack's layer types follow from it."""

    WEIGHT = "weight"
    CONFIG = "weight.config"
    DOC = "doc"
    CODE = "code"
    DATASET = "dataset"


class State(StrEnum):
    """Whether a file was looked into, and with what result. Unread is not clean."""

    CLEAN = "clean"
    FLAGGED = "flagged"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor as a header declares it. `dtype` is in lower case: `f32`, `bf16`, `i8`."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one reader states.

    `format` is its name for the format, as in `formats/`; `values` are the statements, as
    JSON; `summary` is one short phrase for people; `globals` are what a pickle in the file
    imports. A reader that recognises a file but does not look inside gives `unread` as the
    reason.
    """

    format: str
    role: Role
    summary: str = ""
    values: Mapping[str, Json] = field(default_factory=dict)
    tensors: tuple[Tensor, ...] = ()
    globals: tuple[Global, ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of the artifact with its facts. `size` is in bytes."""

    name: str
    size: int
    facts: Facts

    @property
    def state(self) -> State:
        """Clean, flagged or unread."""
        if self.facts.unread:
            return State.UNREAD
        return State.FLAGGED if self.facts.findings else State.CLEAN

    def to_json(self) -> dict[str, Json]:
        """The form that reports and the policy document carry."""
        result: dict[str, Json] = {
            "format": self.facts.format,
            "role": self.facts.role.value,
            "state": self.state.value,
            "size": self.size,
            "values": self.facts.values,
        }
        if self.facts.globals:
            result["globals"] = [item.to_json() for item in self.facts.globals]
        if self.facts.unread:
            result["unread"] = self.facts.unread
        return result

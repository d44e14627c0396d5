"""A labelled sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiverify.core.facts import State


class Label(StrEnum):
    """What a sample is."""

    MALICIOUS = "malicious"
    MALFORMED = "malformed"
    BENIGN = "benign"


@dataclass(frozen=True)
class Sample:
    """One file, or one with others beside it.

    `name` is unique, as `pickle/os-system`; `file` is the file's name in the artifact, and
    `make` writes it. `rule` is the id of a finding that must be among those made; for a
    benign sample it is empty, and no finding may be an error.
    """

    name: str
    label: Label
    technique: str
    file: str
    make: Callable[[], bytes]
    rule: str = ""
    state: State = State.FLAGGED
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def format(self) -> str:
        """The family it belongs to."""
        return self.name.partition("/")[0]

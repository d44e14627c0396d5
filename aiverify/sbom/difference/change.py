"""A change between two bills of materials, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiverify.core.jsonvalue import Json


class Topic(StrEnum):
    """What a change is about, in the order in which people are told."""

    IDENTITY = "identity"
    WEIGHTS = "weights"
    ADAPTER = "adapter"
    BASE = "base-model"
    TEMPLATE = "chat-template"
    CODE = "code"
    VULNERABILITIES = "vulnerabilities"
    PACKAGES = "packages"
    DATASETS = "datasets"
    TOKENIZER = "tokenizer"
    FILES = "files"
    PARTS = "parts"
    CARD = "model-card"
    METRICS = "metrics"
    CONSIDERATIONS = "considerations"
    OTHER = "other"


class Way(StrEnum):
    """How something changed. Something whose bytes are the same under another name has moved."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Matters(StrEnum):
    """How much a change matters: to the security of whoever loads the artifact, or less."""

    SECURITY = "security"
    NOTABLE = "notable"
    MINOR = "minor"


class Weights(StrEnum):
    """Whether the weights are the same bytes."""

    SAME = "same"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    """A digest is missing, or there are none of one algorithm on both sides."""
    NONE = "none"
    """Neither document lists weights."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not what it was.

    `subject` is what changed: a file, a package, a vulnerability, or `artifact` for the whole.
    `what` is the part of it: `licence`, `digest`, or `component` where it came or went as a
    whole. `old` and `new` are as the documents have them; empty where one says nothing.
    `sentence` says it to people, cut short and safe to print.
    """

    topic: Topic
    way: Way
    subject: str
    what: str
    old: str
    new: str
    matters: Matters
    sentence: str

    def to_json(self) -> dict[str, Json]:
        """The form that `aiverify.dev/sbom-diff/v1` has."""
        return {
            "topic": self.topic.value,
            "way": self.way.value,
            "subject": self.subject,
            "what": self.what,
            "old": self.old,
            "new": self.new,
            "matters": self.matters.value,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """What a document is about: its name, version and root digest; empty where it says none."""

    name: str = ""
    version: str = ""
    digest: str = ""

    def to_json(self) -> dict[str, Json]:
        """The form that `aiverify.dev/sbom-diff/v1` has."""
        return {"name": self.name, "version": self.version, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Difference:
    """Every change, by topic, and what could not be told, one sentence each."""

    old: Side
    new: Side
    weights: Weights
    changes: tuple[Change, ...] = ()
    remarks: tuple[str, ...] = ()

    def count(self, matters: Matters) -> int:
        """How many changes matter that much."""
        return sum(change.matters is matters for change in self.changes)

"""What an extractor finds, and what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from aiverify.core.jsonvalue import Json
from aiverify.webhook.request import GroupVersionKind


class What(StrEnum):
    """What a reference leads to, as far as the place tells."""

    MODEL = "model"
    ADAPTER = "adapter"
    IMAGE = "image"
    """A container image that runs: judged only where the profile asks for it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reference that an object has.

    `uri` has a scheme: `oci://registry/name:tag`, `hf://owner/name`, `pvc://claim/path`,
    `s3://`, `gs://`, `https://`, `file:///path`; what cannot be told is the text itself.
    `revision` is the commit or tag that stands beside it. `where` is the JSON pointer to it
    (RFC 6901). `problem` says why it cannot be judged, or is empty.
    """

    uri: str
    where: str
    what: What = What.MODEL
    revision: str = ""
    problem: str = ""


class Extractor(Protocol):
    """Finds the references of some kinds of object."""

    kinds: tuple[GroupVersionKind, ...]
    """The kinds that it reads; the version `*` stands for all."""

    def extract(self, document: Mapping[str, Json], /) -> Iterator[Found]:
        """Every reference in an object, whatever its members' types are."""
        ...

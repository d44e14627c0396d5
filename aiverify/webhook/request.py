"""What the API server asks: an AdmissionRequest as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiverify.core.jsonvalue import Json


class Operation(StrEnum):
    """What is being done to the object."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    CONNECT = "CONNECT"


@dataclass(frozen=True, slots=True)
class GroupVersionKind:
    """What kind of object it is. `group` is empty for the core group."""

    group: str
    version: str
    kind: str

    def __str__(self) -> str:
        prefix = f"{self.group}/" if self.group else ""
        return f"{prefix}{self.version}, {self.kind}"


@dataclass(frozen=True, slots=True)
class User:
    """Who asks, as the API server authenticated them."""

    name: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """One request of the API server (`admission.k8s.io/v1`).

    `name` is empty where the API server has yet to make one. `object` is None when it is
    deleted, `old` when it is created.
    """

    uid: str
    kind: GroupVersionKind
    operation: Operation
    object: Mapping[str, Json] | None
    old: Mapping[str, Json] | None = None
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    user: User = field(default_factory=User)
    dry_run: bool = False

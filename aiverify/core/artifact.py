"""The artifact: what is bundled, described, signed and verified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest


class Kind(StrEnum):
    """What an artifact is."""

    MODEL = "model"
    ADAPTER = "adapter"
    COMPONENT = "component"
    DATASET = "dataset"


@dataclass(frozen=True)
class Artifact:
    """A named artifact and the digests of its files.

    `whole` is the root digest that was signed, where the manifest holds only some of its files.
    """

    kind: Kind
    name: str
    version: str
    manifest: Manifest
    whole: Digest | None = None

    @property
    def digest(self) -> Digest:
        """The root digest of all its files."""
        return self.whole or self.manifest.root

    def to_json(self) -> dict[str, Json]:
        """The form that reports and the policy document carry; `size` is in bytes."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "version": self.version,
            "digest": str(self.digest),
            "size": self.manifest.size,
            "files": [
                {"name": entry.name, "digest": str(entry.digest), "size": entry.size}
                for entry in self.manifest.entries
            ],
        }

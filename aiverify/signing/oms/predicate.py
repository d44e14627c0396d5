"""What a statement about a whole artifact says, whichever version of it was written."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.digest import Digest
from aiverify.core.manifest import Manifest
from aiverify.core.names import paths_of
from aiverify.core.serialization import WHOLE_FILES, Serialization

PREDICATE = "https://model_signing/signature/v1.0"
LEGACY = "https://model_signing/Digests/v0.1"
"""Written by model_signing 0.2, before the specification. It is read and never written."""

LISTINGS = frozenset({PREDICATE, LEGACY})
"""The predicates that list an artifact's files."""


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """What a signature of a whole artifact says: its files, and which paths it leaves out.

    `root` is the digest over the entries in the order in which they were signed.
    """

    manifest: Manifest
    ignore_paths: frozenset[str]
    root: Digest
    serialization: Serialization = WHOLE_FILES
    allow_symlinks: bool = False

    def covers(self, name: str) -> bool:
        """Whether a file is one that this signature speaks of, were it there."""
        return self.ignore_paths.isdisjoint(paths_of(name))

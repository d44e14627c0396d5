"""What a file is for, where its content does not say."""

from __future__ import annotations

from aiverify.core.facts import Role
from aiverify.formats.interface import Probe

DOCUMENT_STEMS = ("license", "licence", "notice", "copying", "authors", "readme", "changelog")

ROLES = {
    Role.DOC: (".md", ".txt", ".rst", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"),
    Role.DATASET: (".csv", ".tsv", ".jsonl", ".parquet", ".arrow"),
    Role.CODE: (".so", ".dylib", ".dll", ".exe", ".wasm"),
}


def role_of(probe: Probe, *, binary: bool) -> Role:
    """The role by name; for other names, binary files are weights and text is configuration."""
    if probe.base.startswith(DOCUMENT_STEMS):
        return Role.DOC
    for role, extensions in ROLES.items():
        if probe.base.endswith(extensions):
            return role
    return Role.WEIGHT if binary else Role.CONFIG

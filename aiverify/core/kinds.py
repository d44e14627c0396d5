"""What an artifact is, where nobody has said it: guessed from its files."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core.artifact import Kind
from aiverify.core.datasets import is_dataset
from aiverify.core.facts import FileFacts

PROGRAMS = frozenset({"elf", "executable"})
"""Formats of programs: what consists of nothing else is a component."""


def guess_kind(files: Sequence[FileFacts]) -> Kind:
    """What the files are together.

    An adapter has PEFT settings and no weights but an adapter's, a component is a program, and a
    dataset is described as one and holds no weights. Everything else is a model.
    """
    formats = {item.facts.format for item in files}
    if "peft" in formats and _are_adapters(files):
        return Kind.ADAPTER
    if formats and formats <= PROGRAMS:
        return Kind.COMPONENT
    return Kind.DATASET if is_dataset(files) else Kind.MODEL


def _are_adapters(files: Sequence[FileFacts]) -> bool:
    """Whether all weights lie beside the settings of an adapter, or in folders below them."""
    configs = (item.name for item in files if item.facts.format == "peft")
    folders = {name.rpartition("/")[0] for name in configs}
    below = tuple(f"{folder}/" if folder else "" for folder in folders)
    return all(item.name.startswith(below) for item in files if item.facts.tensors)

"""Datasets: how one is told from a model."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core.describe import CARDS
from aiverify.core.facts import FileFacts, Role
from aiverify.core.fields import Fields

DESCRIPTIONS = frozenset({"croissant", "dataset_info"})
"""Formats of files that describe a dataset and nothing else."""

CARD_KEYS = frozenset(
    {
        "annotations_creators",
        "dataset_info",
        "language_creators",
        "multilinguality",
        "pretty_name",
        "size_categories",
        "source_datasets",
        "task_categories",
        "task_ids",
    }
)
"""Members of a card's front matter that only datasets have."""


def is_dataset(files: Sequence[FileFacts]) -> bool:
    """Whether the files are a dataset's: described as one, and without any weights.

    A file that nobody could look into may hold weights, so with one of those it is none.
    """
    if any(item.facts.role is Role.WEIGHT or item.facts.tensors for item in files):
        return False
    return any(_describes(item) for item in files if "/" not in item.name)


def _describes(item: FileFacts) -> bool:
    if item.facts.format in DESCRIPTIONS:
        return True
    if item.facts.format != "modelcard" or item.name.lower() not in CARDS:
        return False
    front_matter = Fields(item.facts.values, "", []).inner("front_matter")
    return not CARD_KEYS.isdisjoint(front_matter.members)

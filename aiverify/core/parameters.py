"""The files that hold a model's parameters, where the model comes in several forms.

One model is often published as safetensors, as a pickle and as ONNX, and in GGUF once for
each quantization. It is not larger for that, so one form is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core.facts import FileFacts
from aiverify.core.fields import Fields

FORMS = ("safetensors", "gguf", "torch", "keras", "hdf5", "tf_checkpoint", "onnx", "npz")
"""Formats of weights; the first that is there is counted."""

IN_ONE_FILE = frozenset({"gguf", "keras", "hdf5", "onnx"})
"""Formats of which each file is a model of its own, unless it says that it is a part."""

NOT_THE_MODEL = ("optimizer", "scheduler", "scaler", "rng_state", "training_args")
"""How files begin that a trainer leaves beside the weights."""


def parameter_files(files: Sequence[FileFacts], shards: Sequence[str]) -> list[FileFacts]:
    """The files whose tensors are the model's, in their order.

    `shards` are the names in a shard index: where a model comes both in shards and in one
    piece, the shards are it.
    """
    weights = [item for item in files if item.facts.tensors and not _is_state(item)]
    for form in FORMS:
        found = [item for item in weights if item.facts.format == form]
        if found and form in IN_ONE_FILE:
            return _whole(found)
        if found:
            return [item for item in found if item.name in shards] or found
    return []


def _is_state(item: FileFacts) -> bool:
    return item.name.rpartition("/")[2].lower().startswith(NOT_THE_MODEL)


def _whole(found: Sequence[FileFacts]) -> list[FileFacts]:
    """The parts of a model that was split; otherwise the one file with the most elements."""
    parts = [item for item in found if (_count(item) or 1) > 1]
    if parts:
        return parts
    return [max(found, key=lambda item: sum(tensor.elements for tensor in item.facts.tensors))]


def _count(item: FileFacts) -> int | None:
    return Fields(item.facts.values, "").inner("split").integer("count")

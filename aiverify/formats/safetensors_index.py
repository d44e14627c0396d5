"""`*.safetensors.index.json`: which shard holds which tensor."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core import names
from aiverify.core.fields import NUMBER, Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError, UnsafeNameError
from aiverify.formats.interface import Probe
from aiverify.formats.json_object import JsonObject


class SafetensorsIndex(JsonObject):
    """The index of a model in shards.

    States `weight_map` (shard by tensor), `shards` (their names, sorted), and `total_size`
    (bytes of all tensors) and `total_parameters` when the index gives them. A shard's name is
    relative to the index.
    """

    name = "safetensors_index"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base.endswith(".safetensors.index.json")

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The map, once every name in it is one that a file of the artifact can have."""
        weight_map = fields.members.get("weight_map")
        if not isinstance(weight_map, Mapping):
            raise MalformedError("the index has no weight_map from tensors to shards")
        shards = sorted({_shard(tensor, shard) for tensor, shard in weight_map.items()})
        values: dict[str, Json] = {"weight_map": weight_map, "shards": shards}
        metadata = fields.inner("metadata")
        totals = {key: _total(metadata, key) for key in ("total_size", "total_parameters")}
        values |= {key: total for key, total in totals.items() if total is not None}
        return f"{counted(len(weight_map), 'tensor')} in {counted(len(shards), 'shard')}", values


def _shard(tensor: str, shard: Json) -> str:
    if not isinstance(shard, str):
        raise MalformedError(f"weight_map gives {names.printable(tensor)} no shard's name")
    try:
        return names.check(shard)
    except UnsafeNameError as error:
        raise MalformedError(f"weight_map leads out of the artifact: {error.message}") from error


def _total(metadata: Fields, key: str) -> int | None:
    """A total, which some tools write as a float."""
    value = metadata.take(key, NUMBER)
    if isinstance(value, float) and not value.is_integer():
        metadata.warn(key, "is not a whole number, and is left out")
        return None
    return int(value) if isinstance(value, int | float) else None

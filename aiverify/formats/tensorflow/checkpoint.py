"""The index of a TensorFlow checkpoint: the name, type and place of every tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.facts import Facts, Role, Tensor
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.onnx.external import joined
from aiverify.formats.protobuf.head import fields_of
from aiverify.formats.protobuf.walk import Message, Wire
from aiverify.formats.sources import Memory
from aiverify.formats.tally import summary, tally
from aiverify.formats.tensorflow.table import Table
from aiverify.formats.tensorflow.types import SIZES, dtype_name, read_shape, whole_shape

MAX_INDEX = 64 << 20
MAX_SHARDS = 99_999
HEADER = {1: Wire.VARINT, 2: Wire.VARINT, 3: Wire.BYTES}
"""The fields of the first entry (`BundleHeaderProto`)."""


class TensorflowCheckpoint:
    """`variables.index` of a SavedModel, or the index of any checkpoint.

    States `shards` (how many files of data there are), `external_data` (each with the ranges
    that tensors take of it), and `tensors`, `parameters` and `dtypes`.
    """

    name = "tensorflow_checkpoint"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By the first entry, whose key is empty, and by name."""
        return probe.base == "variables.index" or _begins_with_header(probe.head)

    def read(self, probe: Probe, source: Source) -> Facts:
        """Every entry of the table.

        Raises:
            MalformedError: it is no table, or one of something else.
        """
        if source.size > MAX_INDEX:
            return Facts(self.name, self.role, unread=f"larger than {MAX_INDEX >> 20} MiB")
        index = _Index(probe.name.rpartition("/")[2].removesuffix(".index"))
        try:
            for key, value in Table(source).entries():
                index.take(key, Message.of(Memory(value)))
        except TooLarge as error:
            return Facts(self.name, self.role, "checkpoint index", unread=str(error))
        values = index.values()
        tensors = tuple(index.tensors)
        text = f"checkpoint index, {summary(tensors)}"
        return Facts(self.name, self.role, text, values, tensors, findings=index.found.all())


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a tensor is (`BundleEntryProto`)."""

    dtype: str
    shape: tuple[int, ...] | None
    shard: int
    offset: int
    size: int
    sliced: bool


class _Index:
    """A checkpoint's statements as its entries are read."""

    def __init__(self, prefix: str) -> None:
        self.found = Found()
        self.tensors: list[Tensor] = []
        self._prefix = prefix
        self._shards = 0
        self._ranges: dict[int, list[tuple[int, int]]] = {}

    def take(self, key: bytes, value: Message) -> None:
        """One entry: the header, or a tensor by its name."""
        if not key:
            counts = [field.unsigned() for field in value.fields() if field.number == 1]
            self._shards = counts[-1] if counts else 0
            if self._shards > MAX_SHARDS:
                raise MalformedError(f"the checkpoint claims {self._shards} files of data")
            return
        name, entry = key.decode("utf-8", "replace"), _entry(value)
        # A tensor in slices has its data under the keys of those, which are no text.
        if not key.startswith(b"\0") and entry.shape is not None and entry.dtype != "string":
            self.tensors.append(Tensor(name, entry.dtype, entry.shape))
        if not entry.sliced:
            self._place(name, entry)

    def values(self) -> Mapping[str, Json]:
        """All statements, once every entry has been read.

        Raises:
            MalformedError: there was no header.
        """
        if not self._shards:
            raise MalformedError("the table has no checkpoint's header")
        files: list[Json] = [
            {
                "location": f"{self._prefix}.data-{shard:05d}-of-{self._shards:05d}",
                "tensors": len(ranges),
                "ranges": joined(ranges),
            }
            for shard, ranges in sorted(self._ranges.items())
        ]
        return {"shards": self._shards, "external_data": files, **tally(self.tensors)}

    def _place(self, name: str, entry: _Entry) -> None:
        fault = ""
        if not 0 <= entry.shard < self._shards:
            fault = f"lies in file {entry.shard} of {self._shards}"
        elif entry.offset < 0 or entry.size < 0 or entry.offset + entry.size >= 1 << 63:
            fault = f"takes {entry.size} bytes from byte {entry.offset}"
        elif entry.shape is not None and entry.dtype in SIZES:
            needed = Tensor(name, entry.dtype, entry.shape).elements * SIZES[entry.dtype]
            if entry.size != needed:
                fault = f"takes {entry.size} bytes; its type and shape need {needed}"
        if fault:
            message = f"the tensor {shown(name)} {fault}"
            self.found.add(rules.savedmodel.CHECKPOINT, message, name)
        else:
            self._ranges.setdefault(entry.shard, []).append((entry.offset, entry.size))


def _entry(message: Message) -> _Entry:
    dtype, shard, offset, size, sliced = "", 0, 0, 0, False
    shape: tuple[int, ...] | None = ()
    for field in message.fields(frozenset(range(1, 7))):
        if field.number == 1:
            dtype = dtype_name(field.unsigned())
        elif field.number == 2:
            shape = whole_shape(read_shape(field.message()))
        elif field.number == 3:
            shard = field.signed()
        elif field.number == 4:
            offset = field.signed()
        elif field.number == 5:
            size = field.signed()
        elif field.number == 7:
            sliced = True
    return _Entry(dtype, shape, shard, offset, size, sliced)


def _begins_with_header(head: bytes) -> bool:
    """Whether a table begins here whose first key is empty and whose value is a header."""
    if head[:2] != b"\0\0" or len(head) < 4:
        return False
    size = head[2]
    fields = fields_of(head[3 : 3 + size], size, HEADER)
    numbers = [field.number for field in fields]
    return size < 0x80 and numbers[:1] == [1] and numbers[-1:] == [3]

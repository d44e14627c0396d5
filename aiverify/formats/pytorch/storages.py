"""Storages: the rows of numbers that tensors are views of."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.formats.pickling.values import Persistent, Ref, Tuple, Value

DTYPES = {
    "bfloat16": ("bf16", 2),
    "bits1x8": ("bits1x8", 1),
    "bits8": ("bits8", 1),
    "bool": ("bool", 1),
    "complex128": ("c128", 16),
    "complex32": ("c32", 4),
    "complex64": ("c64", 8),
    "float16": ("f16", 2),
    "float32": ("f32", 4),
    "float4_e2m1fn_x2": ("f4", 1),
    "float64": ("f64", 8),
    "float8_e4m3fn": ("f8_e4m3", 1),
    "float8_e4m3fnuz": ("f8_e4m3fnuz", 1),
    "float8_e5m2": ("f8_e5m2", 1),
    "float8_e5m2fnuz": ("f8_e5m2fnuz", 1),
    "float8_e8m0fnu": ("f8_e8m0", 1),
    "int16": ("i16", 2),
    "int32": ("i32", 4),
    "int64": ("i64", 8),
    "int8": ("i8", 1),
    "qint32": ("qi32", 4),
    "qint8": ("qi8", 1),
    "quint2x4": ("qu2", 1),
    "quint4x2": ("qu4", 1),
    "quint8": ("qu8", 1),
    "uint16": ("u16", 2),
    "uint32": ("u32", 4),
    "uint64": ("u64", 8),
    "uint8": ("u8", 1),
}
"""Our name and the bytes of an element, by PyTorch's name of a dtype."""

CLASSES = {
    "BFloat16Storage": "bfloat16",
    "BoolStorage": "bool",
    "ByteStorage": "uint8",
    "CharStorage": "int8",
    "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "QInt32Storage": "qint32",
    "QInt8Storage": "qint8",
    "QUInt2x4Storage": "quint2x4",
    "QUInt4x2Storage": "quint4x2",
    "QUInt8Storage": "quint8",
    "ShortStorage": "int16",
    "UntypedStorage": "uint8",
}
"""The dtype of a storage's class; an untyped one counts bytes."""

PACKED = frozenset({"qu2", "qu4"})
"""Dtypes of which several elements share a byte."""

MOST = 1 << 63
"""More bytes than any storage has."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage. `key` names it in its file, `dtype` is our name, `width` bytes an element."""

    key: str
    dtype: str
    width: int
    elements: int
    location: str

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.width * self.elements


def storage_of(value: Value) -> Storage | None:
    """The storage that a persistent id speaks of; nothing when it is of another kind.

    The id is `('storage', class, key, location, elements)`. Old files add a view, which is
    a part of the storage.
    """
    said = value.id if isinstance(value, Persistent) else None
    if not isinstance(said, Tuple) or not 5 <= len(said.items) <= 6:
        return None
    kind, made, key, location, elements = said.items[:5]
    dtype = _dtype_of_class(made)
    if kind != "storage" or dtype is None or not isinstance(key, str):
        return None
    if type(elements) is not int or not 0 <= elements < MOST:
        return None
    return Storage(key, *DTYPES[dtype], elements, location if isinstance(location, str) else "")


def dtype_of(value: Value) -> tuple[str, int] | None:
    """Our name and the bytes of an element for `torch.float32` and its like."""
    if not isinstance(value, Ref):
        return None
    return DTYPES.get(value.name.removeprefix("torch."))


def _dtype_of_class(value: Value) -> str | None:
    return CLASSES.get(value.name.rpartition(".")[2]) if isinstance(value, Ref) else None

"""Exported programs (`torch.export`): a graph in JSON, and the weights that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.jsonvalue import Json
from aiverify.formats.found import Found, shown
from aiverify.formats.pytorch import scripts
from aiverify.formats.pytorch.storages import DTYPES, MOST

SCALARS = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    9: "complex32",
    10: "complex64",
    11: "complex128",
    12: "bool",
    13: "bfloat16",
    28: "uint16",
    29: "float8_e4m3fn",
    30: "float8_e5m2",
    31: "float8_e4m3fnuz",
    32: "float8_e5m2fnuz",
    33: "float8_e8m0fnu",
    34: "uint32",
    35: "uint64",
}
"""PyTorch's name of a dtype, by its number in an export's schema (`ScalarType`)."""

TARGETS = ("_operator.", "math.", "torch.sym_", "torch._sym_", "torch.ops.", "#")
"""What a graph's node may call. PyTorch finds anything below `torch` by its name."""

FILE_TARGETS = re.compile(r"torch\.ops\.(?:aten\.(?:save|from_file)|debugprims\.load_tensor)\b")

EXPRESSION = re.compile(r"(?:[\w\s+\-*/(),<>=!&|~%]|\.(?=\d)|'\w*'|\"\w*\")*")
"""What a size is written with: names, numbers, calls; no attributes, no text but names."""

MAX_EXPRESSION = 10_000


def judge(found: Found, graph: Json, place: str) -> None:
    """What a graph's nodes call that weights do not need, and sizes that are code."""
    targets: dict[str, None] = {}
    for key, value in _texts(graph):
        if key == "target":
            targets[value] = None
        elif key == "expr_str" and not is_expression(value):
            message = f"the size {shown(value)} is code"
            found.add(rules.torch.EXPRESSION, message, place)
    for target in targets:
        _judge_target(found, target, place)


def is_expression(text: str) -> bool:
    """Whether a text is arithmetic, and nothing that an evaluation of it could run."""
    if len(text) > MAX_EXPRESSION or "__" in text:
        return False
    return EXPRESSION.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight. `member` holds it, as a pickle or as it is; `size` are the bytes that it needs."""

    name: str
    member: str
    pickled: bool
    tensor: Tensor | None
    size: int


def weights(config: Json) -> Iterator[Weight]:
    """The weights that a configuration lists."""
    listed = config.get("config") if isinstance(config, Mapping) else None
    for name, entry in listed.items() if isinstance(listed, Mapping) else ():
        if not isinstance(entry, Mapping):
            continue
        path, meta = entry.get("path_name"), entry.get("tensor_meta")
        tensor, needed = _tensor(name, meta) if isinstance(meta, Mapping) else (None, 0)
        pickled = entry.get("use_pickle") is not False
        member = path if isinstance(path, str) else ""
        yield Weight(name, member, pickled, tensor, 0 if pickled else needed)


def _judge_target(found: Found, target: str, place: str) -> None:
    name = shown(target)
    if FILE_TARGETS.match(target):
        found.add(rules.torch.FILE_OP, f"the program calls {name}, which opens a file", place)
    elif not target.startswith(TARGETS):
        message = f"the program calls {name}, which is no operator"
        found.add(rules.torch.CUSTOM_OP, message, place)
    elif target.startswith("torch.ops."):
        space, _, operator = target.removeprefix("torch.ops.").partition(".")
        scripts.judge_name(found, "operator", space, operator, place)


def _texts(value: Json) -> Iterator[tuple[str, str]]:
    """Every text that is a member of an object, with its key. JSON is bounded in depth."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, str):
                yield key, item
            else:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _tensor(name: str, meta: Mapping[str, Json]) -> tuple[Tensor | None, int]:
    """A weight's tensor, and the bytes that it needs from the start of its member."""
    number = meta.get("dtype")
    dtype = DTYPES.get(SCALARS.get(number, "")) if isinstance(number, int) else None
    shape, strides = _sizes(meta.get("sizes")), _sizes(meta.get("strides"))
    offset = _size(meta.get("storage_offset"))
    if dtype is None or shape is None or strides is None or offset is None:
        return None, 0
    if len(shape) != len(strides) or prod(max(size, 1) for size in shape) >= MOST:
        return None, MOST
    last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    needed = (last + 1) * dtype[1] if all(shape) else 0
    return Tensor(name, dtype[0], shape), needed


def _sizes(value: Json) -> tuple[int, ...] | None:
    if not isinstance(value, list) or len(value) > 64:
        return None
    found = [_size(item) for item in value]
    return tuple(size for size in found if size is not None) if None not in found else None


def _size(value: Json) -> int | None:
    size = value.get("as_int") if isinstance(value, Mapping) else None
    return size if type(size) is int and 0 <= size < MOST else None

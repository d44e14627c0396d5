"""Tensors, as a pickle makes them: a storage, and how to see a part of it."""

from __future__ import annotations

from math import prod

from aiverify.core.facts import Tensor
from aiverify.errors import MalformedError
from aiverify.formats.pickling.values import Call, List, Ref, Tuple, Value, integers
from aiverify.formats.pytorch.storages import MOST, PACKED, Storage, dtype_of, storage_of

VIEWS = {
    "torch._utils._rebuild_tensor": 0,
    "torch._utils._rebuild_tensor_v2": 0,
    "torch._utils._rebuild_tensor_v3": 6,
    "torch._utils._rebuild_qtensor": 0,
}
"""What makes a tensor of storage, offset, size and stride, and where its dtype stands if the
storage does not tell."""

META = "torch._utils._rebuild_meta_tensor_no_storage"
"""What makes a tensor that has a dtype and a size, and no numbers."""

BY_TYPE = "torch._tensor._rebuild_from_type_v2"
"""What calls a function on arguments, and gives what comes out another class."""

MAX_DIMENSIONS = 64


def is_tensor(call: Call) -> bool:
    """Whether a call makes a tensor."""
    return _made_by(call)[0] in (META, *VIEWS)


def tensor_of(name: str, call: Call) -> Tensor:
    """The tensor that a call makes, which lies within its storage.

    Raises:
        MalformedError: it does not, or cannot be made. The sentence goes on after the name.
    """
    function, given = _made_by(call)
    if function == META and len(given) >= 2:
        dtype = dtype_of(given[0])
        return Tensor(name, dtype[0] if dtype else "unknown", _numbers(given[1], "size"))
    if len(given) < 4:
        raise MalformedError("is made of too little")
    storage = storage_of(given[0])
    if storage is None:
        raise MalformedError("has no storage that is known")
    at = VIEWS[function]
    own = dtype_of(given[at]) if 0 < at < len(given) else (storage.dtype, storage.width)
    if own is None:
        raise MalformedError("has no dtype that is known")
    tensor = Tensor(name, own[0], _numbers(given[2], "size"))
    _check_view(tensor, own[1], storage, given)
    return tensor


def _made_by(call: Call) -> tuple[str, list[Value]]:
    """The function that makes it, and with what."""
    function, arguments = call.name, call.args
    inner = call.argument(0)
    if function == BY_TYPE and isinstance(inner, Ref):
        function, arguments = inner.name, call.argument(2)
    return function, arguments.items if isinstance(arguments, Tuple) else []


def _check_view(tensor: Tensor, width: int, storage: Storage, given: list[Value]) -> None:
    offset, stride = given[1], _numbers(given[3], "stride")
    if type(offset) is not int or offset < 0 or len(stride) != len(tensor.shape):
        raise MalformedError("has an offset or a stride that cannot be")
    if tensor.elements >= MOST or prod(max(size, 1) for size in tensor.shape) >= MOST:
        raise MalformedError("has a size whose product overflows")
    if not tensor.elements or tensor.dtype in PACKED:
        return
    steps = zip(tensor.shape, stride, strict=True)
    end = (offset + sum((size - 1) * step for size, step in steps) + 1) * width
    if end > storage.size:
        raise MalformedError(f"ends at byte {end} of a storage of {storage.size}")


def _numbers(value: Value, what: str) -> tuple[int, ...]:
    """A size or stride: a tuple, a list, or what is made of one."""
    if isinstance(value, Call):
        value = value.argument(0)
    if isinstance(value, Tuple | List) and len(value.items) <= MAX_DIMENSIONS:
        found = integers(value)
        if found is not None and all(0 <= number < MOST for number in found):
            return found
    raise MalformedError(f"has a {what} that cannot be")

"""The attributes that `BUILD` sets: an object can be made to pass for another by some of them."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.names import printable
from aiverify.formats.pickling.values import Call, Dict, Tuple, Value

SPECIAL = frozenset(
    {
        "__array__",
        "__array_function__",
        "__array_interface__",
        "__array_struct__",
        "__array_ufunc__",
        "__builtins__",
        "__call__",
        "__class__",
        "__code__",
        "__cuda_array_interface__",
        "__dict__",
        "__dlpack__",
        "__getattr__",
        "__globals__",
        "__init__",
        "__new__",
        "__reduce__",
        "__reduce_ex__",
        "__setstate__",
        "__torch_function__",
    }
)
"""Attributes that Python, NumPy and PyTorch go by when they are handed an object: the class of
it, what is called in its place, and where in memory the numbers are that it stands for."""

COMPUTING = ("builtins.", "__builtin__.", "collections.", "copyreg.", "copy_reg.")
"""Modules whose functions make dictionaries and tuples of what they are given."""

HANDED_BACK = (
    "numpy.abs", "numpy.amax", "numpy.amin", "numpy.asarray", "numpy.max", "numpy.mean",
    "numpy.median", "numpy.min", "numpy.sum", "scipy._lib.", "sklearn.feature_selection.",
    "sklearn.metrics.", "torch._tensor._rebuild_from_type_v2", "torch.jit._pickle.",
    "torch.nn.functional.", "torch.serialization.",
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
)  # fmt: skip
"""Functions that may give back what they are given, or what a function that they are given does."""


def wrong(made: Call) -> str:
    """What is wrong with the attributes that were set on an object last, or nothing."""
    if _may_hand_back(made):
        return "sets attributes of something that it may not have made"
    names = [key for part in _parts(made.state) for key, _ in _pairs(part)]
    if isinstance(made.state, Call) and _is_computed(made.state):
        return "sets attributes that are computed"
    return next((found for found in map(wrong_name, names) if found), "")


def _may_hand_back(made: Call) -> bool:
    """By the function, which no class is: those begin with a capital."""
    function = made.name.rpartition(".")[2].lstrip("_")
    return made.name.startswith(HANDED_BACK) and function[:1].islower() and not made.reconstructs


def wrong_name(name: Value) -> str:
    """What is wrong with the name of an attribute, or nothing."""
    if isinstance(name, Call):
        return "sets an attribute whose name is computed"
    if isinstance(name, str) and name in SPECIAL:
        return f"sets {printable(name)}, by which an object passes for another"
    return ""


def _parts(state: Value) -> Iterator[Value]:
    """A state is a dictionary; or two, for attributes and for slots."""
    if isinstance(state, Tuple) and len(state.items) == 2:
        yield from state.items
    else:
        yield state


def _pairs(state: Value) -> list[tuple[Value, Value]]:
    return state.pairs if isinstance(state, Dict | Call) else []


def _is_computed(state: Call) -> bool:
    return state.name.startswith(COMPUTING) and not (
        isinstance(state.args, Tuple) and not state.args.items
    )

"""The attributes that `BUILD` sets: an object can be made to pass for another by some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiverify.core.names import printable
from aiverify.formats.pickling.values import Call, Dict, List, Tuple, Value

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

BUNCH = ".Bunch"
"""scikit-learn's dictionary whose keys are its attributes."""

UNFILLED = ("argparse.", "joblib.", "sklearn.", "torch.nn.")
"""Modules whose objects no pickler fills, but for that dictionary. To fill them is to call the
method of theirs that takes items, which sets attributes, or is one that was set."""

RESPONSE = ("_response_method", "response_method")
METHODS = frozenset(
    {
        "decision_function", "default", "fit_predict", "predict", "predict_log_proba",
        "predict_proba", "score", "score_samples", "transform",
    }
)  # fmt: skip

TEXTS = frozenset({"basestring", "encode", "str", "str_", "string_", "unicode", "unicode_"})
"""Last parts of names whose calls give strings."""

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
    if is_scorer(made.made) and not _asks_what_is_known(made.state):
        return "makes a scorer that calls a method of any name"
    return wrong_names(made.state)


def wrong_names(state: Value) -> str:
    """What is wrong with the names in a state, or nothing."""
    if any(isinstance(part, Call) and _is_computed(part) for part in (state, *_parts(state))):
        return "sets attributes that are computed"
    names = (key for part in _parts(state) for key, _ in _pairs(part))
    return next((found for found in map(wrong_name, names) if found), "")


def wrong_filling(made: Call, keys: Iterable[Value]) -> str:
    """What is wrong with items that are put into an object, or nothing."""
    if made.made.endswith(BUNCH):
        return next((found for found in map(wrong_name, keys) if found), "")
    if made.made.startswith(UNFILLED):
        return "calls a method of an object that holds no items"
    return ""


def is_scorer(name: str) -> bool:
    """Whether a name is one of scikit-learn's scorers, which call a method by its name."""
    return name.startswith("sklearn.") and name.endswith("Scorer")


def _asks_what_is_known(state: Value) -> bool:
    """Whether a scorer calls those methods that scikit-learn has for it."""
    said = [pair for part in _parts(state) for pair in _pairs(part)]
    asked = [value for key, value in said if isinstance(key, str) and key in RESPONSE]
    rows = [value.items if isinstance(value, List | Tuple) else [value] for value in asked]
    return all(isinstance(name, str) and name in METHODS for row in rows for name in row)


def _may_hand_back(made: Call) -> bool:
    """By the function, which no class is: those begin with a capital."""
    function = made.name.rpartition(".")[2].lstrip("_")
    return made.name.startswith(HANDED_BACK) and function[:1].islower() and not made.reconstructs


def may_be_text(name: str) -> bool:
    """Whether a harmless function may give a string."""
    return name.startswith(HANDED_BACK) or name.rpartition(".")[2] in TEXTS


def width(state: Value) -> int:
    """How many names a state has."""
    parts = state.items if isinstance(state, Tuple) else [state]
    return len(parts) + sum(len(_pairs(part)) for part in parts)


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
    return state.name.startswith((*COMPUTING, *HANDED_BACK)) and not (
        isinstance(state.args, Tuple) and not state.args.items
    )

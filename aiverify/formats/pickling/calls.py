"""Calls of harmless names that are not harmless with any arguments."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.finding import Rule
from aiverify.core.names import printable
from aiverify.formats.pickling.attributes import BUNCH, is_scorer, wrong_names
from aiverify.formats.pickling.values import Call, Dict, Persistent, Tuple, Value

BY_TYPE = "torch._tensor._rebuild_from_type_v2"
"""What calls a function on arguments, gives what comes out another class, and sets its state."""

WITH_STATE = "torch._utils._rebuild_parameter_with_state"
"""What sets attributes of the parameter that it makes."""

LAYERS = "torch.nn.modules."
"""Where classes are that no pickler hands anything: a state is set. Some set what they get."""

ARRAYS = frozenset(
    {
        "numpy._core.multiarray.ndarray",
        "numpy.core.multiarray.ndarray",
        "numpy.core.records.recarray",
        "numpy.ndarray",
        "numpy.rec.recarray",
        "numpy.recarray",
    }
)
"""Arrays that can be laid over memory: bytes of the file would be addresses of objects."""

MANY = 100
"""More arguments than any call has that is looked at here."""

NUMPY = frozenset(
    {
        "numpy.abs", "numpy.absolute", "numpy.amax", "numpy.amin", "numpy.cos", "numpy.exp",
        "numpy.expm1", "numpy.log", "numpy.log10", "numpy.log1p", "numpy.log2", "numpy.max",
        "numpy.mean", "numpy.median", "numpy.min", "numpy.sign", "numpy.sin", "numpy.sqrt",
        "numpy.square", "numpy.std", "numpy.sum", "numpy.tanh", "numpy.var",
    }
)  # fmt: skip
MODULES = ("sklearn.feature_selection.", "sklearn.metrics.", "torch.nn.functional.")


def problems(made: Call) -> Iterator[tuple[Rule, str]]:
    """What is wrong with a call, and the rules that say so."""
    if made.name in ARRAYS and (_has_kwargs(made) or _count(made) > 2):
        yield rules.pickles.CONFUSION, "lays an array over memory that it is handed"
    if is_scorer(made.name) and (_has_kwargs(made) or _count(made)):
        yield rules.pickles.DYNAMIC, "makes a scorer of what it is given"
    if made.made.startswith(LAYERS) and _is_handed_something(made):
        yield rules.pickles.DYNAMIC, "makes a layer of what it is given"
    if made.name == WITH_STATE:
        problem = "computes its arguments" if _count(made) == MANY else ""
        if problem := problem or wrong_names(made.argument(3)):
            yield rules.pickles.DYNAMIC, problem
    if _is_handed_on(made):
        message = f"calls {printable(made.name[:200])}, which a model only hands on"
        yield rules.pickles.DYNAMIC, message
    if made.reconstructs and made.made.endswith(BUNCH):
        problem = wrong_names(made.argument(2))
        if problem:
            yield rules.pickles.DYNAMIC, problem


def named(function: Value) -> Value:
    """What is called: of a class that PyTorch once kept with its source text, the class."""
    said = function.id if isinstance(function, Persistent) else None
    if isinstance(said, Tuple) and len(said.items) == 4 and said.items[0] == "module":
        return said.items[1]
    return function


def inner(made: Call) -> Call | None:
    """The call that a call makes in turn, and the state that it sets."""
    if made.name != BY_TYPE:
        return None
    return Call(made.argument(0), made.argument(2), state=made.argument(3))


def _is_handed_on(made: Call) -> bool:
    """Functions that estimators and layers are handed. No pickler calls them; classes it does."""
    if made.name in NUMPY:
        return True
    function = made.name.rpartition(".")[2].lstrip("_")
    return made.name.startswith(MODULES) and function[:1].islower() and not made.reconstructs


def _is_handed_something(made: Call) -> bool:
    if made.reconstructs:
        return made.argument(2) is not None
    return _has_kwargs(made) or _count(made) > 0


def _has_kwargs(made: Call) -> bool:
    return made.kwargs is not None and not (isinstance(made.kwargs, Dict) and not made.kwargs.pairs)


def _count(made: Call) -> int:
    """How many arguments there are; of a computed row of them, many."""
    return len(made.args.items) if isinstance(made.args, Tuple) else MANY

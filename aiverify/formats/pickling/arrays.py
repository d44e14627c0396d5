"""joblib's arrays: their bytes stand in the pickle, each behind the object that tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import prod

from aiverify.core.facts import Tensor
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Source
from aiverify.formats.pickling import dtypes
from aiverify.formats.pickling.dtypes import Dtype
from aiverify.formats.pickling.machine import MAX_OPCODES, Program, walk
from aiverify.formats.pickling.values import UNKNOWN, Call, Dict, Tuple, Value, integers

WRAPPERS = frozenset(
    {
        "joblib.numpy_pickle.NumpyArrayWrapper",
        "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper",
    }
)
"""What stands for an array; scikit-learn once carried a joblib of its own."""

FILES = frozenset(
    {
        "joblib.numpy_pickle.NDArrayWrapper",
        "joblib.numpy_pickle.ZNDArrayWrapper",
        "joblib.numpy_pickle_compat.NDArrayWrapper",
        "joblib.numpy_pickle_compat.ZNDArrayWrapper",
    }
)
"""What stands for an array in a file of its own, as joblib wrote them up to 0.9."""

MAX_ATTRIBUTES = 100

MAX_PICKLES = 10_000
"""Arrays of objects in one file."""


@dataclass(slots=True)
class Arrays:
    """Steps over the arrays of a pickle; keeps what they are, and the pickles in their place.

    An array of objects is a pickle of its own, which an unpickler without this runs.
    """

    source: Source
    tensors: list[Tensor] = field(default_factory=list)
    pickles: list[Program] = field(default_factory=list)
    left: int = MAX_OPCODES
    """Opcodes that may still be followed in arrays of objects."""
    built: dict[int, Call] = field(default_factory=dict)
    """Objects that were told of, each of which is kept so that no other has its number."""
    kinds: dict[int, tuple[Call, Value, Dtype]] = field(default_factory=dict)
    """Dtypes that were read, with the state that each had."""

    def __call__(self, made: Call, position: int) -> int | None:
        """The position behind the array that stands at this one; nothing when none does.

        Raises:
            MalformedError: what the object says of its array cannot be.
        """
        if made.made in FILES:
            _refuse_path(self._attributes(made).get("filename"))
            return position
        if made.made not in WRAPPERS:
            return None
        said = self._attributes(made)
        dtype = self._dtype(said.get("dtype"))
        shape = integers(said.get("shape"))
        if shape is None or any(size < 0 for size in shape):
            raise MalformedError("an array's shape is not a row of whole numbers")
        self.tensors.append(Tensor(f"array {len(self.tensors)}", dtype.name, shape))
        if dtype.objects:
            return self._pickle(position)
        cursor = Cursor(self.source, position)
        if said.get("numpy_array_alignment_bytes") is not None:
            cursor.skip(cursor.integer(1))
        cursor.skip(_bytes(shape, dtype.size))
        return cursor.position

    def _dtype(self, value: Value | None) -> Dtype:
        """A dtype, which many arrays may share."""
        if not isinstance(value, Call):
            return dtypes.read(value)
        made, state, dtype = self.kinds.get(id(value), (value, None, None))
        if dtype is None or state is not made.state:
            dtype = dtypes.read(value)
            self.kinds[id(value)] = (value, value.state, dtype)
        return dtype

    def _attributes(self, made: Call) -> dict[str, Value]:
        """What the object says of its array.

        Raises:
            MalformedError: it is said in a way in which joblib does not say it.
        """
        if id(made) in self.built or _is_given(made):
            raise MalformedError("an array's attributes are not all said in one place")
        self.built[id(made)] = made
        if not isinstance(made.state, Dict) or len(made.state.pairs) > MAX_ATTRIBUTES:
            raise MalformedError("an array's attributes are no dictionary of a few")
        said = {name: value for name, value in made.state.pairs if isinstance(name, str)}
        if len(said) != len(made.state.pairs):
            raise MalformedError("an array's attributes are computed, or said twice")
        return said

    def _pickle(self, position: int) -> int:
        program = walk(self.source, position, limit=self.left)
        self.left -= program.opcodes
        self.pickles.append(replace(program, result=UNKNOWN))
        if len(self.pickles) > MAX_PICKLES:
            raise MalformedError(f"more than {MAX_PICKLES} arrays of objects")
        if program.broken or program.unread:
            raise MalformedError(f"in an array of objects, {program.broken or program.unread}")
        return program.end


def _is_given(made: Call) -> bool:
    """Whether the object was made with attributes, before any were set."""
    if made.reconstructs:
        return made.argument(2) is not None
    return made.kwargs is not None or not isinstance(made.args, Tuple) or bool(made.args.items)


def _refuse_path(name: Value | None) -> None:
    """Joblib opens the file, and unpickles it if it is a pickle; one beside is looked into."""
    if not isinstance(name, str) or name in ("", ".", "..") or set(name) & set("/\\:"):
        raise MalformedError("an array is to be read from a file that is not beside this one")


def _bytes(shape: tuple[int, ...], size: int) -> int:
    """The bytes of an array. NumPy refuses more dimensions and more elements."""
    if len(shape) > 64 or any(length >= 1 << 63 for length in shape):
        raise MalformedError("an array's shape has more than NumPy allows")
    return prod(shape) * size

"""What a list of tensors comes to: how many there are, their elements, and elements by dtype."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aiverify.core.facts import Tensor
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted


def tally(tensors: Sequence[Tensor]) -> dict[str, Json]:
    """`tensors` (how many), `parameters` (their elements) and `dtypes` (elements by dtype)."""
    dtypes: Counter[str] = Counter()
    for tensor in tensors:
        dtypes[tensor.dtype] += tensor.elements
    return {
        "tensors": len(tensors),
        "parameters": dtypes.total(),
        "dtypes": dict(sorted(dtypes.items())),
    }


def summary(tensors: Sequence[Tensor]) -> str:
    """The same in a phrase: `22.7M parameters in 103 tensors, f32`."""
    dtypes: Counter[str] = Counter()
    for tensor in tensors:
        dtypes[tensor.dtype] += tensor.elements
    kinds = ", ".join(dtype for dtype, _ in dtypes.most_common())
    said = f"{short(dtypes.total())} parameters in {counted(len(tensors), 'tensor')}, {kinds}"
    return said.removesuffix(", ")


def short(count: int) -> str:
    """A count as people say it: 950, 22.7M, 8.03B."""
    for power, letter in ((12, "T"), (9, "B"), (6, "M"), (3, "K")):
        if count >= 10**power:
            return f"{count / 10**power:.3g}{letter}"
    return str(count)

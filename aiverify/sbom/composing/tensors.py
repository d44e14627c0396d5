"""What the tensors of a file or a model come to, whatever a label says.

One label, such as `Q4_K_M`, stands for files that differ in many of their tensors. So the
types are counted tensor by tensor, by groups of tensors that play one part in each layer, and
a digest over all of them tells two such files apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256

from aiverify.core.facts import Tensor
from aiverify.sbom.bom import Property
from aiverify.sbom.composing.told import Told

MAX_GROUPS = 100
"""Groups that are listed; what is left out is counted."""

_NUMBER = re.compile(r"(?<![A-Za-z])\d+")


def of_tensors(tensors: Sequence[Tensor]) -> Told:
    """How many tensors and elements are of each dtype, and a digest over all of them."""
    if not tensors:
        return Told()
    return Told((*_by_dtype(tensors), Property("aiverify:tensors:digest", layout(tensors))))


def of_elements(tensors: Sequence[Tensor]) -> Told:
    """How many elements there are, in all and of each dtype."""
    elements: Counter[str] = Counter()
    for tensor in tensors:
        elements[tensor.dtype] += tensor.elements
    if not tensors:
        return Told()
    by_dtype = (
        Property(f"aiverify:dtype:{dtype}", str(count)) for dtype, count in sorted(elements.items())
    )
    return Told((Property("aiverify:parameters", str(elements.total())), *by_dtype))


def of_groups(tensors: Sequence[Tensor]) -> Told:
    """The dtypes of tensors that have one part in each layer. Nothing where all have one dtype."""
    if len({tensor.dtype for tensor in tensors}) < 2:
        return Told()
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for tensor in tensors:
        groups[_NUMBER.sub("*", tensor.name)][tensor.dtype] += 1
    listed = sorted(groups.items())
    shown = [
        Property("aiverify:tensors:group", f"{name}: {_counts(dtypes)}")
        for name, dtypes in listed[:MAX_GROUPS]
    ]
    if len(listed) > MAX_GROUPS:
        shown.append(Property("aiverify:tensors:groups-left-out", str(len(listed) - MAX_GROUPS)))
    return Told(tuple(shown))


def layout(tensors: Sequence[Tensor]) -> str:
    """A digest over name, dtype and shape of each tensor, in the order of the names."""
    found = sha256()
    for tensor in sorted(tensors, key=lambda item: (item.name, item.dtype, item.shape)):
        line = "\t".join((tensor.name, tensor.dtype, "x".join(map(str, tensor.shape))))
        found.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return f"sha256:{found.hexdigest()}"


def _by_dtype(tensors: Sequence[Tensor]) -> Iterator[Property]:
    yield Property("aiverify:tensors", str(len(tensors)))
    for dtype, count in sorted(Counter(tensor.dtype for tensor in tensors).items()):
        yield Property(f"aiverify:tensors:dtype:{dtype}", str(count))


def _counts(dtypes: Counter[str]) -> str:
    """`24 q4_k, 8 q6_k`, the most first."""
    ordered = sorted(dtypes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {dtype}" for dtype, count in ordered)

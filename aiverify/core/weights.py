"""Finding a base model's weight under the name that an adapter has for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from aiverify.core.facts import Tensor

WRAPPERS = 2
"""Leading parts, such as `model.` or `transformer.`, that one name may have and another lack."""


class Weights:
    """The weights of a base model, by their names and by the ends of their names."""

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._by_end: list[defaultdict[str, list[Tensor]]] = [
            defaultdict(list) for _ in range(WRAPPERS + 1)
        ]
        for tensor in {tensor.name: tensor for tensor in tensors}.values():
            for dropped, end in enumerate(_ends(tensor.name)):
                self._by_end[dropped][end].append(tensor)

    def __bool__(self) -> bool:
        return bool(self._by_end[0])

    def find(self, name: str) -> list[Tensor]:
        """The weights that a name can mean: one, none, or several that are equally near.

        The exact name comes first, then names that agree when the fewest leading parts of
        either are dropped.
        """
        ends = _ends(name)
        for dropped in range(WRAPPERS + 1):
            found = self._by_end[dropped].get(name, [])
            if not found and dropped < len(ends):
                found = self._by_end[0].get(ends[dropped], [])
            if found:
                return found
        return []


def _ends(name: str) -> list[str]:
    """A name without its first 0, 1 and 2 parts, as long as at least two parts remain."""
    parts = name.split(".", WRAPPERS)
    ends = [".".join(parts[dropped:]) for dropped in range(len(parts))]
    return ends[:1] + [end for end in ends[1:] if "." in end]

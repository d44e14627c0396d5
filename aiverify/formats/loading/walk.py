"""Walking a document without recursion, with the place of each value as a JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json

MAX_PLACE = 500
"""Characters of a place. What lies deeper is said to lie there."""


def below(place: str, key: str) -> str:
    """The place of a member."""
    if len(place) > MAX_PLACE:
        return place
    return f"{place}/{key[:MAX_PLACE].replace('~', '~0').replace('/', '~1')}"


def every(place: str, value: Json) -> Iterator[tuple[str, Json]]:
    """A value and all that it holds, in their order. Only the way there is kept in memory."""
    left = [iter([(place, value)])]
    while left:
        step = next(left[-1], None)
        if step is None:
            left.pop()
            continue
        yield step
        if isinstance(step[1], Mapping | list):
            left.append(_within(*step))


def _within(place: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield below(place, key), item
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield below(place, str(index)), item

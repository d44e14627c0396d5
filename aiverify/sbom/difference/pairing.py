"""Which component of one document is which of the other, in time that the documents paid for.

A `bom-ref` is a document's own affair, and many tools make a new one on every run. So a
component is known by its purl without the version, or by its type and name. Where several share
that, those that agree in more come together first. Swapping the documents swaps the result.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from aiverify.sbom.difference.item import STRONG, Item


@dataclass(frozen=True, slots=True)
class Pairing:
    """Components that are in both documents, and those that only one of them has."""

    pairs: list[tuple[Item, Item]]
    removed: list[Item]
    added: list[Item]


def paired(old: Sequence[Item], new: Sequence[Item]) -> Pairing:
    """Bring together what is the same thing in both."""
    pairs: list[tuple[Item, Item]] = []
    removed, added = _ordered(old), _ordered(new)
    for key in _STAGES:
        removed, added = _together(removed, added, key, pairs)
    # What has a purl on one side alone is known by its name.
    with_purl = [[item for item in side if item.package] for side in (removed, added)]
    without = [[item for item in side if not item.package] for side in (removed, added)]
    without[0], with_purl[1] = _together(without[0], with_purl[1], _called, pairs)
    with_purl[0], without[1] = _together(with_purl[0], without[1], _called, pairs)
    return Pairing(pairs, with_purl[0] + without[0], with_purl[1] + without[1])


def moved(removed: Sequence[Item], added: Sequence[Item]) -> Pairing:
    """Bring together files that have other names and the same bytes."""
    pairs: list[tuple[Item, Item]] = []
    left, right = list(removed), list(added)
    for algorithm in STRONG:
        left, right = _together(left, right, partial(_by, algorithm), pairs)
    return Pairing(pairs, left, right)


def _identity(item: Item) -> tuple[str, ...]:
    return (item.package,) if item.package else (item.sort, item.name)


def _called(item: Item) -> Hashable:
    return (item.sort, item.name)


def _by(algorithm: str, item: Item) -> Hashable:
    return item.hashes.get(algorithm)


_STAGES: tuple[Callable[[Item], Hashable], ...] = (
    lambda item: (_identity(item), item.ref, item.version, item.bytes_key),
    lambda item: (_identity(item), item.version, item.bytes_key),
    lambda item: (_identity(item), item.ref),
    lambda item: (_identity(item), item.bytes_key) if item.hashes else None,
    lambda item: (_identity(item), item.version),
    _identity,
)
"""By how much two components agree, the most first. None agrees with nothing."""


def _together(
    old: Sequence[Item],
    new: Sequence[Item],
    key: Callable[[Item], Hashable],
    pairs: list[tuple[Item, Item]],
) -> tuple[list[Item], list[Item]]:
    """Pair what has one key, the first with the first, and give back the rest of both."""
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for index, item in enumerate(new):
        waiting[key(item)].append(index)
    taken: set[int] = set()
    rest: list[Item] = []
    for item in old:
        found = key(item)
        if found is not None and waiting.get(found):
            index = waiting[found].popleft()
            taken.add(index)
            pairs.append((item, new[index]))
        else:
            rest.append(item)
    return rest, [item for index, item in enumerate(new) if index not in taken]


def _ordered(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.name, item.version, item.ref))

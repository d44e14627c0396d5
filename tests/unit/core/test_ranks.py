"""The ranks that a module may have, and what is said of them, however many there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

import pytest

from aiverify.core.fields import Fields
from aiverify.core.ranks import Ranks

PATH = "model.layers.0.q_proj"


class Uncopied(frozenset[int]):
    """Ranks that can be asked for one, and neither copied nor walked through."""

    def _refuse(self, *_: object) -> NoReturn:
        raise AssertionError("all ranks were walked through for one module")

    __iter__ = __or__ = __ror__ = union = copy = _refuse


def ranks(**config: Any) -> Ranks:
    return Ranks.of(Fields(config, "adapter_config.json#/"))


@pytest.mark.parametrize(
    ("config", "rank", "said"),
    [
        ({}, 5, True),
        ({"r": 8}, 8, True),
        ({"r": 8}, 5, False),
        ({"r": 8, "rank_pattern": {"q_proj": 5}}, 5, True),
        ({"r": 8, "rank_pattern": {"q_proj": 5}}, 8, False),
        ({"r": 8, "rank_pattern": {"q_.*": 5}}, 5, True),
        ({"r": 8, "rank_pattern": {"q_.*": 5}}, 8, True),
        ({"rank_pattern": {"q_.*": 5}}, 8, False),
    ],
)
def test_a_rank_is_allowed_where_the_configuration_gives_it(
    config: dict[str, Any], rank: int, said: bool
) -> None:
    assert ranks(**config).allows(PATH, rank) is said


@pytest.mark.parametrize(
    ("r", "others", "text"),
    [
        (8, [], "8"),
        (8, [4], "4 or 8"),
        (8, [8, 4], "4 or 8"),
        (None, [7, 5], "5 or 7"),
        (8, [1, 2], "1 or 2 or 8"),
        (8, [1, 2, 3], "1 or 2 or 8 or one of 1 more"),
        (8, [1, 2, 3, 8], "1 or 2 or 8 or one of 1 more"),
        (None, [5, 4, 3, 2, 1], "1 or 2 or 3 or one of 2 more"),
        (2, range(1000), "0 or 1 or 2 or one of 997 more"),
    ],
)
def test_no_more_than_three_ranks_are_shown(r: int | None, others: list[int], text: str) -> None:
    pattern = {f"{rank}.*": rank for rank in others}
    assert ranks(r=r, rank_pattern=pattern).shown(PATH) == text


def test_a_module_does_not_walk_through_all_ranks() -> None:
    given = ranks(r=8, rank_pattern={f"{rank}.*": rank for rank in range(100, 200)})
    counted = replace(given, elsewhere=Uncopied(given.elsewhere))
    assert counted.allows(PATH, 8)
    assert counted.allows(PATH, 150)
    assert not counted.allows(PATH, 9)
    assert counted.shown(PATH) == "8 or 100 or 101 or one of 98 more"

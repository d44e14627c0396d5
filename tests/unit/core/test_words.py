"""A count and its noun agree."""

from __future__ import annotations

import pytest

from aiverify.core.words import counted


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 tensors"), (1, "1 tensor"), (2, "2 tensors"), (1234, "1,234 tensors")],
)
def test_a_noun_agrees_with_its_number(count: int, said: str) -> None:
    assert counted(count, "tensor") == said

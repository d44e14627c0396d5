"""Attestations that must be there: a threshold that means nothing cannot be asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aiverify.errors import UsageError
from aiverify.signing.predicates import CYCLONEDX
from aiverify.verify.required import Required

BOTH = frozenset({"anna", "ben"})


def test_a_type_alone_is_by_anybody_of_any_age():
    required = Required(CYCLONEDX)
    assert (required.max_age, required.signers, required.threshold) == (None, frozenset(), 1)


@pytest.mark.parametrize(("signers", "threshold"), [(frozenset(), 3), (BOTH, 1), (BOTH, 2)])
def test_a_threshold_that_can_be_met_is_taken(signers: frozenset[str], threshold: int):
    required = Required(CYCLONEDX, timedelta(days=1), signers, threshold)
    assert required.threshold == threshold


@pytest.mark.parametrize(
    ("signers", "threshold"), [(frozenset(), 0), (frozenset(), -1), (BOTH, 0), (BOTH, 3)]
)
def test_a_threshold_that_is_always_or_never_met_is_refused(
    signers: frozenset[str], threshold: int
):
    with pytest.raises(UsageError, match=f"the threshold of {CYCLONEDX} is {threshold}"):
        Required(CYCLONEDX, None, signers, threshold)

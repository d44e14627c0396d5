"""The local Sigstore as a fixture, for `conftest.py` to import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.sigstore.instance import LocalSigstore


@pytest.fixture(scope="session")
def sigstore() -> Iterator[LocalSigstore]:
    """A Sigstore for all of the run. What a test switches, it switches with `having`."""
    from tests.support.sigstore.instance import LocalSigstore

    with LocalSigstore() as services:
        yield services

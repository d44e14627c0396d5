"""The services, started once for all end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.services.real import RealSigstore
from tests.support.services.tools import COSIGN, SERVICES, why_not


@pytest.fixture(scope="session")
def real_sigstore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSigstore]:
    """A running Sigstore of the real services."""
    if reason := why_not(*SERVICES):
        pytest.skip(reason)
    with RealSigstore(tmp_path_factory.mktemp("sigstore")) as running:
        yield running


@pytest.fixture(scope="session")
def cosigns() -> None:
    """Both versions of cosign are there."""
    if reason := why_not(*COSIGN.values()):
        pytest.skip(reason)

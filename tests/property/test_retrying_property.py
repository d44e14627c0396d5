from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.registry import transfer
from aiverify.registry.retrying import Backoff
from tests.support.registry_desk import Tally, blob, opened
from tests.support.small_registry import Fault, Out, running

SIZE = 200_000
DATA = random.Random(7).randbytes(SIZE)
BLOB = blob(DATA)
PART = 30_000

BUSY = st.sampled_from([408, 429, 500, 502, 503, 504]).map(lambda status: {"says": Out(status)})
CUT = st.integers(0, SIZE).map(lambda count: {"cut": count})
HEARD = st.integers(0, PART).map(lambda count: {"heard": count})
LOST = st.just({"lost": True})
METHODS = st.sampled_from(["PATCH", "PUT", "GET .*/uploads/", "POST", "HEAD", "[A-Z]+"])

quickly = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def registry():
    with running() as registry:
        yield registry


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(transfer, "SMALL", 1000)
    monkeypatch.setattr(transfer, "CHUNK", PART)


def patient():
    return Backoff(attempts=50, pause=lambda _: None)


@quickly
@given(faults=st.lists(st.one_of(CUT, BUSY, LOST), max_size=12), ranges=st.booleans())
def test_wherever_the_connection_breaks_the_right_bytes_arrive(registry, faults, ranges):
    registry.ranges = ranges
    registry.add(DATA)
    registry.faults = [Fault("GET", **fault) for fault in faults]
    tally = Tally()

    with (
        tempfile.TemporaryDirectory() as folder,
        opened(registry, backoff=patient()) as repository,
    ):
        path = Path(folder, "file")
        repository.download(BLOB, path, tally)

        assert path.read_bytes() == DATA
    assert tally.count == SIZE


@quickly
@given(
    faults=st.lists(st.tuples(METHODS, st.one_of(HEARD, BUSY, LOST)), max_size=12),
    parts=st.booleans(),
)
def test_wherever_the_connection_breaks_the_right_bytes_are_stored(registry, faults, parts):
    registry.blobs.clear()
    registry.takes_parts = parts
    registry.faults = [Fault(pattern, **fault) for pattern, fault in faults]
    tally = Tally()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(DATA)
        with opened(registry, backoff=patient()) as repository:
            repository.upload(BLOB, Extent.of_file(path), tally)

    assert registry.blobs == {("acme/x", str(BLOB.digest)): DATA}
    assert tally.count == SIZE


@quickly
@given(stops=st.lists(st.integers(0, SIZE), max_size=6))
def test_whenever_it_is_stopped_the_next_run_goes_on(registry, stops):
    """A run that is stopped leaves what it has, and what it leaves is right."""
    registry.add(DATA)

    class StoppedError(Exception):
        pass

    class Stopping(Silent):
        left = 0

        def advance(self, count: int) -> None:
            self.left -= count
            if self.left < 0:
                raise StoppedError

    with tempfile.TemporaryDirectory() as folder, opened(registry) as repository:
        path = Path(folder, "file")
        for stop in stops:
            progress = Stopping()
            progress.left = stop
            try:
                repository.download(BLOB, path, progress)
            except StoppedError:
                assert not path.exists() or path.read_bytes() == DATA
        repository.download(BLOB, path, Silent())

        assert path.read_bytes() == DATA

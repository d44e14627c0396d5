"""Fixtures that many tests share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.desk import AMBIENT, Desk
from tests.support.sigstore.fixture import sigstore
from tests.support.story import Story, make_story

__all__ = ["sigstore"]

# A shell starts what runs in the background with interrupts ignored, which programs inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long a test takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The demonstration's files, signed and bundled. Only to be read: alter a `story.copy`."""
    return make_story(tmp_path_factory.mktemp("story"))


@pytest.fixture
def stage(story: Story, tmp_path: Path) -> Path:
    """A directory of the test's own: signed model, bundles, adapter, keys, profile."""
    keys = (
        half(owner) for owner in ("release", "stranger") for half in (story.private, story.public)
    )
    artifacts = (story.model, story.adapter, story.model_tar, story.model_layout)
    for source in (*artifacts, story.profile, *keys):
        story.copy(source, tmp_path / source.name)
    return tmp_path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty desk, in an environment that offers no identity."""
    for name in AMBIENT:
        monkeypatch.delenv(name, raising=False)
    return Desk(tmp_path)

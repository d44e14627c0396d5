"""What is loaded once for each version of a profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, InputError, MalformedError
from aiverify.webhook.judging.loading import load
from tests.support.judging import Court, court
from tests.support.story import Story

RULE = 'package own\n\ndeny contains "no" if input.sbom == 1\n'


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        yield made


def test_the_same_profile_is_the_same_version(sitting: Court):
    before = sitting.loaded.version
    sitting.rise()
    assert sitting.loaded.version == before


def test_every_change_of_what_judges_is_another_version(sitting: Court):
    seen = {sitting.loaded.version}
    (sitting.place / "own.rego").write_text(RULE)
    sitting.rule(policies=["own.rego"])
    seen.add(sitting.loaded.version)
    (sitting.place / "own.rego").write_text(RULE.replace("1", "2"))
    sitting.rise()
    seen.add(sitting.loaded.version)
    stranger = (sitting.place / "stranger.pub").read_bytes()
    for name in ("release.pub", "second.pub"):
        before = (sitting.place / name).read_bytes()
        (sitting.place / name).write_bytes(stranger)
        sitting.rise()
        seen.add(sitting.loaded.version)
        (sitting.place / name).write_bytes(before)
    sitting.rule({"registries": ["a.example/b/*"]}, policies=["own.rego"])
    seen.add(sitting.loaded.version)
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("text", "error"),
    [("a: [", MalformedError), ("apiVersion: other", MalformedError)],
)
def test_a_broken_profile_is_not_loaded(text: str, error: type[AiverifyError], tmp_path: Path):
    path = tmp_path / "aiverify.yaml"
    path.write_text(text)
    with pytest.raises(error):
        load(path)


def test_a_missing_profile_is_not_loaded(tmp_path: Path):
    with pytest.raises(InputError):
        load(tmp_path / "none.yaml")


def test_a_policy_that_does_not_compile_is_not_loaded(sitting: Court):
    (sitting.place / "own.rego").write_text("package own\n\ndeny contains {")
    sitting.rule(policies=["own.rego"])
    with pytest.raises(MalformedError):
        load(sitting.profile)

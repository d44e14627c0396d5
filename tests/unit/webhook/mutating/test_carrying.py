"""What a container carries is read back as it was, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, MalformedError, UsageError
from aiverify.verify.profile import read_profile
from aiverify.webhook.mutating.carrying import bundled, unpacked
from aiverify.webhook.mutating.injection import Injection, literal
from tests.support.injected import DIGEST, expanded
from tests.support.verifying import ALICE

PROFILE = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers:
    - name: alice
      keys: [alice.pub]
config: {price: "$(HOME) $$ €"}
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "alice.pub").write_text(ALICE.public.pem)
    place = tmp_path / "aiverify.yaml"
    place.write_text(PROFILE)
    return place


def test_it_needs_nothing_beside_it(profile: Path, tmp_path: Path) -> None:
    text = bundled(profile)
    before = read_profile(profile)
    for path in (profile, tmp_path / "alice.pub"):
        path.unlink()

    (tmp_path / "node").mkdir()
    after = read_profile(unpacked(expanded(literal(text)), tmp_path / "node"))

    assert after.trust == before.trust
    assert after.config == before.config == {"price": "$(HOME) $$ €"}


def test_the_same_profile_is_the_same_text(profile: Path) -> None:
    first = bundled(profile)
    profile.write_text("# what people say of it\n" + PROFILE)

    assert bundled(profile) == first
    (profile.parent / "alice.pub").write_text(ALICE.public.pem + "\n")
    assert bundled(profile) != first


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"files": [], "profile": {}}',
        '{"files": {"a": 1}, "profile": {}}',
        '{"files": {"a": "é"}, "profile": {}}',
        '{"files": {"a": "YQ"}, "profile": {}}',
        '{"files": {"../a": "YQ=="}, "profile": {}}',
        '{"files": {"/a": "YQ=="}, "profile": {}}',
    ],
)
def test_what_is_no_carried_profile_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(AiverifyError):
        unpacked(text, tmp_path / "node")
    assert not (tmp_path / "a").exists()


def test_a_profile_that_cannot_be_carried_says_so_where_it_is(profile: Path) -> None:
    profile.write_text(PROFILE.replace("alice.pub", "env://KEY"))
    with pytest.raises(AiverifyError):
        bundled(profile)
    profile.write_text("apiVersion: 1")
    with pytest.raises(MalformedError):
        bundled(profile)


@pytest.mark.parametrize(
    "image", ["registry.example/aiverify:1", "aiverify", f"a b@{DIGEST}", "x@sha256:12", ""]
)
def test_an_image_that_can_be_moved_is_not_injected(image: str) -> None:
    with pytest.raises(UsageError, match="not named by digest"):
        Injection(image, "{}")


@pytest.mark.parametrize("wrong", [{"pull": "Never"}, {"user": 0}, {"mebibytes": 0}])
def test_an_injection_that_could_not_run_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Injection(f"x@{DIGEST}", "{}", **wrong)  # type: ignore[arg-type]

from __future__ import annotations

import pytest

from aiverify.errors import InputError
from aiverify.webhook.server import watched
from aiverify.webhook.server.watched import fingerprint

PROFILE = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers:
    - name: release
      keys: [keys/release.pub]
policies: [rules]
admission:
  summaries: [sums]
"""


@pytest.fixture
def profile(tmp_path):
    for name, text in {
        "aiverify.yaml": PROFILE,
        "keys/release.pub": "key",
        "rules/a/a.rego": "package a",
        "sums/one.json": "{}",
        "unrelated": "x",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "aiverify.yaml"


@pytest.mark.parametrize("name", ["aiverify.yaml", "keys/release.pub", "rules/a/a.rego"])
def test_what_the_profile_names_changes_it(profile, name):
    before = fingerprint(profile)
    path = profile.parent / name
    path.write_text(path.read_text() + " ")

    assert fingerprint(profile) != before


@pytest.mark.parametrize("name", ["sums/one.json", "unrelated"])
def test_nothing_else_does(profile, name):
    before = fingerprint(profile)
    (profile.parent / name).write_text("other")

    assert fingerprint(profile) == before


def test_a_policy_that_comes_goes_or_is_renamed_changes_it(profile):
    seen = {fingerprint(profile)}
    new = profile.parent / "rules" / "b.rego"
    new.write_text("package b")
    seen.add(fingerprint(profile))
    new.rename(new.with_name("c.rego"))
    seen.add(fingerprint(profile))
    new.with_name("c.rego").unlink()

    assert len(seen) == 3
    assert fingerprint(profile) in seen


def test_a_time_alone_changes_nothing(profile):
    before = fingerprint(profile)
    for path in profile.parent.rglob("*"):
        path.touch()

    assert fingerprint(profile) == before


def test_a_key_that_is_gone_changes_it_and_is_no_error(profile):
    before = fingerprint(profile)
    (profile.parent / "keys" / "release.pub").unlink()

    assert fingerprint(profile) != before


@pytest.mark.parametrize("text", ["{", "\x00", "- &a [*a]", "a: b: c"])
def test_a_profile_that_cannot_be_read_has_a_digest_all_the_same(profile, text):
    profile.write_text(text)

    assert fingerprint(profile).startswith("sha256:")


def test_a_profile_that_is_gone_is_an_error(profile):
    profile.unlink()

    with pytest.raises(InputError, match="cannot be read"):
        fingerprint(profile)


def test_a_profile_that_names_a_whole_disk_is_an_error(profile, monkeypatch):
    monkeypatch.setattr(watched, "MAX_FILES", 1)

    with pytest.raises(InputError, match="names more than 1 files"):
        fingerprint(profile)

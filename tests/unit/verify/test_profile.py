"""The profile: what it may say, and that it never means "anybody" or "anything"."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.globals import Allowlist
from aiverify.core.trust import TrustedKey
from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.verify.profile import Profile, read_profile
from tests.support.signatures import key

FULL = """\
apiVersion: aiverify.dev/profile/v1
trust:
  threshold: 2
  signers:
    - name: alice
      keys: [keys/alice.pub, keys/alice2.pub]
    - {name: bob, keys: [keys/bob.pub]}
require: {sbom: true}
contents:
  unread: warn
  globals: [acme.models.Net, sklearn.ensemble.*]
policies:
  - aiverify:licence_allowlist
  - rules/
config:
  licences: {allow: [mit]}
"""
LEAST = """\
apiVersion: aiverify.dev/profile/v1
trust:
  signers: [{name: alice, keys: [keys/alice.pub]}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in ("alice", "alice2", "bob"):
        (tmp_path / "keys" / f"{name}.pub").write_text(key(owner=name).public.pem)
    return tmp_path


def read(folder: Path, text: str) -> Profile:
    path = folder / "aiverify.yaml"
    path.write_text(text)
    return read_profile(path)


def test_a_full_profile_says_all_that_it_says(folder: Path):
    profile = read(folder, FULL)
    assert profile.trust.threshold == 2
    assert [(i.name, len(i.keys)) for i in profile.trust.signers] == [("alice", 2), ("bob", 1)]
    assert profile.policies == ("aiverify:licence_allowlist", "rules/")
    assert (profile.require_sbom, profile.unread) == (True, Severity.WARNING)
    assert profile.config == {"licences": {"allow": ["mit"]}}
    assert profile.globals.allows("acme.models.Net")
    assert profile.globals.allows("sklearn.ensemble._forest.RandomForestClassifier")
    assert not profile.globals.allows("acme.models.Other")
    assert not profile.globals.allows("sklearn.ensembles.Other")
    assert profile.digest == str(Digest.of(FULL.encode()))
    assert profile.directory == folder


def test_what_is_left_out_is_the_safe_choice(folder: Path):
    profile = read(folder, LEAST)
    assert (profile.trust.threshold, profile.unread) == (1, Severity.ERROR)
    assert (profile.require_sbom, profile.policies, profile.config) == (False, (), {})
    assert profile.globals == Allowlist()


def test_keys_lie_beside_the_profile_wherever_it_is_read_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir("/")
    (trusted,) = read(folder, LEAST).trust.signers[0].keys
    assert trusted == TrustedKey(key(owner="alice").public.pem)


def changed(before: str, after: str, text: str = FULL) -> str:
    assert before in text
    return text.replace(before, after)


BROKEN = {
    "not YAML": ("trust: [", "line 2"),
    "empty": ("", "aiverify.yaml"),
    "a list": ("- trust", "mapping"),
    "binary": ("\x00\x01", "aiverify.yaml"),
    "a tag": (LEAST + "config: !!python/object/apply:os.system [id]\n", "a tag"),
    "an alias": (LEAST + "config: {a: &a [1], b: *a}\n", "an alias"),
    "a key twice": (LEAST + "trust: {}\n", "'trust' twice"),
    "two documents": (LEAST + "---\n" + LEAST, "second document"),
    "no version": (changed("apiVersion: aiverify.dev/profile/v1\n", ""), "apiVersion"),
    "another version": (changed("profile/v1", "profile/v9"), "apiVersion must be"),
    "an unknown field": (changed("require:", "required:"), "unknown field required"),
    "an unknown field of trust": (changed("threshold:", "treshold:"), "unknown field treshold"),
    "an unknown field of a signer": (changed("{name: bob,", "{name: bob, key: x,"), "field key"),
    "an unknown requirement": (changed("{sbom: true}", "{sbom: true, x: y}"), "unknown field x"),
    "trust as a text": (LEAST.partition("trust")[0] + "trust: all\n", "trust must be a mapping"),
    "a threshold in words": (changed("threshold: 2", "threshold: two"), "whole number"),
    "a threshold that is true": (changed("threshold: 2", "threshold: true"), "whole number"),
    "signers as a text": (LEAST.partition("[{")[0] + "alice\n", "signers must be a list"),
    "a signer without a name": (changed("{name: bob,", "{name: ,"), "name must be a text"),
    "keys as a text": (changed("[keys/bob.pub]", "keys/bob.pub"), "keys must be a list"),
    "a word for true": (changed("sbom: true", "sbom: yes please"), "true or false"),
    "a third weight": (changed("unread: warn", "unread: allow"), "deny or warn"),
    "globals as a text": (changed("[acme.models.Net, sklearn.ensemble.*]", "a.b"), "be a list"),
    "every global": (changed("acme.models.Net", "'*'"), "which is no global"),
    "a module without a name": (changed("acme.models.Net", "acme"), "which is no global"),
    "a pattern inside": (changed("acme.models.Net", "a*.b"), "which is no global"),
    "no policies": (changed("policies:\n  - aiverify:licence_allowlist\n  - rules/\n",
                            "policies: []\n"), "policies is an empty list"),
    "policies as null": (changed("policies:\n  - aiverify:licence_allowlist\n  - rules/\n",
                                 "policies:\n"), "policies must be a list"),
    "config as a list": (changed("config:\n  licences: {allow: [mit]}\n", "config: []\n"),
                         "config must be a mapping"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_malformed_profile_is_refused_with_its_name_and_the_reason(folder: Path, case: str):
    text, reason = BROKEN[case]
    with pytest.raises(MalformedError, match=reason) as caught:
        read(folder, text)
    assert "aiverify.yaml" in caught.value.message
    assert "\n" not in caught.value.message


UNMEETABLE = {
    "nobody": (LEAST.partition("[{")[0] + "[]\n", "names no signer"),
    "no trust at all": (LEAST.partition("trust")[0] + "trust: {}\n", "names no signer"),
    "a signer without keys": (changed("keys: [keys/bob.pub]", "keys: []"), "'bob' has no key"),
    "a threshold too high": (changed("threshold: 2", "threshold: 3"), "threshold is 3"),
    "a threshold of zero": (changed("threshold: 2", "threshold: 0"), "threshold is 0"),
    "a threshold below zero": (changed("threshold: 2", "threshold: -1"), "threshold is -1"),
    "one key for two": (changed("[keys/bob.pub]", "[keys/alice.pub]"), "share a key"),
    "one name for two": (changed("name: bob", "name: alice"), "names a signer twice"),
}


@pytest.mark.parametrize("case", UNMEETABLE)
def test_trust_that_cannot_be_met_is_refused_with_the_profiles_name(folder: Path, case: str):
    text, reason = UNMEETABLE[case]
    with pytest.raises(MalformedError, match=reason) as caught:
        read(folder, text)
    assert "aiverify.yaml" in caught.value.message


def test_trust_that_is_missing_is_refused(folder: Path):
    with pytest.raises(MalformedError, match=r"aiverify\.yaml: trust must be a mapping"):
        read(folder, "apiVersion: aiverify.dev/profile/v1\n")


def test_a_missing_key_file_is_named(folder: Path):
    with pytest.raises(InputError, match=r"nowhere\.pub cannot be read"):
        read(folder, changed("keys/bob.pub", "nowhere.pub"))


def test_a_private_key_is_not_taken_for_a_public_one(folder: Path):
    (folder / "bob.key").write_bytes(key(owner="bob").to_pem(b""))
    with pytest.raises(MalformedError, match="is a private key"):
        read(folder, changed("keys/bob.pub", "bob.key"))


def test_a_key_that_oms_does_not_know_is_refused(folder: Path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed448

    public = ed448.Ed448PrivateKey.generate().public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (folder / "ed.pub").write_bytes(public.public_bytes(serialization.Encoding.PEM, form))
    with pytest.raises(UsageError, match="not a key on p256"):
        read(folder, changed("keys/bob.pub", "ed.pub"))


def test_a_profile_larger_than_a_mebibyte_is_not_read(folder: Path):
    with pytest.raises(MalformedError, match="the limit here is 1048576"):
        read(folder, LEAST + "# " + "x" * (1 << 20))

"""Who a profile trusts: each member is read for what it says, or refused by its path."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.identity import NamePattern
from aiverify.core.trust import Quorum, TrustedAuthority, TrustedIdentity, TrustedKey, Window
from aiverify.errors import InputError, MalformedError
from aiverify.verify.profile import Profile, read_profile
from tests.support.certificates import root
from tests.support.signatures import key

ALICE = {"name": "alice", "keys": ["alice.pub"]}
ISSUER = "https://login.acme.example"
ROOT, OTHER = root(), root("Other")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("alice", "bob"):
        (tmp_path / f"{name}.pub").write_text(key("p256", name).public.pem)
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "two.pem").write_bytes(ROOT.pem + OTHER.pem)
    return tmp_path


def read(folder: Path, trust: Any, **more: Any) -> Profile:
    value = {"apiVersion": "aiverify.dev/profile/v1", "trust": trust, **more}
    (folder / "aiverify.yaml").write_text(json.dumps(value))
    return read_profile(folder / "aiverify.yaml")


def signer(folder: Path, **means: Any) -> Any:
    return read(folder, {"signers": [{"name": "ci", **means}]}).trust.signers[0]


def pem(name: str) -> str:
    return key("p256", name).public.pem


def test_a_key_counts_always_or_for_a_time(folder: Path):
    keys = [
        "alice.pub",
        {"key": "bob.pub", "from": "2025-01-01", "until": "2025-12-31T12:00:00+02:00"},
    ]
    start, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 10, tzinfo=UTC)
    assert signer(folder, keys=keys).keys == (
        TrustedKey(pem("alice")),
        TrustedKey(pem("bob"), Window(start, end)),
    )


def test_a_key_may_stand_in_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RELEASE_KEY", pem("alice"))
    assert signer(folder, keys=["env://RELEASE_KEY"]).keys == (TrustedKey(pem("alice")),)


def test_certificates_are_roots_and_perhaps_a_name(folder: Path):
    listed = [
        {"roots": ["root.pem"]},
        {"roots": ["two.pem"], "name": "ci@acme.example"},
        {"roots": ["root.pem"], "pattern": "*@acme.example"},
    ]
    one, other = ROOT.der, OTHER.der
    assert signer(folder, certificates=listed).authorities == (
        TrustedAuthority((one,)),
        TrustedAuthority((one, other), NamePattern("ci@acme.example")),
        TrustedAuthority((one,), NamePattern("*@acme.example", wildcards=True)),
    )


def test_identities_are_an_issuer_and_a_name(folder: Path):
    listed = [
        {"issuer": ISSUER, "name": "ci@acme.example"},
        {"issuer": ISSUER, "pattern": "https://github.com/acme/**"},
    ]
    assert signer(folder, identities=listed).identities == (
        TrustedIdentity(ISSUER, NamePattern("ci@acme.example")),
        TrustedIdentity(ISSUER, NamePattern("https://github.com/acme/**", wildcards=True)),
    )


def test_demands_are_made_of_a_signer(folder: Path):
    found = signer(folder, keys=["alice.pub"], logged=True)
    assert (found.logged, found.timestamped) == (True, False)
    found = signer(folder, keys=["alice.pub"], timestamped=True)
    assert (found.logged, found.timestamped) == (False, True)


def test_kinds_have_quorums_of_their_own(folder: Path):
    bob = {"name": "bob", "keys": ["bob.pub"]}
    kinds = {
        "adapter": {"signers": ["bob"]},
        "model": {"threshold": 2, "signers": ["alice", "bob"]},
    }
    found = read(folder, {"signers": [ALICE, bob], "kinds": kinds}).trust
    assert found.kinds == {
        Kind.ADAPTER: Quorum(1, frozenset({"bob"})),
        Kind.MODEL: Quorum(2, frozenset({"alice", "bob"})),
    }


def test_revoked_is_by_fingerprint_or_by_file(folder: Path):
    fingerprint = key("p256", "bob").public.fingerprint
    digest = str(Digest.of(b"x"))
    for named in ("bob.pub", fingerprint):
        found = read(folder, {"signers": [ALICE], "revoked": {"keys": [named]}}).trust
        assert found.revoked.keys == {fingerprint}
    found = read(folder, {"signers": [ALICE], "revoked": {"digests": [digest]}}).trust
    assert found.revoked.digests == {digest}


def test_a_sigstore_instance_lies_beside_the_profile(folder: Path):
    assert read(folder, {"signers": [ALICE]}).sigstore is None
    assert read(folder, {"signers": [ALICE], "sigstore": "t.json"}).sigstore == folder / "t.json"


def test_summaries_have_signers_of_their_own(folder: Path):
    bob = {"name": "bob", "keys": ["bob.pub"]}
    profile = read(folder, {"signers": [ALICE]}, summaries={"signers": [bob], "max_age": "12h"})
    assert profile.summaries is not None
    assert [item.name for item in profile.summaries.trust.signers] == ["bob"]
    assert profile.summaries.max_age == timedelta(hours=12)
    assert [item.name for item in profile.trust.signers] == ["alice"]
    assert read(folder, {"signers": [ALICE]}).summaries is None


def by(**means: Any) -> dict[str, Any]:
    return {"signers": [{"name": "ci", **means}]}


BROKEN: dict[str, tuple[Any, str]] = {
    "a number for a key": (by(keys=[1]), "trust.signers.keys must be a text"),
    "an unknown member of a key": (
        by(keys=[{"key": "alice.pub", "since": "2025-01-01"}]),
        "trust.signers.keys has the unknown field since",
    ),
    "a key without a file": (by(keys=[{"until": "2025-01-01"}]), "trust.signers.keys.key must be"),
    "a time in words": (
        by(keys=[{"key": "alice.pub", "until": "tomorrow"}]),
        "trust.signers.keys.until is tomorrow",
    ),
    "a time without a zone": (
        by(keys=[{"key": "alice.pub", "from": "2025-01-01T00:00:00"}]),
        "trust.signers.keys.from is 2025-01-01T00:00:00",
    ),
    "a time as a number": (
        by(keys=[{"key": "alice.pub", "from": 20250101}]),
        "trust.signers.keys.from must be a text",
    ),
    "times in the wrong order": (
        by(keys=[{"key": "alice.pub", "from": "2025-02-01", "until": "2025-01-01"}]),
        "ends before it begins",
    ),
    "roots as a text": (
        by(certificates=[{"roots": "root.pem"}]),
        "trust.signers.certificates.roots must be a list",
    ),
    "a chain for roots": (
        by(certificates=[{"chain": ["root.pem"]}]),
        "trust.signers.certificates has the unknown field chain",
    ),
    "a certificate of two names": (
        by(certificates=[{"roots": ["root.pem"], "name": "a", "pattern": "b"}]),
        "trust.signers.certificates must have exactly one of name and pattern",
    ),
    "a pattern for an issuer": (
        by(identities=[{"issuer": ISSUER, "issuer_pattern": "x", "name": "a"}]),
        "trust.signers.identities has the unknown field issuer_pattern",
    ),
    "an empty issuer": (
        by(identities=[{"issuer": "", "name": "a"}]),
        "trust.signers.identities.issuer must be a text",
    ),
    "an empty name": (
        by(identities=[{"issuer": ISSUER, "name": ""}]),
        "trust.signers.identities.name must be a text",
    ),
    "a demand in words": (by(keys=["alice.pub"], logged="yes"), "logged must be true or false"),
    "kinds as a list": ({"signers": [ALICE], "kinds": []}, "trust.kinds must be a mapping"),
    "a kind with a key": (
        {"signers": [ALICE], "kinds": {"model": {"keys": ["alice.pub"]}}},
        "trust.kinds.model has the unknown field keys",
    ),
    "a kind's threshold in words": (
        {"signers": [ALICE], "kinds": {"model": {"threshold": "1", "signers": ["alice"]}}},
        "trust.kinds.model.threshold must be a whole number",
    ),
    "revoked as a list": ({"signers": [ALICE], "revoked": []}, "trust.revoked must be a mapping"),
    "a revoked digest of another kind": (
        {"signers": [ALICE], "revoked": {"digests": ["md5:00"]}},
        "trust.revoked.digests",
    ),
    "an instance as a list": ({"signers": [ALICE], "sigstore": ["t.json"]}, "trust.sigstore must"),
    "an unknown member": ({"signers": [ALICE], "roots": []}, "trust has the unknown field roots"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_told_by_its_path(folder: Path, case: str):
    trust, why = BROKEN[case]
    with pytest.raises(MalformedError) as caught:
        read(folder, trust)
    assert "aiverify.yaml" in caught.value.message
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("means", "file"),
    [
        ({"keys": ["nowhere.pub"]}, "nowhere.pub"),
        ({"keys": ["root.pem"]}, "root.pem"),
        ({"certificates": [{"roots": ["nowhere.pem"]}]}, "nowhere.pem"),
        ({"certificates": [{"roots": ["alice.pub"]}]}, "alice.pub"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    folder: Path, means: dict[str, Any], file: str
):
    with pytest.raises(InputError, match=file):
        read(folder, by(**means))


@pytest.mark.parametrize(
    ("summaries", "why"),
    [
        ({}, "names no signer"),
        ({"signers": []}, "names no signer"),
        ({"signers": [ALICE], "max_age": 7}, "summaries.max_age must be a text"),
        ({"signers": [ALICE], "max_age": "a week"}, "summaries.max_age is a week"),
        ({"signers": [ALICE], "threshold": 2}, "summaries has the unknown field threshold"),
        ({"signers": [{"name": "x", "key": 1}]}, "summaries.signers has the unknown field key"),
        ([], "summaries must be a mapping"),
    ],
)
def test_summaries_are_refused_by_their_path_as_well(folder: Path, summaries: Any, why: str):
    with pytest.raises(MalformedError) as caught:
        read(folder, {"signers": [ALICE]}, summaries=summaries)
    assert "aiverify.yaml" in caught.value.message
    assert why in caught.value.message

"""A profile as an object of a cluster: the same profile, and confined to its directory."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.trust import TrustedKey
from aiverify.errors import AiverifyError, InputError, MalformedError
from aiverify.verify.profile import read_profile, read_profile_object
from tests.support.profiles import ROOT, full_document, lay_files
from tests.support.signatures import key

PEM = key(owner="alice").public.pem
PRIVATE = key(owner="alice").to_pem(b"").decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir()
    lay_files(folder)
    lay_files(tmp_path)
    return folder


def spec(**more: Any) -> dict[str, Any]:
    return {"trust": {"signers": [{"name": "alice", "keys": [{"pem": PEM}]}]}, **more}


def whole(spec: Any, **more: Any) -> dict[str, Any]:
    head = {"apiVersion": "aiverify.dev/v1", "kind": "Profile", "metadata": {"name": "a"}}
    return {**head, "spec": spec, **more}


def write(folder: Path, document: Any) -> Path:
    path = folder / "object.yaml"
    path.write_text(json.dumps(document))
    return path


def with_signer(**means: Any) -> dict[str, Any]:
    return {"trust": {"signers": [{"name": "alice", **means}]}}


def test_an_object_says_what_a_file_says(folder: Path):
    document = full_document()
    (folder / "aiverify.yaml").write_text(json.dumps(document))
    of_file = read_profile(folder / "aiverify.yaml")
    del document["apiVersion"]
    of_object = read_profile_object(document, folder)
    assert replace(of_object, digest="") == replace(of_file, digest="")
    assert of_object.digest != of_file.digest


def test_an_object_needs_no_file_where_its_keys_stand_in_it(tmp_path: Path):
    profile = read_profile_object(spec(), tmp_path / "nowhere")
    assert profile.trust.signers[0].keys == (TrustedKey(PEM),)


def test_a_file_with_an_object_is_the_same_profile_as_the_object(folder: Path):
    from_file = read_profile(write(folder, whole(spec(policies={"from": ["aiverify:*"]}))))
    assert from_file == read_profile_object(spec(policies={"from": ["aiverify:*"]}), folder)


def test_what_a_cluster_adds_to_an_object_does_not_change_it(folder: Path):
    plain = read_profile(write(folder, whole(spec())))
    added = whole(spec(), metadata={"name": "b", "uid": "u", "generation": 3}, status={"ready": 1})
    assert read_profile(write(folder, added)) == plain


def test_the_digest_is_of_what_an_object_says_and_not_of_how_it_is_written(folder: Path):
    written = spec(config={"least": 1.0, "rest": [2.5, True, {"a": 3.0}]})
    given_back = dict(reversed(spec(config={"rest": [2.5, True, {"a": 3}], "least": 1}).items()))
    digests = {read_profile_object(item, folder).digest for item in (written, given_back)}
    assert len(digests) == 1
    other = spec(config={"least": 1.5, "rest": [2.5, True, {"a": 3}]})
    assert read_profile_object(other, folder).digest not in digests
    assert read_profile_object(spec(config={"least": True}), folder).digest != (
        read_profile_object(spec(config={"least": 1}), folder).digest
    )


OUTSIDE = {
    "above": "../alice.pub",
    "from the root": "/alice.pub",
    "by a detour": "sub/../../alice.pub",
    "with an empty part": "sub//alice.pub",
    "the directory": ".",
    "a variable": "env://ALICE",
    "a service": "awskms:///alias/alice",
    "a token by its module": "pkcs11:token=t?module-path=/lib/evil.so",
    "a URL": "https://evil.example/alice.pub",
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_a_key_is_nowhere_but_in_the_objects_directory(
    folder: Path, case: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ALICE", PEM)
    name = OUTSIDE[case]
    with pytest.raises(InputError):
        read_profile_object(with_signer(keys=[{"key": name}]), folder)
    with pytest.raises(InputError):
        read_profile_object(with_signer(keys=[name]), folder)
    with pytest.raises(InputError):
        read_profile(write(folder, whole(with_signer(keys=[name]))))


def elsewhere(name: str) -> dict[str, Any]:
    return {
        "roots": with_signer(certificates=[{"roots": [name], "name": "a@b.c"}]),
        "sigstore": {"trust": {**spec()["trust"], "sigstore": name}},
        "revoked": {"trust": {**spec()["trust"], "revoked": {"keys": [name]}}},
        "policies": spec(policies={"from": [name]}),
        "the short form": spec(policies=[name]),
        "who sums up": spec(summaries={"signers": [{"name": "ci", "keys": [name]}]}),
    }


@pytest.mark.parametrize("member", elsewhere(""))
def test_no_other_file_is_either(folder: Path, member: str):
    with pytest.raises(MalformedError, match="only files below the profile's directory"):
        read_profile_object(elsewhere("../root.pem")[member], folder, shown="profile a")


def test_a_file_may_name_what_an_object_may_not(folder: Path):
    document = {"apiVersion": "aiverify.dev/profile/v1", **with_signer(keys=["../alice.pub"])}
    assert read_profile(write(folder, document)).trust.signers[0].keys == (TrustedKey(PEM),)


def test_policies_that_come_with_aiverify_or_from_a_registry_are_no_files(folder: Path):
    names = ["aiverify:@cluster", f"oci://r.example/policies@sha256:{'0' * 64}", "rules/"]
    assert read_profile_object(spec(policies=names), folder).policies == tuple(names)


def test_certificates_may_stand_in_a_profile(folder: Path):
    inline = [{"pem": ROOT.pem.decode(), "name": "a@b.c"}]
    named = [{"roots": ["root.pem"], "name": "a@b.c"}]
    found = [read_profile_object(with_signer(certificates=it), folder) for it in (inline, named)]
    assert found[0].trust == found[1].trust


BROKEN_PEM = {
    "both": ({"key": "alice.pub", "pem": PEM}, "both key and pem"),
    "neither": ({"from": "2025-01-01"}, "keys.key must be a text"),
    "a private key": ({"pem": PRIVATE}, "keys.pem is a private key"),
    "two keys": ({"pem": PEM + PEM}, "more than one key"),
    "a path": ({"pem": "alice.pub"}, "keys.pem is not a public key in PEM"),
    "empty": ({"pem": ""}, "keys.pem must be a text"),
    "huge": ({"pem": "x" * 65537}, "keys.pem is 65537 bytes"),
    "a certificate": ({"pem": ROOT.pem.decode()}, "keys.pem is not a public key"),
    "unreadable": ({"pem": "\udc80"}, "what JSON cannot say"),
}


@pytest.mark.parametrize("case", BROKEN_PEM)
def test_a_key_that_is_none_is_refused_without_being_shown(folder: Path, case: str):
    value, why = BROKEN_PEM[case]
    with pytest.raises(AiverifyError, match=why) as caught:
        read_profile_object(with_signer(keys=[value]), folder)
    assert "BEGIN" not in caught.value.message
    assert "\n" not in caught.value.message


def test_certificates_that_are_none_are_refused(folder: Path):
    for pem, why in ((PEM, "is a public key"), (PRIVATE, "a private key"), ("x", "no certificate")):
        with pytest.raises(MalformedError, match=why):
            read_profile_object(with_signer(certificates=[{"pem": pem}]), folder)


NO_OBJECTS = {
    "no spec": ({"apiVersion": "aiverify.dev/v1", "kind": "Profile"}, "must be a mapping"),
    "another kind": (whole(spec(), kind="Policy"), "kind must be Profile"),
    "another version": (whole(spec(), apiVersion="aiverify.dev/v9"), "apiVersion must be"),
    "the version of a file": (
        whole(spec(), apiVersion="aiverify.dev/profile/v1"), "apiVersion must be"),
    "a member beside spec": (whole(spec(), trust={}), "unknown field trust"),
    "the version inside": (
        whole(spec(apiVersion="aiverify.dev/profile/v1")), "unknown field apiVersion"),
    "a typo": (whole(spec(requires={"sbom": True})), "unknown field requires"),
    "a spec as a list": (whole([spec()]), "must be a mapping"),
    "an empty spec": (whole({}), "trust must be a mapping"),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_OBJECTS)
def test_what_is_no_profile_is_refused(folder: Path, case: str):
    document, why = NO_OBJECTS[case]
    with pytest.raises(MalformedError, match=why) as caught:
        read_profile(write(folder, document))
    assert "object.yaml" in caught.value.message


def test_an_object_is_named_in_what_is_said_of_it(folder: Path):
    with pytest.raises(MalformedError, match="profile production: trust names no signer"):
        read_profile_object({"trust": {"signers": []}}, folder, shown="profile production")


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "\ud800"])
def test_what_no_json_says_is_refused(folder: Path, value: Any):
    with pytest.raises(MalformedError, match="what JSON cannot say"):
        read_profile_object(spec(config={"x": value}), folder)


def test_an_object_larger_than_a_mebibyte_is_not_read(folder: Path):
    with pytest.raises(MalformedError, match="the limit here is 1048576"):
        read_profile_object(spec(config={"x": "x" * (1 << 20)}), folder)

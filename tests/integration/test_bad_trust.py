"""Signatures, policies and profiles that decide nothing: never an allow, and always a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import signatures
from tests.support.commands import assert_refused, call, refused

RULE = 'package p\n\ndeny contains "no" if input.artifact.kind == "adapter"\n'


@pytest.fixture
def policy(stage: Path) -> Path:
    """A policy that has nothing against the model."""
    (stage / "p.rego").write_text(RULE)
    return stage / "p.rego"


# Signatures that are none


def good() -> dict:
    return signatures.good_file()


def two_signatures() -> dict:
    value = good()
    value["dsseEnvelope"]["signatures"] *= 2
    return value


def no_signature() -> dict:
    value = good()
    value["dsseEnvelope"]["signatures"] = []
    return value


def no_base64() -> dict:
    value = good()
    value["dsseEnvelope"]["payload"] = "%%%"
    return value


def message_signature() -> dict:
    value = good()
    value["messageSignature"] = value.pop("dsseEnvelope")
    return value


BROKEN_SIGNATURES = {
    "empty": (b"", "not"),
    "not JSON": (b"MEUCIQ==", "not"),
    "a list": (b"[]", "array"),
    "a key twice": (b'{"a": 1, "a": 2}', "duplicate key"),
    "too deep": (b"[" * 100_000, "nest"),
    "two signatures": (json.dumps(two_signatures()).encode(), "2 signatures"),
    "none": (json.dumps(no_signature()).encode(), "0 signatures"),
    "no base64": (json.dumps(no_base64()).encode(), "not base64"),
    "over no digest": (json.dumps(message_signature()).encode(), "unknown member"),
}


@pytest.mark.parametrize("case", BROKEN_SIGNATURES)
def test_what_is_no_signature_is_refused_with_its_place(stage: Path, case: str):
    data, word = BROKEN_SIGNATURES[case]
    (stage / "x.sig").write_bytes(data)
    refused(stage, "verify llama --key release.pub --signature x.sig", 3, "x.sig", word)
    (stage / "llama" / "model.sig").write_bytes(data)
    refused(stage, "verify llama --key release.pub", 3, "llama/model.sig", word)
    refused(stage, "bundle model llama -o out.tar", 3, "llama/model.sig", word)


def test_a_signature_that_is_not_there_is_named(stage: Path):
    refused(stage, "verify llama --key release.pub --signature no.sig", 3, "no.sig")


@pytest.mark.parametrize("link", ["model.sig", "elsewhere"])
def test_a_signature_that_is_a_link_is_refused(stage: Path, link: str):
    signature = stage / "llama" / "model.sig"
    signature.rename(stage / "real.sig")
    signature.symlink_to("../real.sig" if link == "model.sig" else "/etc/passwd")
    refused(stage, "verify llama --key release.pub", 3, "llama/model.sig", "symbolic link")


def test_a_signature_of_another_artifact_is_denied(stage: Path):
    done = call(
        "verify", "llama-lora", "--key", "release.pub", "--signature", "llama/model.sig", cwd=stage
    )
    assert (done.exit_code, done.err) == (10, "")
    assert "[AIV-SIGNATURE-MISUSED]" in done.out


# Policies that judge nothing


POLICIES = {
    "an empty directory": ("empty", None, 3, "holds no policy"),
    "a directory of tests": ("tests/a_test.rego", "package p\n", 3, "holds no policy"),
    "nothing": ("gone.rego", None, 3, "gone.rego"),
    "an unknown rule": ("aiverify:nothing", None, 3, "no shipped rule"),
    "no Rego": ("x.rego", "deny := \n", 3, "x.rego:1"),
    "an unknown builtin": ("x.rego", "package p\ndeny contains nope(1)\n", 3, "x.rego:2"),
    "nothing that refuses": (
        "x.rego",
        "package p\nallow := true\n",
        3,
        "no deny, violation or warn",
    ),
    "not UTF-8": ("x.rego", "package p # \udcff\n", 3, "x.rego"),
    "a list of numbers": ("x.rego", "package p\ndeny contains 1\n", 11, "p.deny"),
}


@pytest.mark.parametrize("case", POLICIES)
def test_a_policy_that_cannot_judge_is_never_an_allow(stage: Path, case: str):
    name, text, exit_code, word = POLICIES[case]
    if text is None:
        (stage / "empty").mkdir()
    else:
        (stage / name).parent.mkdir(exist_ok=True)
        (stage / name).write_bytes(text.encode("utf-8", "surrogateescape"))
        name = name.partition("/")[0]
    refused(stage, f"policy eval --policy {name} llama", exit_code, word)
    if exit_code == 3:
        refused(stage, f"verify llama --key release.pub --policy {name}", 3, word)
    else:
        done = call("verify", "llama", "--key", "release.pub", "--policy", name, cwd=stage)
        assert done.exit_code == exit_code
        assert word in done.out


@pytest.mark.parametrize(
    ("query", "exit_code", "word"),
    [
        ("data.p.nothing", 11, "undefined"),
        ("data.q.deny", 11, "undefined"),
        ("1+1", 2, "not the name of a rule"),
        ("data", 2, "not the name of a rule"),
        ("data.p", 11, "cannot be read as a verdict"),
    ],
)
@pytest.mark.usefixtures("policy")
def test_a_query_without_an_answer_is_never_an_allow(
    stage: Path, query: str, exit_code: int, word: str
):
    refused(stage, f"policy eval --policy p.rego --query {query} llama", exit_code, word)


@pytest.mark.parametrize("document", [b"", b"{", b"NaN", b'{"a":1,"a":2}', b"\xff", b"[" * 100_000])
@pytest.mark.usefixtures("policy")
def test_a_document_that_is_no_json_is_named(stage: Path, document: bytes):
    (stage / "x.json").write_bytes(document)
    refused(stage, "policy eval --policy p.rego x.json", 3, "x.json")
    refused(stage, "policy eval --policy p.rego --config x.json llama", 3, "x.json")


# A profile that cannot be used

PROFILES = {
    "broken YAML": ("trust:", "trust: [", 3, "aiverify.yaml", "line"),
    "an unknown field": ("require:", "requires:", 3, "aiverify.yaml", "unknown field requires"),
    "no signers": (
        "signers:",
        "signers: []\n  threshold: 1\nconfig:",
        3,
        "aiverify.yaml",
        "no signer",
    ),
    "a signer without keys": ("[release.pub]", "[]", 3, "aiverify.yaml", "no key"),
    "no policies": (
        "policies:\n",
        "policies: []\nconfig:\n  x:\n",
        3,
        "aiverify.yaml",
        "empty list",
    ),
    "a key that is not there": ("release.pub", "gone.pub", 3, "gone.pub"),
    "a private key": ("release.pub", "release.key", 3, "release.key", "private key"),
    "a threshold too high": (
        "trust:\n",
        "trust:\n  threshold: 2\n",
        3,
        "aiverify.yaml",
        "threshold",
    ),
    "a policy that is not there": ("aiverify:base_pinned", "aiverify:gone", 3, "gone"),
}


@pytest.mark.parametrize("case", PROFILES)
def test_a_profile_that_cannot_be_used_is_never_an_allow(stage: Path, case: str):
    before, after, exit_code, *words = PROFILES[case]
    path = stage / "aiverify.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    refused(stage, "verify llama.tar --profile aiverify.yaml", exit_code, *words)


def test_a_profile_that_is_not_there_is_named(stage: Path):
    refused(stage, "verify llama --profile no.yaml", 3, "no.yaml")


CONFIGS = ("2024-01-01", ".nan", ".inf", "!!set {a, b}", "!!binary aGk=", "1e999", '"\\ud800"')


@pytest.mark.parametrize("value", CONFIGS)
def test_a_value_that_json_lacks_is_taken_as_text_or_refused(stage: Path, value: str):
    path = stage / "aiverify.yaml"
    path.write_text(
        f"{path.read_text()}config:\n  licences: {{allow: [apache-2.0]}}\n  x: {value}\n"
    )
    done = call("verify", "llama.tar", "--profile", "aiverify.yaml", cwd=stage)
    if done.exit_code != 0:
        assert_refused(done, 3, "aiverify.yaml", "line")

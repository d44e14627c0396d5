"""Keys, passwords and the words of the command line, when they cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import assert_refused, call, refused, run


def test_a_wrong_password_is_said_to_be_that(stage: Path):
    assert (
        call(
            "keys", "generate", "-o", "locked", "-q", cwd=stage, env={"AIVERIFY_PASSWORD": "x"}
        ).exit_code
        == 0
    )
    (stage / "pw").write_text("y\n")
    refused(stage, "sign llama --key locked.key --password-file pw", 3, "locked.key", "wrong")
    refused(stage, "sign llama --key locked.key --password-file none", 3, "none")
    refused(stage, "sign llama --key locked.key", 2, "locked.key", "no password")
    (stage / "pw").write_text("x\n")
    assert (
        call(
            *("sign", "llama", "--key", "locked.key", "--password-file", "pw", "-o", "own.sig"),
            cwd=stage,
        ).exit_code
        == 0
    )


def test_a_password_that_is_not_utf8_is_used_as_it_is(tmp_path: Path):
    env = {"AIVERIFY_PASSWORD": "caf\udce9"}
    done = run("keys", "generate", "-o", "k", cwd=tmp_path, env=env)
    assert (done.exit_code, "Traceback" in done.err) == (0, False)


@pytest.mark.parametrize(
    ("line", "exit_code", "word"),
    [
        ("verify llama", 2, "nobody is trusted"),
        ("verify llama --key release.pub --profile aiverify.yaml", 2, "not from both"),
        ("verify llama --key release.key", 3, "release.key is a private key"),
        ("verify llama --key llama/config.json", 3, "config.json is not a public key"),
        ("sign llama --key release.pub", 3, "release.pub holds no private key"),
        ("sign llama --key gone.key", 3, "gone.key"),
        ("sign llama", 2, "nobody is named who signs"),
        ("sign llama --key release.key --oob", 2, "by a key or by an identity"),
        ("sign llama --cert release.pub", 2, "a certificate signs nothing by itself"),
        (
            "sign llama --key release.key --cert-chain release.pub",
            2,
            "begins with the signer's own",
        ),
        ("sign llama --key release.key --cert release.pub", 3, "release.pub is a public key"),
        ("sign llama.tar --key release.key --blob", 2, "signs the digest of a single file"),
        ("sign llama --key ftp://host/key", 2, "neither a path nor one of"),
        ("attest llama --type sbom --key release.key", 2, "nothing to attest"),
        ("attest llama --type nonsense --key release.key", 2, "no predicate type"),
        ("attest llama --type sbom --builder https://x/y --key release.key", 2, "make up a prov"),
        ("attest llama --type provenance --builder me --key release.key", 2, "by a URI"),
        ("verify llama --identity a@b", 2, "needs the issuer"),
        ("verify llama --issuer https://x", 2, "would trust everybody"),
        ("verify llama --identity a --identity-pattern b --issuer https://x", 2, "not both"),
        ("verify llama --identity-pattern *@* --issuer https://x", 2, "where its owner stands"),
        ("verify llama --key release.pub --require nonsense", 2, "no predicate type"),
        ("verify llama --key release.pub --expires 7d", 2, "are for the summary"),
        ("verify llama --key release.pub --trust-config llama/config.json", 3, "config.json"),
        ("verify llama --summary s.json --key release.key", 2, "nobody is trusted"),
        ("trust show llama/config.json", 3, "config.json"),
        ("policy eval llama", 2, "no policy to judge by"),
        ("unpack llama -o out", 3, "llama"),
        ("unpack llama/config.json -o out", 3, "config.json"),
        ("unpack llama.tar -o out --only nothing", 2, "the bundle holds no nothing"),
        ("bundle model llama.tar -o out.tar", 3, "is a bundle already"),
        ("bundle adapter llama -o out.tar", 3, "no adapter"),
        ("bundle adapter llama-lora --base gone -o out.tar", 3, "gone does not exist"),
        ("bundle model llama -o llama/out.tar", 2, "lies inside llama"),
        ("bundle model llama -o llama", 2, "lies inside llama"),
        ("bundle model llama -o llama-lora", 1, "llama-lora is already there"),
        ("bundle model llama -o llama.tar", 1, "llama.tar is already there"),
        ("bundle model llama -o gone/out.tar", 1, "gone/out.tar cannot be written"),
        ("unpack llama.tar -o llama", 1, "llama is already there"),
        ("unpack llama.tar -o gone/out", 1, "gone/out cannot be written"),
        ("sbom llama -o llama", 2, "llama is an input"),
        ("sbom llama -o gone/x.json", 1, "gone/x.json cannot be written"),
        ("keys generate -o release", 1, "release.key is already there"),
        ("demo .", 1, "llama is already there"),
    ],
)
def test_words_that_cannot_be_followed_are_one_sentence(
    stage: Path, line: str, exit_code: int, word: str
):
    refused(stage, line, exit_code, word)


@pytest.mark.parametrize(
    "line", ["", "nothing", "verify", "sign", "verify llama --format xml", "bundle", "keys"]
)
def test_words_that_nobody_knows_are_usage(stage: Path, line: str):
    done = call(*line.split(), cwd=stage)
    assert done.exit_code == 2
    assert "Usage: " in done.out + done.err
    assert "Traceback" not in done.err


def test_seconds_that_are_none_are_refused(stage: Path):
    done = call("sbom", "llama", cwd=stage, env={"SOURCE_DATE_EPOCH": "yesterday"})
    assert_refused(done, 2, "SOURCE_DATE_EPOCH")


def test_a_terminal_that_knows_ascii_only_is_shown_what_it_can_show(stage: Path):
    for line in ("inspect llama", "inspect llama --format json"):
        done = run(*line.split(), cwd=stage, env={"PYTHONIOENCODING": "ascii"})
        assert (done.exit_code, done.err) == (0, "")
        assert "llama-demo" in done.out

"""Signing and verifying by identity, as a user does it, against a Sigstore of the tests' own."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from aiverify.core.digest import Digest
from aiverify.signing import services
from tests.support.artifacts import MODEL
from tests.support.commands import COMMAND, assert_refused, environment, listing
from tests.support.desk import Desk
from tests.support.processes import model_signing
from tests.support.signatures import b64
from tests.support.sigstore.client import ALICE, WEIGHTS, assemble, sign, trust_in
from tests.support.sigstore.fulcio import Promise
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.issuer import STRANGERS
from tests.support.sigstore.log import Fault
from tests.support.sigstore.trust import Period
from tests.support.sigstore.tsa import TsaFault

TRUST = "--trust-config trust.json"
HOUR = timedelta(hours=1)
WORKFLOW = "https://github.com/acme/model/.github/workflows/release.yml@refs/heads/main"

both_logs = pytest.mark.parametrize("version", [1, 2])


@pytest.fixture
def at_hand(desk: Desk, sigstore: LocalSigstore) -> Desk:
    """A desk with a model and the trust configuration."""
    desk.model()
    desk.trust_config(sigstore)
    return desk


def sign_as(desk: Desk, token: str, target: str = "model", *words: str) -> str:
    return desk.do(f"sign {target} {TRUST} --identity-token", token, *words)


def by(sigstore: LocalSigstore, name: str = ALICE) -> str:
    return f"{TRUST} --identity {name} --issuer {sigstore.oidc_url}"


def like(pattern: str, issuer: str) -> tuple[str, ...]:
    return ("--identity-pattern", pattern, "--issuer", issuer)


# Who signs, and what.


@both_logs
def test_a_directory_is_signed_by_an_identity_and_verified_without_asking_anybody(
    at_hand: Desk, sigstore: LocalSigstore, version: int
):
    at_hand.trust_config(sigstore, rekor_version=version)
    told = sign_as(at_hand, sigstore.token(ALICE))
    assert ALICE in told
    assert sigstore.oidc_url in told
    asked = sigstore.asked

    (found,) = at_hand.allows(f"model {by(sigstore)} --offline").signatures

    assert sigstore.asked == asked
    assert (found["signer"], found["name"], found["issuer"]) == (ALICE, ALICE, sigstore.oidc_url)
    assert found["logged"]
    assert found["certificate"].startswith("sha256:")
    assert abs(datetime.fromisoformat(found["time"]) - datetime.now(UTC)) < HOUR


@pytest.mark.parametrize("words", ["", "--blob"])
def test_a_file_is_signed_by_an_identity(at_hand: Desk, sigstore: LocalSigstore, words: str):
    sign_as(at_hand, sigstore.token(ALICE), "model/README.md", *words.split())
    kind = "messageSignature" if words else "dsseEnvelope"
    assert kind in at_hand.read("model/README.md.sigstore.json")
    at_hand.allows(f"model/README.md {by(sigstore)}")
    (at_hand / "model" / "README.md").write_bytes(b"altered")
    assert at_hand.denies(f"model/README.md {by(sigstore)}").step


@pytest.mark.parametrize("name", ["tiny.tar", "tiny.bundle"])
def test_a_bundle_is_signed_by_an_identity_with_its_sbom(
    at_hand: Desk, sigstore: LocalSigstore, name: str
):
    at_hand.do(f"bundle model model -o {name}")
    sign_as(at_hand, sigstore.token(ALICE), name)
    found = at_hand.allows(f"{name} {by(sigstore)} --require sbom --require contents")
    assert [item["predicate_type"] for item in found.signatures] == [
        "https://model_signing/signature/v1.0",
        "https://cyclonedx.org/bom",
        "https://aiverify.dev/contents/v1",
    ]
    assert all(item["name"] == ALICE for item in found.signatures)


def test_something_is_attested_by_an_identity(at_hand: Desk, sigstore: LocalSigstore):
    token = sigstore.token(ALICE)
    (at_hand / "p.json").write_text("{}")
    sign_as(at_hand, token)
    at_hand.do(
        f"attest model --type custom --predicate p.json -o a.json {TRUST} --identity-token", token
    )
    at_hand.allows(f"model {by(sigstore)} --attestation a.json --require custom")
    assert at_hand.denies(f"model {by(sigstore)} --require custom").step == "attestations"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_token_may_lie_in_a_file(at_hand: Desk, sigstore: LocalSigstore, end: str):
    (at_hand / "token.jwt").write_bytes(f"{sigstore.token(ALICE)}{end}".encode())
    sign_as(at_hand, "token.jwt")
    at_hand.allows(f"model {by(sigstore)}")


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("name", ["SIGSTORE_ID_TOKEN", "SIGSTORE_IDENTITY_TOKEN"])
def test_a_token_may_stand_in_the_environment(
    at_hand: Desk, sigstore: LocalSigstore, name: str, end: str
):
    at_hand.do(f"sign model {TRUST}", **{name: f"{sigstore.token(ALICE)}{end}"})
    at_hand.allows(f"model {by(sigstore)}")


def test_a_runner_signs_with_the_identity_of_its_workflow(at_hand: Desk, sigstore: LocalSigstore):
    at_hand.do(f"sign model {TRUST}", **sigstore.issuer.runner_environment())
    whom = (TRUST, "--issuer", sigstore.actions_url)
    (found,) = at_hand.allows(" ".join((f"model --identity {WORKFLOW}", *whom))).signatures
    assert found["name"] == WORKFLOW


def test_a_runner_that_gives_no_token_is_out_of_order(at_hand: Desk, sigstore: LocalSigstore):
    runner = {**sigstore.issuer.runner_environment(), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "stolen"}
    done = at_hand.call(f"sign model {TRUST}", **runner)
    assert_refused(done, 11, "this CI system gave no identity token")
    assert "id-token: write" in done.err


@pytest.mark.parametrize("words", ["", "--oob"])
def test_without_a_token_or_anybody_at_a_terminal_nobody_signs(
    at_hand: Desk, sigstore: LocalSigstore, words: str
):
    asked = sigstore.asked
    done = at_hand.call(f"sign model {TRUST} {words}")
    assert_refused(done, 2, "nobody is named who signs")
    assert "--identity-token" in done.err
    assert sigstore.asked == asked


# Somebody at a terminal: a process of its own, whose standard input is one.


def at_a_terminal(desk: Desk, *words: str, **env: str) -> tuple[subprocess.Popen[str], int]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "sign", "model", *TRUST.split(), *words],
        cwd=desk.place,
        env=environment({"XDG_CACHE_HOME": str(desk / "cache"), **env}),
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(slave)
    return process, master


def finish(process: subprocess.Popen[str], master: int) -> tuple[int, str]:
    _, err = process.communicate(timeout=60)
    os.close(master)
    return process.returncode, err


def link_told(process: subprocess.Popen[str]) -> str:
    """The link that somebody is told to open, after the warning that comes first."""
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "public log will show it to everybody" in first, first + process.stderr.read()
    for line in process.stderr:
        if line.strip().startswith("http://"):
            return line.strip()
    raise AssertionError("no link")


def test_somebody_signs_in_elsewhere_and_types_the_code(at_hand: Desk, sigstore: LocalSigstore):
    with sigstore.issuer.having(login="carol@example.com"):
        process, master = at_a_terminal(at_hand, "--oob")
        with urlopen(link_told(process)) as page:
            code = page.read()
        os.write(master, code + b"\n")
        assert finish(process, master) == (0, "")
    at_hand.allows(f"model {by(sigstore, 'carol@example.com')}")


def test_a_code_that_nobody_was_given_signs_nothing(at_hand: Desk, sigstore: LocalSigstore):
    before = listing(at_hand.place)
    process, master = at_a_terminal(at_hand, "--oob")
    link_told(process)
    os.write(master, b"0123456789abcdef\n")
    exit_code, err = finish(process, master)
    assert (exit_code, "nobody signed in" in err, "Traceback" in err) == (2, True, False)
    assert listing(at_hand.place) == before


def test_somebody_who_leaves_the_terminal_signs_nothing(at_hand: Desk, sigstore: LocalSigstore):
    process, master = at_a_terminal(at_hand, "--oob")
    link_told(process)
    os.write(master, b"\x04")  # the end of input
    exit_code, err = finish(process, master)
    assert (exit_code, "nobody signed in" in err, "Traceback" in err) == (2, True, False)


def test_a_browser_comes_back_with_who_signed_in(at_hand: Desk, sigstore: LocalSigstore):
    script = at_hand / "browser.py"
    script.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    with sigstore.issuer.having(login="dave@example.com"):
        process, master = at_a_terminal(at_hand, BROWSER=f"{sys.executable} {script} %s")
        exit_code, err = finish(process, master)
    assert exit_code == 0, err
    at_hand.allows(f"model {by(sigstore, 'dave@example.com')}")


def test_an_identity_provider_that_is_down_gives_no_answer(at_hand: Desk, sigstore: LocalSigstore):
    with sigstore.issuer.out_of_reach():
        process, master = at_a_terminal(at_hand, "--oob")
        exit_code, err = finish(process, master)
    assert exit_code == 11, err
    assert "is out of reach" in err
    assert "Traceback" not in err


# Others take what we sign, and we take what they sign.


def test_model_signing_takes_our_signature_by_identity(at_hand: Desk, sigstore: LocalSigstore):
    sign_as(at_hand, sigstore.token(ALICE))

    def check(name: str) -> int:
        words = ("--signature", "model/model.sig", "--identity", name)
        more = ("--identity_provider", sigstore.oidc_url, "--trust_config", "trust.json")
        done = model_signing("verify", "sigstore", "model", *words, *more, cwd=at_hand.place)
        return done.exit_code

    assert check(ALICE) == 0
    assert check("bob@example.com") == 1


def test_we_take_model_signings_signature_by_identity(at_hand: Desk, sigstore: LocalSigstore):
    words = ("--signature", "m.sig", "--identity_token", sigstore.token(ALICE))
    done = model_signing(
        "sign", "sigstore", "model", *words, "--trust_config", "trust.json", cwd=at_hand.place
    )
    assert done.exit_code == 0, done.err
    at_hand.allows(f"model --signature m.sig {by(sigstore)}")
    (at_hand / "model" / "config.json").write_bytes(b"{}")
    at_hand.denies(f"model --signature m.sig {by(sigstore)}")


@both_logs
@pytest.mark.parametrize("blob", [True, False])
def test_sigstore_python_takes_what_we_sign(
    at_hand: Desk, sigstore: LocalSigstore, version: int, blob: bool
):
    from sigstore.errors import VerificationError
    from sigstore.models import Bundle
    from sigstore.verify import Verifier, policy

    at_hand.trust_config(sigstore, rekor_version=version)
    words = ("--blob",) if blob else ()
    sign_as(at_hand, sigstore.token(ALICE), "model/README.md", *words)
    bundle = Bundle.from_json((at_hand / "model" / "README.md.sigstore.json").read_bytes())
    verifier = Verifier(trusted_root=trust_in(sigstore).trusted_root)

    def check(name: str) -> None:
        whose = policy.Identity(identity=name, issuer=sigstore.oidc_url)
        if blob:
            verifier.verify_artifact(MODEL["README.md"], bundle, whose)
        else:
            _, payload = verifier.verify_dsse(bundle, whose)
            assert b'"README.md"' in payload

    check(ALICE)
    with pytest.raises(VerificationError):
        check("bob@example.com")


@both_logs
def test_we_take_what_sigstore_python_signs(at_hand: Desk, sigstore: LocalSigstore, version: int):
    bundle = sign(sigstore, MODEL["README.md"], rekor_version=version)
    (at_hand / "theirs.json").write_text(bundle.to_json())
    at_hand.allows(f"model/README.md --signature theirs.json {by(sigstore)}")
    told = at_hand.denies(f"model/config.json --signature theirs.json {by(sigstore)}").told
    assert "config.json" in told


# What may be wrong with whoever signs, or with the services.

BAD_TOKENS = {
    "expired": ({"expires_in": -60}, 2, "has expired"),
    "for somebody else": ({"audience": "elsewhere"}, 2, "made out to somebody else than sigstore"),
    "without a subject": ({"sub": None}, 2, "lacks a claim"),
    "of a stranger": ({"realm": STRANGERS}, 10, "issuer"),
    "of an unverified address": ({"email_verified": False}, 10, "not verified"),
}


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_token_that_does_not_hold_signs_nothing(
    at_hand: Desk, sigstore: LocalSigstore, case: str
):
    words, exit_code, why = BAD_TOKENS[case]
    before = listing(at_hand.place)
    token = sigstore.token(ALICE, **words)
    done = at_hand.call(f"sign model {TRUST} --identity-token", token)
    assert_refused(done, exit_code, why)
    assert token not in done.err
    assert listing(at_hand.place) == before


@pytest.mark.parametrize("token", ["secret", "a.b.c", "..", "token.jwt"])
def test_what_is_no_token_is_not_printed(at_hand: Desk, token: str):
    (at_hand / "token.jwt").write_text("no token at all")
    done = at_hand.call(f"sign model {TRUST} --identity-token", token)
    assert_refused(done, 2, "token")
    assert "no token at all" not in done.err


def test_a_token_by_a_forged_key_is_refused_by_the_authority(
    at_hand: Desk, sigstore: LocalSigstore
):
    with sigstore.issuer.having(forged=True):
        token = sigstore.token(ALICE)
    done = at_hand.call(f"sign model {TRUST} --identity-token", token)
    assert_refused(done, 10, "refuses (HTTP 401)")


@pytest.mark.parametrize("service", ["fulcio", "rekor", "rekor_v1", "tsa"])
@pytest.mark.parametrize("how", ["down", "out of order", "slow"])
def test_a_service_without_an_answer_leaves_nothing_half_written(
    at_hand: Desk,
    sigstore: LocalSigstore,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    how: str,
):
    at_hand.trust_config(sigstore, rekor_version=1 if service == "rekor_v1" else 2)
    before = listing(at_hand.place)
    site = getattr(sigstore, service)
    states = {
        "down": (site.out_of_reach(), "is out of reach"),
        "out of order": (site.having(status=503), "is out of order (HTTP 503)"),
        "slow": (site.having(delay=20.0), "gave no answer within 0.3 s"),
    }
    state, why = states[how]
    if how == "slow":
        monkeypatch.setattr(services, "TIMEOUT", 0.3)
    with state:
        done = at_hand.call(f"sign model {TRUST} --identity-token", sigstore.token(ALICE))
    assert_refused(done, 11, why)
    assert listing(at_hand.place) == before


def test_a_bundle_is_as_it_was_when_its_second_signature_fails(
    at_hand: Desk, sigstore: LocalSigstore, monkeypatch: pytest.MonkeyPatch
):
    """The artifact is signed first and its SBOM then: a log may be gone in between."""
    at_hand.do("bundle model model -o tiny.bundle")
    before = listing(at_hand.place)
    create = sigstore.rekor.routes["POST /api/v2/log/entries"]
    answers = iter([create])

    def once(call):
        return next(answers)(call)

    monkeypatch.setitem(sigstore.rekor.routes, "POST /api/v2/log/entries", once)
    done = at_hand.call(f"sign tiny.bundle {TRUST} --identity-token", sigstore.token(ALICE))
    assert_refused(done, 11, "HTTP 500")
    assert listing(at_hand.place) == before


WRONG_ANSWERS = {
    "no promise of the certificate": ("fulcio", {"promise": Promise.NONE}),
    "a forged promise of the certificate": ("fulcio", {"promise": Promise.FORGED}),
    "a certificate of a stranger": ("fulcio", {"stranger": True}),
    "a certificate of yesterday": ("fulcio", {"offset": -24 * HOUR}),
    "a certificate of tomorrow": ("fulcio", {"offset": 24 * HOUR}),
    "a timestamp of a stranger": ("tsa", {"fault": TsaFault.STRANGER}),
    "a forged timestamp": ("tsa", {"fault": TsaFault.FORGED}),
    "a timestamp of another signature": ("tsa", {"fault": TsaFault.OTHER_MESSAGE}),
    "a timestamp for another request": ("tsa", {"fault": TsaFault.OTHER_NONCE}),
    "no timestamp": ("tsa", {"fault": TsaFault.REJECTED}),
    "garbage for a timestamp": ("tsa", {"fault": TsaFault.GARBAGE}),
    "a timestamp of tomorrow": ("tsa", {"offset": 24 * HOUR}),
    **{
        f"a log with a wrong {fault.name.lower()}": ("rekor", {"fault": fault})
        for fault in Fault
        if fault not in (Fault.NONE, Fault.PROMISE)
    },
}


@pytest.mark.parametrize("case", WRONG_ANSWERS)
def test_an_answer_that_does_not_hold_is_refused_before_anything_is_written(
    at_hand: Desk, sigstore: LocalSigstore, case: str
):
    service, switches = WRONG_ANSWERS[case]
    before = listing(at_hand.place)
    with getattr(sigstore, service).having(**switches):
        done = at_hand.call(f"sign model {TRUST} --identity-token", sigstore.token(ALICE))
    assert done.exit_code in (10, 11)
    assert_refused(done, done.exit_code)
    assert listing(at_hand.place) == before


@pytest.mark.parametrize("case", WRONG_ANSWERS)
def test_what_another_tool_kept_of_a_wrong_answer_is_refused(
    at_hand: Desk, sigstore: LocalSigstore, case: str
):
    """Where we would not have signed, others do, and leave it to whoever verifies."""
    service, switches = WRONG_ANSWERS[case]
    (at_hand / "weights").write_bytes(WEIGHTS)
    with getattr(sigstore, service).having(**switches):
        try:
            bundle = (assemble if service == "fulcio" else sign)(sigstore)
        except Exception:  # noqa: BLE001 - then there is nothing to be refused
            assert case in ("no timestamp", "garbage for a timestamp")
            return
    value = json.loads(bundle.to_json())
    stated = {"algorithm": "SHA2_256", "digest": b64(Digest.of(WEIGHTS).raw)}
    value["messageSignature"]["messageDigest"] = stated
    (at_hand / "w.json").write_text(json.dumps(value))
    words = f"weights --signature w.json {by(sigstore)}"
    if case == "a timestamp for another request":
        at_hand.allows(words)  # only who asked can tell
        return
    assert at_hand.denies(words).rules == ["AIV-SIGNATURE-BAD"]


def test_a_promise_of_the_older_log_that_does_not_hold_is_refused_before_anything_is_written(
    at_hand: Desk, sigstore: LocalSigstore
):
    at_hand.trust_config(sigstore, rekor_version=1)
    with sigstore.rekor_v1.having(fault=Fault.PROMISE):
        done = at_hand.call(f"sign model {TRUST} --identity-token", sigstore.token(ALICE))
    assert_refused(done, 10, "inclusion promise does not hold")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"mediaType": "text/plain"}', "null"])
@pytest.mark.parametrize("command", ["sign", "verify"])
def test_a_trust_configuration_that_is_none_is_told(
    at_hand: Desk, sigstore: LocalSigstore, text: str, command: str
):
    sign_as(at_hand, sigstore.token(ALICE))
    (at_hand / "trust.json").write_text(text)
    words = ("--identity-token", sigstore.token(ALICE)) if command == "sign" else ()
    whom = by(sigstore) if command == "verify" else TRUST
    done = at_hand.call(f"{command} model {whom}", *words)
    assert_refused(done, 3, "trust.json")


def test_a_trusted_root_alone_verifies_and_does_not_sign(at_hand: Desk, sigstore: LocalSigstore):
    sign_as(at_hand, sigstore.token(ALICE))
    (at_hand / "trust.json").write_text(json.dumps(sigstore.trusted_root()))
    at_hand.allows(f"model {by(sigstore)}")
    done = at_hand.call(f"sign model {TRUST} --identity-token", sigstore.token(ALICE))
    assert_refused(done, 2, "a trusted root alone")
    assert "client trust configuration" in done.err


@pytest.mark.parametrize(
    "words",
    [
        "--key alice.key --identity-token a.b.c",
        "--key alice.key --oob",
        "--identity-token a.b.c --log",
        "--identity-token a.b.c --timestamp",
        "--cert c.pem --identity-token a.b.c",
        "--cert-chain c.pem --identity-token a.b.c",
    ],
)
def test_words_that_contradict_each_other_are_refused(at_hand: Desk, words: str):
    at_hand.key("alice")
    assert_refused(at_hand.call(f"sign model {TRUST} {words}"), 2)


# Whom a verifier trusts.


@pytest.fixture
def signed(at_hand: Desk, sigstore: LocalSigstore) -> Desk:
    """A model that Alice signed."""
    sign_as(at_hand, sigstore.token(ALICE))
    return at_hand


def test_somebody_else_is_refused_and_told_who_it_was(signed: Desk, sigstore: LocalSigstore):
    told = signed.denies(f"model {by(sigstore, 'bob@example.com')}").told
    assert f"it was made by {ALICE}, vouched for by {sigstore.oidc_url}" in told


def test_the_same_name_at_another_issuer_is_somebody_else(signed: Desk, sigstore: LocalSigstore):
    words = f"model {TRUST} --identity {ALICE} --issuer {sigstore.actions_url}"
    assert "whom trust does not name" in signed.denies(words).told


@pytest.mark.parametrize("issuer", ["{}/", "{}x", "HTTP{}", ""])
def test_an_issuer_is_compared_to_the_letter(signed: Desk, sigstore: LocalSigstore, issuer: str):
    shown = issuer.format(sigstore.oidc_url.removeprefix("http") if "HTTP" in issuer else
                          sigstore.oidc_url)  # fmt: skip
    words = f"model {TRUST} --identity {ALICE} --issuer"
    done = signed.call(f"verify {words}", shown)
    assert done.exit_code == (10 if issuer else 2)


@pytest.mark.parametrize("name", ["Alice@example.com", "alice@example.com ", "lice@example.com"])
def test_a_name_is_compared_to_the_letter(signed: Desk, sigstore: LocalSigstore, name: str):
    words = ("--identity", name, "--issuer", sigstore.oidc_url)
    signed.denies(f"model {TRUST}", *words)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (f"--identity {ALICE}", "needs the issuer"),
        ("--identity-pattern *@example.com", "needs the issuer"),
        ("--issuer https://example.com", "an issuer alone"),
        (f"--identity {ALICE} --identity-pattern {ALICE} --issuer https://x", "not both"),
        (f"--identity {ALICE} --issuer https://x --profile p.yaml", "not from both"),
    ],
)
def test_whom_to_trust_is_said_in_full(signed: Desk, words: str, why: str):
    assert_refused(signed.call(f"verify model {TRUST} {words}"), 2, why)


@pytest.mark.parametrize(
    "pattern",
    ["*", "**", "*@*", "*@*.com", "alice@*", "https://github.com/acme*", "https://github.com/*/x",
     "https://*.com/acme/x", "**://github.com/acme/x", "*github.com/acme/model"],
)  # fmt: skip
def test_a_pattern_that_lets_strangers_in_is_refused(
    signed: Desk, sigstore: LocalSigstore, pattern: str
):
    done = signed.call(f"verify model {TRUST}", *like(pattern, sigstore.oidc_url))
    assert_refused(done, 2, "wildcard where its owner stands")


@pytest.mark.parametrize(
    ("pattern", "good"),
    [
        ("*@example.com", True),
        ("a*e@example.com", True),
        (ALICE, True),
        ("**@example.com", True),
        ("*@example.co", False),
        ("*@xample.com", False),
        ("example.com", False),
        ("bob*@example.com", False),
    ],
)
def test_an_address_is_matched_whole(
    signed: Desk, sigstore: LocalSigstore, pattern: str, good: bool
):
    judge = signed.allows if good else signed.denies
    judge(f"model {TRUST}", *like(pattern, sigstore.oidc_url))


@pytest.mark.parametrize("mallory", ["mallory@example.com.evil.org", "mallory@evil-example.com"])
def test_an_address_that_only_looks_like_one_of_a_domain_is_refused(
    at_hand: Desk, sigstore: LocalSigstore, mallory: str
):
    sign_as(at_hand, sigstore.token(mallory))
    for pattern in ("*@example.com", "**@example.com"):
        at_hand.denies(f"model {TRUST}", *like(pattern, sigstore.oidc_url))


WORKFLOWS = {
    "itself": ("acme/model", {}, True),
    "another branch": ("acme/model", {"ref": "refs/heads/evil"}, False),
    "another file": ("acme/model", {"workflow": ".github/workflows/evil.yml"}, False),
    "another repository": ("acme/model-evil", {}, False),
    "another owner": ("acme-evil/model", {}, False),
    "a longer owner": ("xacme/model", {}, False),
}


@pytest.mark.parametrize("case", WORKFLOWS)
def test_a_workflow_is_trusted_exactly_or_by_a_pattern_of_its_repository(
    at_hand: Desk, sigstore: LocalSigstore, case: str
):
    repository, words, good = WORKFLOWS[case]
    sign_as(at_hand, sigstore.workflow_token(repository, **words))
    judge = at_hand.allows if good else at_hand.denies
    exactly = ("--identity", WORKFLOW, "--issuer", sigstore.actions_url)
    judge(f"model {TRUST}", *exactly)
    main = "https://github.com/acme/model/.github/workflows/release.yml@**/main"
    judge(f"model {TRUST}", *like(main, sigstore.actions_url))
    any_of_acme = at_hand.allows if repository.startswith("acme/") else at_hand.denies
    any_of_acme(f"model {TRUST}", *like("https://github.com/acme/**", sigstore.actions_url))


@pytest.mark.parametrize("text", ["https://github.com/acme", "https://github.com/acme/model"])
def test_the_beginning_of_a_name_is_not_the_name(at_hand: Desk, sigstore: LocalSigstore, text: str):
    for repository in ("acme/model", "acme-evil/model"):
        sign_as(at_hand, sigstore.workflow_token(repository))
        for option in ("--identity", "--identity-pattern"):
            at_hand.denies(f"model {TRUST} {option} {text} --issuer {sigstore.actions_url}")


def test_a_profile_names_identities_and_the_instance(signed: Desk, sigstore: LocalSigstore):
    known = {"issuer": sigstore.oidc_url, "pattern": "*@example.com"}
    people = {"name": "people", "identities": [known], "logged": True, "timestamped": True}
    signed.profile({"signers": [people], "sigstore": "trust.json"})
    (found,) = signed.allows("model --profile aiverify.yaml").signatures
    assert (found["signer"], found["name"]) == ("people", ALICE)


def test_one_person_by_two_tokens_is_one_signer(at_hand: Desk, sigstore: LocalSigstore):
    for name in ("one.sig", "two.sig"):
        sign_as(at_hand, sigstore.token(ALICE), "model", "-o", name)
    at_hand.key("bob")
    named = [{"issuer": sigstore.oidc_url, "name": ALICE}]
    signers = [{"name": "a", "identities": named}, {"name": "b", "keys": ["bob.pub"]}]
    at_hand.profile({"threshold": 2, "signers": signers, "sigstore": "trust.json"})
    words = "model --profile aiverify.yaml --signature one.sig --signature two.sig"
    assert "1 of 2 distinct signers" in at_hand.denies(words).told
    at_hand.do("sign model --key bob.key -o three.sig")
    at_hand.allows(f"{words} --signature three.sig --ignore one.sig")


# What an attacker makes of a good signature.


def material(value: dict) -> dict:
    return value["verificationMaterial"]


def entry(value: dict) -> dict:
    return material(value)["tlogEntries"][0]


def proof(value: dict) -> dict:
    return entry(value)["inclusionProof"]


def flip(text: str, at: int = 8) -> str:
    return text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]


def without_certificate(value: dict) -> None:
    material(value).pop("certificate")
    material(value)["publicKey"] = {"hint": ""}


def other_bundle(desk: Desk, sigstore: LocalSigstore) -> dict:
    """Another signature by Alice, of the same model."""
    sign_as(desk, sigstore.token(ALICE), "model", "-o", "other.sig")
    value = desk.read("other.sig")
    (desk / "other.sig").unlink()
    return value


STAMPS = "timestampVerificationData"
SOON = str(int(datetime.now(UTC).timestamp()))

TAMPERED = {
    "no log entry": lambda it: material(it).update(tlogEntries=[]),
    "no list of log entries": lambda it: material(it).pop("tlogEntries"),
    "the entry twice": lambda it: material(it)["tlogEntries"].append(entry(it)),
    "no timestamp": lambda it: material(it).pop(STAMPS),
    "no timestamps": lambda it: material(it)[STAMPS].update(rfc3161Timestamps=[]),
    "a time without a promise": lambda it: entry(it).update(integratedTime=SOON),
    "an entry at another place": lambda it: entry(it).update(logIndex="0"),
    "another way to the root": lambda it: proof(it).update(hashes=proof(it)["hashes"][1:]),
    "another hash on the way": lambda it: proof(it).update(
        hashes=[*map(flip, proof(it)["hashes"])]
    ),
    "another root": lambda it: proof(it).update(rootHash=flip(proof(it)["rootHash"])),
    "no checkpoint": lambda it: proof(it).pop("checkpoint"),
    "no proof": lambda it: entry(it).pop("inclusionProof"),
    "a key in place of the certificate": without_certificate,
    "no certificate": lambda it: material(it)["certificate"].update(rawBytes="MAA="),
    "no signature": lambda it: it["dsseEnvelope"]["signatures"][0].update(sig="MAA="),
    "garbage for a timestamp": lambda it: material(it)[STAMPS].update(
        rfc3161Timestamps=[{"signedTimestamp": "MAA="}]
    ),
    "garbage for an entry": lambda it: entry(it).update(canonicalizedBody="MAA="),
    "another payload": lambda it: it["dsseEnvelope"].update(payload="e30="),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_signature_that_was_tampered_with_is_refused(
    signed: Desk, sigstore: LocalSigstore, case: str
):
    signed.change("model/model.sig", TAMPERED[case])
    found = signed.denies(f"model {by(sigstore)}")
    assert found.rules == ["AIV-SIGNATURE-BAD"]


@pytest.mark.parametrize(
    "part", ["certificate", "tlogEntries", "timestampVerificationData", "dsseEnvelope"]
)
def test_a_part_of_another_signature_by_the_same_person_is_refused(
    signed: Desk, sigstore: LocalSigstore, part: str
):
    other = other_bundle(signed, sigstore)

    def swap(value: dict) -> None:
        place = value if part == "dsseEnvelope" else material(value)
        place[part] = (other if part == "dsseEnvelope" else material(other))[part]

    signed.change("model/model.sig", swap)
    assert signed.denies(f"model {by(sigstore)}").rules == ["AIV-SIGNATURE-BAD"]


def test_two_log_entries_are_refused_even_if_both_are_of_the_log(
    signed: Desk, sigstore: LocalSigstore
):
    other = other_bundle(signed, sigstore)
    signed.change(
        "model/model.sig",
        lambda value: material(value)["tlogEntries"].extend(material(other)["tlogEntries"]),
    )
    assert signed.denies(f"model {by(sigstore)}").step == "signatures"


def test_a_certificate_under_another_name_of_its_member_is_not_taken(
    signed: Desk, sigstore: LocalSigstore
):
    """Some readers know `verification_material` too, and would see another certificate."""
    mine = signed.read("model/model.sig")
    sign_as(signed, sigstore.token("mallory@evil.example"), "model", "-o", "evil.sig")
    evil = signed.read("evil.sig")
    (signed / "evil.sig").unlink()
    for one, other in ((mine, evil), (evil, mine)):
        value = {**one, "verification_material": material(other)}
        (signed / "model" / "model.sig").write_text(json.dumps(value))
        done = signed.call(f"verify model {by(sigstore)}")
        assert_refused(done, 3, "unknown member 'verification_material'")


OTHER_TIMES = {
    "log": {"log": Period(end=datetime.now(UTC) - HOUR)},
    "log to come": {"log": Period(start=datetime.now(UTC) + HOUR)},
    "authority": {"fulcio": Period(start=datetime.now(UTC) + HOUR)},
    "timestamps": {"tsa": Period(end=datetime.now(UTC) - HOUR)},
    "timestamps to come": {"tsa": Period(start=datetime.now(UTC) + HOUR)},
    "certificate log": {"ctlog": Period(start=datetime.now(UTC) + HOUR)},
}


@pytest.mark.parametrize("case", OTHER_TIMES)
def test_what_was_not_trusted_at_the_time_is_refused(
    signed: Desk, sigstore: LocalSigstore, case: str
):
    signed.trust_config(sigstore, **OTHER_TIMES[case])
    assert signed.denies(f"model {by(sigstore)}").rules == ["AIV-SIGNATURE-BAD"]


def test_a_certificate_authority_of_the_past_does_not_vouch_for_the_present(
    signed: Desk, sigstore: LocalSigstore
):
    """Its chain is still trusted for what it issued then, and this certificate is of now."""
    signed.trust_config(sigstore, fulcio=Period(end=datetime.now(UTC) - HOUR))
    assert signed.denies(f"model {by(sigstore)}").rules == ["AIV-SIGNATURE-BAD"]


def test_a_signature_of_another_instance_is_refused(at_hand: Desk, sigstore: LocalSigstore):
    with LocalSigstore() as other:
        at_hand.trust_config(other)
        sign_as(at_hand, other.token(ALICE))
        whom = by(other)
        at_hand.allows(f"model {whom}")
        at_hand.trust_config(sigstore)
        assert at_hand.denies(f"model {whom}").rules == ["AIV-SIGNATURE-BAD"]


def test_a_signature_by_identity_is_nobodys_to_who_trusts_a_key_alone(signed: Desk):
    signed.key("bob")
    told = signed.denies("model --key bob.pub").told
    assert "made with a certificate, and trust names no authority" in told


def test_files_that_changed_since_are_told_by_name(signed: Desk, sigstore: LocalSigstore):
    (signed / "model" / "config.json").write_bytes(b"{}")
    (signed / "model" / "added.py").write_bytes(b"")
    found = signed.denies(f"model {by(sigstore)}")
    assert found.rules == ["AIV-INTEGRITY-CHANGED", "AIV-INTEGRITY-EXTRA"]


def test_a_signature_by_identity_replaces_ones_own_kind_alone(
    signed: Desk, sigstore: LocalSigstore
):
    sign_as(signed, sigstore.token(ALICE))
    signed.key("bob")
    assert_refused(signed.call("sign model --key bob.key"), 2, "signature by another key")
    signed.do("sign model --key bob.key -o bob.sig")
    token = sigstore.token(ALICE)
    done = signed.call(f"sign model {TRUST} -o bob.sig --identity-token", token)
    assert_refused(done, 2, "signature by another key")


def test_two_signatures_of_one_artifact_name_the_same_digest(signed: Desk, sigstore: LocalSigstore):
    def digest(name: str) -> str:
        done = signed.do(f"sign model {TRUST} -o {name} --identity-token", sigstore.token(ALICE))
        (found,) = re.findall(r"sha256:[0-9a-f]{64}", done)
        return str(Digest.parse(found))

    assert digest("one.sig") == digest("one.sig")
    assert Path(signed / "one.sig").exists()

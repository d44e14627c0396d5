"""Who may sign, how many of them it takes, and how somebody would have it be fewer."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_der_x509_certificate

from aiverify.core.digest import Digest
from tests.support.certificates import LEAF_EXTENSIONS, Authority, Wish, issued, root
from tests.support.commands import assert_refused
from tests.support.desk import Desk
from tests.support.sigstore.client import ALICE
from tests.support.sigstore.instance import LocalSigstore
from tests.support.story import Story
from tests.support.verifying import root_of

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
VALID = {"start": NOW - DAY, "end": NOW + DAY}
FEW = "AIV-SIGNATURE-THRESHOLD"
OWNERS = ("alice", "bob", "carol")
BY_PROFILE = "model --profile aiverify.yaml"


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model and the keys of some people."""
    desk.model()
    for owner in OWNERS:
        desk.key(owner)
    return desk


def known(name: str, *keys: str) -> dict[str, Any]:
    return {"name": name, "keys": list(keys or [f"{name}.pub"])}


def trusting(desk: Desk, threshold: int, *signers: dict[str, Any], **more: Any) -> None:
    desk.profile({"threshold": threshold, "signers": list(signers), **more})


def sign(desk: Desk, owner: str, name: str = "", words: str = "", target: str = "model") -> str:
    """Sign into a file outside; say the words that hand it to `verify`."""
    place = name or f"{owner}.sig"
    desk.do(f"sign {target} --key {owner}.key -o {place} {words}")
    return f"--signature {place}"


# One who would be two.


def test_two_signatures_by_one_key_are_one_signer(at_hand: Desk):
    trusting(at_hand, 2, known("alice"), known("bob"))
    words = " ".join(sign(at_hand, "alice", name) for name in ("1.sig", "2.sig", "3.sig"))
    found = at_hand.denies(f"{BY_PROFILE} {words}")
    assert (found.rules, "1 of 2 distinct signers" in found.told) == ([FEW], True)
    at_hand.allows(f"{BY_PROFILE} {words} {sign(at_hand, 'bob')}")


def test_one_file_handed_in_twice_is_one_signer(at_hand: Desk):
    trusting(at_hand, 2, known("alice"), known("bob"))
    words = sign(at_hand, "alice")
    at_hand.denies(f"{BY_PROFILE} {words} {words} {words}")
    (at_hand / "copy.sig").write_bytes((at_hand / "alice.sig").read_bytes() + b"\n")
    at_hand.denies(f"{BY_PROFILE} {words} --signature copy.sig")


def test_two_keys_of_one_signer_are_one_signer(at_hand: Desk):
    trusting(at_hand, 2, known("alice", "alice.pub", "carol.pub"), known("bob"))
    words = f"{sign(at_hand, 'alice')} {sign(at_hand, 'carol')}"
    assert at_hand.denies(f"{BY_PROFILE} {words}").rules == [FEW]


def test_a_signature_and_an_attestation_are_one_signature(at_hand: Desk):
    trusting(at_hand, 2, known("alice"), known("bob"))
    (at_hand / "p.json").write_text("{}")
    at_hand.do("attest model --type custom --predicate p.json --key bob.key -o b.json")
    words = f"{sign(at_hand, 'alice')} --attestation b.json"
    assert at_hand.denies(f"{BY_PROFILE} {words}").rules == [FEW]
    assert FEW in at_hand.denies(f"{BY_PROFILE} {words} --signature b.json").rules


def compressed(pem: bytes) -> bytes:
    """The same P-256 key with its point in the shorter form (SEC 1, section 2.3.3)."""
    key = load_pem_public_key(pem)
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    head = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    return b"-----BEGIN PUBLIC KEY-----\n%s-----END PUBLIC KEY-----\n" % base64.encodebytes(
        head + point
    )


FORMS = {
    "the same": lambda pem: pem,
    "other ends of lines": lambda pem: pem.replace(b"\n", b"\r\n"),
    "words before it": lambda pem: b"release key\n" + pem,
    "a shorter point": compressed,
}


@pytest.mark.parametrize("form", FORMS)
def test_one_key_in_two_forms_is_not_two_signers(at_hand: Desk, form: str):
    data = FORMS[form]((at_hand / "alice.pub").read_bytes())
    (at_hand / "again.pub").write_bytes(data)
    trusting(at_hand, 2, known("alice"), known("bob", "again.pub"))
    done = at_hand.call(f"verify {BY_PROFILE} {sign(at_hand, 'alice')}")
    assert_refused(done, 3, "aiverify.yaml", "share a key")


def certify(desk: Desk, owner: str) -> None:
    """A certificate for somebody's own key, by an authority."""
    top = root(**VALID)
    key = load_pem_private_key((desk / f"{owner}.key").read_bytes(), None)
    leaf = issued(Wish(owner, key, LEAF_EXTENSIONS), top, **VALID)
    (desk / "root.pem").write_bytes(top.pem)
    (desk / f"{owner}.pem").write_bytes(leaf.pem)


def test_a_key_and_a_certificate_for_it_are_one_signer(at_hand: Desk):
    """Whoever holds the key could otherwise meet a threshold of two alone."""
    certify(at_hand, "alice")
    ci = {"name": "ci", "certificates": [{"roots": ["root.pem"]}]}
    trusting(at_hand, 2, known("alice"), ci)
    bare = sign(at_hand, "alice")
    with_certificate = sign(at_hand, "alice", "c.sig", "--cert alice.pem")
    for words in (f"{bare} {with_certificate}", f"{with_certificate} {bare}"):
        assert at_hand.denies(f"{BY_PROFILE} {words}").rules == [FEW]
    certify(at_hand, "bob")
    other = sign(at_hand, "bob", "d.sig", "--cert bob.pem")
    at_hand.allows(f"{BY_PROFILE} {bare} {other}")
    at_hand.allows(f"{BY_PROFILE} {bare} {with_certificate} {other}")


def test_one_signer_by_key_and_by_certificate_is_one(at_hand: Desk):
    certify(at_hand, "bob")
    both = {**known("alice"), "certificates": [{"roots": ["root.pem"]}]}
    trusting(at_hand, 2, both, known("carol"))
    words = f"{sign(at_hand, 'alice')} {sign(at_hand, 'bob', 'c.sig', '--cert bob.pem')}"
    assert at_hand.denies(f"{BY_PROFILE} {words}").rules == [FEW]


def test_strangers_do_not_make_up_a_threshold(at_hand: Desk):
    trusting(at_hand, 2, known("alice"), known("bob"))
    words = f"{sign(at_hand, 'alice')} {sign(at_hand, 'carol')}"
    found = at_hand.denies(f"{BY_PROFILE} {words}")
    assert FEW in found.rules
    assert "no trusted key made it" in found.told


def test_signatures_of_different_files_do_not_add_up(at_hand: Desk):
    trusting(at_hand, 2, known("alice"), known("bob"))
    first = sign(at_hand, "alice")
    (at_hand / "model" / "config.json").write_text("{}")
    words = f"{first} {sign(at_hand, 'bob')}"
    found = at_hand.denies(f"{BY_PROFILE} {words}")
    assert FEW in found.rules
    assert "speaks of other files than these" in found.told


def test_a_file_that_too_few_of_them_signed_is_vouched_for_by_nobody(at_hand: Desk):
    trusting(at_hand, 2, known("alice"), known("bob"))
    words = f"{sign(at_hand, 'alice')} {sign(at_hand, 'bob', words='--ignore onnx')}"
    found = at_hand.allows(f"{BY_PROFILE} {words}")
    assert found.rules == ["AIV-INTEGRITY-UNSIGNED"]
    named = [item["name"] for item in found.report["artifact"]["files"]]
    assert "onnx/run.sh" not in named
    (at_hand / "model" / "onnx" / "run.sh").write_text("evil")
    at_hand.denies(f"{BY_PROFILE} {words}")


def test_one_key_under_two_names_vouches_once_for_a_file(at_hand: Desk):
    certify(at_hand, "alice")
    ci = {"name": "ci", "certificates": [{"roots": ["root.pem"]}]}
    trusting(at_hand, 2, known("alice"), ci, known("bob"))
    words = (
        f"{sign(at_hand, 'alice')} {sign(at_hand, 'alice', 'c.sig', '--cert alice.pem')} "
        f"{sign(at_hand, 'bob', words='--ignore onnx')}"
    )
    found = at_hand.allows(f"{BY_PROFILE} {words}")
    named = [item["name"] for item in found.report["artifact"]["files"]]
    assert "onnx/run.sh" not in named


# Kinds.


@pytest.fixture
def lora(desk: Desk, story: Story) -> Desk:
    """An adapter, for which `safety` must sign, and a model, for which anybody may."""
    desk.model()
    story.copy(story.adapter, desk / "lora")
    for owner in ("release", "safety"):
        desk.key(owner)
    kinds = {"adapter": {"signers": ["safety"]}}
    signers = [known("release"), known("safety")]
    desk.profile({"signers": signers, "kinds": kinds}, contents={"unread": "warn"})
    return desk


def test_each_kind_has_the_signers_that_it_needs(lora: Desk):
    lora.allows(f"model --profile aiverify.yaml {sign(lora, 'release')}")
    words = sign(lora, "release", target="lora")
    found = lora.denies(f"lora --profile aiverify.yaml {words}")
    assert (found.step, "0 of 1 distinct signers" in found.told) == ("signatures", True)
    more = sign(lora, "safety", target="lora")
    lora.allows(f"lora --profile aiverify.yaml {more}")
    lora.allows(f"lora --profile aiverify.yaml {words} {more}")


def test_a_bundle_that_calls_itself_a_model_is_still_an_adapter(lora: Desk, story: Story):
    lora.do("bundle model lora -o lora.tar")
    lora.do("sign lora.tar --key release.key")
    assert lora.denies("lora.tar --profile aiverify.yaml").step == "signatures"


@pytest.mark.parametrize("name", [".github/adapter_config.json", ".gitignore", "more/README.md"])
def test_a_file_that_nobody_signed_does_not_change_the_kind(lora: Desk, name: str):
    """It could make the adapter a model, or a model the adapter for which others suffice."""
    words = sign(lora, "release", target="lora", words="--ignore more")
    path = lora / "lora" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"peft_type": "LORA"}')
    assert lora.denies(f"lora --profile aiverify.yaml {words}").step == "signatures"
    signers = [known("release"), known("safety")]
    kinds = {"model": {"signers": ["release"]}, "adapter": {"signers": ["safety"]}}
    lora.profile({"signers": signers, "kinds": kinds}, contents={"unread": "warn"})
    words = sign(lora, "safety", target="model", words="--ignore more")
    path = lora / "model" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"peft_type": "LORA", "base_model_name_or_path": "x"}')
    assert lora.denies(f"model --profile aiverify.yaml {words}").step == "signatures"


def test_a_threshold_of_a_kind_counts_its_own_signers_alone(lora: Desk):
    lora.key("second")
    signers = [known("release"), known("safety"), known("second")]
    kinds = {"adapter": {"threshold": 2, "signers": ["safety", "second"]}}
    lora.profile({"signers": signers, "kinds": kinds}, contents={"unread": "warn"})
    words = f"{sign(lora, 'release', target='lora')} {sign(lora, 'safety', target='lora')}"
    found = lora.denies(f"lora --profile aiverify.yaml {words}")
    assert "1 of 2 distinct signers" in found.told
    lora.allows(f"lora --profile aiverify.yaml {words} {sign(lora, 'second', target='lora')}")


# Profiles that would trust anybody, or nobody.

UNMEETABLE: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({"signers": []}, "names no signer"),
    "no list": ({}, "names no signer"),
    "a signer without means": ({"signers": [{"name": "a"}]}, "has no key, no certificate"),
    "empty lists of means": (
        {"signers": [{"name": "a", "keys": [], "certificates": [], "identities": []}]},
        "has no key, no certificate",
    ),
    "certificates of nobody": (
        {"signers": [{"name": "a", "certificates": [{"roots": []}]}]},
        "certificates from nobody",
    ),
    "an identity of nobody": (
        {"signers": [{"name": "a", "identities": [{"name": "x@y.example"}]}]},
        "issuer must be a text",
    ),
    "an identity without a name": (
        {"signers": [{"name": "a", "identities": [{"issuer": "https://i"}]}]},
        "exactly one of name and pattern",
    ),
    "an identity of two names": (
        {
            "signers": [
                {"name": "a", "identities": [{"issuer": "https://i", "name": "x", "pattern": "x"}]}
            ]
        },
        "exactly one of name and pattern",
    ),
    "everybody": (
        {"signers": [{"name": "a", "identities": [{"issuer": "https://i", "pattern": "**"}]}]},
        "wildcard where its owner stands",
    ),
    "a kind without signers": (
        {"signers": [known("alice")], "kinds": {"model": {"signers": []}}},
        "threshold is 1",
    ),
    "a kind with a stranger": (
        {"signers": [known("alice")], "kinds": {"model": {"signers": ["bob"]}}},
        "bob, who is no signer",
    ),
    "a kind that cannot be met": (
        {"signers": [known("alice")], "kinds": {"model": {"signers": ["alice"], "threshold": 2}}},
        "threshold is 2",
    ),
    "a kind that is always met": (
        {"signers": [known("alice")], "kinds": {"model": {"signers": ["alice"], "threshold": 0}}},
        "threshold is 0",
    ),
    "a kind that is none": (
        {"signers": [known("alice")], "kinds": {"datasets": {"signers": ["alice"]}}},
        "names the kind datasets",
    ),
    "a revoked key that is none": (
        {"signers": [known("alice")], "revoked": {"keys": ["sha256:12"]}},
        "trust.revoked.keys",
    ),
    "a revoked digest without its kind": (
        {"signers": [known("alice")], "revoked": {"digests": ["ab" * 32]}},
        "trust.revoked.digests",
    ),
}


@pytest.mark.parametrize("case", UNMEETABLE)
@pytest.mark.parametrize("command", ["verify model --profile", "trust show"])
def test_trust_that_means_nobody_or_anybody_is_refused(at_hand: Desk, case: str, command: str):
    trust, why = UNMEETABLE[case]
    at_hand.profile(trust)
    done = at_hand.call(f"{command} aiverify.yaml")
    assert_refused(done, 3, "aiverify.yaml", why)


def test_a_summary_trusted_from_nobody_is_refused(at_hand: Desk):
    at_hand.profile({"signers": [known("alice")]}, summaries={"signers": []})
    assert_refused(at_hand.call(f"verify {BY_PROFILE}"), 3, "aiverify.yaml", "names no signer")


def test_words_of_the_command_line_do_not_widen_a_profile(at_hand: Desk):
    trusting(at_hand, 1, known("alice"))
    words = sign(at_hand, "bob")
    for more in ("--key bob.pub", "--identity x --issuer https://i", "--cert-chain root.pem"):
        done = at_hand.call(f"verify {BY_PROFILE} {words} {more}")
        assert_refused(done, 2, "not from both")


# Revocation is not to be stepped around.


@pytest.mark.parametrize("threshold", [1, 2])
def test_a_revoked_key_does_not_help_others(at_hand: Desk, threshold: int):
    revoked = {"keys": ["alice.pub"]}
    trusting(at_hand, threshold, known("alice"), known("bob"), revoked=revoked)
    words = f"{sign(at_hand, 'alice')} {sign(at_hand, 'bob')}"
    if threshold == 1:
        found = at_hand.allows(f"{BY_PROFILE} {words}")
        assert [item["signer"] for item in found.signatures] == ["bob"]
    else:
        assert FEW in at_hand.denies(f"{BY_PROFILE} {words}").rules


def fingerprint(der: bytes) -> str:
    return str(Digest.of(der))


def key_fingerprint(authority: Authority) -> str:
    form = PublicFormat.SubjectPublicKeyInfo
    return fingerprint(authority.key.public_key().public_bytes(Encoding.DER, form))


@pytest.mark.parametrize("gone", ["intermediate", "root"])
@pytest.mark.parametrize("of", ["certificate", "key"])
@pytest.mark.parametrize("brought_by", ["the signature", "trust"])
def test_what_a_revoked_authority_vouched_for_does_not_count(
    at_hand: Desk, gone: str, of: str, brought_by: str
):
    """Whoever leaves a revoked intermediate out of the file has trust bring it."""
    top = root(**VALID)
    middle = top.intermediate(**VALID)
    leaf = middle.leaf(**VALID)
    pem = leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, data in (("s.key", pem), ("s.pem", leaf.pem), ("middle.pem", middle.pem)):
        (at_hand / name).write_bytes(data)
    (at_hand / "roots.pem").write_bytes(top.pem + middle.pem)
    chain = "--cert-chain middle.pem" if brought_by == "the signature" else ""
    at_hand.do(f"sign model --key s.key --cert s.pem {chain}")
    signer = {"name": "s", "certificates": [{"roots": ["roots.pem"]}]}
    trusting(at_hand, 1, signer)
    at_hand.allows(BY_PROFILE)
    one = middle if gone == "intermediate" else top
    revoked = key_fingerprint(one) if of == "key" else fingerprint(one.der)
    trusting(at_hand, 1, signer, revoked={"keys": [revoked]})
    assert "was revoked" in at_hand.denies(BY_PROFILE).told


@pytest.mark.parametrize("of", ["certificate", "key"])
def test_an_identity_that_a_revoked_authority_vouched_for_does_not_count(
    at_hand: Desk, sigstore: LocalSigstore, of: str
):
    at_hand.trust_config(sigstore)
    at_hand.do("sign model --trust-config trust.json --identity-token", sigstore.token(ALICE))
    signer = {"name": "a", "identities": [{"issuer": sigstore.oidc_url, "name": ALICE}]}
    config = {"sigstore": "trust.json"}
    trusting(at_hand, 1, signer, **config)
    at_hand.allows(BY_PROFILE)
    authority = at_hand.read("trust.json")["trustedRoot"]["certificateAuthorities"][0]
    der = base64.b64decode(authority["certChain"]["certificates"][-1]["rawBytes"])
    key = load_der_x509_certificate(der).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    gone = fingerprint(spki if of == "key" else der)
    trusting(at_hand, 1, signer, **config, revoked={"keys": [gone]})
    assert "revoked" in at_hand.denies(BY_PROFILE).told


def test_a_name_with_wildcards_is_none_of_a_subjects_parts(at_hand: Desk):
    """A subject is written with commas, at which no wildcard stops."""
    top = root(**VALID)
    key = load_pem_private_key((at_hand / "alice.key").read_bytes(), None)
    leaf = issued(Wish("evil,x@acme.example", key, LEAF_EXTENSIONS), top, **VALID)
    (at_hand / "root.pem").write_bytes(top.pem)
    (at_hand / "alice.pem").write_bytes(leaf.pem)
    at_hand.do("sign model --key alice.key --cert alice.pem")
    for pattern in ("**@acme.example", "CN=**@acme.example"):
        words = f"model --cert-chain root.pem --identity-pattern {pattern}"
        assert "whom trust does not name" in at_hand.denies(words).told
    subject = leaf.certificate.subject.rfc4514_string()
    found = at_hand.allows("model --cert-chain root.pem --identity", subject)
    assert found.signatures[0]["name"] == subject


def test_a_signer_who_leaves_an_adapters_settings_out_does_not_make_it_a_model(lora: Desk):
    words = sign(lora, "release", target="lora", words="--ignore adapter_config.json")
    found = lora.denies(f"lora --profile aiverify.yaml {words}")
    assert (found.step, "0 of 1 distinct signers" in found.told) == ("signatures", True)


@pytest.mark.parametrize("digest", ["blake3:" + "0" * 64, "sha512:" + "0" * 128, "0" * 64])
def test_a_digest_that_nothing_is_known_by_cannot_be_revoked(at_hand: Desk, digest: str):
    trusting(at_hand, 1, known("alice"), revoked={"digests": [digest]})
    done = at_hand.call(f"verify {BY_PROFILE} {sign(at_hand, 'alice')}")
    assert_refused(done, 3, "trust.revoked.digests", "no SHA-256 digest")


def test_a_revoked_file_is_refused_as_part_of_another_artifact(at_hand: Desk):
    poison = (at_hand / "model" / "model.safetensors").read_bytes()
    revoked = {"digests": [str(Digest.of(poison))]}
    at_hand.model("other", {"weights/renamed.safetensors": poison, "a.txt": b"a"})
    trusting(at_hand, 1, known("alice"), revoked=revoked)
    at_hand.do("sign other --key alice.key")
    found = at_hand.denies("other --profile aiverify.yaml")
    assert found.files == {"weights/renamed.safetensors"}


def test_a_revoked_artifact_is_refused_in_part_too(at_hand: Desk):
    revoked = {"digests": [str(root_of(at_hand / "model"))]}
    trusting(at_hand, 1, known("alice"), revoked=revoked)
    at_hand.do("sign model --key alice.key")
    assert at_hand.denies(BY_PROFILE).rules == ["AIV-INTEGRITY-REVOKED"]
    assert at_hand.denies(f"{BY_PROFILE} --only onnx").rules == ["AIV-INTEGRITY-REVOKED"]


def test_a_summary_of_a_revoked_artifact_stands_for_nothing(at_hand: Desk):
    at_hand.key("verifier")
    summaries = {"signers": [known("verifier")]}
    at_hand.profile({"signers": [known("alice")]}, summaries=summaries)
    at_hand.do("sign model --key alice.key")
    digest = str(root_of(at_hand / "model"))
    at_hand.do(f"verify {BY_PROFILE} --summary s.json --key verifier.key")
    words = f"{digest} --profile aiverify.yaml --attestation s.json"
    at_hand.allows(words)
    revoked = {"digests": [digest]}
    at_hand.profile({"signers": [known("alice")], "revoked": revoked}, summaries=summaries)
    at_hand.denies(words)


# Saying who may sign.


def test_trust_is_told_in_words_and_for_tools(at_hand: Desk):
    fingerprint = at_hand.key("alice").public.fingerprint
    at_hand.profile(
        {
            "threshold": 2,
            "signers": [
                {**known("alice"), "logged": True, "timestamped": True},
                {
                    "name": "ci",
                    "identities": [{"issuer": "https://i.example", "pattern": "*@acme.example"}],
                },
                {"name": "bob", "keys": [{"key": "bob.pub", "until": "2030-01-31"}]},
            ],
            "kinds": {"adapter": {"signers": ["bob"]}},
            "revoked": {"keys": ["carol.pub"], "digests": [str(Digest.of(b"x"))]},
        },
        require={
            "sbom": True,
            "attestations": [{"type": "vulns", "max_age": "7d", "signers": ["ci"]}],
        },
    )
    told = at_hand.do("trust show aiverify.yaml")
    for words in (
        "An artifact must be signed by 2 different ones of alice, bob and ci.",
        "An adapter must be signed by bob instead.",
        fingerprint,
        "and only if a log has the signature and an authority timestamped it",
        "the identity like *@acme.example, vouched for by https://i.example",
        "which counts until 2030-01-31",
        f"what was made with the key {at_hand.key('carol').public.fingerprint}",
        f"the bytes {Digest.of(b'x')}",
        "an attested SBOM that agrees with the files",
        "an attestation of the type vulns by ci, not older than 7 days",
    ):
        assert words in told, told
    value = json.loads(at_hand.do("trust show aiverify.yaml --format json"))
    assert (value["threshold"], [item["name"] for item in value["signers"]]) == (
        2,
        ["alice", "ci", "bob"],
    )
    assert value["signers"][0]["keys"] == [{"fingerprint": fingerprint, "from": "", "until": ""}]
    assert value["kinds"] == {"adapter": {"threshold": 1, "signers": ["bob"]}}


def test_nothing_in_a_profile_steers_the_terminal(at_hand: Desk):
    trusting(at_hand, 1, known("al\x1b[2Jice\n- somebody", "alice.pub"))
    told = at_hand.do("trust show aiverify.yaml")
    assert "\x1b" not in told
    assert "\n- somebody" not in told

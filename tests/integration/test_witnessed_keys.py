"""Long-lived keys and certificates with a log, a timestamp authority and a calendar beside them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from aiverify.bundle.layout import open_bundle
from aiverify.core.digest import Digest
from tests.support.certificates import (
    KINDS,
    Authority,
    Wish,
    alternative,
    authority_extensions,
    issued,
    root,
)
from tests.support.commands import assert_refused, listing
from tests.support.desk import Desk
from tests.support.processes import model_signing
from tests.support.signatures import b64
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.log import Fault
from tests.support.sigstore.trust import Period
from tests.support.sigstore.tsa import TsaFault

TRUST = "--trust-config trust.json"
WITNESSED = f"--log --timestamp {TRUST}"
BY_PROFILE = "model --profile aiverify.yaml"

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


@pytest.fixture
def at_hand(desk: Desk, sigstore: LocalSigstore) -> Desk:
    """A desk with a model, Alice's key and a trust configuration."""
    desk.model()
    desk.key("alice")
    desk.trust_config(sigstore)
    return desk


def alice(**more: Any) -> dict[str, Any]:
    return {"name": "alice", "keys": ["alice.pub"], **more}


def trusting(desk: Desk, *signers: dict[str, Any], **more: Any) -> None:
    desk.profile({"signers": list(signers), "sigstore": "trust.json", **more})


def day(moment: datetime) -> str:
    return moment.isoformat()


def material(value: dict[str, Any]) -> dict[str, Any]:
    return value["verificationMaterial"]


# A log and a timestamp.


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("curve", ["p256", "p384", "p521"])
@pytest.mark.parametrize("target", ["model", "model/README.md --blob", "tiny.tar"])
def test_a_keys_signature_is_logged_and_timestamped_and_trust_can_demand_it(
    at_hand: Desk, sigstore: LocalSigstore, curve: str, version: int, target: str
):
    at_hand.key("alice", curve)
    at_hand.trust_config(sigstore, rekor_version=version)
    at_hand.do("bundle model model -o tiny.tar")
    at_hand.do(f"sign {target} --key alice.key {WITNESSED}")
    asked = sigstore.asked
    trusting(at_hand, alice(logged=True, timestamped=True))

    found = at_hand.allows(f"{target.split(maxsplit=1)[0]} --profile aiverify.yaml").signatures

    assert sigstore.asked == asked
    assert len(found) == (3 if target == "tiny.tar" else 1)
    for item in found:
        assert (item["signer"], item["logged"]) == ("alice", True)
        assert abs(datetime.fromisoformat(item["time"]) - datetime.now(UTC)) < DAY


@pytest.mark.parametrize(
    ("words", "demand", "why"),
    [
        ("", "logged", "no trusted log has it"),
        ("", "timestamped", "it bears no trusted timestamp"),
        ("--timestamp", "logged", "no trusted log has it"),
        ("--log", "timestamped", "it bears no trusted timestamp"),
    ],
)
def test_a_signature_without_the_witness_that_trust_demands_is_refused(
    at_hand: Desk, words: str, demand: str, why: str
):
    at_hand.do(f"sign model --key alice.key {words} {TRUST}")
    trusting(at_hand, alice(**{demand: True}))
    assert why in at_hand.denies(BY_PROFILE).told
    trusting(at_hand, alice())
    at_hand.allows(BY_PROFILE)


def test_the_older_logs_time_is_no_timestamp_of_an_authority(
    at_hand: Desk, sigstore: LocalSigstore
):
    at_hand.trust_config(sigstore, rekor_version=1)
    at_hand.do(f"sign model --key alice.key --log {TRUST}")
    trusting(at_hand, alice(timestamped=True))
    assert "it bears no trusted timestamp" in at_hand.denies(BY_PROFILE).told
    trusting(at_hand, alice(logged=True))
    (found,) = at_hand.allows(BY_PROFILE).signatures
    assert found["time"]


def of(owner: str, name: str) -> Callable[[Desk, dict[str, Any]], None]:
    """Take a part of the material from a signature of the same model by somebody."""

    def swap(desk: Desk, value: dict[str, Any]) -> None:
        desk.key(owner)
        desk.do(f"sign model --key {owner}.key {WITNESSED} -o other.sig --ignore model.sig")
        material(value)[name] = material(desk.read("other.sig"))[name]
        (desk / "other.sig").unlink()

    return swap


def of_another_payload(name: str) -> Callable[[Desk, dict[str, Any]], None]:
    """Take a part of the material from Alice's signature of another model."""

    def swap(desk: Desk, value: dict[str, Any]) -> None:
        desk.model("other", {"a.txt": b"other"})
        desk.do(f"sign other --key alice.key {WITNESSED}")
        material(value)[name] = material(desk.read("other/model.sig"))[name]

    return swap


def without(name: str) -> Callable[[Desk, dict[str, Any]], None]:
    return lambda _, value: material(value).pop(name)


ENTRIES, STAMPS = "tlogEntries", "timestampVerificationData"
MEDDLED = {
    "no entry": without(ENTRIES),
    "no timestamp": without(STAMPS),
    "an entry by another key": of("mallory", ENTRIES),
    "an entry of a second signature": of("alice", ENTRIES),
    "an entry of another payload": of_another_payload(ENTRIES),
    "a timestamp by another key": of("mallory", STAMPS),
    "a timestamp of a second signature": of("alice", STAMPS),
    "a timestamp of another payload": of_another_payload(STAMPS),
    "the entry twice": lambda _, value: material(value)[ENTRIES].extend(material(value)[ENTRIES]),
}


@pytest.mark.parametrize("case", MEDDLED)
def test_a_witness_of_something_else_is_none(at_hand: Desk, case: str):
    at_hand.do(f"sign model --key alice.key {WITNESSED}")
    at_hand.change("model/model.sig", lambda value: MEDDLED[case](at_hand, value))
    trusting(at_hand, alice(logged=True, timestamped=True))
    assert at_hand.denies(BY_PROFILE).rules == ["AIV-SIGNATURE-BAD"]


def test_the_same_signature_in_other_numbers_is_not_the_one_that_was_logged(at_hand: Desk):
    """Of an ECDSA signature anybody can make a second one that holds as well (r, n - s)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # P-256's
    at_hand.do(f"sign model --key alice.key {WITNESSED}")

    def twin(value: dict[str, Any]) -> None:
        (signature,) = value["dsseEnvelope"]["signatures"]
        r, s = utils.decode_dss_signature(base64.b64decode(signature["sig"]))
        signature["sig"] = b64(utils.encode_dss_signature(r, order - s))

    at_hand.change("model/model.sig", twin)
    trusting(at_hand, alice(logged=True))
    assert at_hand.denies(BY_PROFILE).rules == ["AIV-SIGNATURE-BAD"]
    at_hand.denies(f"model --key alice.pub {TRUST}")


def test_an_ed25519_key_is_logged_by_the_older_log_alone(at_hand: Desk, sigstore: LocalSigstore):
    at_hand.key("alice", "ed25519")
    before = listing(at_hand.place)
    done = at_hand.call(f"sign model --key alice.key {WITNESSED}")
    assert_refused(done, 2, "an Ed25519 key signs the message itself")
    assert "p256" in done.err
    assert listing(at_hand.place) == before
    at_hand.do(f"sign model --key alice.key --timestamp {TRUST}")
    at_hand.trust_config(sigstore, rekor_version=1)
    at_hand.do(f"sign model --key alice.key {WITNESSED}")
    trusting(at_hand, alice(logged=True, timestamped=True))
    at_hand.allows(BY_PROFILE)


def test_witnesses_are_not_believed_without_the_keys_to_check_them(at_hand: Desk):
    at_hand.do(f"sign model --key alice.key {WITNESSED}")
    (found,) = at_hand.allows("model --key alice.pub").signatures
    assert (found["logged"], found["time"]) == (False, "")
    (found,) = at_hand.allows(f"model --key alice.pub {TRUST}").signatures
    assert (found["logged"], bool(found["time"])) == (True, True)


def test_a_witness_that_does_not_hold_is_refused_by_whoever_can_tell(
    at_hand: Desk, sigstore: LocalSigstore
):
    at_hand.do(f"sign model --key alice.key {WITNESSED}")
    with LocalSigstore() as other:
        at_hand.trust_config(other)
    assert at_hand.denies(f"model --key alice.pub {TRUST}").rules == ["AIV-SIGNATURE-BAD"]
    at_hand.allows("model --key alice.pub")
    at_hand.trust_config(sigstore, log=Period(end=NOW - DAY))
    assert "key was not valid" in at_hand.denies(f"model --key alice.pub {TRUST}").told


@pytest.mark.parametrize("service", ["rekor", "tsa"])
@pytest.mark.parametrize("state", ["down", "out of order", "wrong"])
def test_a_witness_without_a_good_answer_leaves_nothing_half_written(
    at_hand: Desk, sigstore: LocalSigstore, service: str, state: str
):
    site = getattr(sigstore, service)
    fault = Fault.CHECKPOINT_KEY if service == "rekor" else TsaFault.STRANGER
    states = {
        "down": site.out_of_reach(),
        "out of order": site.having(status=500),
        "wrong": site.having(fault=fault),
    }
    before = listing(at_hand.place)
    with states[state]:
        done = at_hand.call(f"sign model --key alice.key {WITNESSED}")
    assert_refused(done, 10 if state == "wrong" else 11)
    assert listing(at_hand.place) == before


def test_a_trusted_root_alone_names_nobody_to_ask(at_hand: Desk, sigstore: LocalSigstore):
    (at_hand / "trust.json").write_text(json.dumps(sigstore.trusted_root()))
    for words in ("--log", "--timestamp"):
        done = at_hand.call(f"sign model --key alice.key {words} {TRUST}")
        assert_refused(done, 2, "trust.json")


# The calendar: rotation and revocation.


def test_one_key_follows_another_and_their_times_overlap(at_hand: Desk, sigstore: LocalSigstore):
    at_hand.key("old")
    at_hand.key("new")
    keys = [
        {"key": "old.pub", "until": day(NOW - 10 * DAY)},
        {"key": "new.pub", "from": day(NOW - 20 * DAY)},
    ]
    trusting(at_hand, {"name": "alice", "keys": keys})
    cases = [
        ("old", NOW - 30 * DAY, True),
        ("new", NOW - 30 * DAY, False),
        ("old", NOW - 15 * DAY, True),
        ("new", NOW - 15 * DAY, True),
        ("old", NOW - 5 * DAY, False),
        ("new", NOW - 5 * DAY, True),
    ]
    for owner, at, good in cases:
        with sigstore.tsa.having(at=at):
            at_hand.do(f"sign model --key {owner}.key --timestamp {TRUST} -o {owner}.sig")
        judge = at_hand.allows if good else at_hand.denies
        found = judge(f"{BY_PROFILE} --signature {owner}.sig")
        assert good or "its key count" in found.told


def test_a_key_that_has_ended_signs_nothing_more_whatever_it_claims(at_hand: Desk):
    """Whoever found the key may state any time, and has no witness for one."""
    at_hand.do("sign model --key alice.key")
    trusting(at_hand, alice(keys=[{"key": "alice.pub", "until": day(NOW - DAY)}]))
    told = at_hand.denies(BY_PROFILE).told
    assert f"its key counted until {NOW - DAY:%Y-%m-%d}" in told
    at_hand.do(f"sign model --key alice.key {WITNESSED}")
    assert "nothing proves that it was made before" in at_hand.denies(BY_PROFILE).told


def test_a_timestamp_that_nobody_can_check_proves_no_time(at_hand: Desk, sigstore: LocalSigstore):
    with sigstore.tsa.having(at=NOW - 5 * DAY):
        at_hand.do(f"sign model --key alice.key --timestamp {TRUST}")
    ended = alice(keys=[{"key": "alice.pub", "until": day(NOW - DAY)}])
    at_hand.profile({"signers": [ended]})
    at_hand.denies(BY_PROFILE)
    at_hand.allows(f"{BY_PROFILE} {TRUST}")


def test_a_key_that_has_not_begun_counts_for_nothing(at_hand: Desk):
    at_hand.do("sign model --key alice.key")
    trusting(at_hand, alice(keys=[{"key": "alice.pub", "from": day(NOW + DAY)}]))
    assert "its key counts from" in at_hand.denies(BY_PROFILE).told


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [
        ("2001-01-01", "2999-01-01", True),
        ("2001-01-01T12:00:00Z", "2999-01-01T12:00:00+02:00", True),
        ("2999-01-01", "2001-01-01", False),
        ("2001-01-01", "2001-01-01", False),
        ("yesterday", "2999-01-01", False),
        ("2001-01-01T12:00:00", "2999-01-01", False),
    ],
)
def test_times_in_a_profile_are_days_or_have_a_zone(
    at_hand: Desk, start: str, end: str, good: bool
):
    at_hand.do("sign model --key alice.key")
    trusting(at_hand, alice(keys=[{"key": "alice.pub", "from": start, "until": end}]))
    if good:
        at_hand.allows(BY_PROFILE)
    else:
        assert_refused(at_hand.call(f"verify {BY_PROFILE}"), 3, "aiverify.yaml")


@pytest.mark.parametrize("how", ["file", "fingerprint"])
def test_a_revoked_key_counts_for_nobody(at_hand: Desk, sigstore: LocalSigstore, how: str):
    with sigstore.tsa.having(at=NOW - 100 * DAY):
        at_hand.do(f"sign model --key alice.key --timestamp {TRUST}")
    named = "alice.pub" if how == "file" else at_hand.key("alice").public.fingerprint
    trusting(at_hand, alice(), revoked={"keys": [named]})
    assert "its key was revoked" in at_hand.denies(BY_PROFILE).told


def test_revoked_bytes_are_refused_whoever_signed_them(at_hand: Desk):
    at_hand.do("sign model --key alice.key")
    artifact = at_hand.allows("model --key alice.pub").report["artifact"]
    file = str(Digest.of((at_hand / "model" / "README.md").read_bytes()))
    for digest in (artifact["digest"], file):
        trusting(at_hand, alice(), revoked={"digests": [digest]})
        found = at_hand.denies(BY_PROFILE)
        assert (found.step, found.rules) == ("integrity", ["AIV-INTEGRITY-REVOKED"])
        assert digest in found.told
    trusting(at_hand, alice(), revoked={"digests": [str(Digest.of(b"another"))]})
    at_hand.allows(BY_PROFILE)


@pytest.mark.parametrize("way", ["--hash blake3", "--hash blake2b", "--shard-size 7"])
def test_bytes_are_revoked_by_their_sha256_however_they_were_signed(at_hand: Desk, way: str):
    at_hand.do(f"sign model --key alice.key {way}")
    file = str(Digest.of((at_hand / "model" / "README.md").read_bytes()))
    trusting(at_hand, alice(), revoked={"digests": [file]})
    assert at_hand.denies(BY_PROFILE).rules == ["AIV-INTEGRITY-REVOKED"]


def test_a_revoked_bundle_is_known_by_its_manifest_too(at_hand: Desk):
    at_hand.do("bundle model model -o tiny.tar")
    at_hand.do("sign tiny.tar --key alice.key")
    digest = str(open_bundle(at_hand / "tiny.tar").descriptor.digest)
    trusting(at_hand, alice(), revoked={"digests": [digest]})
    found = at_hand.denies("tiny.tar --profile aiverify.yaml")
    assert found.rules == ["AIV-INTEGRITY-REVOKED"]


# Certificates of one's own authority.


VALID = {"start": NOW - 30 * DAY, "end": NOW + 30 * DAY}
CA = {"start": NOW - 300 * DAY, "end": NOW + 300 * DAY}
EXPIRED = {"start": NOW - 30 * DAY, "end": NOW - 20 * DAY}
BY_ROOT = "model --cert-chain root.pem"
ADDRESS = alternative(x509.RFC822Name("ci@acme.example"))


def pem(desk: Desk, name: str, *certificates: Authority) -> None:
    (desk / name).write_bytes(b"".join(item.pem for item in certificates))


def certified(desk: Desk, **fields: Any) -> tuple[Authority, Authority, Authority]:
    """Root, intermediate and leaf, each in a file of its name, and the leaf's key."""
    top = root(**CA)
    middle = top.intermediate(**CA)
    leaf = middle.leaf(ADDRESS, **{**VALID, **fields})
    for name, item in (("root.pem", top), ("middle.pem", middle), ("leaf.pem", leaf)):
        pem(desk, name, item)
    key = leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (desk / "leaf.key").write_bytes(key)
    return top, middle, leaf


SIGN = "sign model --key leaf.key --cert leaf.pem"


@pytest.mark.parametrize("chain", ["middle.pem", "middle.pem --cert-chain root.pem", "both.pem"])
def test_a_certificate_signs_and_its_root_verifies(at_hand: Desk, chain: str):
    top, middle, leaf = certified(at_hand)
    pem(at_hand, "both.pem", leaf, middle, top)
    told = at_hand.do(f"{SIGN} --cert-chain {chain}")
    assert "CN=Signer" in told
    (found,) = at_hand.allows(BY_ROOT).signatures
    assert (found["signer"], found["name"]) == ("certificate", "ci@acme.example")
    at_hand.allows(f"{BY_ROOT} --identity ci@acme.example")
    at_hand.allows(f"{BY_ROOT} --identity-pattern *@acme.example")
    told = at_hand.denies(f"{BY_ROOT} --identity cd@acme.example").told
    assert "its certificate is for ci@acme.example, whom trust does not name" in told


def test_an_expired_certificate_is_refused_and_a_timestamp_tells_when_it_was_used(
    at_hand: Desk, sigstore: LocalSigstore
):
    certified(at_hand, **EXPIRED)
    chain = "--cert-chain middle.pem"
    at_hand.do(f"{SIGN} {chain}")
    assert "its certificate expired on" in at_hand.denies(BY_ROOT).told
    with sigstore.tsa.having(at=NOW - 25 * DAY):
        at_hand.do(f"{SIGN} {chain} --timestamp {TRUST}")
    at_hand.allows(f"{BY_ROOT} {TRUST}")
    assert "its certificate expired on" in at_hand.denies(BY_ROOT).told
    for at, why in ((NOW - 40 * DAY, "not valid before"), (NOW - 10 * DAY, "expired on")):
        with sigstore.tsa.having(at=at):
            at_hand.do(f"{SIGN} {chain} --timestamp {TRUST}")
        assert why in at_hand.denies(f"{BY_ROOT} {TRUST}").told


def test_a_certificate_in_the_log_can_be_demanded(at_hand: Desk):
    certified(at_hand)
    signer = {"name": "ci", "certificates": [{"roots": ["root.pem"]}], "logged": True}
    trusting(at_hand, signer)
    at_hand.do(f"{SIGN} --cert-chain middle.pem")
    assert "no trusted log has it" in at_hand.denies(BY_PROFILE).told
    at_hand.do(f"{SIGN} --cert-chain middle.pem {WITNESSED}")
    (found,) = at_hand.allows(BY_PROFILE).signatures
    assert (found["signer"], found["logged"]) == ("ci", True)


def test_another_root_of_the_same_name_is_another(at_hand: Desk):
    certified(at_hand)
    at_hand.do(f"{SIGN} --cert-chain middle.pem")
    stranger = issued(Wish("Root", KINDS["p256"](), authority_extensions()), None, **CA)
    pem(at_hand, "root.pem", stranger)
    assert at_hand.denies(BY_ROOT).rules == ["AIV-SIGNATURE-BAD"]


def test_a_chain_in_the_wrong_order_is_refused(at_hand: Desk):
    top, middle, _ = certified(at_hand)
    pem(at_hand, "wrong.pem", top, middle)
    at_hand.do(f"{SIGN} --cert-chain wrong.pem")
    found = at_hand.denies(BY_ROOT)
    assert found.rules == ["AIV-SIGNATURE-BAD"]
    assert "order" in found.told


@pytest.mark.parametrize(
    ("words", "exit_code", "why"),
    [
        ("sign model --key alice.key --cert leaf.pem", 2, "key"),
        ("sign model --key leaf.key --cert middle.pem", 2, "key"),
        ("sign model --key leaf.key --cert alice.pub", 3, "alice.pub"),
        ("sign model --key leaf.key --cert-chain middle.pem", 2, "--cert"),
        ("sign model --cert leaf.pem", 2, "signs nothing by itself"),
        ("verify model --cert-chain leaf.key", 3, "leaf.key"),
        ("verify model --cert-chain nowhere.pem", 3, "nowhere.pem"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    at_hand: Desk, words: str, exit_code: int, why: str
):
    certified(at_hand)
    done = at_hand.call(words)
    assert_refused(done, exit_code)
    assert why in done.err


@pytest.mark.parametrize(
    ("named", "good"),
    [
        ({"name": "ci@acme.example"}, True),
        ({"pattern": "*@acme.example"}, True),
        ({"name": "CN=Signer"}, True),
        ({}, True),
        ({"name": "*@acme.example"}, False),
        ({"pattern": "*@cme.example"}, False),
        ({"name": "acme.example"}, False),
    ],
)
def test_a_profile_says_whose_certificate_of_an_authority_counts(
    at_hand: Desk, named: dict[str, str], good: bool
):
    certified(at_hand)
    at_hand.do(f"{SIGN} --cert-chain middle.pem")
    trusting(at_hand, {"name": "ci", "certificates": [{"roots": ["root.pem"], **named}]})
    (at_hand.allows if good else at_hand.denies)(BY_PROFILE)


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("part", ["certificate", "key"])
def test_a_revoked_certificate_vouches_for_nobody(at_hand: Desk, which: int, part: str):
    """Nor does one for the same key, which an authority may have issued as well."""
    revoked = certified(at_hand)[which]
    at_hand.do(f"{SIGN} --cert-chain middle.pem")
    data = revoked.der
    if part == "key":
        data = revoked.key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
    signer = {"name": "ci", "certificates": [{"roots": ["root.pem"]}]}
    trusting(at_hand, signer, revoked={"keys": [str(Digest.of(data))]})
    assert "was revoked" in at_hand.denies(BY_PROFILE).told


def test_a_certificate_of_an_authority_is_no_key_and_a_key_no_certificate(at_hand: Desk):
    certified(at_hand)
    at_hand.do(f"{SIGN} --cert-chain middle.pem")
    assert "made with a certificate" in at_hand.denies("model --key alice.pub").told
    (at_hand / "model" / "model.sig").unlink()
    at_hand.do("sign model --key alice.key")
    assert "made with a key" in at_hand.denies(BY_ROOT).told


def test_model_signing_takes_our_certificate_and_we_take_its(at_hand: Desk):
    certified(at_hand)
    at_hand.do(f"{SIGN} --cert-chain middle.pem")
    theirs = ("--signature", "theirs.sig", "--private_key", "leaf.key")
    more = ("--signing_certificate", "leaf.pem", "--certificate_chain", "middle.pem")
    done = model_signing(
        "verify", "certificate", "model", "--signature", "model/model.sig",
        "--certificate_chain", "root.pem", cwd=at_hand.place,
    )  # fmt: skip
    assert done.exit_code == 0, done.err
    (at_hand / "model" / "model.sig").unlink()
    done = model_signing("sign", "certificate", "model", *theirs, *more, cwd=at_hand.place)
    assert done.exit_code == 0, done.err
    at_hand.allows(f"{BY_ROOT} --signature theirs.sig")
    (at_hand / "model" / "config.json").write_bytes(b"{}")
    at_hand.denies(f"{BY_ROOT} --signature theirs.sig")

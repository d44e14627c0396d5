"""One signed thing has one form: what says the same in other bytes is not what was signed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import utils

from aiverify.signing import statement
from aiverify.signing.authenticate import Authentic, authenticate
from aiverify.signing.dsse import Envelope
from aiverify.signing.means.interface import Ground
from tests.support.commands import assert_refused
from tests.support.desk import NOW, Desk
from tests.support.signatures import b64, key, signed, trust_in
from tests.support.sigstore.client import ALICE
from tests.support.sigstore.instance import LocalSigstore

PUB = "--key alice.pub"
SIG = "model/model.sig"
BAD = "AIV-SIGNATURE-BAD"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model that Alice signed."""
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    return desk


def judged(desk: Desk, whom: str = PUB) -> str:
    """What a signature file comes to: `allow`, `deny`, or `malformed`."""
    done = desk.call(f"verify model {whom} --format json")
    if done.exit_code == 3:
        assert_refused(done, 3, SIG)
        return "malformed"
    return str(json.loads(done.out)["verdict"])


def envelope(value: dict[str, Any]) -> dict[str, Any]:
    return value["dsseEnvelope"]


def signature(value: dict[str, Any]) -> dict[str, Any]:
    return envelope(value)["signatures"][0]


def material(value: dict[str, Any]) -> dict[str, Any]:
    return value["verificationMaterial"]


# JSON.


def doubled(text: str, name: str) -> str:
    """The text with a member twice, the second time with another value before the first."""
    assert text.count(f'"{name}":') >= 1
    return text.replace(f'"{name}":', f'"{name}": "AAAA", "{name}":', 1)


@pytest.mark.parametrize(
    "name",
    ["payload", "payloadType", "sig", "keyid", "hint", "mediaType", "publicKey", "dsseEnvelope",
     "signatures", "verificationMaterial"],
)  # fmt: skip
def test_a_member_that_is_there_twice_is_malformed(at_hand: Desk, name: str):
    """The last one counts to some readers, and the first one to others."""
    (at_hand / SIG).write_text(doubled(json.dumps(at_hand.read(SIG)), name))
    assert judged(at_hand) == "malformed"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"payload"', '"p\\u0061yload"'),
        lambda text: text.replace('"mediaType"', '"mediaTyp\\u0065"'),
        lambda text: f" \n\t{text}\r\n",
        lambda text: text.replace(": ", " :\n"),
        lambda text: json.dumps(json.loads(text), ensure_ascii=True, indent=8),
    ],
)
def test_json_may_be_written_in_any_way_that_says_the_same(
    at_hand: Desk, change: Callable[[str], str]
):
    (at_hand / SIG).write_text(change(json.dumps(at_hand.read(SIG))))
    assert judged(at_hand) == "allow"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data + b"{}",
        lambda data: data + b"\0",
        lambda data: data.replace(b'"hint"', b'"hi\xffnt"'),
        lambda data: data[:-1],
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.replace(b"{", b"{,", 1),
        lambda data: b"[" + data + b"]",
    ],
)
def test_what_is_not_json_to_everybody_is_malformed(
    at_hand: Desk, change: Callable[[bytes], bytes]
):
    (at_hand / SIG).write_bytes(change(json.dumps(at_hand.read(SIG)).encode()))
    assert judged(at_hand) == "malformed"


HARMLESS: dict[str, Change] = {
    "no keyid": lambda it: signature(it).pop("keyid", None),
    "a null keyid": lambda it: signature(it).update(keyid=None),
    "an empty keyid": lambda it: signature(it).update(keyid=""),
    "any keyid": lambda it: signature(it).update(keyid="somebody"),
    "no hint": lambda it: material(it).update(publicKey={}),
    "another hint": lambda it: material(it).update(publicKey={"hint": "somebody"}),
    "a raw key": lambda it: material(it).update(publicKey={"rawBytes": "AAAA"}),
    "no log entries": lambda it: material(it).pop("tlogEntries", None),
    "null log entries": lambda it: material(it).update(tlogEntries=None),
    "null timestamps": lambda it: material(it).update(timestampVerificationData=None),
    "no timestamps": lambda it: material(it).update(timestampVerificationData={}),
    "a null certificate": lambda it: material(it).update(certificate=None),
    "a null digest signature": lambda it: it.update(messageSignature=None),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_what_is_no_evidence_may_differ(at_hand: Desk, case: str):
    at_hand.change(SIG, HARMLESS[case])
    assert judged(at_hand) == "allow"


AMBIGUOUS: dict[str, Change] = {
    "an unknown member": lambda it: it.update(comment="x"),
    "an unknown member of the envelope": lambda it: envelope(it).update(comment="x"),
    "an unknown member of the signature": lambda it: signature(it).update(comment="x"),
    "an unknown member of the material": lambda it: material(it).update(comment="x"),
    "a numeric keyid": lambda it: signature(it).update(keyid=7),
    "two signatures": lambda it: envelope(it)["signatures"].append(signature(it)),
    "no signature": lambda it: envelope(it).update(signatures=[]),
    "a digest's signature too": lambda it: it.update(
        messageSignature={
            "messageDigest": {"algorithm": "SHA2_256", "digest": b64(bytes(32))},
            "signature": signature(it)["sig"],
        }
    ),
    "a certificate too": lambda it: material(it).update(certificate={"rawBytes": "AAAA"}),
    "a chain too": lambda it: material(it).update(
        x509CertificateChain={"certificates": [{"rawBytes": "AAAA"}]}
    ),
    "no key": lambda it: material(it).pop("publicKey"),
    "another type": lambda it: it.update(mediaType="application/json"),
    "another version": lambda it: it.update(
        mediaType="application/vnd.dev.sigstore.bundle.v9.9+json"
    ),
    "a payload of numbers": lambda it: envelope(it).update(payload=[1, 2]),
}


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_malformed(at_hand: Desk, case: str):
    at_hand.change(SIG, AMBIGUOUS[case])
    assert judged(at_hand) == "malformed"


# Base64.


def url_safe(text: str) -> str:
    return text.replace("+", "-").replace("/", "_")


def loose_end(text: str) -> str:
    """The same bytes to a reader that does not look at the bits left over at the end."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text.rstrip("=")
    last = alphabet[alphabet.index(body[-1]) ^ 1]
    other = body[:-1] + last + text[len(body) :]
    assert base64.b64decode(other) == base64.b64decode(text)
    return other


DATA = b"\xfb\xef\xbe\xff"
"""Bytes whose base64 has both letters that differ between alphabets, and padding."""

SPELLINGS: dict[str, Callable[[str], str]] = {
    "without padding": lambda text: text.rstrip("="),
    "with more padding": lambda text: f"{text}=",
    "with padding inside": lambda text: f"{text[:4]}=={text[4:]}",
    "with a line's end": lambda text: f"{text[:4]}\n{text[4:]}",
    "with a line's end at the end": lambda text: f"{text}\n",
    "with a space": lambda text: f" {text}",
    "with a dot": lambda text: f"{text[:4]}.{text[4:]}",
    "with a loose end": loose_end,
    "in the other alphabet": url_safe,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("member", ["payload", "sig"])
def test_base64_has_one_spelling(at_hand: Desk, member: str, spelling: str):
    text = b64(DATA)
    other = SPELLINGS[spelling](text)
    assert other != text

    def put(words: str) -> Change:
        return lambda it: (envelope(it) if member == "payload" else signature(it)).update(
            {member: words}
        )

    at_hand.change(SIG, put(text))
    assert judged(at_hand) == "deny"
    at_hand.change(SIG, put(other))
    assert judged(at_hand) == "malformed"


# ECDSA signatures in DER (RFC 3279, section 2.2.3).


def tlv(tag: int, content: bytes, *, long: bool = False, endless: bool = False) -> bytes:
    if endless:
        return bytes([tag, 0x80]) + content + b"\0\0"
    length = bytes([0x81, len(content)]) if long else bytes([len(content)])
    return bytes([tag]) + length + content


def integer(value: int, pad: int = 0) -> bytes:
    return bytes(pad) + value.to_bytes(value.bit_length() // 8 + 1)


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FORMS: dict[str, Callable[[int, int], bytes]] = {
    "a length in two bytes": lambda r, s: tlv(
        0x30, tlv(2, integer(r)) + tlv(2, integer(s)), long=True
    ),
    "no length": lambda r, s: tlv(0x30, tlv(2, integer(r)) + tlv(2, integer(s)), endless=True),
    "a number with zeros before it": lambda r, s: tlv(
        0x30, tlv(2, integer(r, 1)) + tlv(2, integer(s))
    ),
    "a number's length in two bytes": lambda r, s: tlv(
        0x30, tlv(2, integer(r), long=True) + tlv(2, integer(s))
    ),
    "something behind it": lambda r, s: tlv(0x30, tlv(2, integer(r)) + tlv(2, integer(s))) + b"\0",
    "a third number": lambda r, s: tlv(
        0x30, tlv(2, integer(r)) + tlv(2, integer(s)) + tlv(2, b"\0")
    ),
    "two numbers and nothing around": lambda r, s: r.to_bytes(32) + s.to_bytes(32),
    "a number larger than the order": lambda r, s: tlv(
        0x30, tlv(2, integer(r + ORDER)) + tlv(2, integer(s))
    ),
    "a set": lambda r, s: tlv(0x31, tlv(2, integer(r)) + tlv(2, integer(s))),
    "zeros": lambda r, s: tlv(0x30, tlv(2, b"\0") + tlv(2, b"\0")),
    "numbers in the other order": lambda r, s: tlv(0x30, tlv(2, integer(s)) + tlv(2, integer(r))),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_signature_in_another_form_does_not_hold(at_hand: Desk, form: str):
    value = at_hand.read(SIG)
    r, s = utils.decode_dss_signature(base64.b64decode(signature(value)["sig"]))
    signature(value)["sig"] = b64(tlv(0x30, tlv(2, integer(r)) + tlv(2, integer(s))))
    (at_hand / SIG).write_text(json.dumps(value))
    assert judged(at_hand) == "allow"
    signature(value)["sig"] = b64(FORMS[form](r, s))
    (at_hand / SIG).write_text(json.dumps(value))
    assert judged(at_hand) == "deny"


# Payloads.


@pytest.mark.parametrize(
    "encode",
    [
        lambda value: json.dumps(value, indent=1).encode(),
        lambda value: json.dumps(value, sort_keys=True).encode(),
        lambda value: json.dumps(dict(reversed(value.items()))).encode(),
        lambda value: json.dumps(value, separators=(",", ":")).replace("m", "\\u006d", 1).encode(),
    ],
)
def test_a_payload_that_says_the_same_in_other_bytes_is_not_what_was_signed(
    at_hand: Desk, encode: Callable[[dict[str, Any]], bytes]
):
    def change(value: dict[str, Any]) -> None:
        payload = base64.b64decode(envelope(value)["payload"])
        other = encode(json.loads(payload))
        assert other != payload
        envelope(value)["payload"] = b64(other)

    at_hand.change(SIG, change)
    assert at_hand.denies(f"model {PUB}").rules == [BAD]


def test_what_is_believed_is_what_was_verified_and_not_the_file_once_more(
    at_hand: Desk, monkeypatch: pytest.MonkeyPatch
):
    """The bytes that are parsed are the bytes that the signature was checked over."""
    seen: list[bytes] = []
    read = statement.parse

    def watched(payload: bytes, where: str):
        seen.append(payload)
        return read(payload, where)

    monkeypatch.setattr(statement, "parse", watched)
    at_hand.allows(f"model {PUB}")
    assert seen == [base64.b64decode(envelope(at_hand.read(SIG))["payload"])]


@pytest.mark.parametrize("old", [False, True])
def test_the_signature_of_an_envelope_is_none_of_a_file_that_encodes_it(at_hand: Desk, old: bool):
    """Whoever attests anything signs bytes that begin with DSSEv1, and means no file by them."""
    (at_hand / "p.json").write_text("{}")
    at_hand.do("attest model --type vulns --predicate p.json --key alice.key -o a.json")
    value = at_hand.read("a.json")
    made = envelope(value)
    content = Envelope(made["payloadType"], base64.b64decode(made["payload"]), b"")
    data = content.legacy_bytes() if old else content.signed_bytes()
    sig = key("p256", "alice").sign(data)
    (at_hand / "evil.bin").write_bytes(data)
    digest = {"algorithm": "SHA2_256", "digest": b64(hashlib.sha256(data).digest())}
    signed_digest = {"messageDigest": digest, "signature": b64(sig)}
    del value["dsseEnvelope"]
    (at_hand / "evil.sig").write_text(json.dumps({**value, "messageSignature": signed_digest}))
    found = at_hand.denies(f"evil.bin {PUB} --signature evil.sig")
    assert "it signs an envelope" in found.told


def test_a_payload_that_is_swapped_after_its_signature_was_read_is_another():
    """Nothing in a signature can be set once it was read: there is no second look."""
    alice = key("p256", "alice")
    good = signed(b'{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://x", '
                  b'"subject": [{"digest": {"sha256": "ab"}}], "predicate": {}}',
                  signer=alice)  # fmt: skip
    assert isinstance(good.content, Envelope)
    with pytest.raises(AttributeError):
        good.content.payload = b"{}"  # type: ignore[misc]
    result = authenticate(good, trust_in(alice), "a.sig", Ground(NOW))
    assert isinstance(result, Authentic)
    with pytest.raises(AttributeError):
        result.says = None  # type: ignore[misc,assignment]


def test_the_payload_of_an_identitys_signature_is_the_one_that_was_verified(
    desk: Desk, sigstore: LocalSigstore
):
    """Another library verifies it, which reads the file for itself."""
    desk.model()
    desk.trust_config(sigstore)
    trust = "--trust-config trust.json"
    desk.do(f"sign model {trust} --identity-token", sigstore.token(ALICE))
    whom = f"{trust} --identity {ALICE} --issuer {sigstore.oidc_url}"
    desk.allows(f"model {whom}")
    good = desk.read(SIG)
    other = {**good["dsseEnvelope"], "payload": b64(b'{"_type": "evil"}')}
    for value in ({**good, "dsse_envelope": other}, {**good, "dsse_envelope": good["dsseEnvelope"],
                                                     "dsseEnvelope": other}):  # fmt: skip
        (desk / SIG).write_text(json.dumps(value))
        assert judged(desk, whom) in ("deny", "malformed")
    payload = envelope(good)["payload"]
    hidden = {**envelope(good), "payload": payload, "Payload": b64(b"{}")}
    (desk / SIG).write_text(json.dumps({**good, "dsseEnvelope": hidden}))
    assert judged(desk, whom) in ("deny", "malformed")

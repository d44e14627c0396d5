"""A certificate in plain words, Fulcio's extensions among them, however strange it is."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest
from cryptography import x509

from aiverify.errors import MalformedError
from aiverify.signing.certificates import Log, describe, fulcio, reading
from tests.support.certificates import (
    END,
    SIGN_CODE,
    START,
    Wish,
    alternative,
    authority_extensions,
    issued,
    key_of,
    key_usage,
    log_list,
    name,
    resigned,
    root,
    tlv,
    unrecognized,
)

ROOT = root()
ARC = "1.3.6.1.4.1.57264.1"
ISSUER = "https://token.actions.example"
WORKFLOW = "https://code.example/acme/model/.github/workflows/release.yml@refs/heads/main"


def field(number, text):
    raw = text.encode() if number <= 6 else tlv(0x0C, text.encode())
    return unrecognized(f"{ARC}.{number}", raw)


def from_ci():
    return ROOT.leaf(
        alternative(x509.UniformResourceIdentifier(WORKFLOW)),
        field(1, ISSUER),
        field(2, "push"),
        field(8, ISSUER),
        field(9, WORKFLOW),
        field(12, "https://code.example/acme/model"),
        field(21, "https://code.example/acme/model/actions/runs/1/attempts/1"),
        field(24, "repo:acme/model:ref:refs/heads/main"),
        log_list((b"\x07" * 32, 1_780_000_000_123)),
    )


def test_a_plain_certificate_is_described():
    found = describe(ROOT.leaf(serial=0x1F).der)

    assert (found.subject, found.issuer, found.serial) == ("CN=Signer", "CN=Root", "1f")
    assert (found.not_before, found.not_after) == (START, END)
    assert (found.key, found.signature) == ("P-256", "ECDSA with SHA-256")
    assert found.usage == ("digital signatures", "signing code")
    assert not found.is_authority
    assert found.names == found.extensions == found.logs == found.problems == ()


def test_an_authority_is_described():
    found = describe(root("Ed", "ed25519").der)

    assert found.is_authority
    assert (found.key, found.signature) == ("Ed25519", "Ed25519")
    assert found.usage == ("signing certificates", "signing revocation lists")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("p384", "P-384"), ("p521", "P-521"), ("rsa", "RSA 2048"), ("secp256k1", "secp256k1")],
)
def test_every_kind_of_key_has_a_name(kind, words):
    assert describe(ROOT.leaf(kind=kind).der).key == words


def test_what_fulcio_wrote_is_told_by_its_names():
    found = describe(from_ci().der)

    assert found.names == (f"URI {WORKFLOW}",)
    assert found.extensions == (
        ("issuer (v1)", ISSUER),
        ("GitHub workflow trigger", "push"),
        ("issuer", ISSUER),
        ("build signer URI", WORKFLOW),
        ("source repository URI", "https://code.example/acme/model"),
        ("run invocation URI", "https://code.example/acme/model/actions/runs/1/attempts/1"),
        ("token subject", "repo:acme/model:ref:refs/heads/main"),
    )
    assert found.problems == ()


def test_the_promises_of_logs_are_told():
    found = describe(from_ci().der)

    assert found.logs == (Log("07" * 32, datetime(2026, 5, 28, 20, 26, 40, 123_000, tzinfo=UTC)),)


@pytest.mark.parametrize("number", [*range(1, 7), *range(8, 25)])
def test_every_extension_of_the_directory_is_known(number):
    found = describe(ROOT.leaf(field(number, "a text")).der)

    [(told, value)] = found.extensions
    assert value == "a text"
    assert told == fulcio.field_of(f"{ARC}.{number}").name
    assert not told.startswith("Fulcio")
    assert fulcio.field_of(f"{ARC}.{number}").words


def test_the_directory_has_each_extension_once():
    assert len({field.name for field in fulcio.FIELDS}) == len(fulcio.FIELDS) == 23
    assert [field.oid for field in fulcio.FIELDS] == [
        f"{ARC}.{number}" for number in (*range(1, 7), *range(8, 25))
    ]


def test_an_extension_that_fulcio_adds_later_is_told_by_its_number():
    found = describe(ROOT.leaf(field(99, "news")).der)

    assert found.extensions == (("Fulcio 99", "news"),)


def test_extensions_of_others_are_not_fulcios():
    for oid in (f"{ARC}.8.1", "1.3.6.1.4.1.57264.2.8", f"{ARC}", f"{ARC}.99999999999"):
        assert fulcio.field_of(oid) is None
        assert describe(ROOT.leaf(unrecognized(oid)).der).extensions == ()


BAD_VALUES = {
    "raw text": b"https://token.actions.example",
    "another string": tlv(0x16, b"https://a"),
    "a byte too many": tlv(0x0C, b"https://a") + b"\0",
    "a byte too few": tlv(0x0C, b"https://a")[:-1],
    "a long length": b"\x0c\x81\x01a",
    "a longer length": b"\x0c\x82\x00\x81" + b"a" * 0x81,
    "no end": b"\x0c\x80a\0\0",
    "a length of lengths": b"\x0c\xff" + b"\xff" * 127,
    "no UTF-8": tlv(0x0C, b"\xff"),
    "a tag": b"\x0c",
    "nothing": b"",
}


@pytest.mark.parametrize("raw", BAD_VALUES.values(), ids=BAD_VALUES.keys())
def test_a_value_in_another_encoding_is_a_problem_and_no_value(raw):
    odd = ROOT.leaf(unrecognized(f"{ARC}.8", raw), field(1, ISSUER))

    found = describe(odd.der)
    assert found.extensions == (("issuer (v1)", ISSUER),)
    [problem] = found.problems
    assert problem.startswith("its issuer is not ")
    with pytest.raises(MalformedError, match="its issuer is not"):
        fulcio.issuer_of(odd.der)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 5000])
def test_a_text_of_any_length_is_read(length):
    assert fulcio.issuer_of(ROOT.leaf(field(8, "x" * length)).der) == "x" * length


def test_the_newer_issuer_counts_and_the_older_where_there_is_no_newer():
    assert fulcio.issuer_of(ROOT.leaf(field(8, ISSUER)).der) == ISSUER
    assert fulcio.issuer_of(ROOT.leaf(field(1, ISSUER)).der) == ISSUER
    assert fulcio.issuer_of(ROOT.leaf(field(1, ISSUER), field(8, ISSUER)).der) == ISSUER
    assert fulcio.issuer_of(ROOT.leaf().der) == ""


def test_issuers_that_contradict_each_other_are_refused():
    with pytest.raises(MalformedError, match="contradict"):
        fulcio.issuer_of(ROOT.leaf(field(1, ISSUER), field(8, f"{ISSUER}.evil")).der)


def test_identities_are_the_names_alone():
    user = x509.OtherName(x509.ObjectIdentifier(f"{ARC}.7"), tlv(0x0C, b"alice!acme"))
    other = x509.OtherName(x509.ObjectIdentifier("1.2.3"), tlv(0x0C, b"bob"))
    names = (
        x509.RFC822Name("a@acme.example"),
        x509.UniformResourceIdentifier(WORKFLOW),
        x509.DNSName("acme.example"),
        user,
        other,
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.DirectoryName(name("Acme")),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4")),
    )
    signer = ROOT.leaf(alternative(*names))

    assert fulcio.identities_of(signer.der) == (
        "a@acme.example",
        WORKFLOW,
        "acme.example",
        "alice!acme",
    )
    assert describe(signer.der).names == (
        "e-mail a@acme.example",
        f"URI {WORKFLOW}",
        "DNS acme.example",
        "user alice!acme",
        "other name 1.2.3",
        "IP address 192.0.2.1",
        "directory name CN=Acme",
        "registered id 1.2.3.4",
    )
    assert fulcio.identities_of(ROOT.leaf().der) == ()


def test_a_user_name_that_is_none_is_said_so():
    user = x509.OtherName(x509.ObjectIdentifier(f"{ARC}.7"), b"\x05\x00")
    signer = ROOT.leaf(alternative(user))

    assert describe(signer.der).names == ("user name that cannot be read",)
    with pytest.raises(MalformedError, match="user name is not a UTF8String"):
        fulcio.identities_of(signer.der)


def test_every_usage_has_a_word():
    uses = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ]
    ends = [
        "1.3.6.1.5.5.7.3.1",
        "1.3.6.1.5.5.7.3.2",
        "1.3.6.1.5.5.7.3.4",
        "1.3.6.1.5.5.7.3.8",
        "1.3.6.1.5.5.7.3.9",
        "2.5.29.37.0",
        "1.2.3.4",
    ]
    extended = x509.ExtendedKeyUsage([SIGN_CODE, *map(x509.ObjectIdentifier, ends)])
    odd = ROOT.issue("Odd", ((key_usage(*uses), True), (extended, False)))

    words = describe(odd.der).usage
    assert len(words) == len(set(words)) == 9 + 8
    assert words[-1] == "1.2.3.4"


def test_what_is_no_certificate_is_described_as_that():
    for data in (b"", b"certificate", ROOT.der[:-1], ROOT.der + b"\0", bytes(1 << 20)):
        found = describe(data)
        assert found.fingerprint == reading.fingerprint_of(data)
        assert found.subject == ""
        [problem] = found.problems
        assert problem.startswith("it is no certificate: ")


def test_a_certificate_that_is_too_large_is_not_read():
    large = ROOT.leaf(unrecognized("1.2.3.4", bytes(1 << 20)))

    assert describe(large.der).problems == (
        f"it is no certificate: it is {len(large.der)} bytes; the limit is 65536",
    )


def test_a_part_that_cannot_be_read_leaves_the_others():
    signer = ROOT.leaf(alternative(x509.RFC822Name("xxxx")))
    der = resigned(signer, ROOT, tlv(0x81, b"xxxx"), tlv(0x81, b"\xff\xfe\xfd\xfc"))

    found = describe(der)
    assert found.subject == "CN=Signer"
    assert found.key == "P-256"
    assert found.problems == ("its extensions cannot be read",)


def test_a_key_that_cannot_be_read_leaves_the_others():
    curve = bytes.fromhex("06082a8648ce3d030107")
    odd = resigned(ROOT.leaf(), ROOT, curve, bytes.fromhex("06082a8648ce3d030109"))

    found = describe(odd)
    assert found.key == ""
    assert found.subject == "CN=Signer"
    [problem] = found.problems
    assert problem.startswith("its key ")


def test_an_extension_twice_is_a_problem():
    signer = ROOT.leaf(unrecognized("1.2.3.4"), unrecognized("1.2.3.5"))
    der = resigned(signer, ROOT, b"\x06\x03\x2a\x03\x05", b"\x06\x03\x2a\x03\x04")

    assert describe(der).problems == ("it has the extension 1.2.3.4 twice",)


def test_a_critical_extension_that_is_not_known_is_a_problem():
    found = describe(ROOT.leaf(unrecognized("1.2.3.4", critical=True)).der)

    assert found.problems == ("it has the critical extension 1.2.3.4, which is not known",)


def test_all_that_is_told_can_be_shown():
    evil = "a\x1b[2J\u202eb\n\0"
    odd = issued(
        Wish("S\x1b\u202e", key_of("odd"), (*authority_extensions(), field(8, evil))), None
    )
    signer = ROOT.leaf(alternative(x509.RFC822Name("xxxx")))
    mail = resigned(signer, ROOT, tlv(0x81, b"xxxx"), tlv(0x81, b"a\0\x1b\n"))

    found = describe(odd.der)
    for text in (found.subject, found.issuer, found.extensions[0][1], describe(mail).names[0]):
        assert text.isprintable()
    assert found.extensions == (("issuer", "a\\x1b[2J\\u202eb\\x0a\\x00"),)
    assert describe(mail).names == ("e-mail a\\x00\\x1b\\x0a",)

"""The signature file: a Sigstore bundle around an envelope, of which nothing is believed yet."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from aiverify.errors import MalformedError
from aiverify.signing import signature_file
from aiverify.signing.message import MessageSignature
from aiverify.signing.signature_file import MEDIA_TYPE
from tests.support.signatures import b64, good_file, key, listing, signed


def parse(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return signature_file.parse(data, "model.sig")


def file_with(**changes):
    return {**good_file(), **changes}


def test_what_is_written_is_read():
    signature = signed(listing().to_bytes())
    data = signature.to_bytes()

    assert parse(data) == replace(signature, data=data)


def test_a_file_is_written_as_oms_asks():
    value = json.loads(signed(b"{}").to_bytes())

    assert value["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert value["verificationMaterial"]["publicKey"] == {"hint": key().public.hint}
    assert value["dsseEnvelope"]["payload"] == b64(b"{}")
    assert value["dsseEnvelope"]["payloadType"] == "application/vnd.in-toto+json"
    assert [signature["keyid"] for signature in value["dsseEnvelope"]["signatures"]] == [""]


@pytest.mark.parametrize(
    "media_type",
    [
        MEDIA_TYPE,
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
    ],
)
def test_every_released_bundle_format_is_read(media_type):
    assert parse(file_with(mediaType=media_type)).hint == key().public.hint


STRANGERS = {
    "another name of a member": ("verificationMaterial", "tlog_entries"),
    "of the file": ("", "dsse_envelope"),
    "of the material": ("verificationMaterial", "x"),
    "of the key": ("verificationMaterial publicKey", "raw_bytes"),
    "of the envelope": ("dsseEnvelope", "payload_type"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_member_that_only_other_readers_know_is_refused(case):
    """Protobuf's readers take `tlog_entries` for `tlogEntries`, and would see another file."""
    path, name = STRANGERS[case]
    value = good_file()
    place = value
    for step in path.split():
        place = place[step]
    place[name] = []
    with pytest.raises(MalformedError, match=f"unknown member '{name}'"):
        parse(value)


@pytest.mark.parametrize("name", ["tlogEntries", "timestampVerificationData", "certificate"])
def test_a_member_that_is_null_is_absent(name):
    value = good_file()
    value["verificationMaterial"][name] = None
    assert parse(value).entries == ()


@pytest.mark.parametrize(
    "media_type", ["", "application/json", f"{MEDIA_TYPE} ", MEDIA_TYPE.upper(), 3, None]
)
def test_an_unknown_format_is_refused(media_type):
    with pytest.raises(MalformedError, match=r"model\.sig"):
        parse(file_with(mediaType=media_type))


NOT_JSON = {
    "nothing": b"",
    "text": b"untrusted comment: minisign",
    "half of it": signed(b"{}").to_bytes()[:-20],
    "two documents": signed(b"{}").to_bytes() * 2,
    "a list": b"[]",
    "not UTF-8": b'{"mediaType": "\xff"}',
    "a byte-order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"mediaType": NaN}',
    "too deep": b'{"mediaType":' + b"[" * 200 + b"]" * 200 + b"}",
    "far too deep": b"[" * 200_000,
    "a lone surrogate": b'{"mediaType": "\\ud800"}',
    "a key twice": b'{"mediaType": "a", "mediaType": "b"}',
    "a key twice, deep down": b'{"dsseEnvelope": {"payload": "", "payload": ""}}',
    "a key twice, once escaped": b'{"payload": 1, "p\\u0061yload": 2}',
}


@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_strict_json_is_refused_by_its_name(data):
    with pytest.raises(MalformedError, match=r"the signature model\.sig"):
        parse(data)


OLDER = {
    "a signature in base64": b"MEUCIQDkTlMLrvMqaTUVbWMmHNNMXJ0y0Wsx3J9qkQIgW8Zr",
    "the same with a newline": b"MEUCIQDkTlMLrvMqaTUVbWMmHNNMXJ0y0Wsx3J9qkQIgW8Zr\n",
    "cosign's bundle": b'{"base64Signature": "MEUC", "cert": "", "rekorBundle": null}',
    "a bare envelope": b'{"payloadType": "a", "payload": "e30=", "signatures": []}',
}


@pytest.mark.parametrize("data", OLDER.values(), ids=OLDER.keys())
def test_what_cosign_wrote_before_bundles_is_refused_with_the_way_out(data):
    with pytest.raises(MalformedError, match="before it") as refusal:
        parse(data)

    assert "--new-bundle-format" in refusal.value.hint


def test_a_hostile_file_name_is_shown_escaped():
    with pytest.raises(MalformedError, match=r"the signature a\\x1b\[2J"):
        signature_file.parse(b"", "a\x1b[2J")


MESSAGE = {
    "messageDigest": {"algorithm": "SHA2_256", "digest": b64(bytes(32))},
    "signature": "AAAA",
}


def test_a_signature_over_the_digest_of_a_file_is_read():
    value = good_file()
    del value["dsseEnvelope"]

    read = parse({**value, "messageSignature": MESSAGE}).content

    assert isinstance(read, MessageSignature)
    assert (str(read.digest), read.signature) == (f"sha256:{'0' * 64}", b"\0\0\0")


def test_a_file_that_signs_two_things_or_nothing_is_refused():
    without = good_file()
    del without["dsseEnvelope"]
    for value in (without, file_with(messageSignature=MESSAGE)):
        with pytest.raises(MalformedError, match="exactly one of an envelope"):
            parse(value)


@pytest.mark.parametrize(
    ("material", "chained"),
    [
        ({"certificate": {"rawBytes": "AAAA"}}, False),
        ({"certificate": {"rawBytes": "AAAA"}, "publicKey": None, "tlogEntries": []}, False),
        ({"x509CertificateChain": {"certificates": [{"rawBytes": "AAAA"}]}}, True),
    ],
)
def test_a_certificate_is_read_as_a_method_of_its_own(material, chained):
    read = parse(file_with(verificationMaterial=material))

    assert (read.certificates, read.chained, read.hint) == ((b"\0\0\0",), chained, "")


HOSTILE_MATERIAL = {
    "a key and a certificate": {"publicKey": {}, "certificate": {"rawBytes": "AAAA"}},
    "a chain of none": {"x509CertificateChain": {"certificates": []}},
    "a long chain": {"x509CertificateChain": {"certificates": [{"rawBytes": "AAAA"}] * 17}},
    "an empty log entry": {"publicKey": {}, "tlogEntries": [{}]},
    "many log entries": {"publicKey": {}, "tlogEntries": [{}] * 1000},
    "a timestamp twice": {
        "publicKey": {},
        "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": "AAAA"}] * 2},
    },
    "timestamps as a text": {
        "publicKey": {},
        "timestampVerificationData": {"rfc3161Timestamps": "AAAA"},
    },
}


@pytest.mark.parametrize("material", HOSTILE_MATERIAL.values(), ids=HOSTILE_MATERIAL.keys())
def test_material_that_means_two_things_or_too_many_is_refused(material):
    with pytest.raises(MalformedError, match=r"the signature model\.sig"):
        parse(file_with(verificationMaterial=material))


@pytest.mark.parametrize(
    ("public_key", "hint"),
    [
        ({"hint": "5ad1"}, "5ad1"),
        ({"hint": ""}, ""),
        ({"hint": None}, ""),
        ({}, ""),
        ({"rawBytes": "AAAA", "keyDetails": "PKIX_ECDSA_P256_SHA_256"}, ""),
    ],
)
def test_the_hint_is_a_string_or_absent(public_key, hint):
    assert parse(file_with(verificationMaterial={"publicKey": public_key})).hint == hint


@pytest.mark.parametrize("entries", [None, []])
def test_a_key_needs_no_log_entry(entries):
    material = {"publicKey": {"hint": ""}, "tlogEntries": entries}

    assert parse(file_with(verificationMaterial=material)).entries == ()


@pytest.mark.parametrize(
    "material",
    [
        None,
        [],
        "key",
        {},
        {"tlogEntries": []},
        {"publicKey": None},
        {"publicKey": "5ad1"},
        {"publicKey": {"hint": 7}},
    ],
)
def test_material_that_does_not_say_how_it_was_made_is_refused(material):
    with pytest.raises(MalformedError, match=r"model\.sig"):
        parse(file_with(verificationMaterial=material))


@pytest.mark.parametrize("envelope", [None, [], {}, "text"])
def test_an_envelope_that_is_none_is_refused(envelope):
    with pytest.raises(MalformedError, match=r"model\.sig"):
        parse(file_with(dsseEnvelope=envelope))

"""The envelope: its bytes are decoded strictly, and what is signed cannot be split anew."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.signing import dsse
from aiverify.signing.dsse import IN_TOTO, Envelope
from tests.support.signatures import b64

WHERE = "the signature model.sig"
ENVELOPE = Envelope(IN_TOTO, b'{"a": 1}', b"\x30\x01\xff")


def envelope_with(**changes):
    return {**ENVELOPE.to_json(), **changes}


def signed_with(**changes):
    [signature] = ENVELOPE.to_json()["signatures"]
    return envelope_with(signatures=[{**signature, **changes}])


def test_the_signed_bytes_are_those_of_the_protocols_own_example():
    encoded = dsse.pae("http://example.com/HelloWorld", b"hello world")

    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_counted_in_bytes():
    assert dsse.pae("é", "日".encode()) == "DSSEv1 2 é 3 日".encode()


def test_a_payload_type_cannot_borrow_from_the_payload():
    assert dsse.pae("a", b"b 1 c") != dsse.pae("a 5 b", b"c")


def test_what_is_written_is_read():
    assert dsse.parse(ENVELOPE.to_json(), WHERE) == ENVELOPE


@pytest.mark.parametrize("keyid", ["", "5ad1", None])
def test_a_key_id_may_say_anything_or_be_null(keyid):
    assert dsse.parse(signed_with(keyid=keyid), WHERE) == ENVELOPE


def test_a_key_id_may_be_absent():
    value = envelope_with(signatures=[{"sig": b64(ENVELOPE.signature)}])

    assert dsse.parse(value, WHERE) == ENVELOPE


@pytest.mark.parametrize("keyid", [7, 0, False, [], {}])
def test_a_key_id_that_is_no_string_is_refused(keyid):
    with pytest.raises(MalformedError, match="keyid"):
        dsse.parse(signed_with(keyid=keyid), WHERE)


@pytest.mark.parametrize(
    ("signatures", "count"),
    [
        ([], "0 signatures"),
        (ENVELOPE.to_json()["signatures"] * 2, "2 signatures"),
        (None, "no list"),
        ("AAAA", "no list"),
        ({"sig": "AAAA"}, "no list"),
    ],
)
def test_other_than_one_signature_is_refused(signatures, count):
    with pytest.raises(MalformedError, match=f"{WHERE} has {count}.*exactly one"):
        dsse.parse(envelope_with(signatures=signatures), WHERE)


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_an_envelope_or_signature_that_is_no_object_is_refused(value):
    with pytest.raises(MalformedError, match="where an object belongs"):
        dsse.parse(value, WHERE)
    with pytest.raises(MalformedError, match="where an object belongs"):
        dsse.parse(envelope_with(signatures=[value]), WHERE)


@pytest.mark.parametrize("key", ["payload", "payloadType", "signatures"])
def test_an_envelope_that_lacks_a_part_is_refused(key):
    value = ENVELOPE.to_json()
    del value[key]

    with pytest.raises(MalformedError, match=WHERE):
        dsse.parse(value, WHERE)


@pytest.mark.parametrize("payload_type", [None, 7, ["application/vnd.in-toto+json"]])
def test_a_payload_type_that_is_no_string_is_refused(payload_type):
    with pytest.raises(MalformedError, match="payloadType"):
        dsse.parse(envelope_with(payloadType=payload_type), WHERE)


NOT_BASE64 = {
    "a number": 7,
    "null": None,
    "no padding": "QQ",
    "half the padding": "QQ=",
    "too much padding": "QQ===",
    "padding alone": "====",
    "padding within": "QQ==QQ==",
    "a space before": " QUJD",
    "a newline after": "QUJD\n",
    "a newline within": "QU\nJD",
    "the url-safe alphabet": "-_-_",
    "a NUL": "QUJD\0",
    "other letters": "éééé",
    "digits that only look like digits": "\uff11\uff12\uff13\uff14",
    "bits in the padding": "QR==",
}


@pytest.mark.parametrize("text", NOT_BASE64.values(), ids=NOT_BASE64.keys())
def test_only_strict_base64_is_decoded(text):
    with pytest.raises(MalformedError, match="payload"):
        dsse.parse(envelope_with(payload=text), WHERE)
    with pytest.raises(MalformedError, match="sig"):
        dsse.parse(signed_with(sig=text), WHERE)

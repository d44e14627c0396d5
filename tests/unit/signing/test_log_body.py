"""A log entry's body speaks of one signature, and is refused for every other."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from aiverify.errors import DeniedError, MalformedError
from aiverify.signing.dsse import Envelope
from aiverify.signing.log import body
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.message import MessageSignature
from tests.support.logs import (
    DETAILS,
    b64,
    canonical,
    certificate,
    certified,
    envelope,
    message,
    private,
    spki,
)
from tests.support.logs import body as written

OF_ENVELOPES = [
    ("dsse", "0.0.1"),
    ("dsse", "0.0.2"),
    ("intoto", "0.0.2"),
    ("hashedrekord", "0.0.2"),
]
OF_MESSAGES = [("hashedrekord", "0.0.1"), ("hashedrekord", "0.0.2")]
ALL = [(kind, envelope) for kind in OF_ENVELOPES] + [(kind, message) for kind in OF_MESSAGES]
NAMES = [f"{kind[0]} {kind[1]} of {make.__name__}" for kind, make in ALL]
each_kind = pytest.mark.parametrize(("kind", "make"), ALL, ids=NAMES)


def check(value, kind, signed):
    data = value if isinstance(value, bytes) else canonical(value)
    body.check(data, *kind, signed.content, signed.verifier)


def refused(value, kind, signed):
    with pytest.raises(DeniedError) as caught:
        check(value, kind, signed)
    return caught.value.message


def places(value, path=()):
    """Every place in a JSON document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield (*path, at)
            yield from places(item, (*path, at))


def put(value, path, item):
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    if item is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = item
    return changed


@each_kind
@pytest.mark.parametrize("key", [*DETAILS, "ed25519"])
def test_the_entry_of_a_keys_signature_is_about_it(kind, make, key):
    signed = make(key)

    check(written(signed, kind), kind, signed)


@each_kind
@pytest.mark.parametrize("key", DETAILS)
def test_the_entry_of_a_certificates_signature_is_about_it(kind, make, key):
    signed = certified(make(key))

    check(written(signed, kind), kind, signed)


@each_kind
def test_an_entry_of_another_signature_of_the_same_is_refused(kind, make):
    signed, again = make(), make()
    assert signed.content.signature != again.content.signature

    assert "about something else" in refused(written(again, kind), kind, signed)


@each_kind
def test_an_entry_by_another_key_for_the_same_is_refused(kind, make):
    signed = make()
    other = replace(signed, verifier=Verifier(spki(private(owner="mallory")), certificate=False))

    assert "about something else" in refused(written(other, kind), kind, signed)


@each_kind
def test_an_entry_by_the_certificate_of_the_key_is_not_one_by_the_key(kind, make):
    signed = make()

    assert "about something else" in refused(written(certified(signed), kind), kind, signed)
    assert "about something else" in refused(written(signed, kind), kind, certified(signed))


@each_kind
def test_an_entry_by_another_certificate_of_the_same_key_is_refused(kind, make):
    signed = certified(make())
    der = bytearray(certificate())
    der[-1] ^= 1
    other = replace(signed, verifier=Verifier(bytes(der), certificate=True))

    assert "about something else" in refused(written(other, kind), kind, signed)


@each_kind
def test_an_entry_of_another_message_is_refused(kind, make):
    signed = make()
    if make is envelope:
        other = replace(signed, content=replace(signed.content, payload=b"other"))
    else:
        digest = message(data=b"other").content.digest
        other = replace(signed, content=replace(signed.content, digest=digest))

    assert "about something else" in refused(written(other, kind), kind, signed)


@each_kind
def test_no_part_of_a_body_may_be_missing_or_something_else(kind, make):
    signed = make()
    value = written(signed, kind)

    for path in places(value):
        for item in (..., None, "", 7, True, [], {}, ["x"], {"x": "x"}, "x"):
            assert "about something else" in refused(put(value, path, item), kind, signed)


@each_kind
def test_no_part_may_be_added_to_a_body(kind, make):
    signed = make()
    value = written(signed, kind)

    for path in [(), *places(value)]:
        at = value
        for key in path:
            at = at[key]
        if isinstance(at, dict):
            assert "differs" in refused(put(value, (*path, "extra"), "x"), kind, signed)
        if isinstance(at, list):
            longer = put(value, path, [*at, *at])
            assert "about something else" in refused(longer, kind, signed)


@each_kind
def test_the_order_of_members_and_spaces_change_nothing(kind, make):
    signed = make()
    value = written(signed, kind)
    backwards = dict(reversed(list(value.items())))

    check(json.dumps(backwards, indent=3).encode(), kind, signed)


@each_kind
def test_a_member_that_is_there_twice_is_refused(kind, make):
    signed = make()
    data = canonical(written(signed, kind))

    with pytest.raises(MalformedError, match="duplicate"):
        check(data[:-1] + b',"kind":"x"}', kind, signed)


@each_kind
@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(kind, make, data):
    with pytest.raises(MalformedError):
        check(data, kind, make())


@pytest.mark.parametrize(
    "kind",
    [
        ("hashedrekord", "0.0.3"),
        ("dsse", ""),
        ("rekord", "0.0.1"),
        ("intoto", "0.0.1"),
        ("tuf", "0.0.1"),
        ("DSSE", "0.0.1"),
        ("\x1b[2J", "0.0.1"),
    ],
)
def test_an_entry_of_an_unknown_kind_is_refused(kind):
    message_of = refused({}, kind, envelope())

    assert "kind" in message_of
    assert "\x1b" not in message_of


@pytest.mark.parametrize("kind", [("hashedrekord", "0.0.1")])
def test_kinds_for_digests_are_none_for_envelopes(kind):
    assert "none for an envelope" in refused({}, kind, envelope())


@pytest.mark.parametrize("kind", [("dsse", "0.0.1"), ("dsse", "0.0.2"), ("intoto", "0.0.2")])
def test_kinds_for_envelopes_are_none_for_digests(kind):
    assert "none for a digest" in refused({}, kind, message())


def test_a_body_of_another_kind_than_its_entry_says_is_refused():
    signed = envelope()

    assert "about something else" in refused(
        written(signed, ("dsse", "0.0.2")), ("hashedrekord", "0.0.2"), signed
    )


def test_the_hash_that_the_log_made_itself_may_be_any():
    signed = envelope()
    value = written(signed, ("dsse", "0.0.1"))

    check(put(value, ("spec", "envelopeHash", "value"), "0" * 64), ("dsse", "0.0.1"), signed)


@pytest.mark.parametrize("value", ["0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", "\u0660" * 64])
def test_the_hash_that_the_log_made_itself_is_one(value):
    signed = envelope()
    good = written(signed, ("dsse", "0.0.1"))

    refused(put(good, ("spec", "envelopeHash", "value"), value), ("dsse", "0.0.1"), signed)


@pytest.mark.parametrize("change", [str.swapcase, lambda text: text.rstrip("=") + "\n"])
def test_another_writing_of_the_same_bytes_is_refused(change):
    signed = envelope()
    value = written(signed, ("hashedrekord", "0.0.2"))
    path = ("spec", "hashedRekordV002", "signature", "content")

    refused(put(value, path, change(b64(signed.content.signature))), OF_ENVELOPES[3], signed)


def test_in_toto_entries_may_name_the_key_and_lack_the_newline_of_pem():
    signed = envelope()
    value = written(signed, ("intoto", "0.0.2"))
    [signature] = value["spec"]["content"]["envelope"]["signatures"]
    signature["keyid"] = "SHA256:any"
    signature["publicKey"] = b64(signed.verifier.pem[:-1])

    check(value, ("intoto", "0.0.2"), signed)


@pytest.mark.parametrize("keyid", [7, None, {}])
def test_in_toto_entries_name_the_key_by_text(keyid):
    signed = envelope()
    value = written(signed, ("intoto", "0.0.2"))
    [signature] = value["spec"]["content"]["envelope"]["signatures"]
    signature["keyid"] = keyid

    refused(value, ("intoto", "0.0.2"), signed)


def test_a_verifier_that_is_no_key_is_refused():
    signed = replace(envelope(), verifier=Verifier(b"\x30\x00", certificate=False))

    with pytest.raises(MalformedError, match="public key"):
        check({}, ("hashedrekord", "0.0.2"), signed)


def test_contents_are_of_two_kinds_only():
    assert {type(make().content) for _, make in ALL} == {Envelope, MessageSignature}

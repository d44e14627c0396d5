"""What a log is sent, and what of its answers is believed."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import pytest

from aiverify.errors import DeniedError, UndecidedError, UsageError
from aiverify.signing.log import client
from tests.support.http_site import Reply, serving
from tests.support.logs import (
    DETAILS,
    HASHES,
    NOW,
    Book,
    b64,
    certified,
    envelope,
    message,
)

SECRET = b'{"name":"secret-project.safetensors"}'
UUID = "0123456789abcdef" + "ab" * 32


def answer_of(entry):
    """An entry in the form of Rekor v1's answers."""
    proof = entry.proof
    return {
        UUID: {
            "body": b64(entry.body),
            "integratedTime": entry.integrated_time,
            "logID": entry.log_id.hex(),
            "logIndex": entry.index,
            "attestation": {},
            "verification": {
                "inclusionProof": {
                    "checkpoint": proof.checkpoint,
                    "hashes": [each.hex() for each in proof.hashes],
                    "logIndex": proof.index,
                    "rootHash": proof.root.hex(),
                    "treeSize": proof.tree_size,
                },
                "signedEntryTimestamp": b64(entry.promise),
            },
        }
    }


def reply_of(entry, version):
    value = entry.to_json() if version == 2 else answer_of(entry)
    return Reply(201, json.dumps(value).encode())


def submit(site, version, signed, root):
    return client.submit(
        site.url, version, signed.content, signed.verifier, root, now=NOW, timeout=5
    )


def sent(version, signed):
    """What a log is sent for a signature, whatever it answers."""
    with serving(Reply(400)) as site, pytest.raises(DeniedError):
        submit(site, version, signed, Book().root())
    [asked] = site.asked
    assert asked.method == "POST"
    assert asked.path == f"/api/v{version}/log/entries"
    assert asked.headers["Content-Type"] == asked.headers["Accept"] == "application/json"
    return asked.body


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("make", [envelope, message])
@pytest.mark.parametrize("by", [lambda signed: signed, certified])
def test_an_answer_that_holds_is_given_back(version, make, by):
    book, signed = Book(version, "p256"), by(make())
    entry = book.enter(signed)

    with serving(reply_of(entry, version)) as site:
        assert submit(site, version, signed, book.root()) == entry


@pytest.mark.parametrize("kind", DETAILS)
@pytest.mark.parametrize("by", [lambda signed: signed, certified])
def test_version_2_is_sent_a_digest_and_no_payload(kind, by):
    signed = by(envelope(kind, payload=SECRET))
    digest = hashlib.new(HASHES[kind], signed.content.signed_bytes()).digest()
    name = "x509Certificate" if signed.verifier.certificate else "publicKey"

    assert json.loads(sent(2, signed)) == {
        "hashedRekordRequestV002": {
            "digest": b64(digest),
            "signature": {
                "content": b64(signed.content.signature),
                "verifier": {
                    "keyDetails": DETAILS[kind],
                    name: {"rawBytes": b64(signed.verifier.der)},
                },
            },
        }
    }


@pytest.mark.parametrize("version", [1, 2])
def test_no_name_of_a_file_is_sent_with_a_digest(version):
    assert b"secret" not in sent(version, message(data=SECRET))
    assert b64(SECRET)[:20].encode() not in sent(version, message(data=SECRET))


def test_version_1_is_sent_an_envelope_whole_since_it_checks_it_itself():
    signed = envelope(payload=SECRET)
    value = json.loads(sent(1, signed))

    proposed = value["spec"]["proposedContent"]
    assert (value["apiVersion"], value["kind"]) == ("0.0.1", "dsse")
    assert json.loads(proposed["envelope"]) == signed.content.to_json()
    assert [base64.b64decode(each) for each in proposed["verifiers"]] == [signed.verifier.pem]


@pytest.mark.parametrize("signed", [envelope("ed25519"), message("ed25519")])
def test_version_2_takes_no_signature_by_an_ed25519_key(signed):
    with serving() as site, pytest.raises(UsageError, match="Ed25519") as caught:
        submit(site, 2, signed, Book().root())

    assert site.asked == []
    assert caught.value.hint


def test_version_1_takes_an_envelope_by_an_ed25519_key_and_no_digest():
    assert json.loads(sent(1, envelope("ed25519")))["kind"] == "dsse"
    with serving() as site, pytest.raises(UsageError, match="Ed25519"):
        submit(site, 1, message("ed25519"), Book().root())
    assert site.asked == []


@pytest.mark.parametrize("version", [0, 3, -1])
def test_another_version_is_refused(version):
    with serving() as site, pytest.raises(UsageError, match="none of 1 and 2"):
        submit(site, version, message(), Book().root())


def test_a_url_in_the_clear_is_refused():
    signed = message()
    with pytest.raises(UsageError, match="in the clear"):
        client.submit(
            "http://log.example.com",
            2,
            signed.content,
            signed.verifier,
            Book().root(),
            now=NOW,
        )


@pytest.mark.parametrize("version", [1, 2])
def test_the_entry_of_another_signature_is_not_given_back(version):
    book, signed = Book(version, "p256"), message()
    other = book.enter(message())

    with (
        serving(reply_of(other, version)) as site,
        pytest.raises(DeniedError, match=r"gave back does not hold.*about something else"),
    ):
        submit(site, version, signed, book.root())


@pytest.mark.parametrize("version", [1, 2])
def test_an_entry_of_a_log_that_is_not_trusted_is_not_given_back(version):
    book, signed = Book(version, "p256"), message()

    with (
        serving(reply_of(book.enter(signed), version)) as site,
        pytest.raises(DeniedError, match="not trusted"),
    ):
        submit(site, version, signed, Book().root())


@pytest.mark.parametrize("version", [1, 2])
def test_a_proof_that_was_tampered_with_is_not_given_back(version):
    book, signed = Book(version, "p256"), message()
    entry = book.enter(signed)
    spoiled = replace(
        entry, proof=replace(entry.proof, hashes=(bytes(32), *entry.proof.hashes[1:]))
    )

    with (
        serving(reply_of(spoiled, version)) as site,
        pytest.raises(DeniedError, match="root hash"),
    ):
        submit(site, version, signed, book.root())


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b"null", b'{"a":{}}', b'{"a":1}', b'{"a":{},"b":{}}', b"\xff",
     b"[" * 100_000],
)  # fmt: skip
def test_an_answer_that_is_no_entry_is_none(version, body):
    with (
        serving(Reply(201, body)) as site,
        pytest.raises(UndecidedError, match="answers with no log entry"),
    ):
        submit(site, version, message(), Book().root())


V1_PARTS = [
    ("body",),
    ("integratedTime",),
    ("logID",),
    ("logIndex",),
    ("verification",),
    ("verification", "signedEntryTimestamp"),
    ("verification", "inclusionProof"),
    ("verification", "inclusionProof", "checkpoint"),
    ("verification", "inclusionProof", "hashes"),
    ("verification", "inclusionProof", "rootHash"),
]


@pytest.mark.parametrize("path", V1_PARTS)
@pytest.mark.parametrize("item", [7.5, "*", {}, [[]], True, "AA"])
def test_a_part_of_version_1s_answer_that_is_something_else_is_refused(path, item):
    book, signed = Book(1, "p256"), message()
    value = answer_of(book.enter(signed))
    at = value[UUID]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = item

    with (
        serving(Reply(201, json.dumps(value).encode())) as site,
        pytest.raises((UndecidedError, DeniedError)),
    ):
        submit(site, 1, signed, book.root())


@pytest.mark.parametrize("prefix", ["/api/v1/log/entries/", "https://evil.example/", ""])
def test_an_entry_that_is_there_already_is_fetched_from_the_same_log(prefix):
    book, signed = Book(1, "p256"), message()
    entry = book.enter(signed)
    conflict = Reply(409, b"{}", {"Location": f"{prefix}{UUID}"})

    with serving(conflict, reply_of(entry, 1)) as site:
        assert submit(site, 1, signed, book.root()) == entry

    assert [(each.method, each.path) for each in site.asked] == [
        ("POST", "/api/v1/log/entries"),
        ("GET", f"/api/v1/log/entries/{UUID}"),
    ]


@pytest.mark.parametrize(
    "location", ["", "/", "/api/v1/log/entries/", "../../etc", "/x?" + UUID, "G" * 64, "a" * 63]
)
def test_an_entry_that_is_there_already_at_no_place_is_not_looked_for(location):
    with (
        serving(Reply(409, b"{}", {"Location": location})) as site,
        pytest.raises(UndecidedError, match="does not say where"),
    ):
        submit(site, 1, message(), Book().root())

    assert len(site.asked) == 1


def test_an_entry_that_is_there_already_is_no_answer_of_version_2():
    with (
        serving(Reply(409, b'{"message":"there"}', {"Location": UUID})) as site,
        pytest.raises(DeniedError, match=r"HTTP 409\): there"),
    ):
        submit(site, 2, message(), Book().root())


def test_an_entry_that_was_there_of_another_signature_is_not_given_back():
    book, signed = Book(1, "p256"), message()
    other = reply_of(book.enter(message()), 1)

    with (
        serving(Reply(409, b"{}", {"Location": UUID}), other) as site,
        pytest.raises(DeniedError, match="about something else"),
    ):
        submit(site, 1, signed, book.root())

"""Checkpoints count when the log's own key signed them, as they stand."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from aiverify.errors import DeniedError, MalformedError
from aiverify.signing.log import checkpoint, keys
from tests.support.logs import ORIGIN, Book, b64, private, spki
from tests.support.sigstore import keys as service_keys

ROOT = bytes(range(32))
BOOKS = {"v2 ed25519": (2, "ed25519"), "v2 p256": (2, "p256"), "v1": (1, "p256")}


def note(book, *, size=7, root=ROOT, name=None, origin=None, key=None):
    return book.log.checkpoint(
        size, root, name or book.name, origin or book.origin, key or book.log.key
    )


@pytest.fixture(params=BOOKS)
def book(request):
    version, key = BOOKS[request.param]
    return Book(version, key)


def denied(text, log):
    with pytest.raises(DeniedError) as caught:
        checkpoint.verify(checkpoint.parse(text), log)
    return caught.value.message


def test_a_logs_own_checkpoint_holds(book):
    head = checkpoint.parse(note(book))

    checkpoint.verify(head, book.trusted())
    assert (head.origin, head.size, head.root) == (book.origin, 7, ROOT)


def test_the_name_of_a_tree_of_version_1_is_without_its_number():
    assert checkpoint.parse(note(Book(1, "p256"))).name == ORIGIN


def test_extension_lines_are_signed_and_passed_over(book):
    text = f"{book.origin}\n7\n{b64(ROOT)}\nTimestamp: 1679349379012118479\nand more\n"
    made = b64(book.log_id[:4] + service_keys.sign(book.log.key, text.encode()))

    checkpoint.verify(checkpoint.parse(f"{text}\n\u2014 {book.name} {made}\n"), book.trusted())


def test_signatures_of_witnesses_are_passed_over(book):
    witness = f"\u2014 witness.example.com {b64(b'wxyz' + bytes(72))}\n"
    text, signature = note(book).split("\n\n")

    for block in (f"{witness}{signature}", f"{signature}{witness}"):
        checkpoint.verify(checkpoint.parse(f"{text}\n\n{block}"), book.trusted())


def test_a_witness_alone_is_not_the_log(book):
    text = note(book).split("\n\n")[0]
    witness = f"\u2014 witness.example.com {b64(b'wxyz' + bytes(72))}\n"

    assert "not signed by the log" in denied(f"{text}\n\n{witness}", book.trusted())


def test_another_key_under_the_logs_name_and_hint_is_refused(book):
    text = note(book, key=book.log.strangers_key)

    assert "does not hold" in denied(text, book.trusted())


def test_another_log_of_the_same_name_is_refused(book):
    other = Book(book.version, "p256" if book.version == 1 else "ed25519")

    assert "not signed by the log" in denied(note(other), book.trusted())


def test_a_bad_signature_beside_the_good_one_is_refused(book):
    good, bad = note(book), note(book, key=book.log.strangers_key)
    second = bad.split("\n\n")[1]

    assert "does not hold" in denied(good + second, book.trusted())


def test_the_logs_signature_under_another_name_is_refused(book):
    assert "not signed" in denied(note(book, name="other.example.com"), book.trusted())


def test_a_signature_of_another_checkpoint_is_refused(book):
    text, other = note(book).split("\n\n")[0], note(book, size=8).split("\n\n")[1]

    assert "does not hold" in denied(f"{text}\n\n{other}", book.trusted())


def test_a_key_of_a_kind_that_is_unknown_is_refused():
    book = Book(2, "p256")
    log = replace(book.trusted(), details="PKIX_RSA_PSS_2048_SHA256")

    assert "unknown kind" in denied(note(book), log)


@pytest.mark.parametrize("details", ["PKIX_ED25519", "PKIX_ECDSA_P384_SHA_384"])
def test_a_key_of_another_kind_than_the_root_says_is_refused(details):
    book = Book(2, "p256")

    assert "unknown kind" in denied(note(book), replace(book.trusted(), details=details))


def test_a_key_that_is_none_is_refused():
    book = Book(2, "p256")

    assert "cannot be read" in denied(note(book), replace(book.trusted(), der=b"0"))


@pytest.mark.parametrize("kind", ["p384", "p521"])
def test_a_log_may_have_a_key_on_a_larger_curve(kind):
    key = private(kind, "a log")
    book = Book(2, "p256")
    log = replace(book.trusted(), der=spki(key), details=service_keys.details(key.public_key()))
    text = f"{ORIGIN}\n7\n{b64(ROOT)}\n"
    made = b64(hashlib.sha256(spki(key)).digest()[:4] + service_keys.sign(key, text.encode()))

    checkpoint.verify(checkpoint.parse(f"{text}\n\u2014 {ORIGIN} {made}\n"), log)


def test_an_ed25519_key_goes_by_its_name_as_c2sp_has_it():
    # The example of Go's sumdb/note package: name, hint and key behind the byte of its kind.
    example = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, hint, key = example.split("+", 2)
    head = bytes.fromhex("302a300506032b6570032100")
    log = replace(Book(2).trusted(), der=head + base64.b64decode(key)[1:])

    assert bytes.fromhex(hint) in keys.hints(log, name)
    assert bytes.fromhex(hint) not in keys.hints(log, "PeterNeumanm")


GOOD = note(Book(2))
TEXT, BLOCK = GOOD.split("\n\n")
SIGNATURE = BLOCK.split()[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        TEXT,
        f"{TEXT}\n\n",
        f"{TEXT}\n{BLOCK}",
        GOOD.rstrip("\n"),
        f"{GOOD}\n",
        f"{TEXT}\n\n\n{BLOCK}",
        f"\n{GOOD}",
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n7\n", "\n\n7\n"),
        GOOD.replace("\n7\n", "\n"),
        GOOD.replace("\n7\n", "\n07\n"),
        GOOD.replace("\n7\n", "\n-7\n"),
        GOOD.replace("\n7\n", "\n+7\n"),
        GOOD.replace("\n7\n", "\n7.0\n"),
        GOOD.replace("\n7\n", "\n \u0667\n"),
        GOOD.replace("\n7\n", f"\n{2**63}\n"),
        GOOD.replace("\n7\n", f"\n{'9' * 500}\n"),
        GOOD.replace(f"{ORIGIN}\n", "\n", 1),
        GOOD.replace(f"{ORIGIN}\n", "a\x1bb\n", 1),
        GOOD.replace(b64(ROOT), b64(ROOT[:31])),
        GOOD.replace(b64(ROOT), b64(ROOT).rstrip("=")),
        GOOD.replace(b64(ROOT), ROOT.hex()),
        GOOD.replace("\u2014", "-"),
        GOOD.replace("\u2014 ", "\u2014  "),
        GOOD.replace(SIGNATURE, SIGNATURE[:4]),
        GOOD.replace(SIGNATURE, ""),
        GOOD.replace(SIGNATURE, f"{SIGNATURE} more"),
        GOOD.replace(SIGNATURE, "*" + SIGNATURE[1:]),
        f"{GOOD}not a signature\n",
        GOOD + BLOCK * 100,
        "x" * 70_000,
        GOOD + "\ud800",
    ],
)
def test_what_is_no_signed_tree_head_is_refused(text):
    with pytest.raises(MalformedError, match="checkpoint"):
        checkpoint.parse(text)


def test_a_name_that_is_signed_twice_by_two_keys_needs_the_logs():
    book = Book(2)
    stranger = ed25519.Ed25519PrivateKey.generate()
    text = note(book).split("\n\n")[0] + "\n"
    public = stranger.public_key().public_bytes_raw()
    hint = hashlib.sha256(f"{book.name}\n".encode() + b"\x01" + public).digest()[:4]
    line = f"\u2014 {book.name} {b64(hint + stranger.sign(text.encode()))}\n"

    assert "not signed by the log" in denied(f"{text}\n{line}", book.trusted())
    checkpoint.verify(checkpoint.parse(note(book) + line), book.trusted())

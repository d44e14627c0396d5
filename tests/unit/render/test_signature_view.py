"""What is in a signature, on a page and as JSON: every line is ours, and there is an end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import is_visible
from aiverify.operations.inspect_signature import inspect_signature
from aiverify.render import signature, signature_json
from aiverify.render.page import Style
from aiverify.signing import oms
from aiverify.signing.predicates import SUMMARY
from tests.support import logs, signatures
from tests.support.certificates import root
from tests.support.signature_samples import (
    AT,
    by_key,
    hostile,
    payload,
    samples,
    unsigned,
)

HEADS = {
    "",
    "Statement",
    "Files",
    "Signer",
    "What the certificate says of the signer",
    "Timestamp",
    "Notable",
    "Nothing here was verified: anybody can write such a file.",
    "`aiverify verify TARGET --signature FILE` says whether somebody you trust signed.",
}


def seen(file):
    return inspect_signature(file.to_bytes(), Path("a\x1b.sig"), AT + timedelta(days=1))


def table(file, *, verbose: bool = False, **style) -> str:
    return signature.as_table(seen(file), verbose=verbose, style=Style(**style))


def many_files(count: int):
    digest = Digest.of(b"x")
    manifest = Manifest.of(Entry(f"f{number:05}", digest) for number in range(count))
    return unsigned(oms.build("many", manifest, ()).to_bytes())


@pytest.mark.parametrize("name", samples())
@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_page_ends_with_the_word_that_nothing_was_verified(name: str, width: int):
    lines = table(samples()[name], width=width).splitlines()
    assert lines[-2 if width > 80 else -3] == (
        "Nothing here was verified: anybody can write such a file."
    )
    assert "aiverify verify" in " ".join(lines[-2:])
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("name", samples())
def test_every_word_fits_eighty_columns(name: str):
    assert all(len(line) <= 80 for line in table(samples()[name], width=80).splitlines())


def test_nothing_in_a_file_moves_the_cursor_or_makes_a_line_of_its_own():
    lines = table(hostile(), verbose=True, width=120).splitlines()
    assert all(is_visible(char) for line in lines for char in line)
    starts = [line for line in lines if not line.startswith(" ")]
    forged = [line for line in starts if line.startswith(("Signer", "allow", "egis"))]
    assert forged == ["Signer"]
    assert len(lines) < 100


def test_a_word_of_the_files_gets_none_of_our_colours():
    file = unsigned(payload(SUMMARY, {"verificationResult": "allow"}, "pass"))
    page = table(file, width=120, colour=True)
    assert "\x1b[1;32m" not in page
    assert "\x1b[32m" not in page
    assert "\x1b[36mnote" in page


def test_a_few_files_are_shown_unless_all_are_asked_for():
    few, every = (table(many_files(30), verbose=verbose) for verbose in (False, True))
    assert (few.count("f000"), every.count("f000")) == (10, 30)
    assert "and 20 more, which --verbose shows" in few
    assert "more" not in every
    assert every.count(str(Digest.of(b"x"))) == 30


def test_too_many_files_are_not_shown_even_if_asked_for(monkeypatch: pytest.MonkeyPatch):
    for view in (signature, signature_json):
        monkeypatch.setattr(view, "MANY", 25)
    page = table(many_files(30), verbose=True)
    document = json.loads(signature_json.as_json(seen(many_files(30))))
    assert "and 5 more\n" in page
    files = document["payload"]["statement"]["files"]
    assert (files["count"], len(files["first"])) == (30, 25)


def test_every_certificate_of_a_chain_has_its_section():
    top = root()
    chain = (top.leaf().der, top.der)
    file = replace(unsigned(b"{}"), certificates=chain, chained=True)
    page = table(file)
    assert "a chain of 2 certificates" in page
    assert "\nCertificate 2 of the chain\n" in page


def test_json_says_that_nothing_was_verified_and_holds_texts_as_they_are():
    text = signature_json.as_json(seen(hostile()))
    document = json.loads(text)
    assert document["verified"] is False
    assert document["target"] == "a\x1b.sig"
    assert document["payload"]["statement"]["subjects"][0]["name"].startswith("llama\r\nSigner")
    assert all(is_visible(char) or char == "\n" for char in text)
    assert len(text) < 20_000


def test_json_has_times_in_rfc_3339_and_null_for_none():
    message = logs.message()
    document = json.loads(signature_json.as_json(seen(samples()["blob.sigstore.json"])))
    assert document["log"][0]["time"] == "2025-03-01T12:00:00Z"
    assert document["timestamps"][0]["time"] == "2025-03-01T12:00:02Z"
    plain = json.loads(signature_json.as_json(seen(by_key(message))))
    assert (plain["payload"], plain["log"], plain["timestamps"]) == (None, [], [])
    assert plain["digest"] == str(message.content.digest)


def test_a_listing_is_told_in_plain_words():
    page = table(signatures.signed(signatures.listing().to_bytes()))
    for words in ("a list of a model's files", "OpenSSF Model Signing", "2, hashed with sha256"):
        assert words in page

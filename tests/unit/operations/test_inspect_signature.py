"""What is in a signature file is told whatever it is, and believed in nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.serialization import Serialization, Span
from aiverify.errors import MalformedError
from aiverify.operations.inspect_signature import inspect_signature, signature_in
from aiverify.operations.seen.remarks import Seen, remarks
from aiverify.operations.seen.signer import Signer
from aiverify.operations.seen.words import MAX_TEXT, duration
from aiverify.signing import oms
from aiverify.signing.certificates import Described
from aiverify.signing.oms import LEGACY
from aiverify.signing.predicates import CYCLONEDX, PROVENANCE, SUMMARY
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement, Subject
from tests.support import logs, signature_samples, signatures
from tests.support.certificates import root
from tests.support.logs import Book
from tests.support.signature_samples import (
    AT,
    RUN,
    VERDICT,
    by_certificate,
    by_key,
    of_digest,
    payload,
    promised,
    short_lived,
    stamped,
    unsigned,
)
from tests.support.sigstore import timestamp

LATER = AT + timedelta(hours=1)

REJECTED = bytes.fromhex("30053003020102")
"""An answer without a timestamp (RFC 3161, section 2.4.2)."""


def seen(file: SignatureFile | bytes, now: datetime = LATER):
    data = file if isinstance(file, bytes) else file.to_bytes()
    return inspect_signature(data, Path("a.sig"), now)


def names(file, now: datetime = LATER) -> list[str]:
    return [item.name for item in seen(file, now).remarks]


def said(file, name: str, now: datetime = LATER) -> str:
    [found] = [item for item in seen(file, now).remarks if item.name == name]
    return f"{found.severity}: {found.message}"


def stated(predicate_type, predicate):
    return seen(unsigned(payload(predicate_type, predicate))).payload.statement


def changed(file: SignatureFile, change) -> bytes:
    document = json.loads(file.to_bytes())
    change(document)
    return json.dumps(document).encode()


def keyless(**valid) -> SignatureFile:
    content = logs.envelope(payload=payload(PROVENANCE, RUN)).content
    return by_certificate(content, short_lived(**valid))


def blob() -> SignatureFile:
    return by_key(logs.message())


# Which files are signatures


def test_a_signature_is_known_by_its_content_whatever_its_name_or_order(tmp_path: Path):
    document = json.loads(keyless().to_bytes())
    turned = json.dumps(dict(reversed(document.items())))
    for name, text in (("weights.bin", json.dumps(document)), ("x", f"\r\n\t {turned}")):
        (tmp_path / name).write_text(text)
        assert signature_in(tmp_path / name) == text.encode()


def test_a_signature_behind_a_link_is_one(tmp_path: Path):
    data = blob().to_bytes()
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").symlink_to("a")
    assert signature_in(tmp_path / "b") == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": '
        '[{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}]}',
        '["application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope"]',
        '{"vocab": {"application/vnd.dev.sigstore.bundle": 1, "dsseEnvelope": 2}}',
    ],
)
def test_other_files_are_none(tmp_path: Path, text: str):
    (tmp_path / "a.sigstore.json").write_text(text)
    assert signature_in(tmp_path / "a.sigstore.json") is None


def test_what_is_no_file_is_none_and_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    assert [signature_in(tmp_path / name) for name in (".", "pipe", "missing")] == [None] * 3


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(mediaType="application/vnd.dev.sigstore.bundle.v9+json"),
        lambda value: value.pop("verificationMaterial"),
        lambda value: value["dsseEnvelope"].update(payload="%"),
        lambda value: value["dsseEnvelope"].update(signatures=[]),
    ],
)
def test_a_broken_bundle_is_an_error(change):
    with pytest.raises(MalformedError):
        seen(changed(unsigned(b"{}"), change))


# What is signed


def test_a_signature_of_files_lists_them():
    found = seen(signatures.signed(signatures.listing().to_bytes()))
    statement = found.payload.statement
    assert (found.version, statement.lists_files, statement.problem) == ("0.3", True, "")
    assert statement.files.manifest.files == {"README.md", "model.safetensors"}
    assert statement.files.ignore_paths == {".git"}
    assert statement.facts == ()
    assert [item.name for item in found.remarks] == ["no-witness"]


def test_shards_are_told_with_their_size_and_hash():
    way = Serialization("blake2b", 10)
    digest = Digest.of(b"x", "blake2b")
    manifest = Manifest.of(Entry("w", digest, span=span) for span in (Span(0, 10), Span(10, 15)))
    built = oms.build("m", manifest, (), way, allow_symlinks=True)
    files = seen(unsigned(built.to_bytes())).payload.statement.files
    assert (files.serialization, files.allow_symlinks) == (way, True)
    assert (len(files.manifest.entries), len(files.manifest.files)) == (2, 1)


def test_a_listing_that_does_not_add_up_is_remarked_on():
    listing = signatures.listing()
    lying = replace(listing, subjects=(Subject("tiny", {"sha256": "0" * 64}),))
    assert "do not add up" in said(unsigned(lying.to_bytes()), "bad-statement")
    assert seen(unsigned(lying.to_bytes())).payload.statement.files is None


def test_an_old_listing_is_read_and_called_old():
    subjects = (Subject("a", {"sha256": "0" * 64}), Subject("b", {"sha256": "1" * 64}))
    old = unsigned(Statement(LEGACY, subjects, {}).to_bytes())
    assert len(seen(old).payload.statement.files.manifest.entries) == 2
    assert names(old) == ["old-predicate", "no-witness"]


def test_the_digest_of_a_file_is_told():
    found = seen(of_digest())
    assert found.payload is None
    assert found.message.digest == signature_samples.DIGEST


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid UTF-8"),
        (b"\x80" * (10 << 20), "not valid UTF-8"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1]", "must be a JSON object"),
        (b'{"a": 1, "a": 2}', "duplicate key"),
        (b"{}", "no predicate type"),
        (b'{"predicateType": 1, "subject": []}', "no predicate type"),
        (b'{"predicateType": "x", "subject": {}}', "no subjects"),
    ],
)
def test_a_payload_that_is_no_statement_is_told_with_the_reason(data: bytes, words: str):
    found = seen(unsigned(data)).payload
    assert (found.statement, found.size, found.digest) == (None, len(data), Digest.of(data))
    message = said(unsigned(data), "not-a-statement")
    assert words in message or "nested deeper" in message
    assert len(message) < 2 * MAX_TEXT


@pytest.mark.parametrize(
    "value",
    [
        {"predicateType": "x", "subject": [None, 1, {"name": 2, "digest": 3}]},
        {"predicateType": "x", "subject": [], "predicate": [1]},
        {"predicateType": SUMMARY, "subject": [{"digest": {"sha256": 7}}], "predicate": {}},
        {"predicateType": oms.PREDICATE, "subject": [{}], "predicate": {"resources": 5}},
        {"_type": 5, "predicateType": PROVENANCE, "subject": [{}], "predicate": None},
    ],
)
def test_a_statement_that_is_nearly_one_is_told_and_remarked_on(value):
    file = unsigned(json.dumps(value).encode())
    assert seen(file).payload.statement.predicate_type == value["predicateType"]
    assert "would refuse" in said(file, "bad-statement")


def test_a_payload_of_another_type_and_a_key_id_are_remarked_on():
    file = unsigned(payload("https://example.com/x", {}), "text/plain")
    assert "text/plain" in said(file, "not-a-statement")
    named = changed(file, lambda v: v["dsseEnvelope"]["signatures"][0].update(keyid="boss"))
    assert "'boss'" in said(named, "key-id")


def test_many_subjects_are_counted_and_few_are_kept():
    subjects = tuple(Subject(f"s{n}", {"sha256": "0" * 64}) for n in range(1000))
    file = unsigned(Statement("https://example.com/x", subjects, {}).to_bytes())
    statement = seen(file).payload.statement
    assert (len(statement.subjects), statement.subject_count) == (100, 1000)
    assert "1,000 subjects" in said(file, "subjects")


def test_long_texts_are_cut():
    long = "y" * 1_000_000
    file = unsigned(payload(f"https://example.com/{long}", {long: long}, long), long)
    assert len(repr(seen(file))) < 20 * MAX_TEXT


# What attestations say


def test_provenance_names_builder_and_dependencies():
    facts = stated(PROVENANCE, RUN).facts
    assert ("builder", "https://ci.example.com/training") in facts
    assert ("parameters", "epochs, learning_rate") in facts
    first, second = (text for name, text in facts if name == "dependency")
    assert first == f"base llama sha256:{Digest.of(b'base').hex}"
    assert second == f"https://example.com/corpus sha256:{Digest.of(b'data').hex}"


def test_many_dependencies_are_counted():
    many = {"buildDefinition": {"resolvedDependencies": [{"name": str(n)} for n in range(50)]}}
    told = [text for name, text in stated(PROVENANCE, many).facts if name == "dependency"]
    assert told == [*map(str, range(8)), "and 42 more"]


@pytest.mark.parametrize(
    ("predicate_type", "predicate", "facts"),
    [
        (
            CYCLONEDX,
            {
                "specVersion": "1.6",
                "metadata": {"component": {"name": "llama", "version": "1", "type": "data"}},
                "components": [{}, {}],
            },
            {
                "name": "llama",
                "version": "1",
                "kind": "data",
                "components": "2",
                "CycloneDX": "1.6",
            },
        ),
        (f"{CYCLONEDX}/v1.4", {"components": []}, {"components": "0"}),
        (
            "https://in-toto.io/attestation/vulns/v0.1",
            {"scanner": {"uri": "pkg:x/y", "version": "3", "result": [1]}},
            {"scanner": "pkg:x/y", "version": "3", "found": "1"},
        ),
        (
            "https://slsa.dev/provenance/v0.2",
            {"builder": {"id": "b"}, "materials": [{"uri": "u"}]},
            {"builder": "b", "dependency": "u"},
        ),
        ("https://example.com/x", {"a": 1, "b": 2}, {"members": "a, b"}),
        ("https://example.com/x", {"expires": "never"}, {"members": "expires", "expires": "never"}),
        (CYCLONEDX, {"metadata": [], "components": "many", "specVersion": {}}, {}),
    ],
)
def test_a_few_members_are_told(predicate_type, predicate, facts):
    assert dict(stated(predicate_type, predicate).facts) == facts


def test_another_version_of_a_known_type_is_remarked_on():
    file = unsigned(payload("https://slsa.dev/provenance/v0.2", {}))
    assert PROVENANCE in said(file, "old-predicate")
    assert "old-predicate" not in names(unsigned(payload(PROVENANCE, RUN)))


def test_a_verdict_that_expired_by_its_own_words_is_remarked_on():
    file = unsigned(payload(SUMMARY, VERDICT))
    assert dict(seen(file).payload.statement.facts)["result"] == "PASSED"
    assert "statement-expired" not in names(file, AT)
    assert "2025-03-08" in said(file, "statement-expired", AT + timedelta(days=7))
    assert "bad-expiry" in names(unsigned(payload(SUMMARY, {**VERDICT, "expires": "soon"})))


# Who signed


def test_a_hint_is_told_with_its_form():
    public = signatures.key().public
    theirs, ours = (
        seen(replace(unsigned(b"{}"), hint=hint)).signer
        for hint in (public.cosign_hint, public.hint)
    )
    assert (theirs.form, theirs.fingerprint) == ("cosign", public.fingerprint)
    assert (ours.form, ours.fingerprint) == ("oms", "")
    assert seen(unsigned(b"{}")).signer.form == ""
    assert "no-hint" in names(replace(unsigned(b"{}"), hint=""))


def with_raw_key(raw: bytes, hint: str) -> bytes:
    key = {"rawBytes": signatures.b64(raw), "hint": hint}
    return changed(
        unsigned(b"{}"), lambda value: value["verificationMaterial"].update(publicKey=key)
    )


def test_a_key_in_the_file_proves_nothing_and_is_held_against_the_hint():
    public = signatures.key().public
    for raw in (public.der, public.pem.encode()):
        file = with_raw_key(raw, public.hint)
        assert seen(file).signer.key.public == public
        assert names(file)[-2:] == ["own-key", "no-witness"]
    assert "other-key" in names(with_raw_key(public.der, signatures.key(owner="bob").public.hint))


@pytest.mark.parametrize("raw", [b"x", b"-----BEGIN PUBLIC KEY-----\n", b"\x30\x80"])
def test_a_key_that_is_none_is_remarked_on(raw: bytes):
    assert "bad-key" in names(with_raw_key(raw, "x"))


@pytest.mark.parametrize("raw", [b"", b"no certificate", b"\x30\x82" * 100, b"x" * 100_000])
def test_a_certificate_that_is_none_is_told(raw: bytes):
    file = replace(keyless(), certificates=(raw,))
    assert "is no certificate" in said(file, "bad-certificate")
    assert seen(file).entries[0].matches is None


def test_a_certificate_for_one_signing_is_told():
    leaf = seen(keyless()).signer.leaf
    assert (
        "build signer URI",
        f"{signature_samples.github.SERVER}/acme/model/"
        ".github/workflows/release.yml@refs/heads/main",
    ) in leaf.extensions
    assert names(keyless()) == ["short-lived", "expired"]
    assert said(keyless(), "short-lived").endswith("10 minutes alone")
    assert said(keyless(), "expired").startswith("note")


def test_a_certificate_that_expired_before_anybody_saw_the_signature_is_a_warning():
    for file in (replace(keyless(), timestamps=()), keyless(start=AT - timedelta(days=1))):
        assert said(file, "expired").startswith("warning")
    assert "12:00:02" in said(keyless(start=AT - timedelta(days=1)), "outside-validity")


def test_a_certificate_that_is_not_yet_valid_is_a_warning():
    file = keyless(start=LATER + timedelta(days=1))
    assert "2025-03-02 13:00:00" in said(file, "not-yet-valid")


def test_an_authority_that_signs_and_a_chain_out_of_order_are_remarked_on():
    top = root()
    middle = top.intermediate()
    leaf = middle.leaf()
    good = (leaf.der, middle.der, top.der)
    file = SignatureFile(unsigned(b"{}").content, certificates=good, chained=True)
    valid = datetime(2026, 6, 1, tzinfo=UTC)
    assert seen(file).signer.method == "chain"
    assert not {"chain-order", "authority"} & set(names(file, valid))
    wrong = names(replace(file, certificates=good[::-1]), valid)
    assert {"chain-order", "authority"} <= set(wrong)


def test_a_certificate_that_ends_before_it_begins_is_remarked_on():
    leaf = Described("sha256:0", not_before=AT, not_after=AT - timedelta(days=1))
    found = remarks(Seen(None, Signer("certificate", certificates=(leaf,)), (), ()), LATER)
    assert [item.name for item in found] == ["never-valid", "expired", "no-witness"]


def test_many_names_are_cut():
    names_of = [signature_samples.x509.DNSName(f"{n}.example.com") for n in range(1000)]
    extension = (signature_samples.x509.SubjectAlternativeName(names_of), False)
    found = seen(replace(keyless(), certificates=(root().leaf(extension).der,)))
    assert (len(found.signer.leaf.names), found.signer.leaf.names[-1]) == (41, "and 960 more")


# Who saw it


def test_an_entry_of_this_signature_is_told_from_one_of_another():
    good = seen(keyless()).entries[0]
    assert (good.matches, good.reason, good.promised, good.time) == (True, "", False, None)
    assert (good.proof.origin, good.proof.size) == ("log.example.com", good.proof.tree_size)
    other = replace(keyless(), entries=(Book().enter(logs.envelope(owner="bob")),))
    assert seen(other).entries[0].matches is False
    assert said(other, "other-entry").startswith("warning: log entry 5 is of another signature")


@pytest.mark.parametrize("kind", logs._SPECS)
def test_the_key_that_a_log_names_is_held_against_the_hint(kind):
    signed = logs.message() if kind == ("hashedrekord", "0.0.1") else logs.envelope()
    file = by_key(signed, entries=(Book().enter(signed, kind),))
    entry = seen(file).entries[0]
    assert (entry.matches, entry.key.public.cosign_hint) == (True, file.hint)
    assert "other-key" not in names(file)
    assert "other-key" in names(replace(file, hint=signatures.key().public.hint))


@pytest.mark.parametrize("body", [b"\xff", b"[]", b"{}", b'{"spec": {"signatures": [5]}}'])
def test_an_entry_that_cannot_be_read_is_told(body: bytes):
    entry = Book().enter_body(body, ("hashedrekord", "0.0.2"))
    assert seen(replace(blob(), entries=(entry,))).entries[0].matches is None
    assert "unread-entry" in names(replace(blob(), entries=(entry,)))
    assert seen(replace(keyless(), entries=(entry,))).entries[0].matches is not True


def test_the_time_of_a_log_counts_if_it_is_promised():
    signed = logs.message()
    entry = promised(signed)
    file = by_key(signed, entries=(entry,))
    assert (seen(file).entries[0].time, seen(file).entries[0].promised) == (AT, True)
    assert seen(file).remarks == ()
    assert names(replace(file, entries=(replace(entry, promise=None),))) == [
        "no-time",
        "no-promise",
    ]
    assert "which is to come" in said(file, "bad-time", AT - timedelta(days=1))


@pytest.mark.parametrize("seconds", [2**63 - 1, 10**12, 253402300800])
def test_a_time_that_no_calendar_has_is_told(seconds: int):
    file = by_key(logs.message(), entries=(promised(logs.message(), seconds),))
    assert seen(file).entries[0].time is None
    assert f"{seconds} seconds" in said(file, "bad-time")


def test_a_proof_that_is_not_whole_is_remarked_on():
    signed = logs.message()
    entry = promised(signed)

    def proven(**fields):
        proof = replace(entry.proof, **fields) if fields else None
        return by_key(signed, entries=(replace(entry, proof=proof),))

    assert names(proven()) == ["no-proof"]
    for broken in ({"checkpoint": ""}, {"checkpoint": "\x1b"}, {"tree_size": 10**15}):
        assert names(proven(**broken)) == ["bad-proof"]


def test_a_timestamp_is_told():
    [found] = seen(keyless()).timestamps
    assert (found.time, found.matches, found.problem) == (AT + timedelta(seconds=2), True, "")
    assert (found.authority, found.hash) == ("CN=timestamps,O=local.example", "sha256")
    assert found.policy == timestamp.POLICY


def test_a_timestamp_of_another_signature_or_of_the_future_is_remarked_on():
    file = replace(blob(), timestamps=(stamped(b"another"),))
    assert names(file) == ["no-time", "other-timestamp"]
    late = replace(blob(), timestamps=(stamped(blob().signature, LATER + timedelta(days=1)),))
    assert "which is to come" in said(late, "bad-time")


@pytest.mark.parametrize("token", [b"", b"x", b"\x30\x00", b"x" * 100_000, REJECTED])
def test_a_timestamp_that_is_none_is_told(token: bytes):
    file = replace(blob(), timestamps=(token,))
    assert seen(file).timestamps[0].time is None
    assert "bad-timestamp" in names(file)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(days=90), "90 days"),
        (timedelta(days=3650), "10 years"),
        (timedelta(days=-1), "0 seconds"),
    ],
)
def test_a_span_of_time_is_told_in_its_largest_unit(span: timedelta, words: str):
    assert duration(span) == words

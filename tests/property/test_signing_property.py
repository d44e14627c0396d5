"""No bit of a signature can be changed unnoticed, and nothing but its bits matters."""

from __future__ import annotations

import contextlib
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.signing import oms, signature_file, statement
from aiverify.signing.authenticate import Authentic
from aiverify.signing.rejected import Rejected
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement, Subject
from tests.support.artifacts import manifest_of
from tests.support.signatures import (
    authenticated,
    b64,
    envelope_of,
    good_file,
    key,
    listing,
    sign,
    signed,
    trust_in,
)

GOOD = good_file()
SIGNATURE = signed(listing().to_bytes())
TRUST = trust_in(key())

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
predicates = st.dictionaries(texts, documents, max_size=4)
subjects = st.builds(
    Subject,
    st.text("abcé-_./ ", max_size=12),
    st.dictionaries(texts, texts, min_size=1, max_size=2),
)
statements = st.builds(
    Statement, texts, st.lists(subjects, min_size=1, max_size=2).map(tuple), predicates
)
file_names = st.text("abc-_é", min_size=1, max_size=6).map(lambda text: f"f{text}")


def judged(value: Json) -> Authentic | Rejected:
    data = json.dumps(value).encode()
    return authenticated(signature_file.parse(data, "model.sig"), TRUST)


def with_part(part: str, text: str) -> dict[str, Json]:
    """The good file with another payload or signature."""
    envelope = dict(GOOD["dsseEnvelope"])
    if part == "payload":
        envelope["payload"] = text
    else:
        envelope["signatures"] = [{"keyid": "", "sig": text}]
    return {**GOOD, "dsseEnvelope": envelope}


PARTS = {"payload": envelope_of(SIGNATURE).payload, "sig": SIGNATURE.signature}


def test_the_file_that_is_altered_below_is_good():
    assert isinstance(judged(GOOD), Authentic)


@pytest.mark.parametrize("part", PARTS)
@settings(deadline=None)
@given(st.data())
def test_a_byte_that_is_flipped_in_what_was_signed_or_in_the_signature_is_refused(part, data):
    altered = bytearray(PARTS[part])
    at = data.draw(st.integers(0, len(altered) - 1))
    altered[at] ^= data.draw(st.integers(1, 255))

    assert isinstance(judged(with_part(part, b64(bytes(altered)))), Rejected)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_character_that_is_changed_in_the_file_is_refused(part, data):
    text = b64(PARTS[part])
    at = data.draw(st.integers(0, len(text) - 1) | st.integers(len(text) - 4, len(text) - 1))
    other = data.draw(st.characters(max_codepoint=0x17F).filter(lambda char: char != text[at]))

    try:
        result = judged(with_part(part, text[:at] + other + text[at + 1 :]))
    except MalformedError:
        return
    assert isinstance(result, Rejected)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([None, 0, 2, "\t"]))
def test_the_order_of_keys_and_the_space_between_them_change_nothing(rng, indent):
    data = json.dumps(shuffled(GOOD, rng), indent=indent).encode()

    parsed = signature_file.parse(data, "model.sig")
    plain = signature_file.parse(json.dumps(GOOD).encode(), "model.sig")

    assert replace(parsed, data=b"") == replace(plain, data=b"")
    assert isinstance(authenticated(parsed, TRUST), Authentic)


@settings(deadline=None)
@given(statements)
def test_any_statement_is_signed_and_read_as_what_it_is(says):
    file = signature_file.parse(sign(says, key()).to_bytes(), "model.sig")

    result = authenticated(file, TRUST)

    assert isinstance(result, Authentic)
    assert result.says == says


@settings(deadline=None)
@given(statements, st.randoms(use_true_random=False))
def test_a_statement_has_one_payload_whatever_the_order_of_its_keys(says, rng):
    other = Statement(says.predicate_type, says.subjects, shuffled(says.predicate, rng))

    payload = says.to_bytes()

    assert other.to_bytes() == payload
    assert statement.parse(payload, "the statement").to_bytes() == payload


@settings(deadline=None)
@given(
    st.dictionaries(file_names, st.binary(max_size=4), min_size=1, max_size=5),
    st.lists(file_names, max_size=3),
)
def test_what_is_signed_about_any_files_is_what_is_read(files, ignored):
    manifest = manifest_of(files)
    ignored = [
        path for path in ignored if not any(f"{name}/".startswith(f"{path}/") for name in files)
    ]

    signed_manifest = oms.read(oms.build("tiny", manifest, ignored), "the signature")

    assert signed_manifest.manifest.root == manifest.root
    assert signed_manifest.manifest.by_name.keys() == files.keys()
    assert set(signed_manifest.ignore_paths) == set(ignored)


KEYS = [
    "mediaType",
    "verificationMaterial",
    "publicKey",
    "hint",
    "certificate",
    "dsseEnvelope",
    "payload",
    "payloadType",
    "signatures",
    "sig",
    "keyid",
]

look_alikes = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.sampled_from(["AAAA", *KEYS]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), look_alikes))
def test_whatever_lies_in_a_signature_file_it_is_read_or_malformed(parts):
    data = json.dumps({**GOOD, **parts}).encode()

    with contextlib.suppress(MalformedError):
        assert isinstance(signature_file.parse(data, "model.sig"), SignatureFile)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_bytes_that_are_no_signature_file_are_malformed(data):
    with pytest.raises(MalformedError, match=r"model\.sig"):
        signature_file.parse(data, "model.sig")


def shuffled(value: Json, rng: random.Random) -> Json:
    """The same value with the keys of every object in another order."""
    if isinstance(value, dict):
        pairs = [(key, shuffled(item, rng)) for key, item in value.items()]
        rng.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, list):
        return [shuffled(item, rng) for item in value]
    return value

"""No byte of what logs and timestamp authorities said can be changed unnoticed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.jsonvalue import load_object
from aiverify.errors import AiverifyError, DeniedError, MalformedError
from aiverify.signing import message as messages
from aiverify.signing import timestamps
from aiverify.signing.log import entry as entries
from aiverify.signing.log import merkle
from aiverify.signing.log.verify import logged
from aiverify.signing.trusted_root import TrustedRoot
from tests.support.logs import NOW, V1_KINDS, Book, certified, envelope, message
from tests.support.sigstore import merkle as trees
from tests.support.stamps import SIGNATURE, Clock

V1, V2, V2_P256 = Book(1, "p256"), Book(2), Book(2, "p256")
ROOT = TrustedRoot((V1.trusted(), V2.trusted(), V2_P256.trusted()))
SIGNED = [
    made
    for make in (envelope, message)
    for made in (make(), make("p384"), certified(make()), certified(make("p521")))
]
CASES = [
    (book.enter(signed, kind), signed)
    for signed in SIGNED
    for book, kinds in (
        (V1, V1_KINDS[type(signed.content)]),
        (V2, (("hashedrekord", "0.0.2"),)),
        (V2_P256, (("hashedrekord", "0.0.2"),)),
    )
    for kind in kinds
] + [(V2.enter(signed, ("dsse", "0.0.2")), signed) for signed in SIGNED[:4]]
cases = st.sampled_from(CASES)
CLOCK = Clock()
TOKEN = CLOCK.stamp()
TIME = timestamps.verify(TOKEN, SIGNATURE, CLOCK.root())


def holds(entry, signed):
    try:
        logged(entry, signed.content, signed.verifier, ROOT, NOW)
    except DeniedError:
        return False
    return True


@st.composite
def altered(draw, data):
    """The same bytes with one that is changed, gone or added."""
    at = draw(st.integers(0, len(data) - 1))
    way = draw(st.sampled_from(["change", "drop", "add"]))
    if way == "drop":
        return data[:at] + data[at + 1 :]
    byte = bytes([draw(st.integers(0, 255).filter(lambda byte: byte != data[at]))])
    return data[:at] + byte + data[at + (way == "change") :]


def altered_text(text):
    return altered(text.encode()).map(lambda data: data.decode("utf-8", "replace"))


@pytest.mark.parametrize(("entry", "signed"), CASES)
def test_the_entries_that_are_altered_below_hold(entry, signed):
    assert holds(entry, signed)


@settings(deadline=None, max_examples=300)
@given(cases, st.data())
def test_a_changed_byte_of_a_body_is_refused(case, data):
    entry, signed = case

    assert not holds(replace(entry, body=data.draw(altered(entry.body))), signed)


@settings(deadline=None, max_examples=300)
@given(cases, st.data())
def test_a_changed_byte_of_a_proof_is_refused(case, data):
    entry, signed = case
    proof, hashes = entry.proof, list(entry.proof.hashes)
    at = data.draw(st.integers(0, len(hashes)))
    if at == len(hashes):
        proof = replace(proof, root=data.draw(altered(proof.root)))
    else:
        hashes[at] = data.draw(altered(hashes[at]))
        proof = replace(proof, hashes=tuple(hashes))

    assert not holds(replace(entry, proof=proof), signed)


@settings(deadline=None, max_examples=300)
@given(cases, st.data())
def test_other_numbers_of_a_proof_are_refused(case, data):
    entry, signed = case
    name = data.draw(st.sampled_from(["index", "tree_size"]))
    good = getattr(entry.proof, name)
    other = st.integers(0, 2**63 - 1) | st.integers(good // 2, good + 9)
    number = data.draw(other.filter(lambda number: number != good))

    assert not holds(replace(entry, proof=replace(entry.proof, **{name: number})), signed)


@settings(deadline=None, max_examples=300)
@given(cases, st.data())
def test_hashes_in_another_order_or_number_are_refused(case, data):
    entry, signed = case
    pool = [*entry.proof.hashes, entry.proof.root, bytes(32)]
    drawn = st.lists(st.sampled_from(pool), max_size=70).map(tuple)
    hashes = data.draw(drawn.filter(lambda hashes: hashes != entry.proof.hashes))

    assert not holds(replace(entry, proof=replace(entry.proof, hashes=hashes)), signed)


@settings(deadline=None, max_examples=500)
@given(cases, st.data())
def test_a_changed_byte_of_a_checkpoint_is_refused(case, data):
    entry, signed = case
    text = data.draw(altered_text(entry.proof.checkpoint))

    assert not holds(replace(entry, proof=replace(entry.proof, checkpoint=text)), signed)


@settings(deadline=None, max_examples=200)
@given(cases.filter(lambda case: case[0].promise is not None), st.data())
def test_a_changed_byte_of_a_promise_or_of_what_it_promises_is_refused(case, data):
    entry, signed = case
    numbers = st.integers(0, 2**63 - 1)
    changes = [
        {"promise": data.draw(altered(entry.promise))},
        {"integrated_time": data.draw(numbers.filter(entry.integrated_time.__ne__))},
        {"index": data.draw(numbers.filter(entry.index.__ne__))},
    ]

    for change in changes:
        assert not holds(replace(entry, **change), signed)
        assert not holds(replace(entry, proof=None, **change), signed)


@settings(deadline=None, max_examples=200)
@given(cases, st.data())
def test_a_changed_byte_of_the_signature_or_of_what_made_it_is_refused(case, data):
    entry, signed = case
    signature = data.draw(altered(signed.content.signature))
    der = data.draw(altered(signed.verifier.der))

    assert not holds(entry, replace(signed, content=replace(signed.content, signature=signature)))
    assert not holds(entry, replace(signed, verifier=replace(signed.verifier, der=der)))


@settings(deadline=None, max_examples=200)
@given(cases, st.data())
def test_a_changed_name_of_the_log_or_of_the_kind_is_refused(case, data):
    entry, signed = case
    name = data.draw(st.sampled_from(["log_id", "kind", "version"]))
    good = getattr(entry, name)
    other = data.draw((altered if name == "log_id" else altered_text)(good))

    assert not holds(replace(entry, **{name: other}), signed)


@settings(deadline=None, max_examples=400)
@given(cases, st.data())
def test_a_changed_character_of_the_json_changes_nothing_or_is_refused(case, data):
    entry, signed = case
    text = json.dumps(entry.to_json())
    try:
        read = entries.parse(load_object(data.draw(altered_text(text)), "it"), "it")
    except MalformedError:
        return

    # A number is as good as its digits, and a time that is nothing as one that is not stated.
    same = replace(read, integrated_time=read.integrated_time or None)
    assert same == replace(entry, integrated_time=entry.integrated_time or None) or not holds(
        read, signed
    )


@settings(deadline=None)
@given(cases, st.randoms())
def test_the_order_of_members_changes_nothing(case, random):
    entry, _ = case

    def shuffled(value):
        if isinstance(value, dict):
            items = [(key, shuffled(item)) for key, item in value.items()]
            random.shuffle(items)
            return dict(items)
        return value

    text = json.dumps(shuffled(entry.to_json()), indent=random.choice([None, 1, 7]))
    assert entries.parse(load_object(text, "it"), "it") == entry


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["logIndex", "logId", "keyId", "kindVersion", "kind", "version", "inclusionProof",
             "hashes", "checkpoint", "envelope", "canonicalizedBody", "messageDigest", "digest",
             "tlogs", "publicKey", "validFor", "start", "mediaType"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(documents)
def test_any_document_is_read_or_refused_in_words(value):
    for read in (
        lambda: entries.parse(value, "it"),
        lambda: messages.parse(value, "it"),
        lambda: TrustedRoot.parse(json.dumps(value).encode(), "it"),
    ):
        reason = ""
        try:
            read()
        except AiverifyError as error:
            reason = error.message
        assert reason.isprintable()


@settings(deadline=None, max_examples=600)
@given(altered(TOKEN))
def test_a_changed_byte_of_a_timestamp_is_refused_or_says_the_same(token):
    # A version number and the name of an algorithm are outside of what the authority signs,
    # and nobody reads them. The signature and the time are inside.
    try:
        assert timestamps.verify(token, SIGNATURE, CLOCK.root()) == TIME
    except DeniedError:
        return
    assert sum(a != b for a, b in zip(token, TOKEN, strict=True)) == 1


@settings(deadline=None, max_examples=100)
@given(altered(SIGNATURE))
def test_a_timestamp_is_of_one_signature(signature):
    with pytest.raises(DeniedError, match="another signature"):
        timestamps.verify(TOKEN, signature, CLOCK.root())


@settings(deadline=None, max_examples=100)
@given(altered(CLOCK.chain[0]))
def test_another_byte_in_the_certificate_that_is_trusted_and_it_made_no_timestamp(leaf):
    trusted = replace(CLOCK.trusted(), chain=(leaf, *CLOCK.chain[1:]))

    with pytest.raises(DeniedError, match="no trusted authority"):
        timestamps.verify(TOKEN, SIGNATURE, TrustedRoot((), timestamp_authorities=(trusted,)))


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_a_leaf_is_proven_at_its_place_alone(size, data):
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    leaves = [trees.leaf_hash(b"%d" % number) for number in range(size)]
    hashes, root = trees.path(index, leaves), trees.root(leaves)

    merkle.included(leaves[index], index, size, hashes, root)
    if other != index:
        with pytest.raises(DeniedError):
            merkle.included(leaves[index], other, size, hashes, root)

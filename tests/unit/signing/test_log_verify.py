"""Whether a signature is in a trusted log: all that an entry brings along must hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aiverify.errors import DeniedError
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.log.verify import Logged, all_logged, logged
from aiverify.signing.trusted_root import Period, TrustedRoot
from tests.support.logs import (
    NOW,
    ORIGIN,
    PROMISED,
    Book,
    certified,
    envelope,
    message,
    private,
    spki,
)

URL = f"https://{ORIGIN}"
TIME = datetime.fromtimestamp(PROMISED, UTC)
BOOKS = {"v2 ed25519": (2, "ed25519"), "v2 p256": (2, "p256"), "v1": (1, "p256")}


@pytest.fixture(params=BOOKS)
def book(request):
    return Book(*BOOKS[request.param])


@pytest.fixture(params=[envelope, message], ids=["envelope", "message"])
def signed(request):
    return request.param()


@pytest.fixture
def v1():
    return Book(1, "p256")


@pytest.fixture
def v2():
    return Book(2)


def check(entry, signed, root, at=NOW):
    return logged(entry, signed.content, signed.verifier, root, at)


def denied(entry, signed, root, at=NOW):
    with pytest.raises(DeniedError) as caught:
        check(entry, signed, root, at)
    return caught.value.message


def with_proof(entry, **changes):
    return replace(entry, proof=replace(entry.proof, **changes))


def test_a_logged_signature_is_found_with_its_time_if_the_log_states_one(book, signed):
    entry = book.enter(signed)

    found = check(entry, signed, book.root())

    assert found == Logged(URL, entry.index, TIME if book.version == 1 else None)


def test_a_logged_signature_by_a_certificate_is_found(book, signed):
    signed = certified(signed)

    assert check(book.enter(signed), signed, book.root()).url == URL


def test_the_first_entry_of_a_log_needs_no_hashes(v2, signed):
    v2.log._leaves.clear()
    entry = v2.enter(signed)

    assert entry.proof.hashes == ()
    assert check(entry, signed, v2.root()).index == 0


def test_an_entry_of_another_signature_by_the_same_key_is_refused(book, signed):
    other = envelope(payload=b"other") if hasattr(signed.content, "payload") else message(data=b"x")

    assert "about something else" in denied(book.enter(other), signed, book.root())


def test_an_entry_by_another_key_for_the_same_payload_is_refused(book):
    assert "about something else" in denied(
        book.enter(envelope(owner="mallory")), envelope(), book.root()
    )


def test_the_body_of_the_signature_in_place_of_the_one_that_was_logged_is_refused(book, signed):
    good, other = book.enter(signed), book.enter(envelope(owner="mallory"))

    swapped = replace(other, body=good.body, kind=good.kind, version=good.version)
    reason = denied(swapped, signed, book.root())

    assert "root hash" in reason or "promise does not hold" in reason


def test_an_unknown_log_is_refused(book, signed):
    stranger = Book(book.version, "p256")

    assert "not trusted" in denied(stranger.enter(signed), signed, book.root())
    assert "not trusted" in denied(book.enter(signed), signed, TrustedRoot(()))


def test_an_unknown_log_in_the_name_of_a_known_one_is_refused(book, signed):
    stranger = Book(book.version, "ed25519" if book.version == 2 else "p256")
    entry = replace(stranger.enter(signed), log_id=book.log_id)

    denied(entry, signed, book.root())


def test_a_certificate_logs_key_is_no_logs_key(book, signed):
    root = TrustedRoot((), ctlogs=(book.trusted(),))

    assert "not trusted" in denied(book.enter(signed), signed, root)


def test_a_proof_for_a_tree_of_another_size_is_refused(book, signed):
    entry = book.enter(signed)
    size = entry.proof.tree_size

    for other in (size - 1, size + 1, 0, 2**40, 2**63 - 1):
        assert denied(with_proof(entry, tree_size=other), signed, book.root())


def test_the_proof_and_checkpoint_of_a_larger_tree_hold_as_well(book, signed):
    entry = book.enter(signed)
    proof = book.proof_of_size(entry, 40)

    assert check(replace(entry, proof=proof), signed, book.root()).url == URL


def test_the_checkpoint_of_another_tree_of_the_same_log_is_refused(book, signed):
    entry = book.enter(signed)
    other = book.proof_of_size(entry, 40)
    same_size = book.proof_of_size(entry, entry.proof.tree_size)
    assert same_size.root != entry.proof.root

    reason = denied(with_proof(entry, checkpoint=other.checkpoint), signed, book.root())
    assert "for a tree of" in reason
    reason = denied(with_proof(entry, checkpoint=same_size.checkpoint), signed, book.root())
    assert "another root hash" in reason


def test_a_checkpoint_of_another_log_with_the_same_name_is_refused(book, signed):
    entry = book.enter(signed)
    stranger = Book(book.version, "ed25519" if book.version == 2 else "p256")
    head = stranger.log.checkpoint(
        entry.proof.tree_size, entry.proof.root, book.name, book.origin, stranger.log.key
    )

    reason = denied(with_proof(entry, checkpoint=head), signed, book.root())
    assert "not signed by the log" in reason


def test_a_checkpoint_that_is_signed_by_a_stranger_under_the_logs_hint_is_refused(book, signed):
    entry = book.enter(signed)
    head = book.log.checkpoint(
        entry.proof.tree_size, entry.proof.root, book.name, book.origin, book.log.strangers_key
    )

    assert "does not hold" in denied(with_proof(entry, checkpoint=head), signed, book.root())


@pytest.mark.parametrize("text", ["x", "\n\n", "a\n1\nb\n\n\u2014 a b\n"])
def test_a_checkpoint_that_is_none_is_refused(book, signed, text):
    entry = with_proof(book.enter(signed), checkpoint=text)

    assert "checkpoint" in denied(entry, signed, book.root())


def test_a_proof_without_a_checkpoint_is_refused(book, signed):
    entry = with_proof(book.enter(signed), checkpoint="")

    assert "no checkpoint" in denied(entry, signed, book.root())


@pytest.mark.parametrize("count", [0, 1, 64, 10_000])
def test_a_proof_of_another_length_is_refused(book, signed, count):
    entry = with_proof(book.enter(signed), hashes=(bytes(32),) * count)

    denied(entry, signed, book.root())


def test_a_proof_for_another_index_is_refused(book, signed):
    entry = book.enter(signed)

    for index in (entry.proof.index - 1, entry.proof.index + 1, 0, 2**62, 2**63 - 1):
        assert denied(with_proof(entry, index=index), signed, book.root())


def test_the_index_of_a_log_of_version_2_is_the_proofs(v2, signed):
    entry = v2.enter(signed)

    for index in (entry.index - 1, entry.index + 1, 2**63 - 1):
        assert "at index" in denied(replace(entry, index=index), signed, v2.root())


def test_the_index_of_a_log_of_version_1_is_promised(v1, signed):
    entry = v1.enter(signed)

    for index in (entry.index - 1, entry.index + 1, 0, 2**53 - 1):
        reason = denied(replace(entry, index=index), signed, v1.root())
        assert "promise does not hold" in reason


def test_without_a_promise_the_index_is_the_one_that_is_proven(v1, signed):
    entry = replace(v1.enter(signed), promise=None)

    assert check(entry, signed, v1.root()).index == entry.proof.index


def test_an_index_below_the_proofs_is_refused(v1, signed):
    entry = replace(v1.enter(signed), promise=None)

    assert "at index 0" in denied(replace(entry, index=0), signed, v1.root())


@pytest.mark.parametrize("number", [2**53, 2**63 - 1])
@pytest.mark.parametrize("part", ["index", "integrated_time"])
def test_a_promise_with_numbers_that_readers_write_differently_is_refused(v1, signed, part, number):
    entry = replace(v1.enter(signed), proof=None, **{part: number})
    entry = replace(entry, promise=v1.promise(entry))

    assert "too large" in denied(entry, signed, v1.root())


def test_a_promise_of_a_time_beyond_the_calendar_is_refused(v1, signed):
    entry = replace(v1.enter(signed), integrated_time=2**52)
    entry = replace(entry, promise=v1.promise(entry))

    assert "time is not one" in denied(entry, signed, v1.root())


def test_a_promise_alone_is_enough_of_version_1(v1, signed):
    entry = replace(v1.enter(signed), proof=None)

    assert check(entry, signed, v1.root()) == Logged(URL, entry.index, TIME)


def test_a_proof_alone_is_enough_of_version_1_and_gives_no_time(v1, signed):
    entry = replace(v1.enter(signed), promise=None)

    assert entry.integrated_time == PROMISED
    assert check(entry, signed, v1.root()).time is None


def test_neither_promise_nor_proof_is_not_enough(v1, v2, signed):
    entry = replace(v1.enter(signed), promise=None, proof=None)
    assert "no inclusion promise or proof" in denied(entry, signed, v1.root())

    entry = replace(v2.enter(signed), proof=None)
    assert "no inclusion proof" in denied(entry, signed, v2.root())


@pytest.mark.parametrize("time", [None, 0])
def test_a_promise_without_a_time_is_refused(v1, signed, time):
    entry = replace(v1.enter(signed), integrated_time=time)

    assert "without saying when" in denied(entry, signed, v1.root())


def test_another_time_than_was_promised_is_refused(v1, signed):
    entry = replace(v1.enter(signed), integrated_time=PROMISED - 1)

    assert "promise does not hold" in denied(entry, signed, v1.root())


def test_a_bad_promise_is_not_made_good_by_a_good_proof(v1, signed):
    entry = v1.enter(signed)
    for promise in (b"\x30", entry.promise[:-1], v1.enter(signed).promise):
        assert "promise does not hold" in denied(replace(entry, promise=promise), signed, v1.root())


def test_a_bad_proof_is_not_made_good_by_a_good_promise(v1, signed):
    entry = with_proof(v1.enter(signed), hashes=())

    assert "fewer hashes" in denied(entry, signed, v1.root())


def test_an_entry_of_version_2_states_no_time(v2, signed):
    entry = v2.enter(signed)

    assert "states a time" in denied(replace(entry, integrated_time=PROMISED), signed, v2.root())
    assert "states a time" in denied(
        replace(entry, integrated_time=PROMISED, promise=v2.promise(entry)), signed, v2.root()
    )


@pytest.mark.parametrize("time", [None, 0])
def test_an_entry_of_version_2_may_say_that_it_has_no_time(v2, signed, time):
    entry = replace(v2.enter(signed), integrated_time=time)

    assert check(entry, signed, v2.root()).time is None


DAY = timedelta(days=1)
PERIODS = [
    (Period(), True),
    (Period(NOW, NOW), True),
    (Period(NOW - DAY, None), True),
    (Period(None, NOW + DAY), True),
    (Period(NOW + DAY, None), False),
    (Period(None, NOW - DAY), False),
]


@pytest.mark.parametrize(("period", "good"), PERIODS)
def test_a_key_counts_at_the_time_that_is_given_for_want_of_a_promise(v2, signed, period, good):
    entry = v2.enter(signed)

    if good:
        assert check(entry, signed, v2.root(period), NOW).url == URL
    else:
        assert "was not valid on 2026-06-01" in denied(entry, signed, v2.root(period), NOW)


def test_a_key_counts_at_the_time_of_the_promise_if_there_is_one(v1, signed):
    entry = v1.enter(signed)
    then = Period(TIME, TIME)

    assert check(entry, signed, v1.root(then), NOW).time == TIME
    assert "not valid" in denied(entry, signed, v1.root(Period(NOW, None)), NOW)
    assert "not valid" in denied(replace(entry, promise=None), signed, v1.root(then), NOW)


def test_a_key_that_is_listed_for_two_periods_counts_in_both(v2, signed):
    entry = v2.enter(signed)
    root = TrustedRoot(
        (v2.trusted(Period(None, NOW - DAY)), v2.trusted(Period(NOW - DAY / 2, None)))
    )

    assert check(entry, signed, root, NOW).url == URL
    assert check(entry, signed, root, NOW - 2 * DAY).url == URL
    assert "not valid" in denied(entry, signed, root, NOW - DAY * 3 / 4)


def test_a_key_that_logs_do_not_take_is_denied_and_no_fault(v2, signed):
    entry = v2.enter(signed)
    for verifier in (Verifier(b"", certificate=True), Verifier(b"\x30", certificate=False)):
        assert denied(entry, replace(signed, verifier=verifier), v2.root())


def test_a_certificate_is_not_taken_for_a_key(v2, signed):
    der = spki(private())
    entry = v2.enter(signed)

    assert denied(entry, replace(signed, verifier=Verifier(der, certificate=True)), v2.root())


def test_all_entries_must_hold(v1, v2, signed):
    root = TrustedRoot((v1.trusted(), v2.trusted()))
    first, second = v1.enter(signed), v2.enter(signed)
    bad = with_proof(second, hashes=())

    found = all_logged((first, second), signed.content, signed.verifier, root, NOW)
    assert [each.index for each in found] == [first.index, second.index]
    for entries in ((first, bad), (bad, first)):
        with pytest.raises(DeniedError, match="fewer hashes"):
            all_logged(entries, signed.content, signed.verifier, root, NOW)


def test_an_entry_of_an_unknown_log_beside_a_good_one_is_refused(v1, v2, signed):
    entries = (v1.enter(signed), v2.enter(signed))

    with pytest.raises(DeniedError, match="not trusted"):
        all_logged(entries, signed.content, signed.verifier, v1.root(), NOW)


def test_no_entry_is_not_logged(v1, signed):
    with pytest.raises(DeniedError, match="in no transparency log"):
        all_logged((), signed.content, signed.verifier, v1.root(), NOW)


def test_an_entry_counts_once(v1, signed):
    entry = v1.enter(signed)

    elsewhere = replace(entry, promise=None, index=entry.index + 1)
    assert check(elsewhere, signed, v1.root())

    for second in (entry, replace(entry, promise=None), elsewhere):
        with pytest.raises(DeniedError, match="twice"):
            all_logged((entry, second), signed.content, signed.verifier, v1.root(), NOW)


def test_too_many_entries_are_refused_before_they_are_looked_at(v1, signed):
    entries = (v1.enter(signed),) * 33

    with pytest.raises(DeniedError, match="at most 32"):
        all_logged(entries, signed.content, signed.verifier, v1.root(), NOW)

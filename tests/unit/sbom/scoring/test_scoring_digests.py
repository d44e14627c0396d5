from __future__ import annotations

import pytest

from aiverify.sbom.scoring.digests import LENGTHS
from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_data, about_model, hashes, rating_of, status_of

VALUE, ALGORITHM = "g7-models-hash-value", "g7-models-hash-algorithm"


def digits(count: int) -> str:
    return "0123456789abcdef" * (count // 16) + "0123456789abcdef"[: count % 16]


@pytest.mark.parametrize(("alg", "length"), LENGTHS.items())
def test_a_hash_has_the_length_of_its_algorithm(alg, length):
    good = about_model(hashes=[{"alg": alg, "content": digits(length)}])
    short = about_model(hashes=[{"alg": alg, "content": digits(length - 1)}])
    assert status_of(good, VALUE) is Status.FOUND
    assert status_of(short, VALUE) is Status.REVIEW


@pytest.mark.parametrize(
    "content", ["0" * 64, "g" * 64, "", 7, None, "ab" * 5000, "AB" * 32 + "\n"]
)
def test_what_is_made_up_is_for_review(content):
    assert (
        status_of(about_model(hashes=[{"alg": "SHA-256", "content": content}]), VALUE)
        is Status.REVIEW
    )


@pytest.mark.parametrize("alg", ["MD5", "SHA-1"])
def test_an_algorithm_that_is_broken_is_for_review_and_the_hash_is_there(alg):
    document = about_model(hashes=[{"alg": alg, "content": digits(LENGTHS[alg])}])
    assert status_of(document, VALUE) is Status.FOUND
    assert status_of(document, ALGORITHM) is Status.REVIEW
    assert status_of(document, "cisa-hash") is Status.REVIEW


def test_one_sound_hash_beside_a_broken_one_will_do():
    document = about_model(hashes=[{"alg": "MD5", "content": digits(32)}, *hashes("x")])
    assert status_of(document, ALGORITHM) is Status.FOUND
    assert status_of(document, "cisa-hash") is Status.FOUND


def test_a_sound_name_with_a_bad_hash_is_not_sound():
    document = about_data(hashes=[{"alg": "SHA-256", "content": "ab"}])
    assert status_of(document, "g7-datasets-hash") is Status.REVIEW


@pytest.mark.parametrize("said", [None, [], 7, "x", {}, [7]])
def test_without_a_hash_it_is_missing(said):
    assert status_of(about_model(hashes=said), VALUE) in (Status.MISSING, Status.REVIEW)
    assert not status_of(about_model(hashes=said), "cisa-hash").filled


def test_the_hash_of_what_can_be_fetched_will_do():
    link = {"type": "distribution", "url": "https://acme.dev", "hashes": hashes("x")}
    assert status_of(about_model(externalReferences=[link]), VALUE) is Status.FOUND


def test_a_model_of_files_has_a_hash_when_all_of_them_have():
    files = [{"type": "file", "name": "a", "hashes": hashes("a")}, {"type": "file", "name": "b"}]
    whole = rating_of(about_model(components=files[:1]), VALUE)
    assert (whole.status, whole.reason) == (
        Status.FOUND,
        "it consists of files: 1 of its 1 file has a hash",
    )
    part = rating_of(about_model(components=files), VALUE)
    assert (part.status, part.reason) == (
        Status.MISSING,
        '1 of its 2 files has a hash, not so "b"',
    )
    assert part.places == ("/metadata/component/components/1",)

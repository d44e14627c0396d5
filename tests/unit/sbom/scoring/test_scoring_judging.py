from __future__ import annotations

import pytest

from aiverify.sbom.reading import Located
from aiverify.sbom.scoring.document import read
from aiverify.sbom.scoring.identity import version
from aiverify.sbom.scoring.interface import MAX_PLACES, Rating, Status
from aiverify.sbom.scoring.judging import best, claim, over, worst

EMPTY = read({})


def of_versions(*versions: object) -> Rating:
    document = read(
        {"components": [{"name": f"c{i}", "version": said} for i, said in enumerate(versions)]}
    )
    return over(document, document.components, version, "component", "a version")


@pytest.mark.parametrize("value", [None, "", "  ", [], {}])
def test_nothing_claims_nothing(value):
    assert claim(EMPTY, Located(value, "/x")) is None


@pytest.mark.parametrize("value", [7, 0, False, True, [1], {"a": 1}, "n/a"])
def test_what_is_no_text_or_only_a_placeholder_is_for_review(value):
    said = claim(EMPTY, Located(value, "/x"))
    assert said
    assert (said.status, said.places) == (Status.REVIEW, ("/x",))


def test_a_text_is_a_claim_and_no_more():
    assert claim(EMPTY, Located("Ada", "/x")) == Rating(Status.DECLARED, 'it says "Ada"', ("/x",))


def test_the_best_and_the_worst_are_by_status_and_the_first_of_equals():
    ratings = [
        Rating(Status.REVIEW, "a"),
        None,
        Rating(Status.FOUND, "b"),
        Rating(Status.FOUND, "c"),
    ]
    assert best(ratings) == ratings[2]
    assert worst(ratings) == ratings[0]
    assert best([None]) is None
    assert worst([]) is None


def test_of_nothing_nothing_is_complete():
    assert over(EMPTY, (), version, "model", "a version") == Rating(
        Status.MISSING, "no model is listed"
    )


def test_one_thing_is_rated_by_its_own_reason():
    assert of_versions("1.0").reason == 'it says "1.0"'
    assert of_versions(None) == Rating(Status.MISSING, "it has no version", ("/components/0",))


def test_several_things_are_rated_by_the_worst_with_the_count():
    assert of_versions("1", "2") == Rating(
        Status.DECLARED,
        "2 of 2 components have a version",
        ("/components/0/version", "/components/1/version"),
    )
    assert of_versions("1", None, "latest") == Rating(
        Status.MISSING,
        '1 of 3 components has a version; without: "c1"; '
        'to review: "c2" (the version "latest" names no one state)',
        ("/components/1",),
    )


def test_a_hundred_lacking_things_are_counted_and_few_are_named():
    rating = of_versions(*[None] * 100)
    assert rating.reason == (
        '0 of 100 components have a version; without: "c0", "c1", "c2", and 97 more'
    )
    assert len(rating.places) == MAX_PLACES

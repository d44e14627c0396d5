"""Whatever stands in a document, it is rated, and every rating can be followed up."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.names import printable
from aiverify.render.page import Style
from aiverify.render.scoring import as_json, as_table
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.scoring.elements import ELEMENTS
from aiverify.sbom.scoring.interface import MAX_PLACES
from aiverify.sbom.scoring.schema import score_schema
from aiverify.sbom.scoring.score import Score, score
from tests.support.boms import SERIAL, TIME, boms
from tests.support.cyclonedx import at
from tests.support.scored import complete

RELAXED = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
VALIDATOR = jsonschema.validators.validator_for(score_schema())(score_schema())


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places in a document."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inside:
        yield from paths_in(item if isinstance(item, dict | list) else (), (*path, key))


def with_others(value: Any, others: dict[tuple, Any], path: tuple[str | int, ...] = ()) -> Any:
    """A document with other values at some places."""
    if path in others:
        return others[path]
    if isinstance(value, dict):
        return {key: with_others(item, others, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [with_others(item, others, (*path, index)) for index, item in enumerate(value)]
    return value


PLACES = [path for path in paths_in(complete()) if path]

words = st.sampled_from(
    [
        "",
        "unknown",
        "tiny",
        "torch",
        "gone",
        "\x1b[2J",
        "\u202e",
        "pkg:",
        "https://a.dev",
        "1.0",
        "MIT",
    ]
)
keys = st.sampled_from(
    ["name", "version", "type", "bom-ref", "ref", "components", "data", "modelCard", "hashes"]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | words
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(keys | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


documents = st.dictionaries(st.sampled_from(PLACES), values, min_size=1, max_size=8).map(
    lambda others: with_others(complete(), others)
)
"""A complete document with a few places at which anything stands."""


def assert_sound(document: dict[str, Any], found: Score) -> None:
    assert [item.element for item in found.rated] == list(ELEMENTS)
    for item in found.rated:
        rating = item.rating
        assert rating.reason
        assert rating.reason == printable(rating.reason)
        assert not rating.reason.endswith(".")
        assert len(rating.places) <= MAX_PLACES
        for place in rating.places:
            at(document, place)
    VALIDATOR.validate(json.loads(as_json(found)))


@RELAXED
@given(documents)
def test_any_document_is_rated_and_every_place_exists(document):
    before = copy.deepcopy(document)
    found = score(document)
    assert_sound(document, found)
    assert document == before
    assert score(document) == found


@RELAXED
@given(st.dictionaries(keys | st.sampled_from(["metadata", "dependencies", "services"]), values))
def test_anything_at_all_is_rated(document):
    assert_sound(document, score(document))


@settings(RELAXED, max_examples=40)
@given(documents, st.integers(60, 200))
def test_any_rating_can_be_shown(document, width):
    lines = as_table(score(document), style=Style(width)).split("\n")
    assert all(line == printable(line) for line in lines)


@settings(RELAXED, max_examples=40)
@given(boms(), st.sampled_from(["1.6", "1.7"]))
def test_a_document_of_our_own_is_rated(bom, version):
    document = encode(bom, serial=SERIAL, timestamp=TIME, spec_version=version)
    assert_sound(document, score(document))


@settings(RELAXED, max_examples=60)
@given(documents, st.integers(0, 100))
def test_a_list_is_below_what_it_does_not_reach(document, percent):
    for tally in score(document).tallies:
        assert tally.is_below(percent) == (tally.filled / tally.total * 100 < percent)
        assert 0 <= tally.percent <= tally.filled / tally.total * 100 + 1e-9

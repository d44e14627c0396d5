"""Versions against the ranges of OSV records, and records and VEX in which anything may stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aiverify.errors import MalformedError
from aiverify.sbom.advisories import debian, semver
from aiverify.sbom.advisories.database import open_database
from aiverify.sbom.advisories.evaluation import judge
from aiverify.sbom.advisories.packages import subject_of
from aiverify.sbom.advisories.record import read
from aiverify.sbom.vex.document import read_vex
from aiverify.sbom.vulnerability import Effect
from tests.support.osv_records import TORCH_PYSEC, component, entry, record, span
from tests.support.vex_documents import (
    NUMPY,
    TORCH,
    analysed,
    bill,
    cyclonedx,
    openvex,
    statement,
    vulnerability,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)

VEX = (
    openvex(statement(), statement("affected", "artifact:tiny")),
    cyclonedx(analysed(), analysed("resolved", "artifact:tiny")),
)


@st.composite
def spans(draw) -> list[tuple[int, int, str]]:
    """Intervals that do not touch: the first version, the last or the next, and which it is."""
    bounds = sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=8)))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    return [(*pair, draw(st.sampled_from(["fixed", "last_affected"]))) for pair in pairs]


@given(spans(), st.integers(0, 41), st.randoms(use_true_random=False))
def test_a_version_is_affected_exactly_within_the_intervals(intervals, version, random):
    events = [{"introduced": f"1.{first}.0"} for first, _, _ in intervals]
    events += [{kind: f"1.{last}.0"} for _, last, kind in intervals]
    random.shuffle(events)
    expected = any(
        first <= version < last or (kind == "last_affected" and version == last)
        for first, last, kind in intervals
    )
    for purl, ecosystem in (
        ("pkg:npm/x", "npm"),
        ("pkg:pypi/x", "PyPI"),
        ("pkg:golang/x", "Go"),
        ("pkg:deb/debian/x", "Debian"),
    ):
        document = record("OSV-1", entry("x", span(*events), ecosystem=ecosystem))
        subject = subject_of(component(purl, f"1.{version}.0"))
        assert subject is not None
        found = judge(subject, read(json.dumps(document).encode(), "osv.json").affected)
        assert (found.effect is Effect.AFFECTED) == expected
        assert found.reason == ""


@given(st.lists(st.text("019.~+-:aZ", max_size=9), min_size=3, max_size=3))
def test_every_two_versions_have_one_order(texts):
    for parse in (debian.parse, semver.parse, semver.parse_go, semver.parse_module):
        places = [place for place in map(parse, texts) if place is not None]
        ordered = sorted(places)
        assert all(one <= other for one, other in pairwise(ordered))
        assert all(
            (one < other) + (other < one) + (one == other) == 1
            for one in places
            for other in places
        )


def places(value) -> Iterator[tuple]:
    """The ways to every value in a document but the document itself."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        yield (key,)
        if isinstance(child, dict | list):
            yield from ((key, *more) for more in places(child))


def changed(document, draw, count: int):
    """The document with something else in some of its places."""
    found = deepcopy(document)
    for _ in range(count):
        *way, last = draw(st.sampled_from(list(places(found))))
        parent = found
        for key in way:
            parent = parent[key]
        parent[last] = draw(JSON)
    return found


@given(st.data())
def test_a_record_in_which_anything_stands_is_used_or_told_of(tmp_path_factory, data):
    document = changed(TORCH_PYSEC, data.draw, data.draw(st.integers(1, 3)))
    path = tmp_path_factory.getbasetemp() / "osv.json"
    path.write_text(json.dumps(document))

    try:
        sentences = open_database(path).match([component(TORCH)]).warnings
    except MalformedError as error:
        sentences = (error.message,)

    assert all(sentence.isprintable() for sentence in sentences)


@given(st.data(), st.sampled_from(VEX))
def test_vex_in_which_anything_stands_takes_nothing_away(data, document):
    known = (vulnerability(TORCH, NUMPY), vulnerability(NUMPY, name="CVE-2025-0001"))
    text = json.dumps(changed(document, data.draw, data.draw(st.integers(1, 3))))

    try:
        found, sentences = read_vex(text.encode(), "a.vex.json").apply(known, bill())
    except MalformedError as error:
        found, sentences = known, (error.message,)

    assert all(sentence.isprintable() for sentence in sentences)
    for before in known:
        effects = [affects for item in found if item.id == before.id for affects in item.affects]
        assert set(effects) == set(before.affects)
        assert len(effects) == len(before.affects)

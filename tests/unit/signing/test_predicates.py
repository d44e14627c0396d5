"""Types of predicate: their names, their times, and when they no longer count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from aiverify.errors import MalformedError, UsageError
from aiverify.signing import predicates

NOON = datetime(2025, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", predicates.KNOWN)
def test_a_known_type_goes_by_its_name_and_by_its_uri(kind: predicates.PredicateType):
    assert predicates.named(kind.name) == predicates.named(kind.uri) == kind
    assert predicates.shown(kind.uri) == kind.name


def test_names_and_uris_are_distinct():
    for part in ("name", "uri"):
        values = [getattr(kind, part) for kind in predicates.KNOWN]
        assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("sbom", "cyclonedx"), ("slsaprovenance1", "provenance"), ("vsa", "summary"),
     ("vuln", "cosign-vuln")],
)  # fmt: skip
def test_people_know_some_by_other_names(alias: str, name: str):
    assert predicates.named(alias).name == name


@pytest.mark.parametrize("uri", ["https://e.example/x/v1", "urn://x", "https://cyclonedx.org/bom/"])
def test_any_uri_is_a_type_of_its_own(uri: str):
    kind = predicates.named(uri)
    assert (kind.name, kind.uri, kind.extensible, kind.times) == (uri, uri, True, ())
    assert predicates.shown(uri) == uri


@pytest.mark.parametrize(
    "text", ["", "SBOM", "sbom ", "spdx-2", "x", "https//e", "https://a b", "https://a\nb", "a:b"]
)
def test_what_is_neither_is_refused(text: str):
    with pytest.raises(UsageError, match="no predicate type") as caught:
        predicates.named(text)
    assert "\n" not in caught.value.message
    assert "provenance" in caught.value.hint


STATED: list[tuple[str, dict[str, Any]]] = [
    ("cyclonedx", {"metadata": {"timestamp": "2025-01-31T12:00:00Z"}}),
    ("spdx", {"creationInfo": {"created": "2025-01-31T12:00:00Z"}}),
    ("provenance", {"runDetails": {"metadata": {"finishedOn": "2025-01-31T12:00:00Z"}}}),
    ("provenance", {"runDetails": {"metadata": {"startedOn": "2025-01-31T12:00:00Z"}}}),
    ("summary", {"timeVerified": "2025-01-31T12:00:00Z"}),
    ("vulns", {"metadata": {"scanFinishedOn": "2025-01-31T12:00:00Z"}}),
    ("cosign-vuln", {"metadata": {"scanFinishedOn": "2025-01-31T14:00:00+02:00"}}),
    ("openvex", {"timestamp": "2025-01-31T12:00:00.000Z"}),
    ("custom", {"Timestamp": "2025-01-31T12:00:00Z"}),
]


@pytest.mark.parametrize(("name", "predicate"), STATED)
def test_a_predicate_says_in_its_own_place_when_it_was_made(name: str, predicate: dict[str, Any]):
    assert predicates.stated_time(predicates.named(name).uri, predicate) == NOON


def test_a_run_is_as_old_as_its_end_where_it_says_both():
    times = {"startedOn": "2025-01-30T12:00:00Z", "finishedOn": "2025-01-31T12:00:00Z"}
    predicate = {"runDetails": {"metadata": times}}
    assert predicates.stated_time(predicates.PROVENANCE, predicate) == NOON


@pytest.mark.parametrize("kind", predicates.KNOWN)
@pytest.mark.parametrize("predicate", [{}, {"metadata": "x"}, {"metadata": None, "runDetails": []}])
def test_what_says_nothing_has_no_time(kind: predicates.PredicateType, predicate: dict[str, Any]):
    assert predicates.stated_time(kind.uri, predicate) is None


def test_a_time_that_another_type_would_state_is_none():
    assert predicates.stated_time("https://e.example/x", {"timestamp": "x"}) is None
    assert predicates.stated_time(predicates.CYCLONEDX, {"timestamp": "x"}) is None


NO_TIMES = [
    "", "now", "2025-01-31", "2025-01-31T12:00:00", "12:00Z", "2025-02-30T12:00:00Z", 1738324800,
    1.5, True, [], {}, "2025-01-31T12:00:00Z" + " " * 30, "0000-00-00T00:00:00Z", "9" * 500,
]  # fmt: skip


@pytest.mark.parametrize("value", NO_TIMES)
def test_a_time_in_other_words_is_malformed_and_not_passed_over(value: Any):
    with pytest.raises(MalformedError, match="not a time with its zone"):
        predicates.stated_time(predicates.SUMMARY, {"timeVerified": value})
    with pytest.raises(MalformedError, match="its expiry is not a time"):
        predicates.expiry({"expires": value})


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_at_the_end_of_all_times_is_malformed(value: str):
    with pytest.raises(MalformedError):
        predicates.expiry({"expires": value})


def test_what_does_not_expire_says_nothing_or_null():
    assert predicates.expiry({}) is None
    assert predicates.expiry({"expires": None}) is None
    assert predicates.expiry({"expires": "2025-01-31T12:00:00Z"}) == NOON

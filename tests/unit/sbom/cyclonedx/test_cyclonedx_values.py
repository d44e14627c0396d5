"""Values as CycloneDX holds them."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Property
from aiverify.sbom.cyclonedx.values import date_time, given, misfits, uri, utf8


def test_what_nobody_said_is_left_out():
    assert given({"a": "", "b": [], "c": None, "d": "x"}) == {"d": "x"}


def test_lone_surrogates_are_escaped_at_every_depth_and_pairs_are_none():
    value = {"a": ["\ud800", {"b": "é\udc80"}, 1.5, None, True], "c": "\U0001f600"}

    assert utf8(value) == {"a": ["\\ud800", {"b": "é\\udc80"}, 1.5, None, True], "c": "\U0001f600"}


def test_a_misfit_is_a_property_under_its_fields_name():
    assert misfits({"version": "x", "purl": ""}) == (Property("aiverify:misfit:version", "x"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("https://example.org/a b\n", "https://example.org/a%20b%0A"),
        ("https://example.org/é", "https://example.org/%C3%A9"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%2f", "https://example.org/%2f"),
        ("https://user@example.org:8080/", "https://user@example.org:8080/"),
        ("pkg:pypi/a@1?b=c", "pkg:pypi/a@1?b=c"),
        ("urn:uuid:0", "urn:uuid:0"),
        ("a/b", "a/b"),
        ("a\\b<c>", "a%5Cb%3Cc%3E"),
        ("\ud800", "%5Cud800"),
    ],
)
def test_what_a_uri_may_not_hold_is_percent_encoded(text, expected):
    assert uri(text) == expected


@pytest.mark.parametrize(
    "text",
    ["http://[::1", "http://[::1]/", "1:", ":", "//example.org", "http://a:b/", "http://a:1:2"],
)
def test_what_is_no_uri_even_then_is_none(text):
    assert uri(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-01T00:00:00Z",
        "2025-01-01T00:00:00.123456789+14:00",
        "2024-02-29T23:59:59-00:30",
        "0001-01-01T00:00:00Z",
    ],
)
def test_a_time_is_kept_as_it_is(text):
    assert date_time(text) == text
    assert date_time(text.lower()) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2025-01-01",
        "2025-01-01T00:00:00",
        "2025-02-29T00:00:00Z",
        "2025-01-01T00:00:60Z",
        "2025-01-01T24:00:00Z",
        "2025-01-01T00:00:00+14:01",
        "2025-01-01T00:00:00+23:00",
        "0000-01-01T00:00:00Z",
        "2025-01-01 00:00:00Z",
        "٢٠٢٥-01-01T00:00:00Z",
        "2025-01-01T00:00:00Z\n",
    ],
)
def test_what_is_no_time_in_json_and_in_xml_is_none(text):
    assert date_time(text) == ""

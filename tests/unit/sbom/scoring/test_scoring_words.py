from __future__ import annotations

import pytest

from aiverify.sbom.scoring.words import (
    MAX_SHOWN,
    is_floating,
    is_link,
    is_placeholder,
    quoted,
    words_of,
)


@pytest.mark.parametrize(
    "text",
    ["unknown", "  N/A ", "NOASSERTION", "<TBD>", "TODO!", "...", "", "no\nassertion", "None."],
)
def test_what_only_holds_a_place_is_a_placeholder(text):
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["Unknown Worlds Ltd.", "none of your business", "1.0", "Ada"])
def test_what_says_something_is_none(text):
    assert not is_placeholder(text)


@pytest.mark.parametrize("version", ["latest", "main", ">=1.0", "1.*", "^2", "vers:pypi/>=1"])
def test_a_version_that_moves_names_no_state(version):
    assert is_floating(version)


@pytest.mark.parametrize("version", ["1.0", "4e20de362430", "2025-01-01", "1.0-latest", "v1"])
def test_a_version_that_stays_does(version):
    assert not is_floating(version)


@pytest.mark.parametrize(
    "link",
    [
        "https://acme.dev/m",
        "git@github.com:acme/m.git",
        "mailto:psirt@acme.dev",
        "doi:10.1000/1",
        "http://[2001:db8::1]/",
    ],
)
def test_a_link_could_lead_somewhere(link):
    assert is_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/m",
        "http://localhost:8080/",
        "http://host/",
        "https://a.invalid",
        "https://user@example.org/",
        "http://192.168.1.1/",
        "/models/m",
        "see the wiki",
        "https://a.dev/a b",
        "https://a.dev/" + "x" * 2000,
        "",
    ],
)
def test_a_link_leads_nowhere(link):
    assert not is_link(link)


def test_a_quotation_is_short_and_safe():
    assert quoted("a\n\tb") == '"a b"'
    assert quoted("x" * 100) == f'"{"x" * MAX_SHOWN}..."'
    assert "\x1b" not in quoted("\x1b[31mred")
    assert "\u202e" not in quoted("\u202eevil")


@pytest.mark.parametrize(
    "name",
    ["training date", "trainingDate", "acme:training-date", "TRAINING_DATE", "TrainingDate2"],
)
def test_the_words_of_a_name_are_found_however_it_is_written(name):
    assert " training date " in words_of(name)


def test_a_word_is_not_found_inside_another():
    assert " date " not in words_of("validated updates")

from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, named, rating_of, status_of

DECLARED, FOUND, MISSING, REVIEW = Status.DECLARED, Status.FOUND, Status.MISSING, Status.REVIEW


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("1.0", DECLARED),
        ("latest", REVIEW),
        (">=1", REVIEW),
        ("unknown", REVIEW),
        (7, REVIEW),
        ("", MISSING),
    ],
)
def test_a_version_names_one_state(version, status):
    assert status_of(about_model(version=version), "g7-models-version") is status


def test_a_range_of_versions_is_none():
    assert status_of(about_model(versionRange="vers:pypi/>=1"), "g7-models-version") is REVIEW


@pytest.mark.parametrize(
    "fields",
    [
        {"supplier": {"name": "Acme"}},
        {"manufacturer": {"name": "Acme"}},
        {"publisher": "Acme"},
        {"authors": [{"name": ""}, {"name": "Ada"}]},
        {"authors": [{"email": "ada@acme.dev"}]},
        {"author": "Ada"},
    ],
)
def test_a_producer_is_named_in_any_of_its_fields(fields):
    assert status_of(about_model(**fields), "g7-models-producer") is DECLARED


@pytest.mark.parametrize("field", ["supplier", "manufacture"])
def test_the_supplier_in_the_metadata_is_that_of_the_subject_alone(field):
    document = about_model({"type": "library", "name": "l"})
    document["metadata"][field] = {"name": "Acme"}
    assert rating_of(document, "g7-system-producer").places == (f"/metadata/{field}/name",)
    assert status_of(document, "ntia-supplier") is MISSING


def test_a_group_or_a_placeholder_is_no_producer():
    assert status_of(about_model(group="acme"), "g7-models-producer") is REVIEW
    assert status_of(about_model(supplier={"name": "NOASSERTION"}), "g7-models-producer") is REVIEW
    assert status_of(about_model(supplier="Acme"), "g7-models-producer") is MISSING


@pytest.mark.parametrize(
    "fields",
    [
        {"purl": "pkg:huggingface/acme/tiny@1.0"},
        {"cpe": "cpe:2.3:a:acme:tiny:1.0:*:*:*:*:*:*:*"},
        {"cpe": "cpe:/a:acme:tiny:1.0"},
        {"swhid": ["swh:1:rev:" + "0" * 39 + "a"]},
        {"omniborId": ["gitoid:blob:sha256:" + "ab" * 32]},
        {"purl": "pkg:acme", "cpe": "cpe:/a:acme:tiny:1.0"},
    ],
)
def test_an_identifier_that_is_well_formed_is_found(fields):
    assert status_of(about_model(**fields), "g7-models-identifier") is FOUND


@pytest.mark.parametrize(
    "fields",
    [
        {"purl": "acme/tiny"},
        {"purl": "pkg:acme"},
        {"purl": "pkg:pypi/a%2520b@1"},
        {"purl": 7},
        {"cpe": "cpe:2.3:a:acme"},
        {"swhid": ["swh:1:rev:1"]},
        {"omniborId": [7]},
        {"externalReferences": [{"type": "website", "url": "https://acme.dev"}]},
    ],
)
def test_one_that_is_not_is_for_review(fields):
    assert status_of(about_model(**fields), "g7-models-identifier") is REVIEW


def test_the_tag_of_swid_is_a_claim():
    assert status_of(about_model(swid={"tagId": "acme-1"}), "g7-models-identifier") is DECLARED


@pytest.mark.parametrize(
    ("time", "status"),
    [
        ("2025-01-01T00:00:00Z", FOUND),
        ("2025-01-01T00:00:00.5+02:00", FOUND),
        ("2025-01-01", REVIEW),
        ("2025-02-30T00:00:00Z", REVIEW),
        ("1970-01-01T00:00:00Z", REVIEW),
        ("yesterday", REVIEW),
        ("unknown", REVIEW),
        (7, REVIEW),
        ("", MISSING),
    ],
)
def test_a_time_is_as_rfc_3339_writes_it(time, status):
    assert status_of({"metadata": {"timestamp": time}}, "ntia-timestamp") is status
    assert status_of(about_model(releaseNotes={"timestamp": time}), "g7-models-timestamp") is status


@pytest.mark.parametrize(("value", "status"), [("2025-01-01", DECLARED), ("spring", REVIEW)])
def test_a_property_can_tell_the_day_of_a_release(value, status):
    assert status_of(about_model(properties=named(released=value)), "g7-models-timestamp") is status


@pytest.mark.parametrize(
    ("url", "status"),
    [("https://acme.dev", DECLARED), ("https://example.org", REVIEW), ("", MISSING), (7, MISSING)],
)
def test_a_reference_is_a_link_that_could_lead_somewhere(url, status):
    document = about_model(externalReferences=[{"type": "website", "url": url}])
    assert status_of(document, "g7-models-external-references") is status

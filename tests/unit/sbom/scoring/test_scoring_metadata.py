from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from aiverify.sbom.scoring.metadata import VERSIONS
from tests.support.scored import status_of

DECLARED, FOUND, MISSING, REVIEW = Status.DECLARED, Status.FOUND, Status.MISSING, Status.REVIEW


def with_metadata(**fields):
    return {"metadata": fields}


@pytest.mark.parametrize(
    "fields",
    [
        {"authors": [{"name": "Ada"}]},
        {"authors": [{"email": "ada@acme.dev"}]},
        {"manufacturer": {"name": "Acme"}},
    ],
)
def test_the_author_is_who_made_the_document(fields):
    assert status_of(with_metadata(**fields), "g7-metadata-author") is DECLARED


@pytest.mark.parametrize(
    "fields", [{"tools": [{"name": "tool"}]}, {"supplier": {"name": "Acme"}}, {"authors": "Ada"}]
)
def test_neither_a_tool_nor_a_supplier_is_the_author(fields):
    assert status_of(with_metadata(**fields), "g7-metadata-author") is MISSING


@pytest.mark.parametrize(
    ("version", "status"),
    [(1, FOUND), (0, REVIEW), (True, REVIEW), ("1", REVIEW), (1.5, REVIEW), (None, MISSING)],
)
def test_the_version_of_a_document_is_a_number(version, status):
    assert status_of({"version": version}, "g7-metadata-version") is status


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_the_format_is_known(version):
    assert status_of({"specVersion": version}, "g7-metadata-format-version") is FOUND


@pytest.mark.parametrize(
    ("version", "status"), [("9.9", REVIEW), (1.6, REVIEW), ([], MISSING), (None, MISSING)]
)
def test_a_version_of_the_format_that_does_not_exist_is_not(version, status):
    assert status_of({"specVersion": version}, "g7-metadata-format-version") is status


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        ({"algorithm": "ES256", "value": "eA"}, DECLARED),
        ({"signers": [{"value": "eA"}]}, DECLARED),
        ({"chain": [{"value": "eA"}]}, DECLARED),
        ({"algorithm": "ES256"}, REVIEW),
        ("signed", REVIEW),
        (None, MISSING),
    ],
)
def test_a_signature_is_a_claim_until_somebody_verifies_it(signature, status):
    assert status_of({"signature": signature}, "g7-metadata-signature") is status


@pytest.mark.parametrize(
    "tools",
    [
        [{"vendor": "Acme", "name": "tool", "version": "1"}],
        {"components": [{"name": "tool", "version": "1"}]},
        {"services": [{"name": "tool", "version": "1"}]},
    ],
)
def test_a_tool_is_found_where_each_version_of_the_format_has_it(tools):
    assert status_of(with_metadata(tools=tools), "g7-metadata-tool-name") is DECLARED
    assert status_of(with_metadata(tools=tools), "g7-metadata-tool-version") is DECLARED


def test_every_tool_needs_a_version():
    tools = [{"name": "a", "version": "1"}, {"name": "b"}]
    assert status_of(with_metadata(tools=tools), "g7-metadata-tool-version") is MISSING


@pytest.mark.parametrize(
    ("lifecycle", "status"),
    [
        ({"phase": "build"}, DECLARED),
        ({"name": "nightly run"}, DECLARED),
        ({"phase": "later"}, REVIEW),
        ({"phase": {}}, REVIEW),
        ({}, MISSING),
        (7, MISSING),
    ],
)
def test_the_context_is_a_phase_or_one_of_their_own(lifecycle, status):
    document = with_metadata(lifecycles=[lifecycle])
    assert status_of(document, "cisa-generation-context") is status

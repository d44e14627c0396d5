from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, rating_of, status_of

LICENCE = "g7-models-licence"


@pytest.mark.parametrize(
    "licences",
    [
        [{"license": {"id": "Apache-2.0"}}],
        [{"expression": "MIT OR Apache-2.0"}],
        [{"expression": "MIT AND LicenseRef-acme"}],
        [{"expression": "LicenseRef-acme"}],
        [{"license": {"name": "MIT"}}],
        [{"license": {"name": "MIT OR Apache-2.0"}}],
        [{"license": {"name": "llama3.2", "url": "https://llama.com/license"}}],
        [{"license": {"name": "ours", "text": {"content": "You may."}}}],
    ],
)
def test_a_licence_that_can_be_looked_up_is_declared(licences):
    assert status_of(about_model(licenses=licences), LICENCE) is Status.DECLARED


@pytest.mark.parametrize(
    "licences",
    [
        [{"license": {"name": "llama3.2"}}],
        [{"license": {"name": "unknown"}}],
        [{"license": {"id": "NOASSERTION"}}],
        [{"license": {"id": "llama3.2"}}],
        [{"license": {"id": "apache-2.0"}}],
        [{"license": {"id": "GPL"}}],
        [{"expression": "MIT OR whatever"}],
        [{"expression": "NOASSERTION"}],
        [{"expression": "MIT OR " * 1000 + "MIT"}],
        [{"license": {}}],
        [{"license": 7}],
        ["MIT"],
        [{"license": {"id": "MIT"}}, {"license": {"name": "unknown"}}],
    ],
)
def test_one_that_cannot_is_for_review(licences):
    assert status_of(about_model(licenses=licences), LICENCE) is Status.REVIEW


@pytest.mark.parametrize("licences", [None, [], {}, "MIT", 7, [None], [{}]])
def test_without_a_licence_it_is_missing(licences):
    assert status_of(about_model(licenses=licences), LICENCE) is Status.MISSING


def test_a_licence_that_was_concluded_is_inferred():
    said = {"id": "MIT", "acknowledgement": "concluded"}
    assert status_of(about_model(licenses=[{"license": said}]), LICENCE) is Status.INFERRED


def test_a_licence_that_was_only_seen_in_files_is_inferred():
    rating = rating_of(about_model(evidence={"licenses": [{"license": {"id": "MIT"}}]}), LICENCE)
    assert (rating.status, rating.reason) == (
        Status.INFERRED,
        "as seen in its files: the SPDX id MIT",
    )

"""Licences in CycloneDX."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.licences import classify_all
from tests.support.boms import small
from tests.support.cyclonedx import VERSIONS, encoded, root_of


def under(version: str, *texts: str) -> list:
    """The licences of an artifact of which these are stated."""
    root = Component("artifact:m", Sort.MODEL, "m", licences=classify_all(texts))
    return root_of(encoded(small(root=root), version))["licenses"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_licence_that_spdx_knows_is_an_id(version):
    assert under(version, "apache-2.0") == [
        {"license": {"id": "Apache-2.0", "acknowledgement": "declared"}}
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["llama3.2", "other", "mit or llama3.2", "\0", "é" * 5000])
def test_a_licence_that_spdx_does_not_know_is_a_name(version, name):
    assert under(version, name) == [{"license": {"name": name, "acknowledgement": "declared"}}]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_expression_alone_is_one(version):
    assert under(version, "mit or apache-2.0") == [
        {"expression": "MIT OR Apache-2.0", "acknowledgement": "declared"}
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_expression_among_others_is_a_name(version):
    first, _ = under(version, "mit or apache-2.0", "mit")

    assert first == {"license": {"name": "MIT OR Apache-2.0", "acknowledgement": "declared"}}

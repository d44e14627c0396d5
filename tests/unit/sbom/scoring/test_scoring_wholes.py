from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, rating_of, status_of

FILE = {"type": "file", "name": "w.bin"}


@pytest.mark.parametrize(
    "element", ["cisa-producer", "ntia-supplier", "cisa-version", "ntia-identifier", "cisa-licence"]
)
def test_a_file_has_it_from_what_it_is_a_part_of(element):
    document = about_model(
        FILE,
        version="1",
        purl="pkg:generic/m@1",
        supplier={"name": "Acme"},
        licenses=[{"license": {"id": "MIT"}}],
    )
    assert status_of(document, element).filled


@pytest.mark.parametrize("element", ["cisa-name", "cisa-hash"])
def test_a_file_needs_a_name_and_a_hash_of_its_own(element):
    assert "2 components" in rating_of(about_model(FILE), element).reason


def test_where_there_are_only_files_they_are_asked():
    assert status_of({"components": [FILE]}, "cisa-version") is Status.MISSING
    assert rating_of({"components": [FILE]}, "cisa-version").places == ("/components/0",)

from __future__ import annotations

import pytest

from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.reading import base_digest

DIGEST = "sha256:" + "0" * 64


def ancestor(*digests):
    return {
        "name": "a/b",
        "properties": [{"name": ROOT_DIGEST, "value": digest} for digest in digests],
    }


def document_of(*ancestors):
    return {"metadata": {"component": {"pedigree": {"ancestors": list(ancestors)}}}}


def test_the_digest_of_the_one_base_is_given():
    assert base_digest(document_of(ancestor(DIGEST))) == DIGEST


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"metadata": []},
        document_of(),
        document_of(ancestor()),
        document_of(ancestor("sha256:12")),
        document_of(ancestor(7)),
        document_of(ancestor(DIGEST, "sha256:" + "1" * 64)),
        document_of(ancestor(DIGEST), ancestor()),
        document_of("a/b"),
    ],
)
def test_a_digest_that_is_missing_invalid_or_one_of_two_pins_nothing(document):
    assert base_digest(document) == ""

from __future__ import annotations

import pytest

from aiverify.core.digest import Digest
from aiverify.sbom.composing import purl
from aiverify.sbom.identity import serial_number
from tests.support.described import COMMIT


def test_the_serial_number_follows_from_the_root_digest_alone():
    serial = serial_number(Digest.of(b"a"))

    assert serial == serial_number(Digest.of(b"a"))
    assert serial != serial_number(Digest.of(b"b"))
    assert serial.startswith("urn:uuid:")


@pytest.mark.parametrize(
    ("name", "revision", "expected"),
    [
        ("meta-llama/Llama-3.2-1B", "", "pkg:huggingface/meta-llama/Llama-3.2-1B"),
        ("a/b", COMMIT, f"pkg:huggingface/a/b@{COMMIT}"),
        ("a/b", "refs/pr/1", "pkg:huggingface/a/b@refs/pr/1"),
        ("a/b", "x\n?y#z", "pkg:huggingface/a/b"),
        ("gpt2", "", ""),
        ("./models/llama", "", ""),
        ("/models/llama", "", ""),
        ("models/../llama", "", ""),
        ("models/..", "", ""),
        ("registry.example/llama", "", ""),
        ("a/b/c", "", ""),
        ("a/b\n", "", ""),
        ("a/" + "b" * 300, "", ""),
    ],
)
def test_a_base_has_a_purl_when_its_name_is_that_of_a_repository(name, revision, expected):
    assert purl.of_base(name, revision) == expected


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("a/b", COMMIT, f"pkg:huggingface/a/b@{COMMIT}"),
        ("a/b", "1.0", ""),
        ("a/b", "", ""),
        ("b", COMMIT, ""),
    ],
)
def test_an_artifact_that_no_card_names_has_a_purl_only_when_its_version_is_a_commit(
    name, version, expected
):
    assert purl.of_artifact(name, version, by_its_card=False) == expected

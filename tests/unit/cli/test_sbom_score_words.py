"""The words of `aiverify sbom score`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aiverify.cli.listing import Entry
from aiverify.errors import InputError, MalformedError, UsageError
from tests.support.scored import complete


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "bom.json"
    path.write_text(json.dumps(complete()))
    return path


@pytest.fixture
def hollow(tmp_path: Path) -> Path:
    path = tmp_path / "hollow.json"
    path.write_text('{"bomFormat": "CycloneDX", "specVersion": "1.2", "version": 1}')
    return path


def scored(*words: object) -> Result:
    command = Entry("aiverify.cli.sbom_score", "score").load("score")
    return CliRunner().invoke(command, [str(word) for word in words])


def test_a_document_is_rated_by_all_lists(document: Path):
    done = scored(document)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("NTIA minimum elements (2021)")


def test_some_lists_alone_can_be_asked_for(document: Path):
    done = scored(document, "--elements", "ntia", "--elements", "cisa", "--format", "json")
    made = json.loads(done.stdout)
    assert [item["standard"] for item in made["summary"]] == ["cisa", "ntia"]


def test_a_list_that_there_is_not_is_refused(document: Path):
    assert scored(document, "--elements", "iso").exit_code == 2


@pytest.mark.parametrize("percent", [0, 100])
def test_what_is_filled_enough_passes(document: Path, percent: int):
    done = scored(document, "--fail-under", percent)
    assert (done.exit_code, done.stderr) == (0, "")


def test_what_is_filled_too_little_is_denied_after_it_is_shown(hollow: Path):
    done = scored(hollow, "--fail-under", 50, "--elements", "g7", "--elements", "ntia")
    assert done.exit_code == 10
    assert done.stdout.splitlines()[-2].startswith("G7/BSI")
    assert done.stderr.splitlines() == [
        "denied: G7/BSI SBOM for AI (2026): 6.0 % are filled, and 50 % are asked for",
        "denied: NTIA minimum elements (2021): 0.0 % are filled, and 50 % are asked for",
    ]


def test_no_less_than_nothing_can_be_filled(hollow: Path):
    assert scored(hollow, "--fail-under", 0).exit_code == 0


@pytest.mark.parametrize("percent", ["-1", "101", "nan", "half", "50.5"])
def test_a_percentage_is_a_whole_number_up_to_100(document: Path, percent: str):
    assert scored(document, "--fail-under", percent).exit_code == 2


def test_a_result_goes_to_a_file(document: Path, tmp_path: Path):
    out = tmp_path / "score.json"
    done = scored(document, "--format", "json", "-o", out)
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(out.read_text())["apiVersion"] == "aiverify.dev/sbom-score/v1"


def test_a_result_does_not_take_the_place_of_what_it_is_about(document: Path):
    before = document.read_bytes()
    assert isinstance(scored(document, "-o", document).exception, UsageError)
    assert document.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"{}", "no CycloneDX document"),
        (b'{"bomFormat": "CycloneDX", "bomFormat": "CycloneDX"}', "duplicate key"),
        (b'{"bomFormat": "CycloneDX", "a": ' + b"[" * 200 + b"]" * 200 + b"}", "nested deeper"),
        (b'{"spdxVersion": "SPDX-2.3"}', "SPDX"),
        (b'{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "SPDX"),
        (b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>', "XML"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
    ],
)
def test_what_is_no_cyclonedx_json_is_refused(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "bom"
    path.write_bytes(content)
    error = scored(path).exception
    assert isinstance(error, MalformedError)
    assert words in error.message


def test_what_cannot_be_read_is_refused(tmp_path: Path):
    assert isinstance(scored(tmp_path / "nowhere").exception, InputError)
    assert isinstance(scored(tmp_path).exception, InputError)

"""`aiverify sbom diff`: what it takes, what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from aiverify.cli.options import ReportFormat
from aiverify.cli.sbom_diff import diff
from aiverify.core.jsonvalue import pretty
from aiverify.errors import InputError, MalformedError
from aiverify.operations.sbom import sbom_document
from aiverify.operations.sbom_diff import difference_of
from aiverify.sbom.difference import Topic, Weights
from tests.support.models import llama_style
from tests.support.sbom_versions import new_version, old_version


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(old_version()))
    new.write_text(json.dumps(new_version()))
    return old, new


def ended(old: Path, new: Path, **options: object) -> int:
    with pytest.raises(typer.Exit) as exit_of:
        diff(old, new, **options)  # type: ignore[arg-type]
    return exit_of.value.exit_code


def test_a_difference_is_no_failure_unless_it_is_asked_for(versions: tuple[Path, Path]):
    old, new = versions

    assert ended(old, new) == 0
    assert ended(old, new, exit_code=True) == 10
    assert ended(old, old, exit_code=True) == 0


def test_json_is_printed_whole(versions: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    ended(*versions, format=ReportFormat.JSON)
    made = json.loads(capsys.readouterr().out)

    assert made["apiVersion"] == "aiverify.dev/sbom-diff/v1"
    assert made["summary"]["security"] > 0


def test_it_is_written_where_it_is_wanted_and_never_over_a_document(versions: tuple[Path, Path]):
    old, new = versions
    ended(old, new, output=old.parent / "said.txt")

    assert "The licence changed from MIT to llama3.2." in (old.parent / "said.txt").read_text()
    with pytest.raises(Exception, match=r"old\.json"):
        diff(old, new, output=old)
    assert json.loads(old.read_text())["bomFormat"] == "CycloneDX"


def test_a_directory_is_held_against_its_document(tmp_path: Path):
    model = llama_style(tmp_path / "model")
    document = tmp_path / "model.cdx.json"
    document.write_text(pretty(sbom_document(model)))
    assert difference_of(document, model).changes == ()

    (model / "chat_template.jinja").write_text("{{ messages }}")
    found = difference_of(document, model)

    assert Topic.TEMPLATE in {change.topic for change in found.changes}
    assert found.weights is Weights.SAME


def test_a_mark_before_the_json_does_no_harm(tmp_path: Path):
    path = tmp_path / "marked.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(old_version()).encode())

    assert difference_of(path, path).changes == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"bomFormat": "SPDX"}', "no CycloneDX document"),
        (b"{}", "it has no bomFormat"),
        (b'{"spdxVersion": "SPDX-2.3"}', "SPDX document"),
        (b'{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "SPDX document"),
        (b"\n<bom/>", "is XML"),
        (b"\xef\xbb\xbf<bom/>", "is XML"),
        (b'{"bomFormat": "CycloneDX", "bomFormat": "CycloneDX"}', "bomFormat"),
        (b"[" * 100_000, "nested deeper"),
    ],
)
def test_what_is_no_document_is_refused_by_name(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "strange.json"
    path.write_bytes(content)

    with pytest.raises(MalformedError, match=message) as raised:
        difference_of(path, path)
    assert "strange.json" in str(raised.value)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path):
    with pytest.raises(InputError, match="nowhere"):
        difference_of(tmp_path / "nowhere.json", tmp_path / "nowhere.json")

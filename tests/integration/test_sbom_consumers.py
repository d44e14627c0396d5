"""Programs of others read our bills without a complaint, and find in them what we wrote.

cyclonedx-python-lib holds every CycloneDX document against the schemas and reads it into its
own model; lib4sbom reads every document. lib4sbom's validator is asked about JSON alone: its
XML Schemas are those that CycloneDX has corrected since (1.6.2, 1.7.1), by which nobody could
state two uses of a model. cdxgen's validator also looks at references and package URLs. It is
a program for node, and its test is skipped where nobody has installed it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6, JsonV1Dot7

from tests.compare.sboms import fixture
from tests.compare.sboms.documents import Document, Evidence
from tests.compare.sboms.found import Extent
from tests.compare.sboms.installing import MARK
from tests.compare.sboms.rows import ROWS
from tests.compare.sboms.tools import ENVIRONMENTS, named
from tests.support import models
from tests.support.commands import call
from tests.support.cyclonedx import assert_sound, assert_sound_xml, validator

BUILDERS: Mapping[str, Callable[[Path], Path]] = {
    build.__name__: build
    for build in (
        models.dataset,
        models.diffusers_style,
        models.gguf,
        models.go_program,
        models.llama_style,
        models.locked,
        models.lora,
        models.onnx,
        models.requirements,
        models.sharded,
    )
}
EVERYTHING = "everything"
"""A model with all of that beside it, a dataset at hand, advisories, and a statement on one."""

ARTIFACTS = (*BUILDERS, EVERYTHING)
VERSIONS = ("1.6", "1.7")
WRITERS = {"1.6": JsonV1Dot6, "1.7": JsonV1Dot7}

CDXGEN = ENVIRONMENTS / named("cdxgen").folder
CDX_VALIDATE = CDXGEN / "node_modules" / ".bin" / "cdx-validate"

quiet_about_open_files = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
"""lib4sbom does not close what it reads."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> fixture.Fixture:
    return fixture.write(tmp_path_factory.mktemp("held"))


@pytest.fixture(scope="module")
def bills(held: fixture.Fixture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with every document of every artifact."""
    place = tmp_path_factory.mktemp("bills")
    for name, build in BUILDERS.items():
        write_all(place / name, str(build(place / "artifacts" / name)))
    more = ["--dataset", held.data, "--osv", held.advisories, "--vex", held.statements]
    write_all(place / EVERYTHING, str(held.model), *map(str, more))
    return place


def write_all(place: Path, *words: str) -> None:
    """The documents of one artifact, in all forms."""
    place.mkdir()
    for version in VERSIONS:
        for form in ("json", "xml"):
            options = ["--format", f"cyclonedx-{form}", "--spec-version", version]
            write(*words, *options, "--output", f"{version}.cdx.{form}", cwd=place)
    write(*words, "--format", "spdx-json", "--output", "bill.spdx.json", cwd=place)


def write(*words: str, cwd: Path) -> None:
    done = call("sbom", *words, "--quiet", cwd=cwd)
    assert (done.exit_code, done.err) == (0, "")


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("artifact", ARTIFACTS)
def test_the_library_of_cyclonedx_keeps_all_that_it_knows_of(
    bills: Path, artifact: str, version: str
) -> None:
    document = read(bills / artifact / f"{version}.cdx.json")
    assert_sound(document)

    bom = Bom.from_json(document)
    bom.validate()

    assert known_to_the_library(written(bom, version)) == known_to_the_library(document)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("artifact", ARTIFACTS)
def test_the_library_of_cyclonedx_reads_the_same_in_xml(
    bills: Path, artifact: str, version: str
) -> None:
    xml = (bills / artifact / f"{version}.cdx.xml").read_text(encoding="utf-8")
    assert_sound_xml(xml.encode(), version)

    bom = Bom.from_xml(StringIO(xml))
    bom.validate()

    document = read(bills / artifact / f"{version}.cdx.json")
    assert known_to_the_library(written(bom, version)) == known_to_the_library(document)


def written(bom: Bom, version: str) -> dict[str, Any]:
    """A bill of the library's, as a document that is valid once more."""
    text = WRITERS[version](bom).output_as_string()
    assert validator(version).validate_str(text) is None
    document: dict[str, Any] = json.loads(text)
    return document


def known_to_the_library(document: dict[str, Any]) -> dict[str, Any]:
    """What the library has a place for: no model cards, no data, nothing on what is unknown."""
    metadata = document["metadata"]
    listed = [metadata["component"], *document.get("components", [])]
    return {
        "serial": document["serialNumber"],
        "metadata": {key for key in metadata if key != "timestamp"},
        "components": {item["bom-ref"]: unordered(without_models(item)) for item in listed},
        "dependencies": {
            (link["ref"], need)
            for link in document["dependencies"]
            for need in link.get("dependsOn", [])
        },
        "vulnerabilities": {
            (item["id"], affected["ref"], item.get("analysis", {}).get("state"))
            for item in document.get("vulnerabilities", [])
            for affected in item["affects"]
        },
    }


def without_models(component: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in component.items() if key not in ("data", "modelCard")}


def unordered(value: Any) -> Any:
    """Lists as sets: the library sorts them."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(json.dumps(unordered(item), sort_keys=True) for item in value)
    return value


@quiet_about_open_files
@pytest.mark.parametrize("form", ["1.6.cdx.json", "1.7.cdx.json", "1.6.cdx.xml", "1.7.cdx.xml"])
@pytest.mark.parametrize("artifact", ARTIFACTS)
def test_lib4sbom_reads_cyclonedx(
    bills: Path, artifact: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from lib4sbom.parser import SBOMParser

    parser = SBOMParser("cyclonedx")
    parser.parse_file(str(bills / artifact / form))

    document = read(bills / artifact / f"{form[:3]}.cdx.json")
    names = {item["name"] for item in document["components"]}
    assert {item["name"] for item in parser.get_packages()} == names
    assert {item["target"] for item in parser.get_relationships()} <= names
    assert capsys.readouterr() == ("", "")


@quiet_about_open_files
@pytest.mark.parametrize("artifact", ARTIFACTS)
def test_lib4sbom_reads_spdx(
    bills: Path, artifact: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from lib4sbom.parser import SBOMParser

    parser = SBOMParser("spdx")
    path = bills / artifact / "bill.spdx.json"
    parser.parse_string(path.read_text(encoding="utf-8"))

    graph = read(path)["@graph"]
    names = {
        kind: {item["name"] for item in graph if item["type"] == kind}
        for kind in ("software_Package", "software_File")
    }
    assert {item["name"] for item in parser.get_packages()} == names["software_Package"]
    assert {item["name"] for item in parser.get_files()} == names["software_File"]
    assert capsys.readouterr() == ("", "")


@quiet_about_open_files
@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_lib4sbom_finds_json_valid(bills: Path, version: str) -> None:
    from lib4sbom.validator import SBOMValidator

    judge = SBOMValidator("cyclonedx", version=version)

    path = bills / EVERYTHING / f"{version}.cdx.json"
    assert judge.validate_file(str(path)) == {"CycloneDX": version}


@pytest.mark.slow
@pytest.mark.skipif(
    not (CDXGEN / MARK).exists(),
    reason="cdxgen is not installed; `python -m tests.compare.sboms --install cdxgen` does that",
)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("artifact", ["dataset", "go_program", EVERYTHING])
def test_cdxgen_finds_no_fault(bills: Path, artifact: str, version: str) -> None:
    """What it asks of whoever publishes, such as a signature, is no fault of the document."""
    words = [str(CDX_VALIDATE), "--input", f"{version}.cdx.json", "--strict", "--report", "json"]
    done = subprocess.run(
        [*words, "--report-file", f"{version}.report.json", "--fail-severity", "critical"],
        cwd=bills / artifact,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    report = read(bills / artifact / f"{version}.report.json")
    assert (report["schemaValid"], report["deepValid"]) == (True, True)


def test_our_bills_fill_every_row_of_the_comparison(bills: Path, held: fixture.Fixture) -> None:
    names = ("1.7.cdx.json", "bill.spdx.json")
    evidence = Evidence(tuple(Document(name, read(bills / EVERYTHING / name)) for name in names))

    found = {row.title: row.judge(evidence, held).extent for row in ROWS}

    assert {title: extent for title, extent in found.items() if extent is not Extent.ALL} == {}

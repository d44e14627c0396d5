"""Known vulnerabilities in a bill: which database it was, what is unknown, and what VEX says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.operations.advisories import with_advisories
from aiverify.sbom.bom import Bom
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.identity import serial_number
from tests.support.cyclonedx import assert_sound
from tests.support.osv_records import INTRODUCED, TORCH, directory_of, entry, record, span
from tests.support.vex_documents import (
    ROOT,
    analysed,
    bom,
    cyclonedx,
    openvex,
    statement,
)

ODD = record("OSV-1", entry("numpy", span(INTRODUCED, {"fixed": "two"})))


def written(path: Path, document) -> Path:
    path.write_text(json.dumps(document))
    return path


def said(bill: Bom) -> dict[str, str]:
    return {item.name: item.value for item in bill.properties}


def link(serial: str, ref: str) -> str:
    return f"urn:cdx:{serial.removeprefix('urn:uuid:')}/1#{ref}"


@pytest.fixture
def osv(tmp_path: Path) -> Path:
    return directory_of(tmp_path / "osv", TORCH, ODD)


def test_the_document_says_what_is_affected_what_is_unknown_and_by_which_database(osv):
    found, warnings = with_advisories(bom(), osv, ())

    document = encode(found, serial="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", timestamp=None)
    assert_sound(document)
    assert {item["id"]: item["affects"][0]["versions"] for item in document["vulnerabilities"]} == {
        "CVE-2025-32434": [{"version": "2.5.1", "status": "affected"}],
        "OSV-1": [{"version": "1.26.0", "status": "unknown"}],
    }
    assert warnings == (
        "whether numpy 1.26.0 has OSV-1 is unknown: 'two' is no version by the rules of PEP 440",
    )
    properties = said(found)
    assert properties["aiverify:osv:date"] == "2025-06-01T10:00:00Z"
    assert properties["aiverify:osv:records"] == "2"
    assert properties["aiverify:osv:digest"].startswith("sha256:")


def test_vex_annotates_and_is_named_with_its_digest(osv, tmp_path):
    path = written(tmp_path / "a.vex.json", openvex(statement()))

    found, _ = with_advisories(bom(), osv, [path])

    torch, numpy = found.vulnerabilities
    assert torch.analysis is not None
    assert torch.analysis.source == "a.vex.json#/statements/0"
    assert numpy.analysis is None
    digest = Digest.of(path.read_bytes())
    assert said(found)["aiverify:vex:document"] == f"{digest} a.vex.json"


def test_of_several_files_the_latest_statement_counts(osv, tmp_path):
    first = written(
        tmp_path / "a.json", openvex(statement("affected"), timestamp="2025-08-01T00:00:00Z")
    )
    second = written(tmp_path / "b.json", cyclonedx(analysed("false_positive")))

    for paths in ((first, second), (second, first)):
        found, _ = with_advisories(bom(), osv, paths)
        assert found.vulnerabilities[0].analysis is not None
        assert found.vulnerabilities[0].analysis.state == "exploitable"


def test_vex_may_link_to_the_bill_as_it_was_before(osv, tmp_path):
    known, _ = with_advisories(bom(), osv, ())
    ref = known.vulnerabilities[0].affects[0].ref
    for serial in (
        serial_number(ROOT),
        serial_number(ROOT, bom()),
        serial_number(ROOT, known),
    ):
        path = written(tmp_path / "vex.json", cyclonedx(analysed(ref=link(serial, ref))))
        found, _ = with_advisories(bom(), osv, [path])
        assert found.vulnerabilities[0].analysis is not None


def test_vex_that_links_to_another_bill_says_nothing_here(osv, tmp_path):
    other = serial_number(Digest.of(b"other files"))
    ref = "package:pkg:pypi/torch%402.5.1"
    path = written(tmp_path / "vex.json", cyclonedx(analysed(ref=link(other, ref))))

    found, warnings = with_advisories(bom(), osv, [path])

    assert found.vulnerabilities[0].analysis is None
    assert any("vex.json#/vulnerabilities/0 was not applied" in warning for warning in warnings)


def test_vex_without_a_database_is_refused(tmp_path):
    path = written(tmp_path / "vex.json", openvex(statement()))

    with pytest.raises(UsageError, match="without --osv none is known"):
        with_advisories(bom(), None, [path])


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"<bom/>"])
def test_a_file_that_is_no_vex_is_refused_by_its_name(osv, tmp_path, content):
    path = tmp_path / "vex.json"
    path.write_bytes(content)

    with pytest.raises(MalformedError, match=r"vex\.json"):
        with_advisories(bom(), osv, [path])


def test_vex_that_is_no_file_is_refused(osv, tmp_path):
    for path in (tmp_path, tmp_path / "nothing.json"):
        with pytest.raises(InputError):
            with_advisories(bom(), osv, [path])

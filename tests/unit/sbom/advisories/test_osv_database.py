from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import InputError, MalformedError
from aiverify.sbom.advisories import record as records
from aiverify.sbom.advisories.database import Matched, open_database
from aiverify.sbom.vulnerability import Affects, Effect
from tests.support.osv_records import (
    GO_STDLIB,
    INTRODUCED,
    TORCH,
    TORCH_PYSEC,
    component,
    directory_of,
    encoded,
    entry,
    record,
    span,
    zip_of,
)
from tests.support.zip_files import Member, zip_bytes

OLD_TORCH = component("pkg:pypi/torch@2.5.1")
REPAIRED = span(INTRODUCED, {"fixed": "2.0"})


def matched(path: Path, *components) -> Matched:
    return open_database(path).match(components or (OLD_TORCH,))


def in_zip(tmp_path: Path, files: dict[str, bytes]) -> Path:
    path = tmp_path / "all.zip"
    path.write_bytes(zip_of(files))
    return path


def test_an_archive_a_directory_and_a_file_say_the_same(tmp_path):
    packed = in_zip(tmp_path, encoded(TORCH))
    folder = directory_of(tmp_path / "osv", TORCH)
    file = folder / "GHSA-53q9-r3pm-6pq6.json"

    found = [matched(path) for path in (packed, folder, file)]

    assert found[0].vulnerabilities == found[1].vulnerabilities == found[2].vulnerabilities
    assert {item.warnings for item in found} == {()}
    assert found[0].state.digest == Digest.of(packed.read_bytes())
    assert found[2].state.digest == Digest.of(file.read_bytes())


def test_all_that_a_record_says_is_told(tmp_path):
    [found] = matched(directory_of(tmp_path, TORCH)).vulnerabilities

    assert found.id == "CVE-2025-32434"
    assert found.aliases == ("GHSA-53q9-r3pm-6pq6",)
    assert found.affects == (
        Affects("package:pkg:pypi/torch@2.5.1", "2.5.1", Effect.AFFECTED, ("2.6.0",)),
    )
    assert found.url == "https://osv.dev/vulnerability/GHSA-53q9-r3pm-6pq6"
    assert found.database == "OSV"
    assert [(item.method, item.score) for item in found.ratings] == [
        ("CVSSv4", 9.3),
        ("other", None),
    ]
    assert found.cwes == (502,)
    assert found.advisories == ("https://nvd.nist.gov/vuln/detail/CVE-2025-32434",)
    assert (found.published, found.updated) == ("2025-04-18T15:00:00Z", "2025-05-28T19:00:00Z")
    assert found.warnings == ()


def test_a_component_that_is_repaired_has_no_vulnerability(tmp_path):
    found = matched(directory_of(tmp_path, TORCH, TORCH_PYSEC), component("pkg:pypi/torch@2.6.0"))

    assert found.vulnerabilities == ()


def test_records_that_are_aliases_are_one_vulnerability(tmp_path):
    [found] = matched(directory_of(tmp_path, TORCH, TORCH_PYSEC)).vulnerabilities

    assert found.id == "CVE-2025-32434"
    assert found.aliases == ("GHSA-53q9-r3pm-6pq6", "PYSEC-2025-41")
    assert found.summary == TORCH["summary"]
    assert len(found.affects) == 1


def test_aliases_join_over_a_name_that_has_no_record(tmp_path):
    one = record("OSV-1", entry("torch", span(INTRODUCED)), aliases=["CVE-2025-0001"])
    other = record("OSV-2", entry("torch", span(INTRODUCED)), aliases=["CVE-2025-0001"])

    [found] = matched(directory_of(tmp_path, one, other)).vulnerabilities

    assert (found.id, found.aliases) == ("CVE-2025-0001", ("OSV-1", "OSV-2"))


def test_a_record_with_two_cves_keeps_its_own_name(tmp_path):
    aliases = ["CVE-2025-0002", "CVE-2025-0001"]

    [found] = matched(
        directory_of(tmp_path, record("OSV-1", entry("torch", REPAIRED), aliases=aliases)),
        component("pkg:pypi/torch@1.0"),
    ).vulnerabilities

    assert (found.id, found.aliases) == ("OSV-1", ("CVE-2025-0001", "CVE-2025-0002"))


def test_affected_beats_unknown_where_records_are_joined(tmp_path):
    unknown = record(
        "OSV-1", entry("torch", span(INTRODUCED, {"fixed": "x"})), aliases=["CVE-2025-32434"]
    )

    [found] = matched(directory_of(tmp_path, unknown, TORCH)).vulnerabilities

    [affects] = found.affects
    assert (affects.effect, affects.reason) == (Effect.AFFECTED, "")
    assert affects.fixed == ("2.6.0", "x")


def test_what_is_unknown_says_why(tmp_path):
    found = matched(directory_of(tmp_path, TORCH), component("pkg:pypi/torch"))

    [affects] = found.vulnerabilities[0].affects
    assert (affects.effect, affects.reason) == (Effect.UNKNOWN, "its version is not known")
    assert found.warnings == (
        "whether pkg:pypi/torch has CVE-2025-32434 is unknown: its version is not known",
    )


def test_a_library_that_no_record_can_name_is_told_of(tmp_path):
    path = directory_of(tmp_path, TORCH)
    names = [f"lib{index}.so" for index in range(7)]

    [one] = matched(path, component("", name="libc.so.6")).warnings
    [several] = matched(path, *(component("", name=name) for name in names)).warnings

    end = "no package URL says where"
    assert one == f"nothing is known of libc.so.6: {end} it comes from"
    assert several == (
        "nothing is known of lib0.so, lib1.so, lib2.so, lib3.so, lib4.so and 2 more: "
        f"{end} they come from"
    )


def test_a_name_is_found_however_it_is_spelled(tmp_path):
    path = directory_of(tmp_path, record("OSV-1", entry("foo-bar", span(INTRODUCED))))

    assert matched(path, component("pkg:pypi/Foo_Bar@1")).vulnerabilities


def test_a_package_is_found_by_its_purl_alone(tmp_path):
    named = {"package": {"purl": "pkg:pypi/torch"}, "ranges": [span(INTRODUCED)]}

    assert matched(directory_of(tmp_path, record("OSV-1", named))).vulnerabilities


def test_an_escaped_name_is_the_same_name(tmp_path):
    text = json.dumps(TORCH).replace('"torch"', r'"\u0074orch"').encode()

    assert matched(in_zip(tmp_path, {"a.json": text})).vulnerabilities


def test_the_package_of_another_ecosystem_is_another_package(tmp_path):
    path = directory_of(tmp_path, TORCH)

    found = matched(path, component("pkg:npm/torch@2.5.1"))

    assert found.vulnerabilities == ()
    assert found.warnings == (
        "the OSV database has no record of npm, so that nothing is known of 1 component from there",
    )


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.21.8", 1), ("1.21.9", 0), ("go1.22.1", 1), ("1.22rc1", 1), ("1.22.2", 0), ("1.22", 1)],
)
def test_the_library_of_go_is_matched_by_its_releases(tmp_path, version, expected):
    path = directory_of(tmp_path, GO_STDLIB)

    found = matched(path, component("pkg:golang/stdlib", version))

    assert len(found.vulnerabilities) == expected


def test_a_module_of_go_is_matched_by_its_path(tmp_path):
    path = directory_of(tmp_path, GO_STDLIB)

    hit = matched(path, component("pkg:golang/golang.org/x/net@v0.22.0")).vulnerabilities
    miss = matched(path, component("pkg:golang/golang.org/x/net@v0.23.0")).vulnerabilities

    assert (len(hit), len(miss)) == (1, 0)
    assert hit[0].affects[0].fixed == ("0.23.0",)


def test_a_withdrawn_record_does_not_count(tmp_path):
    withdrawn = {**TORCH, "withdrawn": "2025-06-01T00:00:00Z"}

    found = matched(directory_of(tmp_path, withdrawn))

    assert found.vulnerabilities == ()
    assert found.state.records == 1


@pytest.mark.parametrize("value", [False, True, 7, "", "no", [], {}])
def test_what_is_no_time_withdraws_nothing(tmp_path, value):
    found = matched(directory_of(tmp_path, {**TORCH, "withdrawn": value}))

    assert len(found.vulnerabilities) == 1
    assert found.warnings == found.vulnerabilities[0].warnings
    assert len(found.warnings) == (value != "")


def test_of_two_records_with_one_id_the_later_counts(tmp_path):
    later = {**TORCH, "withdrawn": "2025-06-01T00:00:00Z", "modified": "2025-06-01T00:00:00Z"}
    files = {"a.json": json.dumps(TORCH).encode(), "b.json": json.dumps(later).encode()}

    assert matched(in_zip(tmp_path, files)).vulnerabilities == ()

    earlier = {**later, "modified": "2025-01-01T00:00:00Z"}
    files["b.json"] = json.dumps(earlier).encode()
    assert len(matched(in_zip(tmp_path, files)).vulnerabilities) == 1


def test_a_directory_may_hold_the_archives_of_several_ecosystems(tmp_path):
    for ecosystem, item in (("PyPI", TORCH), ("Go", GO_STDLIB)):
        (tmp_path / ecosystem).mkdir()
        in_zip(tmp_path / ecosystem, encoded(item))

    found = matched(tmp_path, OLD_TORCH, component("pkg:golang/stdlib@1.20.0"))

    assert [item.id for item in found.vulnerabilities] == ["CVE-2023-45288", "CVE-2025-32434"]


def test_the_state_of_the_database_is_told(tmp_path):
    found = matched(directory_of(tmp_path, TORCH, GO_STDLIB))

    digest = hashlib.sha256()
    for path in sorted(tmp_path.iterdir()):
        value = [path.name, hashlib.sha256(path.read_bytes()).hexdigest()]
        digest.update(json.dumps(value, separators=(",", ":")).encode() + b"\n")
    assert {item.name: item.value for item in found.state.properties} == {
        "aiverify:osv:digest": f"sha256:{digest.hexdigest()}",
        "aiverify:osv:date": "2025-06-01T10:00:00Z",
        "aiverify:osv:records": "2",
        "aiverify:osv:unread": "0",
        "aiverify:osv:components": "1",
    }


def test_what_osv_does_not_know_is_not_counted(tmp_path):
    found = matched(directory_of(tmp_path, TORCH), component("pkg:huggingface/a/b@1"), OLD_TORCH)

    assert found.state.components == 1


BROKEN = {
    "no JSON": b'{"id": "OSV-1"',
    "nothing": b"",
    "no UTF-8": b'{"id": "\xff"}',
    "UTF-16": '{"id": "OSV-1"}'.encode("utf-16"),
    "a list": b"[]",
    "no id": b"{}",
    "an id that is a number": b'{"id": 1}',
    "an id that moves the cursor": b'{"id": "\\u001b[2J"}',
    "a name twice": b'{"id": "OSV-1", "id": "OSV-2"}',
    "brackets": b"[" * 100_000,
    "affected text": b'{"id": "OSV-1", "affected": "torch"}',
    "affected texts": b'{"id": "OSV-1", "affected": ["torch"]}',
    "a package that is text": b'{"id": "OSV-1", "affected": [{"package": "torch"}]}',
    "a number without an end": (
        b'{"id": "OSV-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "torch"}}],'
        b' "x": Infinity}'
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_record_that_cannot_be_read_is_told_of_by_its_file(tmp_path, name):
    path = in_zip(tmp_path, {"bad.json": BROKEN[name], **encoded(TORCH)})

    found = matched(path)

    assert (found.state.records, found.state.unread) == (1, 1)
    assert len(found.vulnerabilities) == 1
    [warning] = found.warnings
    assert "all.zip/bad.json is no OSV record that can be read: it " in warning or name in (
        "a package that is text",
        "affected text",
        "affected texts",
        "a number without an end",
    )
    assert warning.endswith("; what it says is unknown")
    assert "\x1b" not in warning


def test_many_records_that_cannot_be_read_are_counted(tmp_path):
    broken = {f"{index:03}.json": b"{" for index in range(50)}

    found = matched(in_zip(tmp_path, {**broken, **encoded(TORCH)}))

    assert found.state.unread == 50
    assert found.warnings[-1] == "30 more OSV records could not be read"
    assert len(found.warnings) == 21


def test_a_record_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("aiverify.sbom.advisories.source.MAX_SIZE", 1000)
    large = json.dumps({**TORCH, "details": "x" * 2000}).encode()
    small = record("OSV-1", entry("numpy", REPAIRED))

    packed = matched(in_zip(tmp_path, {"a.json": large, **encoded(small)}))
    folder = directory_of(tmp_path / "osv", small)
    (folder / "a.json").write_bytes(large)

    assert packed.state.unread == matched(folder).state.unread == 1
    assert "the limit for a record is 1000" in packed.warnings[0]


def test_a_member_that_lies_about_its_size_is_not_read(tmp_path):
    data = json.dumps(TORCH).encode()
    path = tmp_path / "all.zip"
    members = [
        Member("a.json", data, method=8, own={"size": 10}, listed={"size": 10}),
        Member("b.json", json.dumps(GO_STDLIB).encode()),
    ]
    path.write_bytes(zip_bytes(members))

    found = matched(path)

    assert (found.state.records, found.state.unread) == (1, 1)


def test_a_bomb_is_refused(tmp_path):
    path = tmp_path / "all.zip"
    path.write_bytes(
        zip_bytes([Member("a.json", b"{}", listed={"size": 1 << 31}, own={"size": 1 << 31})])
    )

    with pytest.raises(MalformedError, match="that unpack to 2147483648"):
        matched(path)


def test_names_that_lead_elsewhere_are_told_of_and_write_nothing(tmp_path):
    path = in_zip(tmp_path, {"../../evil.json": json.dumps(TORCH).encode()})

    found = matched(path)

    assert len(found.vulnerabilities) == 1
    assert any("is not a plain path" in warning for warning in found.warnings)
    assert not (tmp_path.parent.parent / "evil.json").exists()


def test_a_member_that_is_there_twice_is_read_twice_and_told_of(tmp_path):
    path = tmp_path / "all.zip"
    members = [Member("a.json", json.dumps(item).encode()) for item in (TORCH, TORCH_PYSEC)]
    path.write_bytes(zip_bytes(members))

    found = matched(path)

    assert found.state.records == 2
    assert any("two members are named a.json" in warning for warning in found.warnings)


def test_records_in_yaml_are_told_of(tmp_path):
    directory_of(tmp_path, TORCH)
    (tmp_path / "PYSEC-1.yaml").write_text("id: PYSEC-1\n")
    (tmp_path / "README.md").write_text("Records.\n")

    found = matched(tmp_path)

    assert found.state.unread == 1
    assert "PYSEC-1.yaml" in found.warnings[0]


def test_an_archive_that_is_cut_off_is_refused(tmp_path):
    path = in_zip(tmp_path, encoded(TORCH))
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(MalformedError, match=r"all\.zip"):
        matched(path)


def test_a_database_without_any_record_is_refused(tmp_path):
    with pytest.raises(MalformedError, match="holds no OSV record that can be read"):
        matched(in_zip(tmp_path, {"a.json": b"{}"}))


def test_a_directory_without_records_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no OSV records"):
        open_database(tmp_path)


def test_a_path_that_leads_to_nothing_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        open_database(tmp_path / "all.zip")


def test_the_page_of_a_private_record_is_not_made_up(tmp_path):
    private = record("ACME-2025-1", entry("torch", span(INTRODUCED)))

    [found] = matched(directory_of(tmp_path, private)).vulnerabilities

    assert found.url == ""


def test_a_glance_and_a_reading_name_the_same_packages():
    data = json.dumps(GO_STDLIB).encode()

    names = [name for item in records.read(data, "x").affected for name in item.package.names]
    assert records.glance(data).names == tuple(names)

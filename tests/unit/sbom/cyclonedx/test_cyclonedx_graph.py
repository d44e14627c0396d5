"""What depends on what, and what is known to be complete."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.sbom.bom import Component, Sort
from tests.support.boms import file, full, small
from tests.support.cyclonedx import VERSIONS, encoded

ROOT = "artifact:tiny"


def needs(document: dict) -> dict[str, list[str]]:
    """What each has an entry for, by ref."""
    found = {item["ref"]: item["dependsOn"] for item in document["dependencies"]}
    assert len(found) == len(document["dependencies"])
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_there_is_one_root_and_everything_is_reached_from_it(version):
    document = encoded(full(), version)
    graph = needs(document)
    everything = {ROOT, *(item["bom-ref"] for item in document["components"])}

    needed = {need for refs in graph.values() for need in refs}
    assert everything - needed == {ROOT}
    assert set(graph[ROOT]) == everything - {ROOT}


def test_an_artifact_that_says_what_it_needs_is_believed():
    library = Component("package:a", Sort.LIBRARY, "a")
    root = Component("artifact:m", Sort.MODEL, "m", needs=("package:a",))

    assert needs(encoded(small(root=root, packages=(library,))))["artifact:m"] == ["package:a"]


def test_to_need_nothing_is_an_entry_and_to_be_unknown_is_none():
    graph = needs(encoded(full()))

    assert graph["file:LICENSE"] == []
    assert "file:strange.enc" not in graph


def test_a_need_that_is_not_in_the_bill_or_is_itself_is_left_out():
    lost = Component("package:a", Sort.LIBRARY, "a", needs=("gone", "package:a", "file:m.bin"))

    assert needs(encoded(small(packages=(lost,))))["package:a"] == ["file:m.bin"]


def test_a_need_that_comes_twice_is_one():
    twice = Component("package:a", Sort.LIBRARY, "a", needs=("file:m.bin", "file:m.bin"))

    assert needs(encoded(small(packages=(twice,))))["package:a"] == ["file:m.bin"]


def test_components_may_need_each_other():
    one, other = (
        Component(f"package:{ref}", Sort.LIBRARY, ref, needs=(f"package:{need}",))
        for ref, need in ("ab", "ba")
    )

    graph = needs(encoded(small(packages=(one, other))))

    assert (graph["package:a"], graph["package:b"]) == (["package:b"], ["package:a"])


@pytest.mark.parametrize("version", VERSIONS)
def test_only_the_files_that_were_read_are_complete(version):
    complete, unknown = encoded(full(), version)["compositions"]

    assert complete == {
        "aggregate": "complete",
        "assemblies": [
            ROOT,
            "file:README.md",
            "file:LICENSE",
            "file:model.safetensors",
            "file:a%20%23%20b",
        ],
    }
    assert unknown["aggregate"] == "unknown"
    assert unknown["assemblies"] == [
        "file:strange.enc",
        "part:t",
        "model:base@1#sha256:ab",
        "dataset:d",
        "package:pkg:pypi/a@1",
        "package:pkg:golang/g@1",
        "framework:f",
    ]


def test_nobody_knows_all_that_is_needed_nor_all_vulnerabilities():
    _, unknown = encoded(full())["compositions"]

    assert unknown["dependencies"] == [
        ROOT,
        "file:strange.enc",
        "model:base@1#sha256:ab",
        "package:pkg:golang/g@1",
        "framework:f",
    ]
    assert unknown["vulnerabilities"] == [
        "vulnerability:PYSEC-1",
        "vulnerability:GHSA-1",
        "vulnerability:GHSA-1#2",
    ]


def test_of_an_artifact_without_files_it_is_complete_that_it_has_none():
    complete, unknown = encoded(replace(small(), files=()))["compositions"]

    assert complete == {"aggregate": "complete", "assemblies": ["artifact:m"]}
    assert unknown == {"aggregate": "unknown", "dependencies": ["artifact:m"]}


def test_a_file_that_is_named_like_a_ref_is_a_file():
    names = ("artifact:m", "file:m.bin", "a%20b", "a b", "x@y#z")
    files = tuple(file(name, needs=()) for name in names)

    document = encoded(small(files=files))

    assert [item["name"] for item in document["components"]] == list(names)
    assert needs(document)["artifact:m"] == [
        "file:artifact%3Am",
        "file:file%3Am.bin",
        "file:a%2520b",
        "file:a%20b",
        "file:x%40y%23z",
    ]

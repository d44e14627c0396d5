"""An SPDX document as a whole, and the elements of components."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from aiverify.core.jsonvalue import pretty
from aiverify.sbom.bom import Bom, Component, Means, Origin, Property, Reference, Sort
from aiverify.sbom.spdx.document import encode
from tests.support import boms, spdx_boms
from tests.support.spdx import elements, encoded, named, statements, wrong
from tests.support.spdx_boms import SERIAL, TIMESTAMP

HOSTILE = 'a"\\\u202e\ud800\x00\n#%~ <{é'


def only(component: Component, **more: object) -> dict:
    """The document of an artifact that is one component."""
    return encoded(Bom(root=component, files=(), **more))


def test_a_bill_in_which_every_field_says_something_is_sound():
    encoded(boms.full())


def test_the_same_bill_gives_the_same_document():
    documents = {
        pretty(encode(spdx_boms.llama(), serial=SERIAL, timestamp=TIMESTAMP)) for _ in range(2)
    }

    assert len(documents) == 1


def test_a_wrong_document_is_seen_as_such():
    document = json.loads(pretty(encoded(spdx_boms.lora())))
    named(document, "tiny-lora")["ai_mood"] = "good"

    assert list(wrong(document))


# lib4sbom leaves its lists of licences open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize(
    "case", [spdx_boms.llama, spdx_boms.lora, spdx_boms.component, spdx_boms.dataset]
)
def test_another_program_finds_the_files_and_packages(case, tmp_path):
    from lib4sbom.parser import SBOMParser

    document = encoded(case())
    path = tmp_path / "bill.spdx.json"
    path.write_text(pretty(document))

    parser = SBOMParser()
    parser.parse_file(str(path))

    for found, kind in ((parser.get_files(), "File"), (parser.get_packages(), "Package")):
        names = {item["name"] for item in elements(document, f"software_{kind}")}
        assert {item["name"] for item in found} == names


def test_the_document_is_by_its_author_and_made_with_this_program():
    document = encoded(spdx_boms.llama())
    [creation], [tool] = elements(document, "CreationInfo"), elements(document, "Tool")
    author = next(item for item in elements(document, "Agent") if item["name"] == "Example Author")

    assert creation["createdBy"] == [author["spdxId"]]
    assert creation["createdUsing"] == [tool["spdxId"]]
    assert creation["created"] == TIMESTAMP
    assert tool["name"].startswith("aiverify")


def test_without_an_author_the_program_wrote_it_of_its_own_accord():
    document = encoded(spdx_boms.lora())
    [creation], [agent] = elements(document, "CreationInfo"), elements(document, "SoftwareAgent")

    assert creation["createdBy"] == [agent["spdxId"]]


@pytest.mark.parametrize(
    ("case", "profiles"),
    [
        (spdx_boms.llama, {"ai", "dataset"}),
        (spdx_boms.lora, {"ai"}),
        (spdx_boms.component, {"security"}),
        (spdx_boms.dataset, {"dataset"}),
    ],
)
def test_the_profiles_are_those_whose_words_are_used(case, profiles):
    document = encoded(case())

    for kind in ("SpdxDocument", "software_Sbom"):
        [found] = elements(document, kind)
        assert set(found["profileConformance"]) == profiles | {
            "core",
            "software",
            "simpleLicensing",
        }


@pytest.mark.parametrize(
    ("phase", "kinds"),
    [("post-build", ["analyzed"]), ("build", ["build"]), ("operations", ["deployed"])],
)
def test_the_phase_is_the_type_of_the_bill(phase, kinds):
    [sbom] = elements(encoded(replace(spdx_boms.lora(), phase=phase)), "software_Sbom")

    assert sbom["software_sbomType"] == kinds


def test_a_phase_that_spdx_does_not_have_is_a_statement():
    document = encoded(spdx_boms.dataset())
    [sbom] = elements(document, "software_Sbom")

    assert sbom["software_sbomType"] == ["analyzed"]
    assert statements(document, sbom["spdxId"]) == ["aiverify:phase=discovery"]


def test_hostile_text_stays_text():
    component = Component(
        ref=HOSTILE,
        sort=Sort.MODEL,
        name=HOSTILE,
        version=HOSTILE,
        purl=HOSTILE,
        description=HOSTILE,
        supplier=HOSTILE,
        authors=(HOSTILE,),
        tags=(HOSTILE,),
        references=(Reference(HOSTILE, HOSTILE, HOSTILE), Reference("website", HOSTILE)),
        properties=(Property(HOSTILE, HOSTILE),),
        origins=(Origin(HOSTILE, HOSTILE, Means.GIVEN),),
        needs=(HOSTILE,),
    )

    document = only(component, author=HOSTILE, phase=HOSTILE)

    [found] = elements(document, "ai_AIPackage")
    assert found["name"] == HOSTILE.encode("utf-8", "backslashreplace").decode()
    assert found["spdxId"].isascii()
    assert found["spdxId"].isprintable()
    assert " " not in found["spdxId"]


def test_a_text_of_any_length_is_kept():
    long = Component("artifact:m", Sort.MODEL, "n" * 100_000, description="é" * 100_000)
    [found] = elements(only(long), "ai_AIPackage")

    assert (found["name"], found["description"]) == (long.name, long.description)

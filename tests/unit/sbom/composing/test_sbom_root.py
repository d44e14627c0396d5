"""The artifact itself: its identity, its description, and who says so."""

from __future__ import annotations

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.description import Description, Stated
from aiverify.sbom.bom import Component, Means, Origin
from aiverify.sbom.composing.root import MAX_DESCRIPTION, Asked, root
from tests.support.described import COMMIT, artifact_of
from tests.support.stating import stating

NOBODY = Asked()


def made(
    *files,
    name: str = "x",
    version: str = "",
    kind: Kind = Kind.MODEL,
    asked: Asked = NOBODY,
    card: Stated[str] | None = None,
    **said,
) -> Component:
    artifact = artifact_of(*(item.name for item in files), kind=kind, name=name, version=version)
    return root(artifact, Description(name=card, **said), files, asked, (), fits=False)


def section(text: str) -> Stated[str]:
    return Stated(text, "README.md#there")


def test_a_commit_says_that_it_is_a_copy_of_a_repository_on_the_hub():
    assert made(name="acme/x", version=COMMIT).purl == f"pkg:huggingface/acme/x@{COMMIT}"
    assert made(name="acme/x", version="1.0").purl == ""
    assert made(name="x", version=COMMIT).purl == ""


def test_a_card_that_calls_it_by_a_repository_implies_its_purl():
    name = Stated("acme/x", "README.md#model_name")

    found = made(name="acme/x", version="1.0", card=name)

    assert found.purl == "pkg:huggingface/acme/x"
    assert Origin("purl", "README.md#model_name", Means.INFERRED) in found.origins
    assert made(name="acme/x", card=name, asked=Asked(name=True)).purl == ""


def test_a_purl_is_encoded_once():
    assert made(name="acme/x.y-z_1", version=COMMIT).purl.count("%") == 0


def test_a_programs_own_build_says_its_version_and_its_purl():
    go = {"main": {"path": "example.org/runner", "version": "v1.2.3"}}

    found = made(stating("runner", "elf", {"go": go}), kind=Kind.COMPONENT)

    assert (found.version, found.purl) == ("v1.2.3", "pkg:golang/example.org/runner@v1.2.3")
    assert Origin("version", "runner#/go/main/version") in found.origins


def test_a_version_that_was_asked_for_counts_before_the_builds():
    go = {"main": {"path": "example.org/runner", "version": "v1.2.3"}}

    found = made(
        stating("runner", "elf", {"go": go}),
        kind=Kind.COMPONENT,
        version="9",
        asked=Asked(version=True),
    )

    assert found.version == "9"
    assert [it.source for it in found.origins if it.field == "version"] == ["--version"]


@pytest.mark.parametrize("version", ["(devel)", ""])
def test_a_build_from_a_tree_has_no_version(version: str):
    go = {"main": {"path": "example.org/runner", "version": version}}

    found = made(stating("runner", "elf", {"go": go}), kind=Kind.COMPONENT)

    assert (found.version, found.purl) == ("", "pkg:golang/example.org/runner")


@pytest.mark.parametrize(
    "heading", ["model description", "summary", "model card for x", "x", "overview"]
)
def test_the_prose_below_a_fitting_heading_describes_it(heading: str):
    found = made(sections={heading: section("Tiny."), "usage": section("No.")})

    assert found.description == "Tiny."


def test_other_headings_describe_nothing():
    assert made(sections={"usage": section("No."), "training": section("No.")}).description == ""


def test_lines_with_fields_of_their_own_are_no_description():
    prose = "Tiny.\n\n- **Developed by:** Acme\n* **License:** mit\n"

    assert made(sections={"summary": section(prose)}).description == "Tiny."
    assert made(sections={"summary": section("- **Developed by:** Acme")}).description == ""


def test_a_long_description_is_cut():
    long = made(sections={"summary": section("x" * (MAX_DESCRIPTION + 1))})

    assert len(long.description) == MAX_DESCRIPTION


def test_a_supplier_that_was_asked_for_counts_before_the_cards():
    card = Stated("Acme", "README.md#bullets/shared by")

    assert made(supplier=card).supplier == "Acme"
    asked = made(supplier=card, asked=Asked(supplier="Us"))
    assert asked.supplier == "Us"
    assert Origin("supplier", "--supplier", Means.GIVEN) in asked.origins


def test_each_place_is_told_once_for_each_field():
    languages = (Stated("en", "README.md#language"), Stated("de", "README.md#language"))

    found = made(languages=languages)

    assert [it.source for it in found.origins if it.field == "aiverify:language"] == [
        "README.md#language"
    ]

"""Who said what stands in a document."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Bom, Component, Means, Origin, Sort
from aiverify.sbom.cyclonedx.sayers import Sayers, author_ref
from tests.support.boms import file

ROOT = Component("artifact:m", Sort.MODEL, "m")
FILES = (file("README.md"), file("a#b"), file("a"))
TOOL = "tool:aiverify"


def sayer(source: str, means: Means = Means.STATED, author: str = "") -> str:
    return Sayers.of(Bom(ROOT, FILES, author=author)).ref(Origin("name", source, means))


@pytest.mark.parametrize(
    ("source", "ref"),
    [
        ("README.md", "file:README.md"),
        ("README.md#license", "file:README.md"),
        ("README.md#/a/b#c", "file:README.md"),
        ("a#b#c", "file:a%23b"),
        ("a#c", "file:a"),
    ],
)
def test_a_file_says_what_stands_in_it_even_if_its_name_has_the_mark(source, ref):
    assert sayer(source) == sayer(source, Means.INFERRED) == ref


@pytest.mark.parametrize("source", ["", "#", "gone.md#license", "https://example.org/README.md"])
def test_this_program_says_what_no_file_of_the_bill_does(source):
    assert sayer(source) == TOOL


def test_marks_without_end_are_not_followed():
    assert sayer("README.md" + "#" * 100_000) == TOOL


def test_what_is_given_is_said_by_whoever_had_the_bill_written():
    assert sayer("--name", Means.GIVEN, "Ada") == "author:Ada"
    assert sayer("--name", Means.GIVEN) == TOOL


def test_the_ref_of_an_author_can_stand_in_any_document():
    assert author_ref(Bom(ROOT, (), author="Ä \ud800")) == "author:%C3%84%20%ED%A0%80"

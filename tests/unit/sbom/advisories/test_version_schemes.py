from __future__ import annotations

from itertools import pairwise

import pytest

from aiverify.sbom.advisories import debian, semver
from aiverify.sbom.advisories.schemes import GO_MODULE, GO_RELEASE, PEP440, SEMVER, scheme_of

SPECIFIED = (
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
)
"""SemVer 2.0.0, section 11.4.4."""


def test_semantic_versions_stand_in_the_order_of_the_specification():
    places = [semver.parse(text) for text in SPECIFIED]

    assert all(one < other for one, other in pairwise(places))


def test_build_metadata_does_not_count_in_the_order():
    assert semver.parse("1.0.0+one") == semver.parse("1.0.0+two") == semver.parse("1.0.0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.0",
        "v1.0.0",
        "01.0.0",
        "1.0.0-",
        "1.0.0-01",
        "1.0.0+",
        "1.0.0 ",
        "1.0.0\n",
        "1.0.0-a..b",
        "1.0.0.0",
        "-1.0.0",
        "1.0.0-ä",
        "\u0661.0.0",
        "1.0.0-" + "a" * 300,
    ],
)
def test_what_is_no_semantic_version_has_no_place(text):
    assert semver.parse(text) is None


def test_a_pseudo_version_stands_before_the_release_that_it_leads_to():
    pseudo = GO_MODULE.parse("v1.2.4-0.20240101000000-abcdefabcdef")

    assert GO_MODULE.parse("v1.2.3") < pseudo < GO_MODULE.parse("1.2.4")


def test_incompatible_is_no_part_of_the_order():
    assert GO_MODULE.parse("v2.0.0+incompatible") == GO_MODULE.parse("2.0.0")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("go1.22.1", "1.22.1"),
        ("1.22.1", "1.22.1"),
        ("go1.22", "1.22.0"),
        ("go1.22rc1", "1.22.0-rc.1"),
        ("1.19.0-0", "1.19.0-0"),
    ],
)
def test_a_release_of_go_is_read_as_go_writes_it(written, meant):
    assert GO_RELEASE.parse(written) == semver.parse(meant)


@pytest.mark.parametrize("text", ["devel go1.23-0a1b2c3", "1.22.5-custom", "go1.22.5-1", ""])
def test_somebodys_own_version_of_go_has_no_place(text):
    assert GO_RELEASE.parse(text) is None


ORDERED = (
    "1.0~~",
    "1.0~rc1",
    "1.0",
    "1.0-0ubuntu1",
    "1.0-1~bpo12+1",
    "1.0-1",
    "1.0-1+deb12u1",
    "1.0-1+deb12u10",
    "1.0a-1",
    "1.0+dfsg-1",
    "1.0.1-1",
    "1.10-1",
    "1:0.1",
)


def test_debian_versions_stand_in_the_order_of_dpkg():
    places = [debian.parse(text) for text in ORDERED]

    assert all(one < other for one, other in pairwise(places))


@pytest.mark.parametrize(
    ("one", "other"), [("1.0", "1.0-0"), ("0:1", "1"), ("1.0", "1.00"), ("1.", "1.0")]
)
def test_debian_versions_that_dpkg_holds_for_one_are_one(one, other):
    assert debian.parse(one) == debian.parse(other)


@pytest.mark.parametrize("text", ["", "1-", "a:1", "1:", "-1", "1 0", "1_0", "x" * 300])
def test_what_is_no_debian_version_has_no_place(text):
    assert debian.parse(text) is None


def test_a_build_with_a_local_label_is_the_version_that_a_bound_without_one_means():
    build, bound = PEP440.parse("2.1.0+cu118"), PEP440.parse("2.1.0")

    assert PEP440.beside(build, bound) == bound
    assert PEP440.beside(build, PEP440.parse("2.1.0+cpu")) == build


@pytest.mark.parametrize("text", ["", "2004d", "1.0-ubuntu!", "latest", "1" * 300])
def test_what_is_no_python_version_has_no_place(text):
    assert PEP440.parse(text) is None


def test_only_go_itself_has_releases_of_go():
    assert scheme_of("Go", "stdlib") is GO_RELEASE
    assert scheme_of("Go", "example.com/stdlib") is GO_MODULE
    assert scheme_of("npm", "stdlib") is SEMVER
    assert scheme_of("Maven", "a:b") is None

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.sbom.advisories.packages import package_of, parse_purl, subject_of
from aiverify.sbom.bom import Sort
from tests.support.osv_records import component


@pytest.mark.parametrize(
    ("purl", "ecosystem", "name"),
    [
        ("pkg:pypi/Foo_Bar.baz@1.0", "PyPI", "foo-bar-baz"),
        ("pkg:golang/github.com/Azure/azure-sdk-for-go@v1.0.0", "Go", None),
        ("pkg:golang/stdlib@1.22.1", "Go", "stdlib"),
        ("pkg:npm/%40babel/core@7.0.0", "npm", "@babel/core"),
        ("pkg:cargo/serde@1.0.0", "crates.io", "serde"),
        ("pkg:maven/org.apache.logging.log4j/log4j-core@2.4", "Maven", None),
        ("pkg:deb/debian/openssl@3.0.11-1", "Debian", "openssl"),
    ],
)
def test_a_purl_names_a_package_of_osv(purl, ecosystem, name):
    subject = subject_of(component(purl))
    expected = (
        name
        or {
            "Go": "github.com/Azure/azure-sdk-for-go",
            "Maven": "org.apache.logging.log4j:log4j-core",
        }[ecosystem]
    )

    assert subject is not None
    assert subject.ecosystem == ecosystem
    assert (ecosystem, expected) in subject.names


@pytest.mark.parametrize(
    "purl",
    [
        "",
        "pkg:huggingface/a/b@1",
        "pkg:rpm/fedora/x@1",
        "pkg:generic/x@1",
        "pkg:deb/kali/x@1",
        "no purl",
        "pkg:",
    ],
)
def test_what_osv_does_not_know_is_not_looked_up(purl):
    assert subject_of(component(purl)) is None


def test_a_framework_that_wrote_a_file_is_not_looked_up():
    written_by = replace(component("pkg:pypi/transformers@4.36.0"), sort=Sort.FRAMEWORK)

    assert subject_of(written_by) is None


def test_the_version_of_a_purl_is_that_of_the_package():
    subject = subject_of(component("pkg:golang/example.org/x@v0.3.0", version="our-2"))

    assert subject is not None
    assert subject.version == "v0.3.0"


def test_a_binary_package_of_debian_is_looked_up_by_its_source_too():
    subject = subject_of(component("pkg:deb/debian/libssl3@3.0.11?upstream=openssl%403.0.11"))

    assert subject is not None
    assert ("Debian", "openssl") in subject.names


def test_a_module_in_small_letters_is_looked_up_by_the_path_that_is_its_name():
    subject = subject_of(
        component("pkg:golang/github.com/azure/sdk@v1.0.0", name="github.com/Azure/sdk")
    )

    assert subject is not None
    assert ("Go", "github.com/Azure/sdk") in subject.names


@pytest.mark.parametrize(
    ("distro", "release"),
    [
        ("debian-12", "12"),
        ("bookworm", "12"),
        ("debian-12.5", "12"),
        ("trixie", "13"),
        ("sid", ""),
        ("", ""),
        ("some", ""),
    ],
)
def test_the_release_of_debian_is_read(distro, release):
    subject = subject_of(component(f"pkg:deb/debian/x@1?distro={distro}" if distro else DEBIAN))

    assert subject is not None
    assert subject.release == release


DEBIAN = "pkg:deb/debian/x@1"


def test_a_record_names_a_package_by_ecosystem_and_by_purl():
    found = package_of({"ecosystem": "Debian:12", "name": "x", "purl": "pkg:deb/debian/x?arch=1"})

    assert found.names == (("Debian", "x"), ("purl", "pkg:deb/debian/x"))
    assert found.is_of("12")
    assert not found.is_of("11")


def test_the_address_of_a_repository_is_no_release():
    found = package_of({"ecosystem": "Maven:https://maven.google.com", "name": "a:b"})

    assert found.names == (("Maven", "a:b"),)
    assert found.is_of("")


@pytest.mark.parametrize("value", [{}, {"ecosystem": 1, "name": []}, {"name": "x"}, {"purl": 3}])
def test_a_package_without_both_names_names_nothing(value):
    assert package_of(value).names == ()


@pytest.mark.parametrize("text", ["pkg:a/" + "b" * 5000, "pkg:pypi/", "http://x", "\0", "pkg:%/%"])
def test_what_is_no_purl_is_none(text):
    assert parse_purl(text) is None

"""What lists of packages have in common: names, pins, origins, and TOML within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from aiverify.core.distribution import normalised
from aiverify.core.jsonvalue import canonical
from aiverify.errors import MalformedError
from aiverify.formats.packages.entry import Origin, Package, pinned, without_secret
from aiverify.formats.packages.requirement import of_address, origin_of, parse
from aiverify.formats.packages.toml_text import load
from aiverify.formats.packages.toml_text import parse as parse_toml


@pytest.mark.parametrize("name", ["Foo-Bar", "foo_bar", "FOO.bar", "foo-_.bar"])
def test_names_are_compared_as_an_index_does(name: str) -> None:
    assert normalised(name) == "foo-bar"


@pytest.mark.parametrize(
    ("specifier", "version"),
    [
        ("==1.0", "1.0"),
        ("===1.0+cu121", "1.0+cu121"),
        (" == 1.0 , >0", "1.0"),
        ("==1.*", ""),
        ("==1,==2", ""),
        (">=1", ""),
        ("~=1.0", ""),
        ("", ""),
    ],
)
def test_only_one_exact_version_is_a_pin(specifier: str, version: str) -> None:
    assert pinned(specifier) == version


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h/x", "https://***@h/x"),
        ("https://token@h", "https://***@h"),
        ("https://h/a@b", "https://h/a@b"),
        ("git+ssh://git@h/x and https://a:b@c", "git+ssh://***@h/x and https://***@c"),
    ],
)
def test_an_address_is_shown_without_its_user(url: str, shown: str) -> None:
    assert without_secret(url) == shown


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("git+https://h/r@v1", Origin("git", "git+https://h/r", "v1")),
        ("git+ssh://git@h/r", Origin("git", "git+ssh://git@h/r")),
        ("hg+http://h/r#egg=a", Origin("hg", "hg+http://h/r")),
        ("https://h/a.whl", Origin("url", "https://h/a.whl")),
        ("file:///a.whl", Origin("path", "file:///a.whl")),
        ("./a", Origin("path", "./a")),
    ],
)
def test_an_address_tells_where_it_leads(url: str, origin: Origin) -> None:
    assert origin_of(url) == origin


def test_an_address_without_a_name_is_no_package() -> None:
    assert of_address("https://h/download", "") is None
    assert of_address("git+https://h/r-1.0.tar.gz", "") is None
    assert of_address("https://[h/a.whl", "") is None


@pytest.mark.parametrize("text", ["", "a b", "a[", "==1", "x" * 5000, "a; os_name == '" + "(" * 99])
def test_what_is_no_requirement_is_none(text: str) -> None:
    assert parse(text, "") is None


def test_each_hash_is_stated_once() -> None:
    package = Package("a", hashes=("sha256:2", "sha256:1", "sha256:2"))
    assert package.to_json()["hashes"] == ["sha256:2", "sha256:1"]


def test_toml_is_given_as_json() -> None:
    text = "a = 2026-01-01\nb = [inf, nan, 1.5]\nc = {d = 12:00:00}\n[[e]]\nf = true\n"
    members = parse_toml(text, "it")
    assert members == {
        "a": "2026-01-01",
        "b": ["inf", "nan", 1.5],
        "c": {"d": "12:00:00"},
        "e": [{"f": True}],
    }
    assert canonical(members)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a", "it is not TOML: "),
        ("a = 1\na = 2", "it is not TOML: "),
        ("a = " + "[" * 100_000, "it is nested too deep"),
        ("a." * 65 + "b = 1", "line 1 of it has a key of too many parts"),
        ("a = 1\n[" + "a." * 65 + "b]", "line 2 of it has a key of too many parts"),
        ("a = 1" + "0" * 40, "more than 40 digits"),
        ("a = " + "1" * 5000, "it is not TOML: "),
    ],
)
def test_hostile_toml_is_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_toml(text, "it")


@pytest.mark.parametrize(
    "text", ['a = "' + "." * 99 + '"', "a = '" + "." * 99 + "'", "#" + "." * 99]
)
def test_dots_in_texts_and_comments_are_no_parts_of_keys(text: str) -> None:
    assert parse_toml(text, "it") == load(text, "it")


def test_a_package_of_conda_keeps_its_name() -> None:
    stated: dict[str, Any] = Package("ld_impl", kind="conda", place="#/a").to_json()
    assert stated == {
        "name": "ld_impl",
        "version": "",
        "specifier": "",
        "place": "/a",
        "type": "conda",
    }

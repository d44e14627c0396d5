"""Where the shipped rules are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import AiverifyError, InputError
from aiverify.policy import library


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that looks as if the package lay in it."""
    monkeypatch.setattr(library, "__file__", str(tmp_path / "aiverify" / "policy" / "library.py"))
    return tmp_path


def test_the_rules_lie_beside_the_source() -> None:
    assert (library.root() / "lib" / "lib.rego").is_file()


def test_every_folder_but_the_helpers_is_a_rule() -> None:
    folders = {path.name for path in library.root().iterdir() if path.is_dir()}
    assert library.names() == tuple(sorted(folders - {"lib"}))


def test_installed_rules_come_first(place: Path) -> None:
    (place / "pyproject.toml").touch()
    (place / "policies" / "lib").mkdir(parents=True)
    (place / "aiverify" / "_policies" / "lib").mkdir(parents=True)
    assert library.root() == place / "aiverify" / "_policies"


def test_a_folder_beside_an_installed_package_is_somebody_elses(place: Path) -> None:
    (place / "policies" / "lib").mkdir(parents=True)
    with pytest.raises(AiverifyError, match="not installed"):
        library.root()


def test_an_installation_without_rules_is_our_own_failure(place: Path) -> None:
    with pytest.raises(AiverifyError) as caught:
        library.names()
    assert caught.value.exit_code == 1


def test_a_path_into_the_shipped_rules_is_the_rule_it_leads_to() -> None:
    home = library.root()
    assert library.rules_at(home / "base_pinned") == ("base_pinned",)
    assert library.rules_at(home / "base_pinned" / "base_pinned.rego") == ("base_pinned",)
    assert library.rules_at(home) == library.names()


def test_a_path_elsewhere_is_no_shipped_rule(tmp_path: Path) -> None:
    (tmp_path / "base_pinned").mkdir()
    assert library.rules_at(tmp_path / "base_pinned") == ()
    assert library.rules_at(library.root() / "lib") == ()
    assert library.rules_at(library.root() / "base_pinned" / "base_pinned_test.rego") == ()


COLLECTED = "# METADATA\n# custom: {{collections: [{}]}}\npackage aiverify.{}\n"


@pytest.fixture
def shelf(place: Path) -> Path:
    """Three rules in two collections, one of them in none."""
    home = place / "aiverify" / "_policies"
    for name, collections in (("b", "x, y"), ("a", "y"), ("c", ""), ("lib", "")):
        (home / name).mkdir(parents=True)
        (home / name / f"{name}.rego").write_text(COLLECTED.format(collections, name))
    return home


def test_collections_are_what_rules_say_they_belong_to(shelf: Path) -> None:
    assert library.collections() == {"x": ("b",), "y": ("a", "b")}


def test_a_word_means_a_rule_a_collection_or_all(shelf: Path) -> None:
    assert library.named("b") == ("b",)
    assert library.named("@y") == ("a", "b")
    assert library.named("*") == ("a", "b", "c")


@pytest.mark.parametrize("word", ["@", "@z", "@X", "@y ", "@*"])
def test_an_unknown_collection_is_refused_with_those_there_are(shelf: Path, word: str) -> None:
    with pytest.raises(InputError, match="no collection of shipped rules is called") as caught:
        library.named(word)
    assert caught.value.hint == "There are @x, @y."


@pytest.mark.parametrize("word", ["", "d", "lib", "y", "**", "../a"])
def test_an_unknown_rule_is_refused_with_those_there_are(shelf: Path, word: str) -> None:
    with pytest.raises(InputError, match="no shipped rule is called") as caught:
        library.named(word)
    assert caught.value.hint.startswith("There are a, b, c, ")

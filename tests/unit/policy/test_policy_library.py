"""Where the shipped rules are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.errors import AiverifyError
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

"""What `import aiverify` offers."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import aiverify

PROJECT = Path(__file__).resolve().parents[2]


def test_the_public_names_are_sorted_and_all_there():
    assert aiverify.__all__ == sorted(aiverify.__all__)
    for name in aiverify.__all__:
        assert getattr(aiverify, name).__name__ == name


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'pickle'"):
        _ = aiverify.pickle


def test_the_version_is_stated_once_and_the_same():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert project["version"] == aiverify.__version__

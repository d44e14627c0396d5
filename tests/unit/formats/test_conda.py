"""Environments of Conda's, as YAML and as lists of addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from tests.support.looking import look_at

ENVIRONMENT = """name: demo
channels: [conda-forge, defaults]
dependencies:
- python=3.10.2
- conda-forge::numpy==1.26.4
- pytorch=2.1.0=py3.10_cuda
- scipy >=1.10,<2
- pip
- pip:
  - Torch_Vision==0.16
  - x @ git+https://h/x
"""

MD5, SHA256 = "a" * 32, "b" * 64


def test_an_environment_states_packages_of_conda_and_of_pip(tmp_path: Path) -> None:
    found = look_at(tmp_path, "environment.yml", ENVIRONMENT.encode())
    assert (found.facts.format, found.facts.role) == ("conda", Role.CODE)
    packages = found.facts.values["packages"]
    assert [
        (item["name"], item["version"], item["specifier"], item.get("type")) for item in packages
    ] == [
        ("python", "", "=3.10.2", "conda"),
        ("numpy", "1.26.4", "==1.26.4", "conda"),
        ("pytorch", "2.1.0", "=2.1.0=py3.10_cuda", "conda"),
        ("scipy", "", ">=1.10,<2", "conda"),
        ("pip", "", "", "conda"),
        ("torch-vision", "0.16", "==0.16", None),
        ("x", "", "", None),
    ]
    assert packages[1]["source"] == {"kind": "channel", "url": "conda-forge"}
    assert packages[5]["place"] == "/dependencies/5/pip/0"
    assert found.facts.values["channels"] == ["conda-forge", "defaults"]
    assert [item.rule for item in found.facts.findings] == ["AIV-CODE-SOURCE"]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("'a b c: ['", ""),
        ("'[x]'", "'[x]' is no specification of Conda's"),
        ("a[version=1]", "'a[version=1]' is no specification of Conda's"),
        ("{other: [a]}", "'an object' is no package"),
        ("{pip: [-r r.txt]}", "'-r r.txt' is an option, and is not followed"),
        ("{pip: [a b]}", "'a b' is no requirement"),
        ("{pip: [[]]}", "'an array' is no package"),
        ("x" * 5000, "is no specification of Conda's"),
    ],
)
def test_what_states_no_package_is_a_warning(tmp_path: Path, item: str, why: str) -> None:
    data = f"dependencies:\n- {item}\n".encode()
    values = look_at(tmp_path, "conda.yaml", data).facts.values
    if why:
        assert values["packages"] == []
        (warning,) = values["warnings"]
        assert warning.startswith("conda.yaml, #/dependencies/0")
        assert warning.endswith(why)
    else:
        assert values["packages"][0]["name"] == "a"


@pytest.mark.parametrize("text", ["a: 1", "dependencies: numpy", "[]", "dependencies: {a: 1}"])
def test_a_document_without_a_list_of_dependencies_is_any_yaml(tmp_path: Path, text: str) -> None:
    assert look_at(tmp_path, "environment.yml", text.encode()).facts.format == "yaml"


def test_broken_yaml_is_a_warning(tmp_path: Path) -> None:
    found = look_at(tmp_path, "environment.yml", b"dependencies: [")
    assert [item.severity for item in found.facts.findings] == ["warning"]


EXPLICIT = f"""# This file may be used to create an environment using:
# platform: linux-64
@EXPLICIT
https://conda.anaconda.org/conda-forge/linux-64/ld_impl_linux-64-2.40-h41732ed_0.conda#{MD5}
https://u:p@h/main/noarch/tzdata-2024a-h0c530f3_0.tar.bz2#sha256:{SHA256}
https://h/main/noarch/a-1-0.conda
https://h/other.zip
"""


def test_a_list_of_addresses_states_its_packages(tmp_path: Path) -> None:
    found = look_at(tmp_path, "spec-file.txt", EXPLICIT.encode())
    assert (found.facts.format, found.facts.role) == ("conda_explicit", Role.CODE)
    first, second, third = found.facts.values["packages"]
    assert first == {
        "name": "ld_impl_linux-64",
        "version": "2.40",
        "specifier": "==2.40=h41732ed_0",
        "place": "line 4",
        "hashes": [f"md5:{MD5}"],
        "type": "conda",
        "source": {"kind": "channel", "url": "https://conda.anaconda.org/conda-forge"},
    }
    assert second["hashes"] == [f"sha256:{SHA256}"]
    assert second["source"]["url"] == "https://***@h/main"
    assert (third["name"], third["version"], "hashes" in third) == ("a", "1", False)
    assert found.facts.values["warnings"] == [
        "spec-file.txt, line 7: 'https://h/other.zip' is no address of a package of Conda's"
    ]


def test_requirements_may_be_such_a_list_and_a_text_that_only_speaks_of_one_is_none(
    tmp_path: Path,
) -> None:
    found = look_at(tmp_path, "requirements.txt", EXPLICIT.encode())
    assert found.facts.format == "conda_explicit"
    found = look_at(tmp_path, "notes.txt", b"Write @EXPLICIT first.\n")
    assert (found.facts.format, found.state) == ("text", State.CLEAN)

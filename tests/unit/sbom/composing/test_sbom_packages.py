"""Frameworks, Python packages, Go modules and shared libraries: each once, with who names it."""

from __future__ import annotations

import pytest

from aiverify.core.description import Description, Stated
from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.composing.packages import packages
from tests.support.stating import stating

LIBRARY = Description(library=Stated("Sentence_Transformers", "README.md#library_name"))


def listed(*files, description: Description | None = None) -> dict[str, Component]:
    return {item.ref: item for item in packages(files, description or Description())}


def sources(component: Component) -> list[tuple[str, str]]:
    return [(origin.field, origin.source) for origin in component.origins]


def python(name: str, version: str = "", **more) -> dict:
    return {"name": name, "version": version, "place": "", **more}


def lock(*items: dict, file: str = "uv.lock"):
    return stating(file, "uv_lock", {"packages": list(items)})


def test_a_pinned_package_has_a_version_and_a_purl_and_one_that_is_not_has_what_was_asked_for():
    found = listed(
        lock(
            python("Torch_Audio", "2.1", place="package/0"),
            python("numpy", specifier=">=1.20", marker="python_version < '3.12'"),
        )
    )

    pinned, asked = found.values()
    assert (pinned.purl, pinned.version) == ("pkg:pypi/torch-audio@2.1", "2.1")
    assert sources(pinned) == [("name", "uv.lock#package/0"), ("version", "uv.lock#package/0")]
    assert (asked.purl, asked.version) == ("pkg:pypi/numpy", "")
    assert {(item.name, item.value) for item in asked.properties} == {
        ("aiverify:specifier", ">=1.20"),
        ("aiverify:marker", "python_version < '3.12'"),
    }


def test_a_package_that_two_files_name_is_listed_once_with_both_places():
    found = listed(
        lock(python("numpy", "1.26"), file="uv.lock"),
        lock(python("NumPy", "1.26"), file="requirements.txt"),
    )

    (only,) = found.values()
    assert [source for field, source in sources(only) if field == "name"] == [
        "uv.lock",
        "requirements.txt",
    ]


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ({"kind": "registry", "url": "https://pypi.org/simple/"}, "pkg:pypi/a@1"),
        (
            {"kind": "registry", "url": "https://index.example/simple"},
            "pkg:pypi/a@1?repository_url=https://index.example/simple",
        ),
        ({"kind": "git", "url": "https://git.example/a", "revision": "ab"}, ""),
        ({"kind": "url", "url": "https://files.example/a.whl"}, ""),
        ({"kind": "path", "url": "../a"}, ""),
    ],
)
def test_only_an_index_has_packages_by_their_names(source: dict, address: str):
    (only,) = listed(lock(python("a", "1", source=source))).values()

    assert only.purl == address
    assert [item.url for item in only.references] == ([] if address else [source["url"]])


def test_a_package_of_condas_is_not_pypis():
    item = python("Numpy", "1.26", type="conda", source={"kind": "channel", "url": "conda-forge"})

    (only,) = listed(lock(item, file="environment.yml")).values()

    assert only.purl == "pkg:conda/numpy@1.26?channel=conda-forge"


def test_two_versions_of_one_package_are_two_components():
    found = listed(lock(python("numpy", "1.26")), lock(python("numpy", "2.0"), file="other.lock"))

    assert [item.version for item in found.values()] == ["1.26", "2.0"]


def test_what_a_package_needs_is_resolved_within_its_lock_file_and_unknown_where_it_is_silent():
    found = listed(
        lock(
            python("torch", "2.1", needs=["numpy", "absent"]),
            python("numpy", "1.26", needs=[]),
            python("rich", "14"),
        )
    )

    torch, numpy, rich = found.values()
    assert torch.needs == (numpy.ref,)
    assert numpy.needs == ()
    assert rich.needs is None


@pytest.mark.parametrize("value", [None, 1, "torch", [1, None, "x"], [{"name": 5}], {"name": "x"}])
def test_packages_that_are_none_are_passed_over(value):
    assert not listed(stating("uv.lock", "uv_lock", {"packages": value}))


def test_a_frameworks_version_is_that_of_whoever_wrote_the_file():
    config = stating("config.json", "hf_config", {"transformers_version": "4.46.0"})

    (only,) = listed(config).values()

    assert (only.sort, only.name, only.version) == (Sort.FRAMEWORK, "transformers", "4.46.0")
    assert [item.value for item in only.properties] == ["whoever wrote the file"]
    assert only.purl == ""


def test_the_cards_library_is_not_listed_again_where_a_file_says_which_version_wrote_it():
    wrote = stating(
        "config_sentence_transformers.json",
        "sentence_transformers",
        {"__version__": {"sentence_transformers": "2.0.0"}},
    )

    assert [item.version for item in listed(wrote, description=LIBRARY).values()] == ["2.0.0"]
    assert [item.name for item in listed(description=LIBRARY).values()] == ["Sentence_Transformers"]


def test_a_go_module_that_was_replaced_is_the_one_that_was_linked():
    go = {
        "version": "go1.22.1 X:boringcrypto",
        "modules": [
            {"path": "golang.org/x/net", "version": "v0.7.0", "sum": "h1:a="},
            {
                "path": "example.org/old",
                "version": "v1.0.0",
                "replaced_by": {"path": "example.org/fork", "version": "v1.0.1", "sum": "h1:b="},
            },
        ],
    }

    stdlib, net, fork = listed(stating("runner", "elf", {"go": go})).values()

    assert stdlib.purl == "pkg:golang/stdlib@1.22.1"
    assert net.purl == "pkg:golang/golang.org/x/net@v0.7.0"
    assert fork.purl == "pkg:golang/example.org/fork@v1.0.1"
    assert "example.org/old" in {item.value for item in fork.properties}


def test_a_module_replaced_by_a_folder_has_no_purl():
    module = {"path": "example.org/a", "version": "v1", "replaced_by": {"path": "../a"}}

    (only,) = listed(stating("runner", "elf", {"go": {"modules": [module]}})).values()

    assert (only.name, only.purl) == ("../a", "")


def test_a_shared_library_is_a_name_whose_version_nobody_knows():
    (only,) = listed(stating("runner", "elf", {"needed": ["libc.so.6"]})).values()

    assert (only.name, only.version, only.purl) == ("libc.so.6", "", "")

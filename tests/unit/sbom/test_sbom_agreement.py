from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from aiverify.core import rules
from aiverify.core.description import BaseReference, Description, Stated
from aiverify.core.finding import Severity
from aiverify.sbom.agreement import disagreements
from aiverify.sbom.composing.compose import compose
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.identity import serial_number
from tests.support import described
from tests.support.described import Described, artifact_of

LORA = described.lora()
ADAPTER = "adapter_model.safetensors"
CASES = [described.llama, described.lora, described.component]


def document_of(given: Described):
    bom = compose(given.artifact, given.description, given.files, base=given.base)
    return encode(bom, serial=serial_number(given.artifact.manifest.root), timestamp=None)


def lora_document():
    return document_of(LORA)


def found(document, given: Described = LORA) -> list[tuple[str, str, str]]:
    findings = disagreements(document, given.artifact, given.description)
    return [(finding.rule, finding.file, finding.place) for finding in findings]


def foreign(components, root=None):
    """A document of the fewest words, as another tool might write it."""
    metadata = {"component": root} if root else {}
    return {"bomFormat": "CycloneDX", "components": components, "metadata": metadata}


def listed(*names: str):
    return [
        {
            "type": "file",
            "name": name,
            "hashes": [
                {"alg": "MD5", "content": "0" * 32},
                {
                    "alg": "SHA-256",
                    "content": LORA.artifact.manifest.by_name[name].digest.hex.upper(),
                },
            ],
        }
        for name in names
    ]


ALL = listed(*LORA.artifact.manifest.by_name)


@pytest.mark.parametrize("case", CASES)
def test_our_own_document_agrees(case: Callable[[], Described]):
    assert found(document_of(case()), case()) == []


def test_another_tools_document_agrees_when_it_lists_the_same_bytes():
    assert found(foreign(ALL)) == []


def test_a_document_is_not_changed_by_reading_it():
    document = lora_document()
    before = copy.deepcopy(document)

    found(document)

    assert document == before


def test_a_hash_that_differs_is_found_at_its_place():
    document = lora_document()
    document["components"][1]["hashes"][0]["content"] = "0" * 64

    assert found(document) == [(rules.sboms.DISAGREES.id, ADAPTER, "/components/1/hashes/0")]


def test_one_good_hash_does_not_excuse_a_bad_one():
    document = lora_document()
    hashes = document["components"][1]["hashes"]
    hashes.append({"alg": "SHA-256", "content": "0" * 64})

    assert found(document) == [(rules.sboms.DISAGREES.id, ADAPTER, "/components/1/hashes/1")]


def test_a_second_entry_for_a_file_is_checked_too():
    twice = [*ALL, {**ALL[1], "hashes": [{"alg": "SHA-256", "content": "0" * 64}]}]

    assert found(foreign(twice)) == [(rules.sboms.DISAGREES.id, ADAPTER, "/components/2/hashes/0")]


def test_a_file_without_a_hash_is_not_bound_to_its_bytes():
    document = lora_document()
    del document["components"][1]["hashes"]

    (finding,) = disagreements(document, LORA.artifact, LORA.description)

    assert (finding.severity, finding.place) == (Severity.WARNING, "/components/1")


def test_a_file_that_the_artifact_does_not_hold_is_found():
    document = foreign([*ALL, {"type": "file", "name": "evil\x1b[2J.py"}])

    (finding,) = disagreements(document, LORA.artifact, LORA.description)

    assert finding.place == "/components/2/name"
    assert finding.message == "the SBOM lists evil\\x1b[2J.py, which the artifact does not hold"


def test_a_file_that_the_document_leaves_out_is_found():
    assert found(foreign(listed("adapter_config.json"))) == [
        (rules.sboms.DISAGREES.id, ADAPTER, "/components")
    ]


@pytest.mark.parametrize("components", [[], None, {}, "x", 3, [{"type": "library", "name": "x"}]])
def test_a_document_that_lists_no_file_gives_one_finding(components):
    assert found(foreign(components)) == [(rules.sboms.DISAGREES.id, "", "/components")]


def test_nested_components_are_read():
    inner = {**ALL[1], "hashes": [{"alg": "SHA-256", "content": "0" * 64}]}
    document = foreign([{"type": "library", "name": "x", "components": [ALL[0], inner]}])

    assert found(document) == [
        (rules.sboms.DISAGREES.id, ADAPTER, "/components/0/components/1/hashes/0")
    ]


def test_files_may_be_listed_inside_the_root_component():
    assert found(foreign([], root={"name": "tiny-lora", "components": ALL})) == []


def test_a_weight_that_a_tool_calls_a_model_is_compared_as_well():
    model = {**ALL[1], "type": "machine-learning-model"}

    assert found(foreign([ALL[0], model])) == []
    model["hashes"] = [{"alg": "SHA-256", "content": "0" * 64}]
    assert found(foreign([ALL[0], model])) == [
        (rules.sboms.DISAGREES.id, ADAPTER, "/components/1/hashes/0")
    ]


def test_the_root_of_an_artifact_of_one_file_may_be_that_file():
    given = Described(artifact_of("server"))
    digest = given.artifact.manifest.entries[0].digest.hex
    root = {"name": "server", "hashes": [{"alg": "SHA-256", "content": digest}]}

    assert found(foreign([], root), given) == []


def test_a_deep_document_is_read_without_recursion():
    component = {"type": "file", "name": "deep"}
    for _ in range(1500):
        component = {"components": [component]}

    assert found(foreign([*ALL, component]))[0][2].endswith("/components/0/name")


def test_a_root_digest_of_another_artifact_is_found():
    document = lora_document()
    document["metadata"]["component"]["properties"][1]["value"] = "sha256:\x1b"

    assert found(document) == [
        (rules.sboms.DISAGREES.id, "", "/metadata/component/properties/1/value")
    ]


@pytest.mark.parametrize("document", [{}, {"bomFormat": 1}, {"spdxVersion": "SPDX-2.3"}])
def test_a_document_of_another_format_gives_one_finding(document):
    assert found(document) == [(rules.sboms.DISAGREES.id, "", "/bomFormat")]


def root_with_licence(*choices):
    return {"name": "tiny-lora", "licenses": list(choices)}


@pytest.mark.parametrize(
    "choices",
    [
        [{"license": {"id": "Apache-2.0"}}],
        [{"license": {"name": "apache-2.0"}}],
        [{"expression": "Apache-2.0"}],
        [],
        [{"license": {"url": "https://example.com"}}],
        [7, None, {"license": []}, {"license": {"id": 5}}],
    ],
)
def test_a_licence_that_the_files_state_too_or_that_is_not_given_contradicts_nothing(choices):
    assert found(foreign(ALL, root_with_licence(*choices))) == []


@pytest.mark.parametrize(
    "choices",
    [
        [{"license": {"id": "MIT"}}],
        [{"license": {"id": "Apache-2.0"}}, {"license": {"id": "MIT"}}],
        [{"expression": "Apache-2.0 OR MIT"}],
    ],
)
def test_another_licence_contradicts_the_files(choices):
    document = foreign(ALL, root_with_licence(*choices))

    assert found(document) == [(rules.sboms.CONTRADICTS.id, "", "/metadata/component/licenses")]


def test_a_licence_that_the_document_leaves_out_contradicts_the_files():
    licences = (Stated("apache-2.0", "README.md#license"), Stated("gpl-3.0", "LICENSE"))
    given = Described(LORA.artifact, Description(licences=licences))
    document = foreign(ALL, root_with_licence({"license": {"id": "Apache-2.0"}}))

    (finding,) = disagreements(document, given.artifact, given.description)

    assert finding.message == (
        "the SBOM gives the licence Apache-2.0; README.md#license, LICENSE says Apache-2.0, GPL-3.0"
    )


def test_no_licence_in_the_files_contradicts_nothing():
    document = foreign(ALL, root_with_licence({"license": {"id": "MIT"}}))

    assert disagreements(document, LORA.artifact, Description()) == ()


@pytest.mark.parametrize(
    "ancestors",
    [
        [{"name": "example/tiny-llama"}],
        [{"group": "example", "name": "tiny-llama"}],
        [{"name": "example/tiny-llama"}, {"name": "its/grandparent"}],
        [],
        "none",
        [None, {"name": 3}],
    ],
)
def test_a_pedigree_with_the_files_base_or_none_contradicts_nothing(ancestors):
    root = {"name": "tiny-lora", "pedigree": {"ancestors": ancestors}}

    assert found(foreign(ALL, root)) == []


def test_a_pedigree_of_another_base_contradicts_the_files():
    root = {"name": "tiny-lora", "pedigree": {"ancestors": [{"name": "other/base"}]}}

    (finding,) = disagreements(foreign(ALL, root), LORA.artifact, LORA.description)

    assert finding.rule == rules.sboms.CONTRADICTS.id
    assert finding.place == "/metadata/component/pedigree/ancestors"
    assert finding.message == (
        "the SBOM names the base model other/base; "
        "adapter_config.json#/base_model_name_or_path says example/tiny-llama"
    )


def test_an_artifact_that_names_itself_as_base_is_not_held_against_its_pedigree():
    description = Description(base_models=(Stated(BaseReference("tiny-lora"), "config.json"),))
    root = {"name": "tiny-lora", "pedigree": {"ancestors": [{"name": "other/base"}]}}

    assert disagreements(foreign(ALL, root), LORA.artifact, description) == ()


def test_what_is_said_of_a_base_does_not_grow_with_the_names_that_are_claimed():
    names = [letter * 100_000 for letter in "edcba"]
    pedigree = {"ancestors": [{"name": name} for name in names]}
    bases = tuple(Stated(BaseReference(f"example/{n}"), "README.md") for n in range(3))

    findings = disagreements(
        foreign(ALL, {"name": "tiny-lora", "pedigree": pedigree}),
        LORA.artifact,
        Description(base_models=bases),
    )

    shown = ", ".join(letter * 200 for letter in "abc")
    assert [finding.message for finding in findings] == [
        f"the SBOM names the base model {shown} and 2 more; README.md says example/{n}"
        for n in range(3)
    ]

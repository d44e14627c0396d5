"""Components as packages and files of SPDX."""

from __future__ import annotations

import pytest

from aiverify.core.digest import Digest
from aiverify.sbom.bom import Bom, Component, Dataset, Property, Reference, Sort
from tests.support import spdx_boms
from tests.support.spdx import elements, encoded, named, statements


def only(component: Component) -> dict:
    """The document of an artifact that is one component."""
    return encoded(Bom(root=component, files=()))


def test_a_file_has_its_digest_and_what_it_is_for():
    file = named(encoded(spdx_boms.llama()), "model.safetensors")

    assert file["verifiedUsing"] == [
        {
            "type": "Hash",
            "algorithm": "sha256",
            "hashValue": Digest.of(b"model.safetensors").hex,
        }
    ]
    assert file["software_primaryPurpose"] == "model"
    assert file["software_fileKind"] == "file"


def test_nobody_says_what_a_file_is_for_that_nobody_looked_into():
    assert "software_primaryPurpose" not in named(encoded(spdx_boms.llama()), "weights.enc")


@pytest.mark.parametrize(
    ("algorithm", "name"), [("sha512", "sha512"), ("blake2b", "blake2b512"), ("blake3", "blake3")]
)
def test_every_digest_has_a_name_in_spdx(algorithm, name):
    document = only(Component("a", Sort.FILE, "a", digest=Digest.of(b"", algorithm)))

    assert named(document, "a")["verifiedUsing"][0]["algorithm"] == name


@pytest.mark.parametrize(
    ("sort", "kind", "purpose"),
    [
        (Sort.MODEL, "ai_AIPackage", "model"),
        (Sort.APPLICATION, "software_Package", "application"),
        (Sort.FRAMEWORK, "software_Package", "framework"),
        (Sort.LIBRARY, "software_Package", "library"),
        (Sort.DATA, "dataset_DatasetPackage", "data"),
    ],
)
def test_a_component_has_the_class_that_says_most_of_it(sort, kind, purpose):
    found = named(only(Component("a", sort, "a", "1")), "a")

    assert (found["type"], found["software_primaryPurpose"]) == (kind, purpose)
    assert found["software_packageVersion"] == "1"


def test_a_configuration_is_a_package_and_no_dataset():
    found = named(encoded(spdx_boms.llama()), "chat template")

    assert found["type"] == "software_Package"
    assert found["software_primaryPurpose"] == "configuration"
    assert found["verifiedUsing"][0]["hashValue"] == Digest.of(b"{{ messages }}").hex


def test_who_made_and_who_supplied_a_model_are_agents():
    document = encoded(spdx_boms.llama())
    names = {item["spdxId"]: item["name"] for item in elements(document, "Agent")}
    found = named(document, "example/tiny-llama")

    assert names[found["suppliedBy"]] == "Example Org"
    assert [names[iri] for iri in found["originatedBy"]] == ["A. Author", "B. Author"]


def test_a_purl_is_a_field_and_an_identifier():
    purl = f"pkg:huggingface/meta-llama/Llama-3.2-1B@{spdx_boms.COMMIT}"
    found = named(encoded(spdx_boms.llama()), "meta-llama/Llama-3.2-1B")

    assert found["software_packageUrl"] == purl
    assert found["externalIdentifier"] == [
        {
            "type": "ExternalIdentifier",
            "externalIdentifierType": "packageUrl",
            "identifier": purl,
        }
    ]


def test_a_purl_that_is_no_uri_is_an_identifier_alone():
    found = named(only(Component("a", Sort.LIBRARY, "a", purl="pkg:a b\n")), "a")

    assert "software_packageUrl" not in found
    assert found["externalIdentifier"][0]["identifier"] == "pkg:a b\n"


def test_a_home_page_is_a_field_and_other_references_have_their_kind():
    found = named(encoded(spdx_boms.llama()), "example/tiny-llama")

    assert found["software_homePage"] == "https://example.org/tiny-llama"
    assert [
        (item["externalRefType"], item["locator"], item.get("comment"))
        for item in found["externalRef"]
    ] == [
        ("vcs", ["https://example.org/tiny-llama.git"], "main"),
        ("documentation", ["https://example.org/tiny-llama/README.md"], "model-card"),
        ("other", ["https://example.org/security.txt"], "rfc-9116"),
    ]


def test_only_one_of_two_home_pages_and_downloads_is_a_field():
    urls = [f"https://example.org/{number}" for number in range(2)]
    kinds = ("website", "distribution")
    references = tuple(Reference(kind, url) for kind in kinds for url in urls)

    found = named(only(Component("a", Sort.LIBRARY, "a", references=references)), "a")

    assert found["software_homePage"] == found["software_downloadLocation"] == urls[0]
    assert [(item["externalRefType"], *item["locator"]) for item in found["externalRef"]] == [
        ("altWebPage", urls[1]),
        ("altDownloadLocation", urls[1]),
    ]


def test_a_dataset_has_its_own_fields():
    document = encoded(spdx_boms.llama())
    found = named(document, "example/chats")

    assert found["description"] == "Chats of testers."
    assert found["software_downloadLocation"] == "https://example.org/chats"
    assert found["dataset_datasetType"] == ["noAssertion"]
    assert found["dataset_datasetSize"] == 0
    assert found["dataset_confidentialityLevel"] == "green"
    assert found["dataset_hasSensitivePersonalInformation"] == "yes"
    assert statements(document, found["spdxId"]) == [
        "aiverify:size=0",
        "aiverify:data:sensitive=names",
        "aiverify:data:owner=Owner",
        "aiverify:data:steward=Steward",
        "aiverify:data:custodian=Custodian",
    ]


def test_what_nobody_says_of_a_dataset_is_not_asserted():
    found = named(encoded(spdx_boms.llama()), "arc_easy")

    assert found["dataset_hasSensitivePersonalInformation"] == "noAssertion"
    assert {"dataset_confidentialityLevel", "dataset_datasetSize"}.isdisjoint(found)


@pytest.mark.parametrize("size", ["", "-1", "1.5", "٣", "9" * 19, "many"])
def test_a_size_that_is_no_number_of_bytes_is_a_statement_alone(size):
    data = Component("a", Sort.DATA, "a", properties=(Property("aiverify:size", size),))
    document = only(data)
    found = named(document, "a")

    assert "dataset_datasetSize" not in found
    assert statements(document, found["spdxId"]) == [f"aiverify:size={size}"]


@pytest.mark.parametrize(
    ("label", "level"), [("TLP:CLEAR", "clear"), ("white", "clear"), (" amber ", "amber")]
)
def test_a_label_of_the_traffic_light_protocol_is_a_level(label, level):
    document = only(Component("a", Sort.DATA, "a", data=Dataset(classification=label)))

    assert named(document, "a")["dataset_confidentialityLevel"] == level


def test_any_other_classification_is_a_statement():
    document = encoded(spdx_boms.dataset())
    found = named(document, "chats")

    assert "dataset_confidentialityLevel" not in found
    assert statements(document, found["spdxId"]) == ["aiverify:data:classification=internal"]

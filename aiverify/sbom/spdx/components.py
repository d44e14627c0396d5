"""Components as packages and files (SPDX 3.0.1, Software, AI and Dataset profiles)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Component, Dataset, ModelCard, Reference, Sort
from aiverify.sbom.spdx.graph import Graph, given
from aiverify.sbom.spdx.model import of_model
from aiverify.sbom.spdx.statements import confidentiality
from aiverify.sbom.spdx.words import (
    DATA_PURPOSE,
    HASH,
    PURPOSE,
    REFERENCE,
    ROLE_PURPOSE,
    VERBATIM,
)

MODEL, DATASET = "ai_AIPackage", "dataset_DatasetPackage"
PACKAGE, FILE = "software_Package", "software_File"

_URI = re.compile(r"[a-z][a-z0-9+.-]{0,30}:[!#-;=?-\[\]_a-z~]+", re.IGNORECASE | re.ASCII)
"""RFC 3986, as far as the set of characters goes."""

_SIZE = re.compile(r"[0-9]{1,18}", re.ASCII)


def add_component(
    graph: Graph, component: Component, *, card: ModelCard | None = None, unread: bool = False
) -> str:
    """Add a component, and tell its IRI.

    `card` is what is said of it as a model. The purpose of an `unread` file is not known.
    """
    kind = class_of(component, card)
    known: dict[str, Json] = {
        "name": component.name,
        "description": component.description
        or (component.data.description if component.data else ""),
        "verifiedUsing": _hashes(component),
        "originatedBy": [graph.agent(name) for name in component.authors if name],
        "suppliedBy": graph.agent(component.supplier) if component.supplier else "",
        "software_primaryPurpose": "" if unread else _purpose(component),
    }
    if kind == FILE:
        known |= {"software_fileKind": "file"} | _outside(component)
    else:
        known |= {"software_packageVersion": component.version} | _package(component)
    if kind == MODEL:
        known |= of_model(component, card)
    elif kind == DATASET:
        known |= _of_dataset(component, component.data or Dataset())
    return graph.add(kind, component.ref, known)


def class_of(component: Component, card: ModelCard | None = None) -> str:
    """The class of SPDX that has most to say of a component."""
    if component.sort is Sort.MODEL or card:
        return MODEL
    if component.sort is Sort.FILE:
        return FILE
    is_data = component.sort is Sort.DATA
    return (
        DATASET if is_data and (not component.data or component.data.kind == "dataset") else PACKAGE
    )


def property_of(component: Component, name: str) -> str:
    """The first property of that name, or empty."""
    return next((item.value for item in component.properties if item.name == name), "")


def is_uri(text: str) -> bool:
    """Whether a text may stand where a URI is asked for."""
    return bool(_URI.fullmatch(text))


def _purpose(component: Component) -> str:
    if component.sort is Sort.FILE:
        return ROLE_PURPOSE.get(property_of(component, "aiverify:role"), "")
    if component.sort is Sort.DATA and component.data:
        return DATA_PURPOSE.get(component.data.kind, "data")
    return PURPOSE[component.sort]


def _hashes(component: Component) -> list[Json]:
    digest = component.digest
    if not digest:
        return []
    return [{"type": "Hash", "algorithm": HASH[digest.algorithm], "hashValue": digest.hex}]


def _package(component: Component) -> dict[str, Json]:
    """Where a package is: a home page and a download, if one of each is stated, and the rest."""
    home = _first(component, "website")
    download = _first(component, "distribution")
    url = component.data.url if component.data else ""
    if not download and is_uri(url):
        download, url = url, ""
    return {
        "software_homePage": home,
        "software_downloadLocation": download,
        "software_packageUrl": component.purl if is_uri(component.purl) else "",
        **_outside(component, {home, download}, url),
    }


def _first(component: Component, kind: str) -> str:
    urls = (item.url for item in component.references if item.kind == kind and not item.comment)
    return next(filter(is_uri, urls), "")


def _outside(
    component: Component, placed: set[str] | frozenset[str] = frozenset(), url: str = ""
) -> dict[str, Json]:
    """The identifiers and references that lead out of the document, but for those in fields."""
    purl = {"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl"}
    references = [item for item in component.references if not _is_placed(item, placed)]
    if url and url not in placed:
        references.append(Reference("distribution", url))
    return {
        "externalIdentifier": [{**purl, "identifier": component.purl}] if component.purl else [],
        "externalRef": [_reference(item) for item in references if item.url],
    }


def _is_placed(reference: Reference, placed: set[str] | frozenset[str]) -> bool:
    in_field = reference.kind in {"website", "distribution"} and not reference.comment
    return in_field and reference.url in placed


def _reference(reference: Reference) -> Json:
    known = REFERENCE.get(reference.kind, "other")
    told = reference.kind if known == "other" or reference.kind in VERBATIM else ""
    return given(
        {
            "type": "ExternalRef",
            "externalRefType": known,
            "locator": [reference.url],
            "comment": ": ".join(filter(None, (told, reference.comment))),
        }
    )


def _of_dataset(component: Component, data: Dataset) -> Mapping[str, Json]:
    """SPDX 3.0.1, Dataset, DatasetPackage. The size is in bytes; nobody says what the data is."""
    size = property_of(component, "aiverify:size")
    return {
        "dataset_datasetType": ["noAssertion"],
        "dataset_datasetSize": int(size) if _SIZE.fullmatch(size) else None,
        "dataset_confidentialityLevel": confidentiality(data.classification),
        "dataset_hasSensitivePersonalInformation": "yes" if data.sensitive else "noAssertion",
    }

"""What makes an SPDX document good: the schema, the model, and references that resolve."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

from jsonschema_rs import Draft202012Validator, ValidationError

from aiverify.core.jsonvalue import Json, pretty
from aiverify.sbom.bom import Bom
from aiverify.sbom.spdx.document import encode
from aiverify.sbom.spdx.graph import CREATION
from tests.support import spdx_boms
from tests.support.spdx_boms import SERIAL, TIMESTAMP

SCHEMA_DIGEST = "582c64e809d5b3ef9bd0c4de13a32391b47b0284a3e8d199569fb96f649234b1"
"""Of https://spdx.org/schema/3.0.1/spdx-json-schema.json, which lib4sbom brings along."""

INDIVIDUALS = {"NoneElement", "NoAssertionElement", "expandedlicensing_NoAssertionLicense"}

REFERRING = {
    "from",
    "to",
    "subject",
    "element",
    "rootElement",
    "creationInfo",
    "createdBy",
    "createdUsing",
    "suppliedBy",
    "originatedBy",
}


def encoded(bom: Bom) -> dict[str, Json]:
    """The document of a bill, held to all that makes one good."""
    document = encode(bom, serial=SERIAL, timestamp=TIMESTAMP)
    assert_sound(document)
    return document


def found(**more: object) -> dict[str, Json]:
    """The document of a program with a vulnerability, of which more is said."""
    bill = spdx_boms.component()
    [vulnerability] = bill.vulnerabilities
    return encoded(replace(bill, vulnerabilities=(replace(vulnerability, **more),)))


def assessments(document: dict[str, Json], kind: str) -> list[dict[str, Json]]:
    """The assessments of a vulnerability that are of a kind."""
    return elements(document, f"security_{kind}VulnAssessmentRelationship")


def assert_sound(document: dict[str, Json]) -> None:
    """Valid by the schema, read by the model's bindings, every IRI unique and every one there."""
    read = json.loads(pretty(document))
    assert [f"{error.instance_path}: {error.message[:500]}" for error in wrong(read)] == []
    assert_read(read)
    defined = Counter(ids(document))
    assert {iri: count for iri, count in defined.items() if count > 1} == {}
    assert set(references(document)) - set(defined) - INDIVIDUALS == set()


def assert_read(document: dict[str, Json]) -> None:
    """The bindings, which are made of the SHACL model, read it and write the same again.

    Reading, they refuse what is of no class, property or type of the model, and writing, what
    there are too few or too many of.
    """
    from spdx_python_model import load_data

    bindings, objects = load_data(document)
    assert {iri for iri in objects.missing_ids if not iri.startswith("https://spdx.org/")} == set()
    written = BytesIO()
    bindings.JSONLDSerializer().write(objects, written)
    named = written.getvalue().replace(b'"_:CreationInfo0"', f'"{CREATION}"'.encode())
    again = {identifier(item): _measured(item) for item in json.loads(named)["@graph"]}
    elements = map(_measured, document["@graph"])
    assert [item for item in elements if again.get(identifier(item)) != item] == []


def _measured(element: dict[str, Json]) -> dict[str, Json]:
    """An element with its score as a number: the bindings write small ones with an exponent."""
    score = element.get("security_score")
    return element if score is None else {**element, "security_score": float(score)}


def wrong(document: dict[str, Json]) -> Iterator[ValidationError]:
    return validator().iter_errors(document)


@cache
def validator() -> Draft202012Validator:
    data = (files("lib4sbom") / "schemas" / "spdx" / "3.0-schema.json").read_bytes()
    assert sha256(data).hexdigest() == SCHEMA_DIGEST
    return Draft202012Validator(json.loads(data))


def ids(document: dict[str, Json]) -> Iterator[str]:
    return map(identifier, document["@graph"])


def identifier(element: dict[str, Json]) -> str:
    return element.get("spdxId") or element["@id"]


def references(document: dict[str, Json]) -> Iterator[str]:
    for item in document["@graph"]:
        for key in REFERRING & item.keys():
            yield from [item[key]] if isinstance(item[key], str) else item[key]
        for entry in item.get("simplelicensing_customIdToUri", []):
            yield entry["value"]


def elements(document: dict[str, Json], kind: str) -> list[dict[str, Json]]:
    """The elements of a class, in their order."""
    return [item for item in document["@graph"] if item["type"] == kind]


def named(document: dict[str, Json], name: str) -> dict[str, Json]:
    """The one element of that name that is a package, a file or a vulnerability."""
    [found] = [
        item
        for item in document["@graph"]
        if item.get("name") == name
        and item["type"].startswith(("software_P", "software_F", "ai_", "dataset_", "security_V"))
    ]
    return found


def targets(document: dict[str, Json], source: str, relation: str) -> dict[str, str]:
    """What an element is related to: names, or IRIs without one, with the completeness."""
    names = {item.get("spdxId"): item.get("name") for item in document["@graph"]}
    return {
        names.get(target) or target: item.get("completeness", "")
        for item in document["@graph"]
        if item.get("relationshipType") == relation and names.get(item["from"]) == source
        for target in item["to"]
    }


def statements(document: dict[str, Json], subject: str) -> list[str]:
    """The lines of all annotations of an element."""
    return [
        line
        for item in elements(document, "Annotation")
        if item["subject"] == subject
        for line in item["statement"].split("\n")
    ]

"""What makes a CycloneDX document good: the schema, and the references that it does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator

from aiverify.core.jsonvalue import Json, pretty
from aiverify.sbom.bom import Bom
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.cyclonedx.xml import to_xml
from tests.support.boms import SERIAL, TIME

VERSIONS = ("1.6", "1.7")

SCHEMAS = {"1.6": SchemaVersion.V1_6, "1.7": SchemaVersion.V1_7}


def encoded(bom: Bom, version: str = "1.6") -> dict[str, Json]:
    """The document of a bill, held to all that makes one good, in JSON and in XML."""
    document = encode(bom, serial=SERIAL, timestamp=TIME, spec_version=version)
    assert_sound(document)
    assert_sound_xml(to_xml(document), version)
    return document


def root_of(document: dict[str, Json]) -> dict[str, Json]:
    """The component that the document is about."""
    return document["metadata"]["component"]


def property_values(owner: dict[str, Json], name: str) -> list[str]:
    """What the properties of that name say."""
    return [item["value"] for item in owner.get("properties", []) if item["name"] == name]


def assert_sound(document: dict[str, Json]) -> None:
    """Strictly valid in its version, every bom-ref unique, every reference resolved."""
    error = validator(document["specVersion"]).validate_str(pretty(document))
    assert error is None, str(error)
    defined = Counter(ref for key, ref in strings(document) if key == "bom-ref")
    assert {ref: count for ref, count in defined.items() if count > 1} == {}
    assert set(references(document)) - set(defined) == set()
    for citation in document.get("citations", []):
        for pointer in citation["pointers"]:
            at(document, pointer)


def assert_sound_xml(xml: bytes, version: str) -> None:
    """Valid by the XML Schema of a version, which holds bom-refs to be unique as well."""
    error = xml_validator(version).validate_str(xml.decode("utf-8"))
    assert error is None, str(error)


@cache
def validator(version: str = "1.6") -> JsonStrictValidator:
    return JsonStrictValidator(SCHEMAS[version])


@cache
def xml_validator(version: str) -> XmlValidator:
    return XmlValidator(SCHEMAS[version])


def at(document: Json, pointer: str) -> Json:
    """What a JSON pointer points at (RFC 6901)."""
    value = document
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def references(document: dict[str, Json]) -> Iterator[str]:
    pointing = {
        "ref",
        "dependsOn",
        "provides",
        "assemblies",
        "dependencies",
        "vulnerabilities",
        "attributedTo",
    }
    return (text for key, text in strings(document) if key in pointing)


def strings(value: Json, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string with the key that it stands under, if only as an item of an array."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from strings(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, key)

"""What makes a CycloneDX document good: the schema, and the references that it does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from aiverify.core.jsonvalue import Json, pretty


def assert_sound(document: dict[str, Json]) -> None:
    """Strictly valid CycloneDX 1.6, every bom-ref unique, every reference resolved."""
    error = validator().validate_str(pretty(document))
    assert error is None, str(error)
    defined = Counter(ref for key, ref in strings(document) if key == "bom-ref")
    assert {ref: count for ref, count in defined.items() if count > 1} == {}
    assert set(references(document)) - set(defined) == set()


@cache
def validator() -> JsonStrictValidator:
    return JsonStrictValidator(SchemaVersion.V1_6)


def references(document: dict[str, Json]) -> Iterator[str]:
    pointing = {"ref", "dependsOn", "provides", "assemblies", "dependencies", "vulnerabilities"}
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

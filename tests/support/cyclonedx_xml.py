"""CycloneDX XML read back as JSON, by rules of its own, to hold one against the other."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

LISTS = {
    "advisories",
    "affects",
    "ancestors",
    "assemblies",
    "authors",
    "citations",
    "components",
    "compositions",
    "custodians",
    "cwes",
    "dependencies",
    "ethicalConsiderations",
    "externalReferences",
    "fairnessAssessments",
    "hashes",
    "inputs",
    "lifecycles",
    "outputs",
    "owners",
    "performanceMetrics",
    "performanceTradeoffs",
    "pointers",
    "properties",
    "ratings",
    "references",
    "responses",
    "stewards",
    "tags",
    "technicalLimitations",
    "useCases",
    "users",
    "versions",
    "vulnerabilities",
}
"""Elements that are nothing but a list."""

TEXTS = {"pointer", "response", "tag", "technicalLimitation", "useCase", "user"}
TEXTS |= {"performanceTradeoff"}
"""Items of lists that are texts."""

OBJECTS = {"approach", "component", "modelCard", "source"}
"""Elements that are objects even where they hold nothing."""


def read_xml(xml: bytes) -> dict[str, Any]:
    """The JSON document that an XML one stands for. Numbers are exact."""
    root = ElementTree.fromstring(xml)
    version = root.tag.removeprefix("{http://cyclonedx.org/schema/bom/").removesuffix("}bom")
    for element in root.iter():
        assert element.tag.startswith(f"{{http://cyclonedx.org/schema/bom/{version}}}")
        element.tag = element.tag.partition("}")[2]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        **_object(root),
        "version": int(root.attrib["version"]),
    }


def exact(value: Any, escape: Callable[[str], str]) -> Any:
    """A JSON document as it is compared: texts escaped, floats as the decimals that they are."""
    if isinstance(value, dict):
        return {key: exact(item, escape) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [exact(item, escape) for item in value]
    if isinstance(value, float):
        return Decimal(repr(value))
    return escape(value) if isinstance(value, str) else value


def _object(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = dict(element.attrib)
    if "isExternal" in found:
        found["isExternal"] = {"true": True, "false": False}[found["isExternal"]]
    repeated: dict[str, list[Any]] = {}
    for child in element:
        key, value = _member(element, child)
        if child.tag in {"data", "sensitiveData"}:
            repeated.setdefault(key, []).append(value)
        else:
            assert key not in found, f"{child.tag} twice in {element.tag}"
            found[key] = value
    return {**found, **repeated}


def _member(parent: Element, child: Element) -> tuple[str, Any]:
    if parent.tag == "composition" and child.tag != "aggregate":
        return child.tag, [_bare(item) for item in child]
    if child.tag == "licenses":
        return "licenses", [_licence(item) for item in child]
    if child.tag == "datasets":
        return "datasets", [{"ref": _text(item)} for item in child]
    if child.tag in LISTS:
        key = "response" if child.tag == "responses" else child.tag
        return key, [_item(item) for item in child]
    return child.tag, _single(child)


def _single(element: Element) -> Any:
    if element.tag == "score":
        return Decimal(_text(element))
    if len(element) or element.attrib or element.tag in OBJECTS:
        return _object(element)
    return _text(element)


def _item(item: Element) -> Any:
    if item.tag in TEXTS:
        return _text(item)
    if item.tag == "cwe":
        return int(_text(item))
    if item.tag == "dependency":
        return {"ref": item.attrib["ref"], "dependsOn": [_bare(need) for need in item]}
    if item.tag == "hash":
        return {"alg": item.attrib["alg"], "content": _text(item)}
    if item.tag == "property":
        return {"name": item.attrib["name"], "value": _text(item)}
    return _object(item)


def _licence(item: Element) -> Any:
    if item.tag == "expression":
        return {"expression": _text(item), **item.attrib}
    return {"license": _object(item)}


def _bare(item: Element) -> str:
    assert list(item.attrib) == ["ref"]
    assert not len(item)
    return item.attrib["ref"]


def _text(element: Element) -> str:
    assert not len(element)
    return element.text or ""

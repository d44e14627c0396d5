"""Where XML has what JSON has: the XML Schemas of CycloneDX 1.6 and 1.7 as a table.

Elements stand in the order in which the schemas demand them, which is one for both
versions. What is not in the table is not written by this program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXT = "text"
"""The shape of what is no object: its text is the element's."""


@dataclass(frozen=True, slots=True)
class Child:
    """A member of a JSON object that is an element in XML.

    `name` is the element's. With an `item`, each item of the array is an element of that name
    within it; `bare` items are the element's own content. Without, each item of an array is
    one element, and so is what is no array. `beside` are members next to this one in JSON
    that are attributes of the element.
    """

    key: str
    shape: str = TEXT
    name: str = ""
    item: str = ""
    bare: bool = False
    beside: tuple[str, ...] = ()

    @property
    def element(self) -> str:
        """The name of the element."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Shape:
    """How an object becomes an element: attributes, a text or elements.

    `whole` is the attribute that a string becomes which stands where an object could.
    """

    attributes: tuple[str, ...] = ()
    children: tuple[Child, ...] = ()
    text: str = ""
    whole: str = ""
    ignored: frozenset[str] = frozenset()
    keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the members that have a place."""
        named = {child.key for child in self.children}
        beside = {key for child in self.children for key in child.beside}
        text = {self.text} if self.text else set()
        keys = named.union(beside, text, self.attributes, self.ignored)
        object.__setattr__(self, "keys", frozenset(keys))


def _many(key: str, item: str, shape: str = TEXT) -> Child:
    return Child(key, shape, item=item)


PROPERTIES = _many("properties", "property", "property")

SHAPES: Mapping[str, Shape] = {
    "bom": Shape(
        ("serialNumber", "version"),
        (
            Child("metadata", "metadata"),
            _many("components", "component", "component"),
            _many("dependencies", "dependency", "dependency"),
            _many("compositions", "composition", "composition"),
            _many("vulnerabilities", "vulnerability", "vulnerability"),
            _many("citations", "citation", "citation"),
        ),
        ignored=frozenset({"$schema", "bomFormat", "specVersion"}),
    ),
    "metadata": Shape(
        children=(
            Child("timestamp"),
            _many("lifecycles", "lifecycle", "lifecycle"),
            Child("tools", "tools"),
            _many("authors", "author", "party"),
            Child("component", "component"),
            PROPERTIES,
        )
    ),
    "lifecycle": Shape(children=(Child("phase"), Child("name"))),
    "tools": Shape(children=(_many("components", "component", "component"),)),
    "party": Shape(("bom-ref",), (Child("name"),)),
    "component": Shape(
        ("type", "isExternal", "bom-ref"),
        (
            Child("supplier", "party"),
            _many("authors", "author", "party"),
            Child("name"),
            Child("version"),
            Child("description"),
            _many("hashes", "hash", "hash"),
            Child("licenses", "licence", bare=True),
            Child("purl"),
            Child("pedigree", "pedigree"),
            _many("externalReferences", "reference", "external reference"),
            PROPERTIES,
            Child("modelCard", "card"),
            Child("data", "data"),
            _many("tags", "tag"),
        ),
    ),
    "hash": Shape(("alg",), text="content"),
    "licence": Shape(
        children=(
            Child("license", "license"),
            Child("expression", beside=("acknowledgement",)),
        )
    ),
    "license": Shape(("acknowledgement",), (Child("id"), Child("name"))),
    "pedigree": Shape(children=(_many("ancestors", "component", "component"),)),
    "external reference": Shape(("type",), (Child("url"), Child("comment"))),
    "property": Shape(("name",), text="value"),
    "card": Shape(
        children=(
            Child("modelParameters", "model parameters"),
            Child("quantitativeAnalysis", "quantitative analysis"),
            Child("considerations", "considerations"),
            PROPERTIES,
        )
    ),
    "model parameters": Shape(
        children=(
            Child("approach", "approach"),
            Child("task"),
            Child("architectureFamily"),
            Child("modelArchitecture"),
            Child("datasets", "dataset reference", bare=True),
            _many("inputs", "input", "port"),
            _many("outputs", "output", "port"),
        )
    ),
    "approach": Shape(children=(Child("type"),)),
    "dataset reference": Shape(children=(Child("ref"),)),
    "port": Shape(children=(Child("format"),)),
    "quantitative analysis": Shape(
        children=(_many("performanceMetrics", "performanceMetric", "metric"),)
    ),
    "metric": Shape(children=(Child("type"), Child("value"), Child("slice"))),
    "considerations": Shape(
        children=(
            _many("users", "user"),
            _many("useCases", "useCase"),
            _many("technicalLimitations", "technicalLimitation"),
            _many("performanceTradeoffs", "performanceTradeoff"),
            _many("ethicalConsiderations", "ethicalConsideration", "risk"),
            _many("fairnessAssessments", "fairnessAssessment", "fairness"),
        )
    ),
    "risk": Shape(children=(Child("name"),)),
    "fairness": Shape(children=(Child("harms"),)),
    "data": Shape(
        children=(
            Child("type"),
            Child("name"),
            Child("contents", "contents"),
            Child("classification"),
            Child("sensitiveData"),
            Child("description"),
            Child("governance", "governance"),
        )
    ),
    "contents": Shape(children=(Child("url"),)),
    "governance": Shape(
        children=(
            _many("custodians", "custodian", "responsible"),
            _many("stewards", "steward", "responsible"),
            _many("owners", "owner", "responsible"),
        )
    ),
    "responsible": Shape(children=(Child("organization", "party"),)),
    "dependency": Shape(("ref",), (Child("dependsOn", "reference", name="dependency"),)),
    "reference": Shape(("ref",), whole="ref"),
    "composition": Shape(
        children=(
            Child("aggregate"),
            _many("assemblies", "assembly", "reference"),
            _many("dependencies", "dependency", "reference"),
            _many("vulnerabilities", "vulnerability", "reference"),
        )
    ),
    "vulnerability": Shape(
        ("bom-ref",),
        (
            Child("id"),
            Child("source", "source"),
            _many("references", "reference", "alias"),
            _many("ratings", "rating", "rating"),
            _many("cwes", "cwe"),
            Child("description"),
            Child("detail"),
            Child("recommendation"),
            _many("advisories", "advisory", "advisory"),
            Child("published"),
            Child("updated"),
            Child("analysis", "analysis"),
            _many("affects", "target", "target"),
            PROPERTIES,
        ),
    ),
    "source": Shape(children=(Child("name"), Child("url"))),
    "alias": Shape(children=(Child("id"), Child("source", "source"))),
    "rating": Shape(
        children=(
            Child("source", "source"),
            Child("score"),
            Child("severity"),
            Child("method"),
            Child("vector"),
        )
    ),
    "advisory": Shape(children=(Child("url"),)),
    "analysis": Shape(
        children=(
            Child("state"),
            Child("justification"),
            Child("response", name="responses", item="response"),
            Child("detail"),
        )
    ),
    "target": Shape(children=(Child("ref"), _many("versions", "version", "affected version"))),
    "affected version": Shape(children=(Child("version"), Child("status"))),
    "citation": Shape(
        children=(
            _many("pointers", "pointer"),
            Child("timestamp"),
            Child("attributedTo"),
            Child("note"),
        )
    ),
}
"""Shapes by names of ours."""

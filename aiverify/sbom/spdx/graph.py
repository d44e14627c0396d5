"""The elements of one SPDX document while it is written, each under an IRI of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from aiverify.core.jsonvalue import Json
from aiverify.sbom.allotment import Allotment

Element: TypeAlias = "dict[str, Json]"

CREATION = "_:creation"
"""The blank node that says who wrote every element, and when."""

NOTHING = "NoneElement"
UNKNOWN = "NoAssertionElement"
"""What a relationship leads to where there is nothing, and where nobody knows."""

COMPLETE, NO_ASSERTION = "complete", "noAssertion"
"""Whether a relationship names everything that it could (Core, RelationshipCompleteness)."""

_FRAGMENT = re.compile(r"(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+", re.ASCII)
"""What may follow the `#` of a URI (RFC 3986, section 3.5)."""


class Graph:
    """A document's elements in the order in which they were added."""

    def __init__(self, serial: str) -> None:
        self._prefix = f"{serial}#"
        self._names = Allotment("~")
        self._agents: dict[str, str] = {}
        self.elements: list[Element] = []

    def iri(self, name: str) -> str:
        """A new IRI: the document's own, and the name as its fragment."""
        return self._names.name(f"{self._prefix}{_fragment(name)}")

    def add(self, kind: str, name: str, values: Mapping[str, Json]) -> str:
        """Add an element of a class, and tell its IRI. What is empty is left out."""
        iri = self.iri(name)
        self.elements.append(element(kind, iri, values))
        return iri

    def agent(self, name: str) -> str:
        """Somebody by name, each once. Whether it is a person or more is not known."""
        if name not in self._agents:
            self._agents[name] = self.add("Agent", f"agent:{name}", {"name": name})
        return self._agents[name]

    def relate(
        self,
        source: str,
        relation: str,
        targets: Sequence[str],
        completeness: str = "",
        *,
        kind: str = "Relationship",
        more: Mapping[str, Json] | None = None,
    ) -> None:
        """Add a relationship from one element to others. Without a target there is none.

        `more` are the fields of its class beyond those of any relationship.
        """
        if not targets:
            return
        name = f"{relation}:{source.removeprefix(self._prefix)}"
        ends: dict[str, Json] = {
            "from": source,
            "relationshipType": relation,
            "to": list(dict.fromkeys(targets)),
            "completeness": completeness,
        }
        self.add(kind, name, {**ends, **(more or {})})

    def annotate(self, subject: str, topic: str, statement: str) -> None:
        """Add a statement about an element, if there is one."""
        if statement:
            name = f"annotation:{topic}:{subject.removeprefix(self._prefix)}"
            values = {"annotationType": "other", "subject": subject, "statement": statement}
            self.add("Annotation", name, values)


def element(kind: str, iri: str, values: Mapping[str, Json]) -> Element:
    """An element without what is empty."""
    return {"type": kind, "spdxId": iri, "creationInfo": CREATION, **given(values)}


def given(values: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out what nobody said. Zero is something."""
    return {key: value for key, value in values.items() if value or value == 0}


def entries(pairs: Mapping[str, str]) -> list[Json]:
    """A dictionary (Core, DictionaryEntry)."""
    return [{"type": "DictionaryEntry", "key": key, "value": pairs[key]} for key in pairs]


def _fragment(name: str) -> str:
    """A name as a fragment: refs are percent-encoded already, and stay as they are."""
    if _FRAGMENT.fullmatch(name):
        return name
    return quote(name, safe="/:@", errors="surrogatepass") or "unnamed"

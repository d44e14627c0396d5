"""Where values came from, as CycloneDX 1.7 says it: in citations.

A citation points at fields of the JSON document (RFC 6901, in XML as well), and names by
its ref who said what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Bom, Component, Means, ModelCard, Origin
from aiverify.sbom.cyclonedx.sayers import Sayers
from aiverify.sbom.fields import FIELDS

ROOT = "/metadata/component"
CARD = "/modelCard"

Encoded = Mapping[str, Json]


@dataclass(slots=True)
class Citations:
    """Pointers by who said what is there, and how. One citation serves for all of them."""

    sayers: Sayers
    found: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)

    def add_component(
        self, place: str, component: Component, encoded: Encoded, named: Mapping[str, list[str]]
    ) -> None:
        """Cite what a component at a place has. `named` are the places of its properties.

        What has no place of its own in it is said of the component as a whole.
        """
        for origin in component.origins:
            pointer = FIELDS.get(origin.field, "")
            below = [pointer] if _holds(encoded, pointer) else named.get(origin.field)
            if below:
                self.add(origin, [place + item for item in below])
            else:
                self.add(origin, [place], f"{origin.field}: ")

    def add(self, origin: Origin, pointers: Sequence[str], about: str = "") -> None:
        """Cite what stands at the pointers. `about` says of it what they cannot."""
        note = f"{about}{origin.source} ({origin.means})".strip()
        cited = self.found.setdefault((self.sayers.ref(origin), note), {})
        cited.update(dict.fromkeys(pointers))

    def encode(self, timestamp: str) -> list[Json]:
        """The citations in the order in which they were first made, all of one time."""
        return [
            {
                "pointers": list(pointers),
                "timestamp": timestamp,
                "attributedTo": sayer,
                "note": note,
            }
            for (sayer, note), pointers in self.found.items()
        ]


def citations(
    bom: Bom,
    root: Encoded,
    components: Sequence[Encoded],
    vulnerabilities: Sequence[Encoded],
    timestamp: str,
) -> list[Json]:
    """The citations of a document in which the bill's things stand as they were encoded."""
    found = Citations(Sayers.of(bom))
    found.add_component(ROOT, bom.root, root, _places_of_root(bom))
    for index, (component, encoded) in enumerate(zip(bom.components, components, strict=True)):
        if component.origins:
            places = _places("", component)
            found.add_component(f"/components/{index}", component, encoded, places)
    for index, (item, encoded) in enumerate(zip(bom.vulnerabilities, vulnerabilities, strict=True)):
        if item.analysis and item.analysis.source:
            given = Origin("analysis", item.analysis.source, Means.GIVEN)
            below = "/analysis" if "analysis" in encoded else ""
            found.add(given, [f"/vulnerabilities/{index}{below}"])
    return found.encode(timestamp)


def _places(below: str, owner: Component | ModelCard) -> dict[str, list[str]]:
    """Where the properties of each name stand: the owner's own come first."""
    places: dict[str, list[str]] = {}
    for index, item in enumerate(owner.properties):
        places.setdefault(item.name, []).append(f"{below}/properties/{index}")
    return places


def _places_of_root(bom: Bom) -> Mapping[str, list[str]]:
    return {**(_places(CARD, bom.card) if bom.card else {}), **_places("", bom.root)}


def _holds(encoded: Encoded, pointer: str) -> bool:
    """Whether there is a value at a pointer of names alone."""
    value: Json = encoded if pointer else None
    for key in pointer.split("/")[1:]:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value is not None

"""The bill of materials as SPDX 3.0.1 in JSON-LD.

It says what the CycloneDX document says, in SPDX's own fields where those exist, and in
annotations of lines `name=value` where they do not. What is not known is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Bom, Property
from aiverify.sbom.spdx.components import DATASET, MODEL
from aiverify.sbom.spdx.graph import CREATION, Element, Graph, element
from aiverify.sbom.spdx.licensing import Licences
from aiverify.sbom.spdx.listing import Listing, list_components
from aiverify.sbom.spdx.relations import add_relations
from aiverify.sbom.spdx.security import add_vulnerability
from aiverify.sbom.spdx.statements import lines, sources, unplaced
from aiverify.sbom.spdx.words import ANALYZED, SBOM_TYPE
from aiverify.sbom.unicode import encodable
from aiverify.version import __version__

SPEC_VERSION = "3.0.1"

CONTEXT = f"https://spdx.org/rdf/{SPEC_VERSION}/spdx-context.jsonld"


def encode(bom: Bom, *, serial: str, timestamp: str) -> dict[str, Json]:
    """An SPDX document; the same one for the same arguments, elements in a fixed order.

    `serial` is a `urn:uuid:`, and the beginning of every IRI in the document. `timestamp` is
    an RFC 3339 time in whole seconds of UTC, with a `Z`.
    """
    graph = Graph(serial)
    document, sbom = graph.iri("document"), graph.iri("sbom")
    creation = _creation(graph, bom.author, timestamp)
    listing = _fill(graph, bom, sbom)
    members: list[Json] = [item["spdxId"] for item in graph.elements]
    kinds = {str(item["type"]) for item in graph.elements}
    shared: dict[str, Json] = {
        "name": encodable(bom.root.name),
        "profileConformance": _profiles(kinds),
    }
    whole: dict[str, Json] = {"rootElement": [sbom], "element": [sbom, *members]}
    about: dict[str, Json] = {
        "rootElement": [listing.root.iri],
        "element": members,
        "software_sbomType": [SBOM_TYPE.get(bom.phase, ANALYZED)],
    }
    elements = (
        creation,
        element("SpdxDocument", document, {**shared, **whole}),
        element("software_Sbom", sbom, {**shared, **about}),
        *map(_utf8, graph.elements),
    )
    return {"@context": CONTEXT, "@graph": list(elements)}


def _creation(graph: Graph, author: str, timestamp: str) -> Element:
    """Who wrote the document: somebody by name, or this program of its own accord."""
    name = f"aiverify-{__version__}"
    tool = graph.add("Tool", "tool", {"name": name})
    by = graph.agent(author) if author else graph.add("SoftwareAgent", "agent", {"name": name})
    return {
        "type": "CreationInfo",
        "@id": CREATION,
        "specVersion": SPEC_VERSION,
        "created": timestamp,
        "createdBy": [by],
        "createdUsing": [tool],
    }


def _fill(graph: Graph, bom: Bom, sbom: str) -> Listing:
    """Add everything that the bill says: first what there is, then what is said of it."""
    listing = list_components(graph, bom)
    licences = Licences(graph)
    kinds = {str(item["spdxId"]): item["type"] for item in graph.elements}
    for placed in listing:
        required = kinds[placed.iri] in {MODEL, DATASET}
        licences.declare(placed.iri, placed.component.licences, required=required)
    add_relations(graph, bom, listing)
    for vulnerability in bom.vulnerabilities:
        add_vulnerability(graph, listing, vulnerability)
    graph.annotate(sbom, "properties", lines(_of_bill(bom)))
    for placed in listing:
        known = [*unplaced(placed.component)]
        if placed is listing.root and bom.card:
            known += bom.card.properties
        graph.annotate(placed.iri, "properties", lines(known))
        graph.annotate(placed.iri, "sources", lines(sources(placed.component.origins)))
    return listing


def _of_bill(bom: Bom) -> Iterator[Property]:
    yield from bom.properties
    if bom.phase and bom.phase not in SBOM_TYPE:
        yield Property("aiverify:phase", bom.phase)


def _profiles(kinds: set[str]) -> list[Json]:
    """The profiles whose words the document uses (Core, ProfileIdentifierType)."""
    used = {
        "core": True,
        "software": True,
        "simpleLicensing": True,
        "ai": MODEL in kinds,
        "dataset": DATASET in kinds,
        "security": any(kind.startswith("security_") for kind in kinds),
    }
    return [profile for profile, is_used in used.items() if is_used]


def _utf8(value: Json) -> Json:
    # Asking for dict and list, of which the document is made, is faster than for what is like them.
    if isinstance(value, str):
        return value if value.isascii() else encodable(value)
    if isinstance(value, dict):
        return {key: _utf8(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_utf8(item) for item in value]
    return value

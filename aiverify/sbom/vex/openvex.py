"""OpenVEX v0.2.0, and v0.0.x, in which vulnerabilities and products are strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from aiverify.core.jsonvalue import Json
from aiverify.sbom.advisories.telling import Warnings
from aiverify.sbom.reading import Located, items, member, text
from aiverify.sbom.vex.statement import Product, Statement, made_at, said, short, shown
from aiverify.sbom.vulnerability import Analysis

CONTEXT = "https://openvex.dev/ns"

_STATES: Mapping[str, str] = {
    "not_affected": "not_affected",
    "affected": "exploitable",
    "fixed": "resolved",
    "under_investigation": "in_triage",
}

_ADVERSARY = "vulnerable_code_cannot_be_controlled_by_adversary"

_JUSTIFICATIONS: Mapping[str, str] = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
    _ADVERSARY: "",
}
"""OpenVEX's justifications in CycloneDX's words.

By the table that CycloneDX's community keeps (CycloneDX/specification, discussion 609). There
five of CycloneDX's words mean that no adversary controls the code, so that none can be chosen
for it: the label is kept in the detail. A component that is not there brings no code either.
"""

_PROSE = ("impact_statement", "action_statement", "status_notes")


def is_openvex(document: Mapping[str, Json]) -> bool:
    """Whether a document says that it is OpenVEX, of a version before 1.0."""
    context = document.get("@context")
    contexts = context if isinstance(context, list) else [context]
    return any(
        isinstance(item, str) and (item == CONTEXT or item.startswith(f"{CONTEXT}/v0."))
        for item in contexts
    )


def statements(document: Located, where: str, warnings: Warnings) -> Iterator[Statement]:
    """The statements that are complete. One that is not is told of and left out."""
    issued = said(document, "timestamp", where, warnings)
    for item in items(document, "statements"):
        place = f"{where}#{item.place}"
        ids = tuple(dict.fromkeys(filter(None, _ids(item))))
        products = tuple(_products(item, place, warnings))
        analysis, fault = _analysis(item, place, warnings)
        if not ids:
            fault = "it names no vulnerability"
        elif not products and not fault:
            fault = "it names no product"
        if fault or not analysis:
            warnings.add(f"{place} was not applied: {fault}")
        else:
            yield Statement(ids, products, analysis, _made(item, issued, place, warnings))


def _ids(item: Located) -> Iterator[str]:
    vulnerability = member(item, "vulnerability")
    yield text(item, "vulnerability")
    yield text(vulnerability, "name")
    yield text(vulnerability, "@id")
    yield from _texts(vulnerability, "aliases")


def _analysis(item: Located, place: str, warnings: Warnings) -> tuple[Analysis | None, str]:
    """What a statement says, or why it says nothing (section "Status Labels")."""
    status, label = text(item, "status"), said(item, "justification", place, warnings)
    state = _STATES.get(status)
    if not state:
        return None, f"'{shown(status)}' is no status of OpenVEX"
    prose = [said(item, key, place, warnings).strip() for key in _PROSE]
    is_known = label in _JUSTIFICATIONS
    if state == "not_affected" and not is_known and not prose[0]:
        reason = f", and '{shown(label)}' is none" if label else ""
        return None, f"not_affected needs a justification or an impact statement{reason}"
    justification = _JUSTIFICATIONS.get(label, "") if state == "not_affected" else ""
    if label and not justification:
        prose.append(f"Justification: {shown(label)}.")
    detail = short("\n\n".join(filter(None, prose)), place, warnings)
    return Analysis(state, justification, detail=detail, source=place), ""


def _made(item: Located, issued: str, place: str, warnings: Warnings) -> datetime | None:
    """A statement's own time, or its document's (section "Inheritance Flow")."""
    own = (said(item, key, place, warnings) for key in ("last_updated", "timestamp"))
    return made_at((*own, issued), place, warnings)


def _products(item: Located, place: str, warnings: Warnings) -> Iterator[Product]:
    # In v0.0.x parts are named once for all products of a statement.
    common = _parts(item)
    for product in items(item, "products"):
        parts = _parts(product) or common
        if names := tuple(_names(product)):
            yield Product(names, parts=parts)
        else:
            warnings.add(f"{place} has a product without a name, which was left out")


def _parts(parent: Located) -> tuple[Product, ...]:
    """Parts of a product. One without a name stays, and makes less of what is said."""
    found = tuple(Product(tuple(_names(item))) for item in items(parent, "subcomponents"))
    return found or ((Product(()),) if member(parent, "subcomponents").value else ())


def _names(item: Located) -> Iterator[str]:
    """What a component is called: by name, purl, and digest."""
    if isinstance(item.value, str) and item.value:
        yield item.value
    hashes = member(item, "hashes")
    digest = text(hashes, "sha-256").lower()
    given = (
        text(item, "@id"),
        text(member(item, "identifiers"), "purl"),
        f"sha256:{digest}" if digest else "",
    )
    yield from filter(None, given)


def _texts(parent: Located, key: str) -> Iterator[str]:
    return (item.value for item in items(parent, key) if isinstance(item.value, str))

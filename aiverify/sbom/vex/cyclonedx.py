"""CycloneDX VEX: the analyses of vulnerabilities in a CycloneDX document of any version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from aiverify.core.jsonvalue import Json, kind
from aiverify.sbom.advisories.packages import parse_purl
from aiverify.sbom.advisories.telling import Warnings
from aiverify.sbom.cyclonedx.words import JUSTIFICATIONS, RESPONSES
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.reading import (
    Located,
    components,
    items,
    member,
    property_text,
    root_of,
    text,
)
from aiverify.sbom.vex.statement import (
    NO_VERSION,
    STATES,
    Product,
    Statement,
    made_at,
    said,
    short,
    shown,
)
from aiverify.sbom.vulnerability import Analysis

LINK = "urn:cdx:"
"""What a BOM-Link begins with (CycloneDX, "BOM-Link"): `urn:cdx:SERIAL/VERSION#REF`."""


def is_cyclonedx(document: Mapping[str, Json]) -> bool:
    """Whether a document says that it is CycloneDX."""
    return document.get("bomFormat") == "CycloneDX"


def statements(document: Located, where: str, warnings: Warnings) -> Iterator[Statement]:
    """The vulnerabilities that have an analysis. What cannot be used is told of."""
    own = _own(document)
    issued = said(member(document, "metadata"), "timestamp", where, warnings)
    for item in items(document, "vulnerabilities"):
        place = f"{where}#{item.place}"
        if not isinstance(item.value, Mapping):
            warnings.add(f"{place} was not applied: it is {kind(item.value)}, not an object")
            continue
        analysis = member(item, "analysis")
        if analysis.value is None:
            continue
        ids = tuple(dict.fromkeys(filter(None, _ids(item))))
        products = tuple(_products(item, own, place, warnings))
        state = text(analysis, "state")
        if not ids:
            warnings.add(f"{place} was not applied: it names no vulnerability")
        elif state not in STATES:
            warnings.add(f"{place} was not applied: '{shown(state)}' is no state of an analysis")
        elif not products:
            warnings.add(f"{place} was not applied: it names nothing that it affects")
        else:
            read = _analysis(analysis, place, warnings)
            yield Statement(ids, products, read, _made(analysis, issued, place, warnings))


def link_of(name: str) -> tuple[str, str]:
    """The serial number (`urn:uuid:...`) and the ref of a BOM-Link; both empty if it is none.

    The ref is as the link has it, and may be percent-encoded.
    """
    if not name.startswith(LINK):
        return "", ""
    document, _, reference = name.removeprefix(LINK).partition("#")
    return f"urn:uuid:{document.partition('/')[0]}".lower(), reference


def _ids(item: Located) -> Iterator[str]:
    yield text(item, "id")
    yield from (text(reference, "id") for reference in items(item, "references"))


def _own(document: Located) -> Mapping[str, Product | None]:
    """The document's own components by their refs; of two with one ref, neither."""
    found: dict[str, Product | None] = {}
    for component in (root_of(document.value), *components(document)):
        if reference := text(component, "bom-ref"):
            found[reference] = None if reference in found else _product(component, reference)
    return found


def _product(component: Located, reference: str) -> Product:
    """What a component is in any document: a purl, or digests, or its ref in its version.

    Another document's ref alone says little: two versions of one artifact have the same.
    """
    stated = member(component, "version").value
    version = (text(component, "version") or NO_VERSION,) if stated else ()
    if address := text(component, "purl"):
        purl = parse_purl(address)
        return Product((address,), () if purl and purl.version else version)
    digests = tuple(_digests(component))
    return Product(digests) if digests else Product((reference,), version)


def _digests(component: Located) -> Iterator[str]:
    if digest := property_text(component, ROOT_DIGEST):
        yield digest
    for item in items(component, "hashes"):
        if text(item, "alg") == "SHA-256" and text(item, "content"):
            yield f"sha256:{text(item, 'content').lower()}"


def _products(
    item: Located, own: Mapping[str, Product | None], place: str, warnings: Warnings
) -> Iterator[Product]:
    """What a vulnerability affects: what the ref is in the document, or else in the bill."""
    for target in items(item, "affects"):
        reference = text(target, "ref")
        product = own.get(reference, Product((reference,)))
        if not reference or not product:
            why = f"two components have the ref '{shown(reference)}'" if reference else "no ref"
            warnings.add(f"{place} names something that it affects by {why}, which was left out")
            continue
        yield Product(product.names, _limits(target) or product.versions)


def _limits(target: Located) -> tuple[str, ...]:
    """The versions that are affected. A range fits none: whether it does is not decided here."""
    if not member(target, "versions").value:
        return ()
    versions = (text(version, "version") for version in items(target, "versions"))
    return tuple(filter(None, versions)) or (NO_VERSION,)


def _analysis(analysis: Located, place: str, warnings: Warnings) -> Analysis:
    state = text(analysis, "state")
    detail = short(said(analysis, "detail", place, warnings), place, warnings)
    justification = said(analysis, "justification", place, warnings)
    if justification and justification not in JUSTIFICATIONS:
        warnings.add(f"{place}: '{shown(justification)}' is no justification and was left out")
        justification = ""
    if state == "not_affected" and not justification and not detail:
        warnings.add(f"{place} says not_affected, and does not say why")
    stated = [item.value for item in items(analysis, "response")]
    responses = [item for item in stated if isinstance(item, str) and item in RESPONSES]
    if len(responses) < len(stated):
        warnings.add(f"{place}: a response that CycloneDX does not know was left out")
    return Analysis(state, justification, tuple(dict.fromkeys(responses)), detail, place)


def _made(analysis: Located, issued: str, place: str, warnings: Warnings) -> datetime | None:
    own = (said(analysis, key, place, warnings) for key in ("lastUpdated", "firstIssued"))
    return made_at((*own, issued), place, warnings)

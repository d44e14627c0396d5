"""Cluster Security: what protects the system, and what is known against it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from aiverify.sbom.reading import Located, items, member, text
from aiverify.sbom.scoring.document import Document, below
from aiverify.sbom.scoring.identity import link
from aiverify.sbom.scoring.interface import Rating, Standard, cluster
from aiverify.sbom.scoring.judging import best, declared, found, missing, review
from aiverify.sbom.scoring.system import labelled
from aiverify.sbom.scoring.words import is_placeholder, quoted

_REPORTS = frozenset(
    (
        "adversary-model",
        "dynamic-analysis-report",
        "pentest-report",
        "risk-assessment",
        "runtime-analysis-report",
        "static-analysis-report",
        "threat-model",
    )
)
_CERTIFICATES = frozenset(("attestation", "certification-report", "maturity-report"))
_POLICIES = frozenset(("advisories", "rfc-9116", "security-contact"))
_VULNERABILITIES = frozenset(("advisories", "exploitability-statement", "vulnerability-assertion"))


def controls(document: Document) -> Rating:
    """What protects it: a claim about it is one, a report on it has to be read."""
    said = labelled(document, "security control", "security controls", "safeguards", "guardrails")
    if said:
        return said
    for item in below(document.root, "declarations/claims[]"):
        return declared(document, "claims are declared", item.place)
    for reference in linked(document, _REPORTS):
        return review(
            f"{quoted(text(reference, 'type'))} is linked; does it name controls?", reference.place
        )
    return missing("no security control is named")


def compliance(document: Document) -> Rating:
    """What it keeps to."""
    said = labelled(document, "compliance", "conforms to", "certification", "regulation")
    if said:
        return said
    for path in ("declarations/attestations[]", "definitions/standards[]"):
        for item in below(document.root, path):
            return declared(document, "standards or attestations are in the document", item.place)
    return _linked(document, _CERTIFICATES) or missing("no standard or attestation is named")


def policy(document: Document) -> Rating:
    """Where a vulnerability is reported, and what comes of it."""
    said = labelled(document, "security policy", "disclosure", "security contact")
    return best((said, _linked(document, _POLICIES))) or missing(
        "no security contact and no policy of disclosure is named"
    )


def vulnerabilities(document: Document) -> Rating:
    """What is known against it, or where that is told."""
    item = member(document.root, "vulnerabilities")
    listed = list(items(document.root, "vulnerabilities"))
    if listed:
        return _listed(document, listed)
    told = _linked(document, _VULNERABILITIES)
    if told:
        return told
    if item.value is not None:
        return review("the list is empty: does that mean none, or that nobody looked?", item.place)
    return missing("no vulnerability is listed, and no list of them is linked")


def _listed(document: Document, listed: list[Located]) -> Rating:
    unnamed = [item for item in listed if is_placeholder(text(item, "id"))]
    affected = [ref for item in listed for ref in items(item, "affects")]
    lost = [ref for ref in affected if _is_lost(document, text(ref, "ref"))]
    if unnamed:
        return review(f"{len(unnamed)} of {len(listed)} have no id", unnamed[0].place)
    if lost:
        shown = quoted(text(lost[0], "ref"))
        return review(
            f"{len(lost)} of {len(affected)} affect what is not listed: {shown}", lost[0].place
        )
    noun = "vulnerability is" if len(listed) == 1 else "vulnerabilities are"
    said = f"{len(listed)} {noun} listed"
    vague = [item for item in listed if not any(items(item, "affects"))]
    if vague:
        return declared(document, f"{said}, {len(vague)} without what it affects", vague[0].place)
    return found(f"{said}, and what is affected is in the document", listed[0].place)


def _is_lost(document: Document, ref: str) -> bool:
    return ref not in document.refs and not ref.startswith("urn:cdx:")


def _linked(document: Document, kinds: frozenset[str]) -> Rating | None:
    return best(link(document, reference) for reference in linked(document, kinds))


def linked(document: Document, kinds: frozenset[str]) -> Iterator[Located]:
    """External references of some types, of the document and of what it lists."""
    things = chain((document.whole,), document.components, document.services)
    every = (item for thing in things for item in thing.at("externalReferences[]"))
    return (item for item in every if text(item, "type") in kinds)


ELEMENTS = cluster(
    Standard.G7,
    "Security",
    "g7-security",
    (
        "controls",
        "Security controls",
        "What protects the system.",
        "declarations.claims, or a property named security controls",
        controls,
    ),
    (
        "compliance",
        "Security compliance",
        "Which standards and laws it keeps to.",
        "declarations.attestations, definitions.standards, or a certification-report",
        compliance,
    ),
    (
        "policy",
        "Cybersecurity policy",
        "Where vulnerabilities are reported, and what comes of it.",
        "externalReferences of type security-contact, advisories or rfc-9116",
        policy,
    ),
    (
        "vulnerabilities",
        "Vulnerability referencing",
        "What is known against it, or where that is told.",
        "vulnerabilities, or externalReferences of type vulnerability-assertion or advisories",
        vulnerabilities,
    ),
)

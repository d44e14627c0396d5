"""Vulnerabilities and what was made of them (SPDX 3.0.1, Security profile)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aiverify.core import moments
from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Property
from aiverify.sbom.spdx.components import is_uri
from aiverify.sbom.spdx.graph import NO_ASSERTION, UNKNOWN, Graph, given
from aiverify.sbom.spdx.listing import Listing
from aiverify.sbom.spdx.ratings import add_ratings, other_ratings
from aiverify.sbom.spdx.statements import lines
from aiverify.sbom.spdx.vex import add_analysis, unplaced_analysis
from aiverify.sbom.vulnerability import Affects, Effect, Vulnerability

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.ASCII)


def add_vulnerability(graph: Graph, listing: Listing, vulnerability: Vulnerability) -> None:
    """Add a vulnerability, what it is to the components, its ratings, and the VEX statement."""
    iri = graph.add(
        "security_Vulnerability", f"vulnerability:{vulnerability.id}", _own(vulnerability)
    )
    affected = [item for item in vulnerability.affects if item.ref in listing.refs]
    for item in affected:
        _associate(graph, listing.refs[item.ref], iri, item)
    exposed = [item for item in affected if item.effect is not Effect.UNAFFECTED]
    found = dict.fromkeys(listing.refs[item.ref] for item in exposed or affected)
    targets = list(found) or [UNKNOWN]
    add_ratings(graph, iri, vulnerability, targets)
    add_analysis(graph, iri, vulnerability, targets)
    graph.annotate(iri, "properties", lines(_unplaced(vulnerability)))


def _own(vulnerability: Vulnerability) -> dict[str, Json]:
    names = dict.fromkeys((vulnerability.id, *vulnerability.aliases))
    urls = dict.fromkeys(filter(None, (vulnerability.url, *vulnerability.advisories)))
    return {
        "name": vulnerability.id,
        "summary": vulnerability.summary,
        "description": vulnerability.detail,
        "externalIdentifier": [_identifier(vulnerability, name) for name in names if name],
        "externalRef": [
            *(_reference("securityAdvisory", url) for url in urls),
            *(_reference("cwe", f"CWE-{number}") for number in vulnerability.cwes),
        ],
        "security_publishedTime": _moment(vulnerability.published),
        "security_modifiedTime": _moment(vulnerability.updated),
    }


def _identifier(vulnerability: Vulnerability, name: str) -> Json:
    own = name == vulnerability.id
    return given(
        {
            "type": "ExternalIdentifier",
            "externalIdentifierType": "cve" if _CVE.fullmatch(name) else "securityOther",
            "identifier": name,
            "issuingAuthority": vulnerability.database if own else "",
            "identifierLocator": [vulnerability.url] if own and is_uri(vulnerability.url) else [],
        }
    )


def _reference(kind: str, locator: str) -> Json:
    return {"type": "ExternalRef", "externalRefType": kind, "locator": [locator]}


def _associate(graph: Graph, component: str, vulnerability: str, item: Affects) -> None:
    """Say that a component has a vulnerability, or that nobody could tell.

    What is known to be unaffected has a relationship of its own class, which asks for a reason.
    """
    if item.effect is Effect.UNAFFECTED:
        graph.relate(
            vulnerability,
            "doesNotAffect",
            [component],
            kind="security_VexNotAffectedVulnAssessmentRelationship",
            more={"security_impactStatement": _told(item, "not affected")},
        )
        return
    unknown = item.effect is Effect.UNKNOWN
    graph.relate(
        component,
        "hasAssociatedVulnerability",
        [vulnerability],
        NO_ASSERTION if unknown else "",
        more={"comment": _told(item, "not known to be safe" if unknown else "affected")},
    )


def _told(item: Affects, what: str) -> str:
    """What is known of the version that a component has, as sentences."""
    version = f"Version {item.version}" if item.version else "Its version"
    reason = f": {item.reason.rstrip('.')}" if item.reason else ""
    return f"{version} is {what}{reason}.{_fixed(item.fixed)}"


def _fixed(versions: Sequence[str]) -> str:
    return f" Fixed in {', '.join(versions)}." if versions else ""


def _unplaced(vulnerability: Vulnerability) -> Iterator[Property]:
    yield from other_ratings(vulnerability)
    yield from unplaced_analysis(vulnerability.analysis)
    for name in ("published", "updated"):
        text = getattr(vulnerability, name)
        if text and not _moment(text):
            yield Property(f"aiverify:misfit:{name}", text)
    for warning in vulnerability.warnings:
        yield Property("aiverify:warning", warning)


def _moment(text: str) -> str:
    """A time as SPDX has it, in whole seconds of UTC (Core, DateTime), or empty."""
    found = moments.parse(text)
    return moments.rfc3339(found) if found else ""

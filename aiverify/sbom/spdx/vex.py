"""What somebody made of a vulnerability (SPDX 3.0.1, Security, VEX assessments)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Property
from aiverify.sbom.spdx.graph import Graph
from aiverify.sbom.spdx.words import JUSTIFICATION
from aiverify.sbom.vulnerability import Analysis, Vulnerability

_AFFECTED = ("affects", "security_VexAffectedVulnAssessmentRelationship")
_FIXED = ("fixedIn", "security_VexFixedVulnAssessmentRelationship")
_OPEN = ("underInvestigationFor", "security_VexUnderInvestigationVulnAssessmentRelationship")
_UNAFFECTED = ("doesNotAffect", "security_VexNotAffectedVulnAssessmentRelationship")

STATES: Mapping[str, tuple[str, str]] = {
    "exploitable": _AFFECTED,
    "resolved": _FIXED,
    "resolved_with_pedigree": _FIXED,
    "in_triage": _OPEN,
    "not_affected": _UNAFFECTED,
    "false_positive": _UNAFFECTED,
}
"""Relationships and their classes by CycloneDX's state of an analysis."""

NO_ACTION = "No action is stated."


def add_analysis(
    graph: Graph, iri: str, vulnerability: Vulnerability, targets: Sequence[str]
) -> None:
    """Add what was made of a vulnerability, if its state is one that SPDX has a class for."""
    analysis = vulnerability.analysis
    if not analysis or analysis.state not in STATES:
        return
    relation, kind = STATES[analysis.state]
    values: dict[str, Json] = {
        "comment": f"Stated by {analysis.source}" if analysis.source else "",
        "security_statusNotes": analysis.detail,
    }
    if relation == "affects":
        values["security_actionStatement"] = _action(vulnerability, analysis)
    if relation == "doesNotAffect":
        values |= _impact(analysis)
    graph.relate(iri, relation, targets, kind=kind, more=values)


def unplaced_analysis(analysis: Analysis | None) -> Iterator[Property]:
    """CycloneDX's words where SPDX has none, or one for several of them."""
    if analysis:
        yield Property("aiverify:analysis:state", analysis.state)
        if analysis.justification:
            yield Property("aiverify:analysis:justification", analysis.justification)
        for response in analysis.responses:
            yield Property("aiverify:analysis:response", response)
        if analysis.state not in STATES:
            rest = {"detail": analysis.detail, "source": analysis.source}
            for name, text in rest.items():
                if text:
                    yield Property(f"aiverify:analysis:{name}", text)


def _action(vulnerability: Vulnerability, analysis: Analysis) -> str:
    """What to do: the standard asks for an answer, so that none is an answer as well."""
    fixed = dict.fromkeys(version for item in vulnerability.affects for version in item.fixed)
    told = [response.replace("_", " ") for response in analysis.responses]
    if fixed:
        told.append(f"fixed in {', '.join(fixed)}")
    return "; ".join(told) or NO_ACTION


def _impact(analysis: Analysis) -> dict[str, Json]:
    """Why a component is not affected: a label, or what there is in its place (VEX, 2.3)."""
    label = JUSTIFICATION.get(analysis.justification, "")
    stated = analysis.detail or analysis.justification.replace("_", " ")
    statement = "" if label else stated or analysis.state.replace("_", " ")
    return {"security_justificationType": label, "security_impactStatement": statement}

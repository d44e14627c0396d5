"""How severe a vulnerability is said to be (SPDX 3.0.1, Security, CVSS assessments)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite

from aiverify.core.jsonvalue import Json
from aiverify.sbom.bom import Property
from aiverify.sbom.spdx.graph import Graph
from aiverify.sbom.vulnerability import Rating, Vulnerability

CLASSES: Mapping[str, str] = {
    "CVSSv2": "security_CvssV2VulnAssessmentRelationship",
    "CVSSv3": "security_CvssV3VulnAssessmentRelationship",
    "CVSSv31": "security_CvssV3VulnAssessmentRelationship",
    "CVSSv4": "security_CvssV4VulnAssessmentRelationship",
}

_SEVERITIES = ((0.0, "none"), (3.9, "low"), (6.9, "medium"), (8.9, "high"), (10.0, "critical"))
"""CVSS 3.1, section 5, and 4.0, section 6: the highest score of each."""


def add_ratings(graph: Graph, iri: str, vulnerability: Vulnerability, to: Sequence[str]) -> None:
    """Add every rating that SPDX has a class for: CVSS, with a vector and a score."""
    for rating in vulnerability.ratings:
        if _is_expressible(rating):
            graph.relate(
                iri,
                "hasAssessmentFor",
                to,
                kind=CLASSES[rating.method],
                more=_assessment(graph, rating),
            )


def other_ratings(vulnerability: Vulnerability) -> Iterator[Property]:
    """The ratings that SPDX has no class for."""
    for rating in vulnerability.ratings:
        if not _is_expressible(rating):
            score = "" if rating.score is None else _decimal(rating.score)
            told = (rating.method, rating.severity, score, rating.vector, rating.source)
            yield Property("aiverify:rating", ", ".join(filter(None, told)))


def _is_expressible(rating: Rating) -> bool:
    scored = rating.score is not None and 0 <= rating.score <= 10
    return scored and bool(rating.vector) and rating.method in CLASSES


def _assessment(graph: Graph, rating: Rating) -> dict[str, Json]:
    score = rating.score or 0.0
    values: dict[str, Json] = {
        "security_score": _decimal(score),
        "security_vectorString": rating.vector,
        "suppliedBy": graph.agent(rating.source) if rating.source else "",
    }
    if rating.method != "CVSSv2":
        values["security_severity"] = _severity(rating.severity, score)
    return values


def _severity(stated: str, score: float) -> str:
    if stated in {name for _, name in _SEVERITIES}:
        return stated
    return next((name for highest, name in _SEVERITIES if score <= highest), "critical")


def _decimal(score: float) -> str:
    """A score as XML Schema writes a decimal: JSON's numbers may have an exponent."""
    return format(Decimal(repr(score)), "f") if isfinite(score) else repr(score)

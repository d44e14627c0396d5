"""The fields of a component that an origin can speak of, and where CycloneDX puts them."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "name": "/name",
    "version": "/version",
    "description": "/description",
    "supplier": "/supplier",
    "author": "/authors",
    "licence": "/licenses",
    "tag": "/tags",
    "purl": "/purl",
    "digest": "/hashes",
    "reference": "/externalReferences",
    "data": "/data",
    "base": "/pedigree/ancestors",
    "dataset": "/modelCard/modelParameters/datasets",
    "approach": "/modelCard/modelParameters/approach",
    "task": "/modelCard/modelParameters/task",
    "family": "/modelCard/modelParameters/architectureFamily",
    "architecture": "/modelCard/modelParameters/modelArchitecture",
    "input": "/modelCard/modelParameters/inputs",
    "output": "/modelCard/modelParameters/outputs",
    "metric": "/modelCard/quantitativeAnalysis/performanceMetrics",
    "users": "/modelCard/considerations/users",
    "use-case": "/modelCard/considerations/useCases",
    "limitation": "/modelCard/considerations/technicalLimitations",
    "tradeoff": "/modelCard/considerations/performanceTradeoffs",
    "ethics": "/modelCard/considerations/ethicalConsiderations",
    "fairness": "/modelCard/considerations/fairnessAssessments",
    "environment": "/modelCard/considerations/environmentalConsiderations",
}
"""Words for fields, and JSON pointers (RFC 6901) into a component of CycloneDX 1.6 or 1.7."""

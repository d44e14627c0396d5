"""CycloneDX's words, in which a bill is kept, and SPDX's for the same things."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.sbom.bom import Sort

PURPOSE: Mapping[Sort, str] = {
    Sort.MODEL: "model",
    Sort.APPLICATION: "application",
    Sort.FRAMEWORK: "framework",
    Sort.LIBRARY: "library",
    Sort.DATA: "data",
}
"""Software, SoftwarePurpose. A file's follows from its role."""

ROLE_PURPOSE: Mapping[str, str] = {
    "weight": "model",
    "weight.config": "configuration",
    "doc": "documentation",
    "dataset": "data",
}
"""What a file that somebody looked into is for. Code may be a source or a program."""

DATA_PURPOSE: Mapping[str, str] = {"configuration": "configuration", "source-code": "source"}
"""Kinds of data that are no datasets."""

SBOM_TYPE: Mapping[str, str] = {
    "design": "design",
    "pre-build": "source",
    "build": "build",
    "post-build": "analyzed",
    "operations": "deployed",
}
"""Software, SbomType, by the phase of the life cycle. Of any other phase it can be said that
the bill was made by looking at what was already built: `ANALYZED`."""

ANALYZED = "analyzed"

HASH: Mapping[str, str] = {
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "blake2b": "blake2b512",
    "blake3": "blake3",
}
"""Core, HashAlgorithm."""

CONFIDENTIALITY = frozenset({"clear", "green", "amber", "red"})
"""Dataset, ConfidentialityLevelType: the Traffic Light Protocol's."""

REFERENCE: Mapping[str, str] = {
    "adversary-model": "securityAdversaryModel",
    "advisories": "securityAdvisory",
    "attestation": "secureSoftwareAttestation",
    "build-meta": "buildMeta",
    "build-system": "buildSystem",
    "certification-report": "certificationReport",
    "chat": "chat",
    "component-analysis-report": "componentAnalysisReport",
    "distribution": "altDownloadLocation",
    "documentation": "documentation",
    "dynamic-analysis-report": "dynamicAnalysisReport",
    "exploitability-statement": "vulnerabilityExploitabilityAssessment",
    "issue-tracker": "issueTracker",
    "license": "license",
    "mailing-list": "mailingList",
    "model-card": "documentation",
    "pentest-report": "securityPenTestReport",
    "quality-metrics": "metrics",
    "release-notes": "releaseNotes",
    "risk-assessment": "riskAssessment",
    "runtime-analysis-report": "runtimeAnalysisReport",
    "security-contact": "securityPolicy",
    "social": "socialMedia",
    "source-distribution": "sourceArtifact",
    "static-analysis-report": "staticAnalysisReport",
    "support": "support",
    "threat-model": "securityThreatModel",
    "vcs": "vcs",
    "vulnerability-assertion": "vulnerabilityDisclosureReport",
    "website": "altWebPage",
}
"""Core, ExternalRefType. A kind that is not here is `other`, with the kind as a comment."""

VERBATIM = frozenset({"model-card", "security-contact"})
"""Kinds of reference for which SPDX's word says less: they stand in the comment as well."""

JUSTIFICATION: Mapping[str, str] = {
    "code_not_present": "vulnerableCodeNotPresent",
    "code_not_reachable": "vulnerableCodeNotInExecutePath",
    "protected_at_perimeter": "inlineMitigationsAlreadyExist",
    "protected_at_runtime": "inlineMitigationsAlreadyExist",
    "protected_by_compiler": "inlineMitigationsAlreadyExist",
    "protected_by_mitigating_control": "inlineMitigationsAlreadyExist",
}
"""Security, VexJustificationType. What a product would require is a justification that SPDX
does not have: it stands in the statement of impact."""

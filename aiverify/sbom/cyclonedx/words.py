"""The words that CycloneDX has for things. Other words are no words in it."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.sbom.cyclonedx.version import SpecVersion

HASHES: Mapping[str, str] = {
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
    "blake2b": "BLAKE2b-512",
    "blake3": "BLAKE3",
}
"""By the names that a digest has for its algorithm."""

PHASES = frozenset(
    {"design", "pre-build", "build", "post-build", "operations", "discovery", "decommission"}
)

DATA_KINDS = frozenset({"source-code", "configuration", "dataset", "definition", "other"})

APPROACHES = frozenset(
    {
        "supervised",
        "unsupervised",
        "reinforcement-learning",
        "semi-supervised",
        "self-supervised",
    }
)

METHODS = frozenset({"CVSSv2", "CVSSv3", "CVSSv31", "CVSSv4", "OWASP", "SSVC", "other"})

SEVERITIES = frozenset({"critical", "high", "medium", "low", "info", "none", "unknown"})

STATES = frozenset(
    {
        "resolved",
        "resolved_with_pedigree",
        "exploitable",
        "in_triage",
        "false_positive",
        "not_affected",
    }
)

JUSTIFICATIONS = frozenset(
    {
        "code_not_present",
        "code_not_reachable",
        "requires_configuration",
        "requires_dependency",
        "requires_environment",
        "protected_by_compiler",
        "protected_at_runtime",
        "protected_at_perimeter",
        "protected_by_mitigating_control",
    }
)

RESPONSES = frozenset({"can_not_fix", "will_not_fix", "update", "rollback", "workaround_available"})

_REFERENCES = frozenset(
    {
        "vcs",
        "issue-tracker",
        "website",
        "advisories",
        "bom",
        "mailing-list",
        "social",
        "chat",
        "documentation",
        "support",
        "source-distribution",
        "distribution",
        "distribution-intake",
        "license",
        "build-meta",
        "build-system",
        "release-notes",
        "security-contact",
        "model-card",
        "log",
        "configuration",
        "evidence",
        "formulation",
        "attestation",
        "threat-model",
        "adversary-model",
        "risk-assessment",
        "vulnerability-assertion",
        "exploitability-statement",
        "pentest-report",
        "static-analysis-report",
        "dynamic-analysis-report",
        "runtime-analysis-report",
        "component-analysis-report",
        "maturity-report",
        "certification-report",
        "codified-infrastructure",
        "quality-metrics",
        "poam",
        "electronic-signature",
        "digital-signature",
        "rfc-9116",
        "other",
    }
)

REFERENCES: Mapping[SpecVersion, frozenset[str]] = {
    SpecVersion.V1_6: _REFERENCES,
    SpecVersion.V1_7: _REFERENCES | {"citation", "patent", "patent-assertion", "patent-family"},
}


def among(word: str, words: frozenset[str], instead: str = "") -> str:
    """The word if it is one of them, and another for one that is not; empty stays empty."""
    return word if word in words else word and instead

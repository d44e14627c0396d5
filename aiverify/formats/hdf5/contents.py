"""What a walk through an HDF5 file brings together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from aiverify.core.facts import Tensor
from aiverify.core.finding import Finding, Severity
from aiverify.formats.interface import Part

MAX_FINDINGS = 100
"""Findings of one rule and weight that are kept; a hostile file could make millions. Those of
other rules are kept nevertheless, so that none can hide behind many harmless ones."""


@dataclass
class Contents:
    """What is found on the way. `texts` are those attributes that are asked for, by name."""

    tensors: list[Tensor] = field(default_factory=list)
    findings: dict[Finding, None] = field(default_factory=dict)
    counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    texts: dict[str, list[str]] = field(default_factory=dict)
    filters: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    unread: dict[str, None] = field(default_factory=dict)
    groups: int = 0
    attributes: int = 0
    soft_links: int = 0
    declared: int = 0
    """Bytes of datasets for which the file need not hold as many."""

    def found(self, finding: Finding) -> None:
        """Keep a finding, once, unless there are many like it already."""
        kind = (finding.rule, finding.severity)
        if finding not in self.findings and self.counts[kind] < MAX_FINDINGS:
            self.counts[kind] += 1
            self.findings[finding] = None

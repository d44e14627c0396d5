"""The finding for a file that breaks the rules of its format."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity
from aiverify.core.names import printable
from aiverify.formats.interface import Probe

MAX_MESSAGE = 500
"""Characters that are kept of a message: it may repeat what a hostile file says."""


def complaint(probe: Probe, message: str, severity: Severity | None = None) -> Finding:
    """A malformed file, by a message that may hold untrusted text."""
    kept = printable(message[:MAX_MESSAGE])
    return rules.contents.MALFORMED.found(kept, file=probe.name, severity=severity)

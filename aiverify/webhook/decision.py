"""What is answered to the API server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiverify.core.finding import Finding
from aiverify.core.report import Report, Verdict
from aiverify.webhook.extractors.interface import Found


@dataclass(frozen=True, slots=True)
class Judged:
    """One reference and what came of it.

    `digest` is the manifest or root digest that was judged, empty where none is known.
    `report` is the pipeline's, None where there was nothing to run it on. `cached` tells
    that it was decided before, `stale` that it is the last good verdict of a registry that is
    out of reach. `findings` is everything found about it, the report's among them.
    """

    found: Found
    verdict: Verdict
    digest: str = ""
    report: Report | None = None
    reason: str = ""
    cached: bool = False
    stale: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request.

    `message` is what the person sees who is refused: each reason with its rule, and the fix.
    `warnings` are shown to whoever asks, at most 120 characters each; `annotations` go into the
    API server's audit log.
    """

    allowed: bool
    message: str = ""
    warnings: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    code: int = 200

"""Rules about adapters and their base models."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

FIT = Rule(
    "AIV-ADAPTER-FIT",
    "An adapter does not fit its base",
    Severity.ERROR,
    "A tensor of the adapter finds no weight in the base that it could change.",
    "Use the base that the adapter was trained on.",
)

RULES: tuple[Rule, ...] = (FIT,)

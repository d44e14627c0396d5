"""Rules about configurations that make a loader run code."""

from __future__ import annotations

from aiverify.core.finding import Rule

RULES: tuple[Rule, ...] = ()

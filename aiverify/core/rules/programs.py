"""Rules about compiled programs."""

from __future__ import annotations

from aiverify.core.finding import Rule

RULES: tuple[Rule, ...] = ()

"""Rules about source code that comes with a model."""

from __future__ import annotations

from aiverify.core.finding import Rule

RULES: tuple[Rule, ...] = ()

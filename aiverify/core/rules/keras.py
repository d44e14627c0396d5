"""Rules about Keras models and HDF5 files."""

from __future__ import annotations

from aiverify.core.finding import Rule

RULES: tuple[Rule, ...] = ()

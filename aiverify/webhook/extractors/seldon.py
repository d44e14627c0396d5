"""Seldon Core: SeldonDeployment (version 1), whose graph nests, and Model (version 2)."""

from __future__ import annotations

from aiverify.webhook.extractors.declared import Declared, Rule, kinds

EXTRACTORS = (
    Declared(
        kinds("machinelearning.seldon.io", "SeldonDeployment"),
        rules=(Rule(".spec..modelUri"),),
        roots=(".spec",),
    ),
    Declared(
        kinds("mlops.seldon.io", "Model"), rules=(Rule(".spec.storageUri"),), roots=(".spec",)
    ),
)

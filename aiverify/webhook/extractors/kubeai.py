"""KubeAI's Model."""

from __future__ import annotations

from aiverify.webhook.extractors.declared import Declared, Rule, kinds
from aiverify.webhook.extractors.interface import What

EXTRACTORS = (
    Declared(
        kinds("kubeai.org", "Model"),
        rules=(Rule(".spec.url"), Rule(".spec.adapters[*].url", What.ADAPTER)),
        roots=(".spec",),
    ),
)

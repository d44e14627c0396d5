"""OME: base models, fine-tuned weights, and the services that use them."""

from __future__ import annotations

from aiverify.webhook.extractors.declared import ELSEWHERE, Declared, Rule, kinds
from aiverify.webhook.extractors.interface import What

GROUP = "ome.io"

EXTRACTORS = (
    Declared(
        kinds(GROUP, "BaseModel", "ClusterBaseModel"),
        rules=(Rule(".spec.storage.storageUri"),),
        roots=(".spec",),
    ),
    Declared(
        kinds(GROUP, "FineTunedWeight"),
        rules=(
            Rule(".spec.storage.storageUri", What.ADAPTER),
            Rule(".spec.baseModelRef.name", problem=ELSEWHERE),
        ),
        roots=(".spec",),
    ),
    Declared(
        kinds(GROUP, "InferenceService"),
        rules=(
            Rule(".spec.model.name", problem=ELSEWHERE),
            Rule(".spec.model.fineTunedWeights[*]", What.ADAPTER, problem=ELSEWHERE),
        ),
        roots=(".spec",),
    ),
)

"""KServe: InferenceService, LLMInferenceService, TrainedModel, caches and runtimes."""

from __future__ import annotations

from aiverify.webhook.extractors.declared import ELSEWHERE, Declared, Rule, kinds
from aiverify.webhook.extractors.interface import What

GROUP = "serving.kserve.io"

_PARTS = ("predictor", "transformer", "explainer")
_UNSEEN = "is in a place that only a Secret names; name it by storageUri"
_INTERNAL = (".spec.default", ".spec.canary")


def _component(part: str) -> tuple[Rule, ...]:
    return (
        Rule(f".spec.{part}.*.storageUri"),
        Rule(f".spec.{part}.storageUri"),
        Rule(f".spec.{part}.storageUris[*].uri"),
        Rule(f".spec.{part}.*.storageUris[*].uri"),
        Rule(f".spec.{part}.*.storage", problem=_UNSEEN),
    )


def _llm(workload: str = ".spec") -> tuple[Rule, ...]:
    return (
        Rule(f"{workload}.model.uri"),
        Rule(f"{workload}.model.lora.adapters[*].uri", What.ADAPTER),
    )


EXTRACTORS = (
    Declared(
        kinds(GROUP, "InferenceService"),
        rules=(
            *(rule for part in _PARTS for rule in _component(part)),
            Rule(".spec.predictor.model.storageUri"),
            *(Rule(f"{old}.{p}.*.storageUri") for old in _INTERNAL for p in _PARTS),
        ),
        roots=(".spec", *(f".spec.{part}" for part in _PARTS), ".spec.predictor.workerSpec"),
        is_kserve=True,
    ),
    Declared(
        kinds(GROUP, "LLMInferenceService", "LLMInferenceServiceConfig"),
        rules=(
            *_llm(),
            *_llm(".spec.prefill"),
            Rule(".spec.baseRefs[*].name", problem=ELSEWHERE),
        ),
        roots=(".spec", ".spec.template", ".spec.worker", ".spec.prefill"),
        is_kserve=True,
    ),
    Declared(
        kinds(GROUP, "TrainedModel"), rules=(Rule(".spec.model.storageUri"),), roots=(".spec",)
    ),
    Declared(
        kinds(GROUP, "LocalModelCache", "LocalModelNamespaceCache", "ClusterLocalModel"),
        rules=(Rule(".spec.sourceModelUri"),),
        roots=(".spec",),
    ),
    Declared(kinds(GROUP, "LocalModelNode"), rules=(Rule(".spec.localModels[*].sourceModelUri"),)),
    Declared(
        kinds(GROUP, "ServingRuntime", "ClusterServingRuntime", "ClusterStorageContainer"),
        roots=(".spec", ".spec.workerSpec", ".spec.container"),
        is_kserve=True,
    ),
)

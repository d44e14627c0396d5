"""KAITO: Workspace, whose members lie beside `metadata`, InferenceSet and RAGEngine."""

from __future__ import annotations

from aiverify.webhook.extractors.declared import ELSEWHERE, Declared, Rule, kinds
from aiverify.webhook.extractors.interface import What

_PRESET = "is a preset, and KAITO decides which model that is"


def _inference(above: str) -> tuple[Rule, ...]:
    at = f"{above}.inference"
    return (
        Rule(f"{at}.preset.name", problem=_PRESET),
        Rule(f"{at}.preset.presetOptions.image", scheme="image"),
        Rule(f"{at}.adapters[*].source.image", What.ADAPTER, "image"),
        Rule(f"{at}.adapters[*].source.urls[*]", What.ADAPTER),
        Rule(f"{at}.adapters[*].source.volumeSource", What.ADAPTER, problem=ELSEWHERE),
        Rule(f"{at}.config", problem=ELSEWHERE),
    )


EXTRACTORS = (
    Declared(
        kinds("kaito.sh", "Workspace"),
        rules=(
            *_inference(""),
            Rule(".tuning.preset.name", problem=_PRESET),
            Rule(".tuning.preset.presetOptions.image", scheme="image"),
        ),
        roots=(".inference", ".inference.template", ".inference.template.spec", ".tuning"),
    ),
    Declared(kinds("kaito.sh", "InferenceSet"), rules=_inference(".spec.template")),
    Declared(
        kinds("kaito.sh", "RAGEngine"),
        rules=(
            Rule(".spec.embedding.local.modelID", scheme="hf"),
            Rule(".spec.embedding.local.image", scheme="image"),
        ),
    ),
)

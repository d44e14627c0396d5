"""vLLM's production stack: VLLMRuntime and LoraAdapter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import paths, uris
from aiverify.webhook.extractors.declared import Declared, Rule, kinds
from aiverify.webhook.extractors.interface import Found, What

GROUP = "production-stack.vllm.ai"

_SCHEMES = {"huggingface": "hf", "hf": "hf", "s3": "s3", "gcs": "gs", "http": "https"}


def _adapter(document: Mapping[str, Json]) -> Iterator[Found]:
    """An adapter, whose type says how its name is to be read."""
    for spot in paths.walk(document, ".spec.adapterSource"):
        if spot.wrong or not isinstance(spot.value, Mapping):
            yield uris.doubtful("adapterSource", spot.pointer, What.ADAPTER, "is no object")
            continue
        source = spot.value
        kind = source.get("type")
        scheme = _SCHEMES.get(kind) if isinstance(kind, str) else None
        name = source.get("repository")
        if scheme is None or not isinstance(name, str):
            reason = "does not say by a type and a repository where its adapter is from"
            yield uris.doubtful("adapterSource", spot.pointer, What.ADAPTER, reason)
            continue
        yield uris.found(name, f"{spot.pointer}/repository", What.ADAPTER, scheme=scheme)


EXTRACTORS = (
    Declared(
        kinds(GROUP, "VLLMRuntime"),
        rules=(Rule(".spec.model.modelURL", scheme="hf"),),
        roots=(".spec",),
    ),
    Declared(
        kinds(GROUP, "LoraAdapter"),
        rules=(Rule(".spec.baseModel", scheme="hf"),),
        roots=(".spec",),
        code=_adapter,
    ),
)

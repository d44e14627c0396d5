"""Variables by which a pod has a model fetched from elsewhere than its URI says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json

VARIABLES: Mapping[str, frozenset[str]] = {
    "hf": frozenset({"HF_ENDPOINT", "HF_INFERENCE_ENDPOINT", "VLLM_USE_MODELSCOPE"}),
    "s3": frozenset(
        {
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_S3",
            "S3_ENDPOINT",
            "S3_ENDPOINT_URL",
            "RUNAI_STREAMER_S3_ENDPOINT",
        }
    ),
    "gs": frozenset({"STORAGE_EMULATOR_HOST", "GOOGLE_CLOUD_UNIVERSE_DOMAIN"}),
    "ngc": frozenset({"NGC_API_ENDPOINT", "NIM_REPOSITORY_OVERRIDE"}),
}
"""The variables by the scheme whose URIs they bend."""


def redirect(uri: str, document: Mapping[str, Json]) -> Finding | None:
    """Why a URI does not say where the model comes from, if some container has it so."""
    bending = VARIABLES.get(uri.partition("://")[0])
    if not bending:
        return None
    for name in _variables(document):
        if name in bending:
            message = f"the variable {name} has the model fetched from elsewhere"
            return rules.admission.UNRESOLVED.found(message)
    return None


def _variables(document: Mapping[str, Json]) -> Iterator[str]:
    """The names of all variables in an object, however deep its containers lie."""
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            env = value.get("env")
            if isinstance(env, list):
                names = (item.get("name") for item in env if isinstance(item, Mapping))
                yield from (name for name in names if isinstance(name, str))
            elif isinstance(env, Mapping):
                yield from (name for name in env if isinstance(name, str))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)

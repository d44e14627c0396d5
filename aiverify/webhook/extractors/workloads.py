"""Finding pods in whatever owns them: by their form, so that no owner has to be known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import podspec, uris
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.paths import MAX_DEPTH, pointer
from aiverify.webhook.extractors.podspec import HOLDERS, Around
from aiverify.webhook.extractors.variables import Budget

SOURCE = "/storage-initializer-sourceuri"
"""How the annotation ends by which KServe says what a pod is to load."""

_ALONE = ("command", "args", "extraArgs", "vllmArgs")
_SAYING = frozenset({"metadata", "status"})


@dataclass(frozen=True, slots=True)
class _Node:
    value: Json
    where: str
    depth: int
    around: Around


def extract(document: Mapping[str, Json], *, is_kserve: bool = False) -> Iterator[Found]:
    """Every reference in pods, containers and annotations of an object, at any depth."""
    budget = Budget()
    around = Around(served=is_kserve, is_kserve=is_kserve, is_told=is_kserve)
    is_pod = document.get("kind") == "Pod"
    waiting = [_Node(document, "", 0, around)]
    while waiting:
        node = waiting.pop()
        if node.depth > MAX_DEPTH:
            yield uris.doubtful("object", node.where, What.MODEL, "is nested too deep to be read")
        elif isinstance(node.value, Mapping):
            around = _around(node, served_by_annotation=not is_pod)
            yield from _of_object(node.value, node, around, budget)
            waiting += _below(node, around)
        elif isinstance(node.value, list):
            for index, value in enumerate(node.value):
                if isinstance(value, Mapping | list):
                    where = f"{node.where}/{index}"
                    waiting.append(_Node(value, where, node.depth + 1, node.around))


def _of_object(
    value: Mapping[str, Json], node: _Node, around: Around, budget: Budget
) -> Iterator[Found]:
    yield from _annotated(value.get("metadata"), f"{node.where}/metadata")
    if any(value.get(holder) is not None for holder in HOLDERS):
        yield from podspec.extract(value, node.where, around, budget)
    elif any(isinstance(value.get(key), list) for key in _ALONE) or _has_variables(value):
        yield from podspec.extract_container(value, node.where, around, budget)


def _has_variables(value: Mapping[str, Json]) -> bool:
    return any(isinstance(value.get(key), list | Mapping) for key in ("env", "env_vars"))


def _below(node: _Node, around: Around) -> Iterator[_Node]:
    assert isinstance(node.value, Mapping)
    for key, value in node.value.items():
        if key in HOLDERS or key == "metadata" or (not node.depth and key in _SAYING):
            continue
        if isinstance(value, Mapping | list):
            yield _Node(value, node.where + pointer(key), node.depth + 1, around)


def _around(node: _Node, *, served_by_annotation: bool) -> Around:
    value, around = node.value, node.around
    assert isinstance(value, Mapping)
    if isinstance(value.get("volumes"), list):
        around = replace(around, volumes=podspec.volumes_of(value["volumes"]))
    claims = value.get("volumeClaimTemplates")
    if isinstance(claims, list):
        names = frozenset(filter(None, map(_claim_name, claims)))
        around = replace(around, templates=around.templates | names)
    if served_by_annotation and next(_annotated(value.get("metadata"), ""), None):
        around = replace(around, served=True)
    return around


def _claim_name(claim: Json) -> str:
    said = claim.get("metadata") if isinstance(claim, Mapping) else None
    name = said.get("name") if isinstance(said, Mapping) else None
    return name if isinstance(name, str) else ""


def _annotated(metadata: Json, where: str) -> Iterator[Found]:
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping):
        return
    for name, value in annotations.items():
        if name.endswith(SOURCE) and value != "":
            place = f"{where}/annotations{pointer(name)}"
            if isinstance(value, str):
                yield uris.found(value, place)
            else:
                yield uris.doubtful("annotation", place, What.MODEL, "is no text")

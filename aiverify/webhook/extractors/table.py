"""The table of extractors, and what they find in an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiverify.core.admission import CustomResource
from aiverify.core.jsonvalue import Json
from aiverify.errors import UsageError
from aiverify.webhook.extractors import (
    kaito,
    kserve,
    kubeai,
    nim,
    ome,
    pods,
    production_stack,
    ray,
    seldon,
    uris,
    workloads,
)
from aiverify.webhook.extractors.declared import Declared, Rule, follow
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.variables import TooMuchError
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation

EXTRACTORS: tuple[Declared, ...] = (
    *pods.EXTRACTORS,
    *kserve.EXTRACTORS,
    *kubeai.EXTRACTORS,
    *kaito.EXTRACTORS,
    *nim.EXTRACTORS,
    *seldon.EXTRACTORS,
    *production_stack.EXTRACTORS,
    *ome.EXTRACTORS,
    *ray.EXTRACTORS,
)
"""Every extractor. A kind that none of them reads is still searched for pods."""

MAX_FOUND = 500
"""References that one object may have. One with more is refused."""

MAX_VALUES = 20_000
"""Values that an object may hold. One with more is refused: a pod has some hundred."""

_TEXTS = frozenset({("", "ConfigMap"), ("", "Secret"), ("", "Event"), ("events.k8s.io", "Event")})
"""Kinds that hold anything and run nothing."""


def extract(
    request: AdmissionRequest, resources: Sequence[CustomResource] = ()
) -> tuple[Found, ...]:
    """Every reference that the object of a request has, each once, in the order of the table.

    It raises nothing, whatever the object is. A subresource that cannot change what runs names
    nothing: `status`, and `scale`, whose object is a number of replicas.
    """
    document = request.object
    if document is None or request.operation is Operation.DELETE or _is_harmless(request):
        return ()
    if _is_large(document) and (request.kind.group, request.kind.kind) not in _TEXTS:
        return (_refused(f"holds more than {MAX_VALUES} values, and that is more than are read"),)
    found: dict[Found, None] = {}
    try:
        for item in _all(request.kind, document, resources):
            found[item] = None
            if len(found) > MAX_FOUND:
                reason = f"names more than {MAX_FOUND} artifacts, and that is more than are judged"
                return (*found, _refused(reason))
    except TooMuchError:
        return (*found, _refused("has more containers or commands than are read"))
    return tuple(found)


def extractors_of(kind: GroupVersionKind) -> tuple[Declared, ...]:
    """Those that read a kind."""
    return tuple(
        extractor
        for extractor in EXTRACTORS
        if any(
            (known.group, known.kind) == (kind.group, kind.kind)
            and known.version in ("*", kind.version)
            for known in extractor.kinds
        )
    )


def _refused(reason: str) -> Found:
    return uris.doubtful("object", "", What.MODEL, reason)


def _is_large(document: Mapping[str, Json]) -> bool:
    waiting: list[Json] = [document]
    count = 0
    while waiting and count <= MAX_VALUES:
        value = waiting.pop()
        if isinstance(value, Mapping):
            count += len(value)
            waiting += value.values()
        elif isinstance(value, list):
            count += len(value)
            waiting += value
    return count > MAX_VALUES


def _is_harmless(request: AdmissionRequest) -> bool:
    if request.subresource == "scale":
        return request.kind.kind == "Scale"
    return request.subresource == "status"


def _all(
    kind: GroupVersionKind, document: Mapping[str, Json], resources: Sequence[CustomResource]
) -> Iterator[Found]:
    reading = extractors_of(kind)
    for extractor in reading:
        yield from extractor.extract(document)
    if not reading and (kind.group, kind.kind) not in _TEXTS:
        yield from workloads.extract(document)
    for resource in resources:
        if (resource.group, resource.kind) == (kind.group, kind.kind):
            yield from _custom(document, resource)


def _custom(document: Mapping[str, Json], resource: CustomResource) -> Iterator[Found]:
    for path in resource.paths:
        rule = Rule(path, scheme=resource.scheme, revision=resource.revision)
        try:
            yield from follow(document, rule)
        except UsageError as error:
            reason = f"cannot be looked for, as the profile's path is none: {error.message}"
            yield uris.doubtful(path, "", What.MODEL, reason)

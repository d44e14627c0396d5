"""What of a request is judged at all, and what a denial comes to in its namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from aiverify.core.admission import Admission, Exemption
from aiverify.core.jsonvalue import Json, canonical
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.request import AdmissionRequest, Operation

Extract: TypeAlias = Callable[[AdmissionRequest], Sequence[Found]]

_BESIDE = ("metadata", "status")


def exemptions(
    request: AdmissionRequest, admission: Admission, now: datetime
) -> tuple[Exemption | None, tuple[Exemption, ...]]:
    """The exemption that covers a request, if one does, and those that did until they expired."""
    kind, user = request.kind.kind, request.user
    matching = [
        item
        for item in admission.exemptions
        if item.covers(request.namespace, kind, request.name, user.name, user.groups)
    ]
    valid = [item for item in matching if item.holds(now)]
    expired = tuple(item for item in matching if not item.holds(now))
    return (max(valid, key=lambda item: item.expires) if valid else None), expired


def changes_nothing(request: AdmissionRequest, found: Sequence[Found], extract: Extract) -> bool:
    """Whether an update leaves everything as it was but what is said of the object.

    An object whose model was denied since must still lose its finalizers, or it could never be
    deleted. Such an update changes metadata and status alone, and names the very same models.
    """
    old, new = request.old, request.object
    if request.operation is not Operation.UPDATE or not old or not new:
        return False
    if canonical(_body(new)) != canonical(_body(old)):
        return False
    return set(found) == set(extract(replace(request, object=old)))


def lacks_model(request: AdmissionRequest, found: Sequence[Found], admission: Admission) -> bool:
    """Whether something that runs containers names no model where the profile demands one."""
    if not admission.requires_model(request.namespace) or request.object is None:
        return False
    if any(item.what is not What.IMAGE for item in found):
        return False
    return _runs_something(request.object)


def _runs_something(document: Mapping[str, Json]) -> bool:
    waiting: list[Json] = [_body(document)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if value.get("containers"):
                return True
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


def _body(value: Mapping[str, Json]) -> dict[str, Json]:
    return {key: item for key, item in value.items() if key not in _BESIDE}

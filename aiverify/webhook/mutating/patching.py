"""Adding the container that verifies, and telling whether it is there and cannot be passed by.

Nothing of this looks at labels or annotations, or believes what has our names: the container is
made once more from the pod and the settings, and what is there must be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aiverify.core.jsonvalue import Json
from aiverify.webhook.decision import Decision
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.mutating import hazards, owners, targets
from aiverify.webhook.mutating.injection import (
    NAME,
    SCRATCH,
    Injection,
    container,
    is_ours,
    scratch,
)
from aiverify.webhook.mutating.pods import Place, Pod, Role, read
from aiverify.webhook.request import AdmissionRequest, Operation

_IN_INIT = re.compile(r"(/spec/initContainers/)(0|[1-9][0-9]{0,5})/")

_WARNING = 120
"""Characters that the API server shows of a warning for certain."""


def mutate(request: AdmissionRequest, injection: Injection) -> tuple[list[Json], Decision]:
    """The patch (RFC 6902) that makes a pod verify its volumes, and the answer, which is yes.

    Only a pod that is being created is changed. Where no container would help, there is no patch
    and a warning says why: whether the pod is admitted is for who validates it. Never raises.
    """
    document = request.object
    if request.operation is not Operation.CREATE or request.subresource or document is None:
        return [], Decision(allowed=True)
    plan = _plan(document, injection)
    if plan.reason:
        text = f"volumes are not verified on the node: {plan.reason}"
        short = text if len(text) <= _WARNING else text[: _WARNING - 3] + "..."
        return [], Decision(allowed=True, warnings=(short,))
    return plan.patch, Decision(allowed=True)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is done to a pod, what comes of it, and why it is of no use, if it is not."""

    patch: list[Json]
    result: Mapping[str, Json]
    reason: str = ""


def _plan(document: Mapping[str, Json], injection: Injection) -> _Plan:
    wanted = targets.places(document, injection)
    pod = read(targets.without_ours(document))
    if not wanted or pod is None:
        return _Plan([], document)
    reason = next(hazards.of_pod(pod, wanted), "")
    if reason or not _fault(document, wanted, injection):
        return _Plan([], document, reason)
    patch, result = _patch(document, pod, wanted, injection)
    fault = _fault(result, wanted, injection)
    return _Plan([], document, fault) if fault else _Plan(patch, result)


def verified_by_node(
    document: Mapping[str, Json],
    found: Found,
    injection: Injection | None = None,
    *,
    old: Mapping[str, Json] | None = None,
) -> bool:
    """Whether a reference's files are verified on the node before anything uses them.

    As `why_not`, which says in words what this does not.
    """
    return not why_not(document, found, injection, old=old)


def why_not(
    document: Mapping[str, Json],
    found: Found,
    injection: Injection | None = None,
    *,
    old: Mapping[str, Json] | None = None,
) -> str:
    """Why a reference is not verified on the node, as a part of a sentence; empty where it is.

    The document is a pod that has the injected container, exactly, in its place; or what makes
    pods, where each of these will have it. `old` is what it was before an update: a pod that
    stays what it was, container by container and volume by volume, is not to be judged anew by
    settings that have changed since. Never raises.
    """
    if injection is None:
        return "no container is injected that verifies volumes"
    made = owners.pod_of(document, found)
    if made is not None:
        plan = _plan(made[0], injection)
        moved = _moved(made[1], made[0], plan.result)
        return plan.reason or why_not(plan.result, moved, injection)
    if owners.makes_pods_later(document, found):
        return ""
    if old is not None and _is_kept(document, old):
        return _why_not_beside(document, found, old, injection)
    pod = read(document)
    wanted = targets.places(document, injection)
    if pod is None or targets.resolve(pod, found, injection) not in wanted:
        return "it cannot be told where on the pod's volumes it lies"
    return (
        next(hazards.of_pod(pod, wanted), "")
        or _used_before(document, found)
        or _fault(document, wanted, injection)
    )


def _why_not_beside(
    document: Mapping[str, Json], found: Found, old: Mapping[str, Json], injection: Injection
) -> str:
    """The same for a pod that stays as it is, but for ephemeral containers that come to it.

    What it had when it was created was judged then, and by the settings of that time.
    """
    pod = read(document)
    wanted = targets.places(document, injection)
    if pod is None or targets.resolve(pod, found, injection) not in wanted:
        return "it cannot be told where on the pod's volumes it lies"
    if not any(targets.is_named(item, NAME) for item in _listed(old, Role.INIT.value)):
        return f"it has no init container {NAME}, and a pod is given none once it is created"
    if _listed(document, Role.EPHEMERAL.value) == _listed(old, Role.EPHEMERAL.value):
        return ""
    return next(hazards.of_pod(pod, wanted), "") or next(hazards.of_order(pod, wanted), "")


def _moved(found: Found, before: Mapping[str, Json], after: Mapping[str, Json]) -> Found:
    """A reference with the index that its init container has beside the injected one."""
    index = _init_index(found)
    one, other = _listed(before, Role.INIT.value), _listed(after, Role.INIT.value)
    if index is None or index >= len(one):
        return found
    at = next((new for new, item in enumerate(other) if item is one[index]), index)
    return replace(found, where=_IN_INIT.sub(rf"\g<1>{at}/", found.where, count=1))


def _init_index(found: Found) -> int | None:
    """Which init container a reference stands in."""
    inside = _IN_INIT.match(found.where)
    return int(inside[2]) if inside else None


def _fault(document: Mapping[str, Json], wanted: Sequence[Place], injection: Injection) -> str:
    """What is wrong with the injected container or its place. The first fault is said."""
    pod = read(document)
    if pod is None:
        return "the pod cannot be read"
    expected = container(injection, targets.mounted(pod, wanted))
    mine = [item for item in _listed(document, Role.INIT.value) if targets.is_named(item, NAME)]
    if not mine:
        return f"it has no init container {NAME}, which is injected when a pod is created"
    if len(mine) > 1 or not is_ours(mine[0], expected):
        return f"its init container {NAME} is not the one that is injected"
    volumes = [item for item in _listed(document, "volumes") if targets.is_named(item, SCRATCH)]
    if volumes != [scratch()]:
        return f"its volume {SCRATCH} is not the one that is injected"
    return next(hazards.of_order(pod, wanted), "")


def _used_before(document: Mapping[str, Json], found: Found) -> str:
    """An init container that names a model on a volume must not run before it is verified."""
    index = _init_index(found)
    if index is None or not found.uri.startswith(_USED):
        return ""
    ours = [targets.is_named(item, NAME) for item in _listed(document, Role.INIT.value)]
    if True in ours and index < ours.index(True):
        return f"an init container before {NAME} names it; run what uses a model after that"
    return ""


_USED = ("pvc://", "file://", "/")
"""How what an init container uses begins; what it downloads begins otherwise."""


def _patch(
    document: Mapping[str, Json], pod: Pod, wanted: Sequence[Place], injection: Injection
) -> tuple[list[Json], dict[str, Json]]:
    """The operations in their order, and what they make of a pod, which is `pod` without ours."""
    plain = targets.without_ours(document)
    spec = plain.get("spec")
    ours = container(injection, targets.mounted(pod, wanted))
    at = hazards.place_for(pod, wanted)
    others = _listed(plain, Role.INIT.value)
    volumes = [*_listed(plain, "volumes"), scratch()]
    inits = [*others[:at], ours, *others[at:]]
    patch = [
        *_operations(document, "volumes", SCRATCH, volumes),
        *_operations(document, Role.INIT.value, NAME, inits),
    ]
    members = spec if isinstance(spec, Mapping) else {}
    return patch, {**plain, "spec": {**members, "volumes": volumes, Role.INIT.value: inits}}


def _operations(
    document: Mapping[str, Json], key: str, name: str, result: Sequence[Json]
) -> Iterator[Json]:
    """What takes away the items of our name, the last one first, and adds ours in its place."""
    spec = document.get("spec")
    listed = spec.get(key) if isinstance(spec, Mapping) else None
    if not isinstance(listed, list):
        yield {"op": "add", "path": f"/spec/{key}", "value": list(result)}
        return
    at = next(index for index, item in enumerate(result) if targets.is_named(item, name))
    old = [index for index, item in enumerate(listed) if targets.is_named(item, name)]
    if old == [at]:
        if listed[at] != result[at]:
            yield {"op": "replace", "path": f"/spec/{key}/{at}", "value": result[at]}
        return
    for index in reversed(old):
        yield {"op": "remove", "path": f"/spec/{key}/{index}"}
    yield {"op": "add", "path": f"/spec/{key}/{at}", "value": result[at]}


def _is_kept(document: Mapping[str, Json], old: Mapping[str, Json]) -> bool:
    """Whether a pod has the same containers and volumes as before, but for ephemeral ones."""
    one, other = document.get("spec"), old.get("spec")
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    keys = ("initContainers", "containers", "volumes", "shareProcessNamespace", "hostPID", "os")
    same = all(one.get(key) == other.get(key) for key in keys)
    return same and read(document) is not None and read(old) is not None


def _listed(document: Mapping[str, Json], key: str) -> list[Json]:
    spec = document.get("spec")
    found = spec.get(key) if isinstance(spec, Mapping) else None
    return list(found) if isinstance(found, list) else []

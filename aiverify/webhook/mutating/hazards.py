"""What in a pod undoes a verification: files that change after it, or are used before it.

Each reason is a part of a sentence that names the container and ends with the fix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiverify.core.names import printable
from aiverify.webhook.mutating.injection import NAME, SCRATCH
from aiverify.webhook.mutating.pods import (
    HOST,
    Container,
    Mount,
    Place,
    Pod,
    Role,
    below,
    lies_in,
    related,
)


def of_pod(pod: Pod, wanted: Sequence[Place]) -> Iterator[str]:
    """What no order of the init containers mends."""
    if pod.windows:
        yield "it is a pod for Windows, where volumes cannot be verified; use an oci:// reference"
    if pod.shares_processes:
        yield (
            "its containers share processes, so one could stop or change the verification; "
            "remove shareProcessNamespace and hostPID"
        )
    for container in pod.containers:
        if container.name != NAME:
            yield from _of_container(pod, container, wanted)


def of_order(pod: Pod, wanted: Sequence[Place]) -> Iterator[str]:
    """What of the order is wrong, in a pod that has the injected container."""
    ours = next((item.index for item in pod.init if item.name == NAME), len(pod.init))
    for container in pod.containers:
        if container.name == NAME:
            continue
        shown = printable(container.name)
        first = container.role is Role.INIT and container.index < ours
        passing = first and not container.stays
        if not passing and writes(pod, container, wanted):
            yield (
                f"the container {shown} may write to the volume after it was verified; set "
                "readOnly: true at its volumeMounts"
            )
        elif first and uses(pod, container, wanted) and container.stays:
            yield f"the container {shown} has the volume before it is verified; put it after {NAME}"
        elif passing and uses(pod, container, wanted) and not writes(pod, container, wanted):
            yield f"the container {shown} reads the volume before {NAME} verified it"


def place_for(pod: Pod, wanted: Sequence[Place]) -> int:
    """Where in the init containers the injected one belongs: after the last that writes.

    What downloads a model has to come before, and what reads it after. `pod` is without it.
    """
    writers = [item.index for item in pod.init if not item.stays and writes(pod, item, wanted)]
    return max(writers) + 1 if writers else 0


def uses(pod: Pod, container: Container, wanted: Sequence[Place]) -> bool:
    """Whether a container has anything of what is verified."""
    return any(_touches(pod, mount, place) for mount in container.mounts for place in wanted)


def writes(pod: Pod, container: Container, wanted: Sequence[Place]) -> bool:
    """Whether a container may change what is verified.

    Somewhere else in the same source is no other place, for a link can lead there; and on the
    node lies everything.
    """
    sources = {place.source for place in wanted}
    for mount in container.mounts:
        shown = pod.shown(mount)
        if shown and not mount.read_only and (shown.source in sources or shown.source == HOST):
            return True
    return False


def _touches(pod: Pod, mount: Mount, place: Place) -> bool:
    shown = pod.shown(mount)
    if shown is None or shown.source != place.source:
        return False
    return shown.source != HOST or related(shown.path, place.path)


def _of_container(pod: Pod, container: Container, wanted: Sequence[Place]) -> Iterator[str]:
    shown = printable(container.name)
    if container.powerful:
        yield (
            f"the container {shown} is privileged or has the capability SYS_ADMIN, and could write "
            "to what is mounted read-only"
        )
    if container.target == NAME:
        yield f"the container {shown} targets {NAME}, and could change the verification"
    named = {mount.volume for mount in container.mounts} | {name for name, _ in container.devices}
    if SCRATCH in named:
        yield f"the container {shown} mounts {SCRATCH}, which only {NAME} may use"
    for name, _ in container.devices:
        volume = pod.volumes.get(name)
        if volume is None or volume.source in {place.source for place in wanted}:
            yield f"the container {shown} has the volume {printable(name)} as a raw device"
    for mount in container.mounts:
        for place in wanted:
            yield from _of_mount(pod, container, mount, place)


def _of_mount(pod: Pod, container: Container, mount: Mount, place: Place) -> Iterator[str]:
    shown, volume = printable(container.name), printable(mount.volume)
    found = pod.shown(mount)
    if found is None:
        yield f"the container {shown} mounts the volume {volume}, which the pod does not have"
    elif found.source == place.source and mount.varies:
        yield (
            f"the container {shown} mounts {volume} with subPathExpr, so what it uses cannot be "
            "told; write subPath"
        )
    elif found.source == place.source and mount.spreads:
        yield f"the container {shown} mounts {volume} with mountPropagation; remove it"
    elif _is_covered(pod, container, mount, place):
        yield f"the container {shown} mounts something else over what is verified in {volume}"


def _is_covered(pod: Pod, container: Container, mount: Mount, place: Place) -> bool:
    """Whether another mount hides a part of what is verified, or leads elsewhere in its stead."""
    if not _touches(pod, mount, place):
        return False
    shown = pod.shown(mount)
    assert shown
    inside = lies_in(place.path, shown.path)
    rest = place.path[len(shown.path.rstrip("/")) :] if inside else ""
    called = below(mount.path, rest)
    others = [item.path for item in container.mounts if item is not mount]
    others += [path for _, path in container.devices]
    return any(lies_in(path, mount.path) and related(path, called) for path in others)

"""From a reference to the files on a volume, and from a pod to all that is to be verified."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.mutating.injection import NAME, SCRATCH, Injection, Mounted
from aiverify.webhook.mutating.pods import (
    HOST,
    Container,
    Mount,
    Place,
    Pod,
    Role,
    Volume,
    absolute,
    below,
    lies_in,
    read,
)
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation

POD = GroupVersionKind("", "v1", "Pod")

_LASTING = frozenset({"persistentVolumeClaim", "hostPath", "emptyDir"})
"""Volumes whose bytes change only where somebody mounts them writable."""

_IN_CONTAINER = re.compile(
    r"/spec/(initContainers|containers|ephemeralContainers)/(0|[1-9][0-9]{0,5})/(.+)"
)
_UNCHECKED = "is on an empty volume, and what fills it is not checked"
"""What extractors say of a path that an init container may fill with anything."""

_REPLICATED = "is on a claim that is made for each replica"
"""What they say of one in the template of a StatefulSet, whose pods have that claim."""

_ARGUMENT = re.compile(r"args/(0|[1-9][0-9]{0,5})")


def without_ours(document: Mapping[str, Json]) -> dict[str, Json]:
    """A pod without what is injected into it, by name."""
    spec = document.get("spec")
    if not isinstance(spec, Mapping):
        return dict(document)
    plain = dict(spec)
    for key, name in ((Role.INIT.value, NAME), ("volumes", SCRATCH)):
        listed = spec.get(key)
        if isinstance(listed, list):
            plain[key] = [item for item in listed if not is_named(item, name)]
    return {**document, "spec": plain}


def is_named(item: Json, name: str) -> bool:
    """Whether an item of a list has a name."""
    return isinstance(item, Mapping) and item.get("name") == name


def places(document: Mapping[str, Json], injection: Injection) -> tuple[Place, ...]:
    """Everything in a pod that its injected container has to verify, sorted.

    What it has by our names is not looked at, so the same pod has the same places before and
    after.
    """
    plain = without_ours(document)
    pod = read(plain)
    if pod is None:
        return ()
    resolved = (resolve(pod, found, injection) for found in references(plain))
    return tuple(sorted({place for place in resolved if place}, key=_order))


def _order(place: Place) -> tuple[str, str]:
    return place.source, place.path


def references(document: Mapping[str, Json]) -> tuple[Found, ...]:
    """What the extractors find in a pod."""
    from aiverify.webhook.extractors.table import extract

    return extract(AdmissionRequest("", POD, Operation.CREATE, document))


def mounted(pod: Pod, wanted: Sequence[Place]) -> tuple[Mounted, ...]:
    """Which volumes have those places, and the paths there."""
    paths: dict[str, list[str]] = {}
    for place in wanted:
        volume = _holding(pod, place)
        if volume:
            paths.setdefault(volume.name, []).append(_relative(place.path, volume.root))
    return tuple(Mounted(name, tuple(found)) for name, found in paths.items())


def _holding(pod: Pod, place: Place) -> Volume | None:
    for volume in pod.volumes.values():
        if volume.source == place.source and lies_in(place.path, volume.root):
            return volume
    return None


def _relative(path: str, root: str) -> str:
    return "" if path == root else posixpath.relpath(path, root)


def resolve(pod: Pod, found: Found, injection: Injection) -> Place | None:
    """Where the files of a reference lie; None where that is not told for certain.

    Extractors follow a path in a container through its mounts: `pvc://` and `file://` are what
    the claim and the node have, and not what the container calls it.
    """
    inside = _IN_CONTAINER.fullmatch(found.where)
    container = _container(pod, inside) if inside else None
    if found.what is What.IMAGE or (inside and container is None):
        return None
    scheme, mark, rest = found.uri.partition("://")
    if ".." in rest.split("/"):
        return None
    if found.problem:
        place = _doubted(pod, container, found, injection) if container else None
    elif mark and scheme == "pvc":
        claim, _, path = rest.partition("/")
        place = _mounted(pod, Place(f"claim:{claim}", absolute(path)), container)
    elif mark and scheme == "file":
        place = _mounted(pod, Place(HOST, absolute(rest)), container)
    elif mark and injection.downloads and container and inside:
        place = _downloaded(pod, container, inside[3])
    else:
        place = None
    return place if place and _holding(pod, place) else None


def _container(pod: Pod, where: re.Match[str]) -> Container | None:
    for item in pod.containers:
        if item.role.value == where[1] and item.index == int(where[2]):
            return item
    return None


def _mounted(pod: Pod, place: Place, container: Container | None) -> Place | None:
    """A place that the container which names it mounts. Elsewhere nobody knows who uses it."""
    if container is None:
        return place
    return place if any(_shows(pod, mount, place) for mount in container.mounts) else None


def _shows(pod: Pod, mount: Mount, place: Place) -> bool:
    shown = pod.shown(mount)
    return bool(shown and shown.source == place.source and lies_in(place.path, shown.path))


def _doubted(pod: Pod, container: Container, found: Found, injection: Injection) -> Place | None:
    """A path that is in doubt only for what is on the volume, as the container has it."""
    if not _is_plain(found.uri):
        return None
    place = _innermost(pod, container, absolute(found.uri))
    volume = _holding(pod, place) if place else None
    if found.problem.endswith(_UNCHECKED) and injection.downloads:
        return place if volume and volume.kind == "emptyDir" else None
    if found.problem.endswith(_REPLICATED):
        return place if volume and volume.kind == "persistentVolumeClaim" else None
    return None


def _innermost(pod: Pod, container: Container, path: str) -> Place | None:
    """What a container finds at a path: what the mount shows that reaches furthest down."""
    over = [mount for mount in container.mounts if lies_in(path, mount.path)]
    if not over:
        return None
    mount = max(over, key=lambda item: len(item.path))
    shown = pod.shown(mount)
    if shown is None or mount.varies:
        return None
    return replace(shown, path=below(shown.path, _relative(path, mount.path)))


def _downloaded(pod: Pod, container: Container, member: str) -> Place | None:
    """Where KServe's own container puts what it downloads: its arguments are pairs.

    Any other could use what it names instead.
    """
    found = _ARGUMENT.fullmatch(member)
    args, index = container.args, int(found[1]) if found else 0
    if not found or container.stays or not container.initializes or index + 1 >= len(args):
        return None
    if index % 2 or len(args) % 2 or not all(_is_plain(path) for path in args[1::2]):
        return None
    place = _innermost(pod, container, absolute(args[index + 1]))
    volume = _holding(pod, place) if place else None
    return place if volume and volume.kind in _LASTING else None


def _is_plain(path: str) -> bool:
    return path.startswith("/") and ".." not in path.split("/") and "$" not in path

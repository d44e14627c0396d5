"""A pod as far as its volumes go: who mounts what, where, and whether they may write."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from aiverify.core.fields import Fields, Shape
from aiverify.core.jsonvalue import Json

HOST = "host"
"""The source of all that lies on the node."""

_ESCAPES = frozenset({"ALL", "SYS_ADMIN"})
"""Capabilities that make a writable mount of one that is not."""

_WORDS = Shape(
    "a list of strings",
    lambda value: isinstance(value, list | tuple) and all(isinstance(w, str) for w in value),
)


class Role(StrEnum):
    """In which list a container stands."""

    INIT = "initContainers"
    MAIN = "containers"
    EPHEMERAL = "ephemeralContainers"


@dataclass(frozen=True, slots=True)
class Place:
    """Where files lie, whatever a container calls it.

    `source` is the claim, the node or the pod's own volume, and `path` is absolute in it.
    """

    source: str
    path: str


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of a pod. `root` is the path in its source that it shows."""

    name: str
    kind: str
    source: str
    root: str = "/"


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container. `sub` is absolute in the volume.

    `varies` says that the path in the volume depends on the environment, `spreads` that what is
    mounted below it later on the one side is seen on the other.
    """

    volume: str
    path: str
    sub: str = "/"
    read_only: bool = False
    varies: bool = False
    spreads: bool = False


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod.

    `stays` says of one that initializes that it runs on, `powerful` that it may mount what it
    likes, `initializes` that it is the one that downloads models for KServe. `target` is the
    container whose processes it sees.
    """

    role: Role
    index: int
    name: str
    mounts: tuple[Mount, ...]
    devices: tuple[tuple[str, str], ...]
    stays: bool
    powerful: bool
    target: str
    args: tuple[str, ...]
    initializes: bool


@dataclass(frozen=True, slots=True)
class Pod:
    """What of a pod bears on its volumes."""

    volumes: Mapping[str, Volume]
    containers: tuple[Container, ...]
    windows: bool
    shares_processes: bool

    @property
    def init(self) -> tuple[Container, ...]:
        """The containers that initialize it, in their order."""
        return tuple(item for item in self.containers if item.role is Role.INIT)

    def shown(self, mount: Mount) -> Place | None:
        """What a mount shows; None where the pod has no such volume."""
        volume = self.volumes.get(mount.volume)
        return Place(volume.source, below(volume.root, mount.sub)) if volume else None


def below(root: str, path: str) -> str:
    """A path in a directory, both absolute, as one."""
    return absolute(f"{root}/{path}")


def absolute(path: str) -> str:
    """A path from the root, without doubled slashes and dots."""
    return posixpath.normpath("/" + path.lstrip("/"))


def lies_in(path: str, directory: str) -> bool:
    """Whether a path is a directory, or lies below it."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def related(one: str, other: str) -> bool:
    """Whether one of two paths is the other, or lies below it."""
    return lies_in(one, other) or lies_in(other, one)


def read(document: Mapping[str, Json]) -> Pod | None:
    """Read a pod, or None where it is none or a member that matters is not what it should be."""
    if document.get("apiVersion") != "v1" or document.get("kind") != "Pod":
        return None
    top = Fields(document, "/")
    spec = top.inner("spec")
    name = top.inner("metadata").text("name")
    volumes = [_volume(item, name) for item in spec.each("volumes")]
    containers = tuple(
        _container(item, role, index)
        for role in Role
        for index, item in enumerate(spec.each(role.value))
    )
    shares = bool(spec.flag("shareProcessNamespace")) or bool(spec.flag("hostPID"))
    windows = _is_windows(spec)
    names = [item.name for item in containers]
    known = {item.name: item for item in volumes if item}
    whole = len(known) == len(volumes) and len(set(names)) == len(names) and "" not in names
    if top.warnings or not whole or not all(_is_plain(item) for item in containers):
        return None
    return Pod(known, containers, windows, shares)


def _is_windows(spec: Fields) -> bool:
    selector = spec.inner("nodeSelector").members
    systems = (spec.inner("os").text("name"), selector.get("kubernetes.io/os"))
    return any(isinstance(item, str) and item.lower() == "windows" for item in systems)


def _volume(found: Fields, pod: str) -> Volume | None:
    """A volume, or None where it has no name, or nothing or more than one thing in it.

    An ephemeral one is a claim that has the pod's name, which another volume may name too.
    """
    name = found.text("name")
    kinds = [key for key, value in found.members.items() if key != "name" and value is not None]
    if not name or len(kinds) != 1:
        return None
    kind = kinds[0]
    inside = found.inner(kind)
    if kind == "persistentVolumeClaim":
        claim = inside.text("claimName")
        return Volume(name, kind, f"claim:{claim}") if claim else None
    if kind == "hostPath":
        path = inside.text("path")
        return Volume(name, kind, HOST, absolute(path)) if path.startswith("/") else None
    own = kind == "ephemeral" and pod
    return Volume(name, kind, f"claim:{pod}-{name}" if own else f"volume:{name}")


def _container(found: Fields, role: Role, index: int) -> Container:
    security = found.inner("securityContext")
    added = security.inner("capabilities").texts("add")
    restarts = found.text("restartPolicy")
    return Container(
        role,
        index,
        found.text("name"),
        tuple(_mount(item) for item in found.each("volumeMounts")),
        tuple((d.text("name"), d.text("devicePath")) for d in found.each("volumeDevices")),
        stays=restarts not in ("", "Never", "OnFailure"),
        powerful=bool(security.flag("privileged"))
        or any(item.upper().removeprefix("CAP_") in _ESCAPES for item in added),
        target=found.text("targetContainerName"),
        args=_args(found),
        initializes=role is Role.INIT and _is_initializer(found),
    )


def _is_initializer(found: Fields) -> bool:
    image = found.text("image").partition("@")[0].rpartition("/")[2].partition(":")[0]
    own = found.text("name") == image == "storage-initializer"
    return own and not found.members.get("command")


def _args(found: Fields) -> tuple[str, ...]:
    value = found.take("args", _WORDS)
    return tuple(cast("list[str]", value)) if value else ()


def _mount(found: Fields) -> Mount:
    return Mount(
        found.text("name"),
        absolute(found.text("mountPath")) if found.text("mountPath") else "",
        _sub(found.text("subPath")),
        bool(found.flag("readOnly")),
        bool(found.text("subPathExpr")),
        found.text("mountPropagation") not in ("", "None"),
    )


def _sub(text: str) -> str:
    """A path below a volume's root, or an empty text where it could lead out of it."""
    if text.startswith("/") or ".." in text.split("/"):
        return ""
    return absolute(text)


def _is_plain(container: Container) -> bool:
    return all(mount.volume and mount.path and mount.sub for mount in container.mounts)


def mounts_of(pod: Pod, source: str) -> Iterator[tuple[Container, Mount]]:
    """Every mount of a source, with the container that has it."""
    for container in pod.containers:
        for mount in container.mounts:
            shown = pod.shown(mount)
            if shown and shown.source == source:
                yield container, mount

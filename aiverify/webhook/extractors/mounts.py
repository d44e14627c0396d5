"""Where a path in a container leads: through its mounts to the volumes of its pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import uris
from aiverify.webhook.extractors.shell import UNKNOWN
from aiverify.webhook.extractors.uris import DoubtError
from aiverify.webhook.extractors.variables import Environment

MAX_MOUNTS = 256
"""Mounts of one container that are followed."""

MODELPACK = "model.csi.modelpack.org/reference"
"""What the CSI driver of ModelPack is told to mount."""


class Kind(StrEnum):
    """What lies where a path leads."""

    URI = "uri"
    SAID = "said"
    """A volume that names an artifact itself, which is found there."""
    EMPTY = "empty"
    """A volume that is empty when its pod starts."""
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Led:
    """What a path leads to. `text` is the URI, the volume's name, or why it cannot be told."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container. `below` is the path within the volume."""

    path: str
    volume: str
    below: str
    read_only: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Mounts:
    """The mounts of a container by their paths, and pointers to those that cannot be read."""

    by_path: Mapping[str, Mount] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()

    def covering(self, path: str) -> Mount | None:
        """The mount that a path lies in, which is the deepest one."""
        parts = path.split("/")
        for end in range(len(parts), 0, -1):
            mount = self.by_path.get("/".join(parts[:end]) or "/")
            if mount:
                return mount
        return None

    def within(self, path: str) -> Iterator[Mount]:
        """The mounts that lie in a directory."""
        start = path.rstrip("/") + "/"
        return (m for m in self.by_path.values() if m.path.startswith(start) and m.path != path)


def read(container: Mapping[str, Json], where: str, environment: Environment) -> Mounts:
    """The mounts that a container states."""
    stated = container.get("volumeMounts")
    place = f"{where}/volumeMounts"
    if stated is None:
        return Mounts()
    if not isinstance(stated, list) or len(stated) > MAX_MOUNTS:
        return Mounts(wrong=(place,))
    by_path: dict[str, Mount] = {}
    wrong: list[str] = []
    for index, item in enumerate(stated):
        mount = _mount(item, environment)
        if mount is None or mount.path in by_path:
            wrong.append(f"{place}/{index}")
        else:
            by_path[mount.path] = mount
    return Mounts(by_path, tuple(wrong))


def lead(mount: Mount, path: str, volume: Json, templates: frozenset[str]) -> Led:
    """What a path in a mount leads to. `templates` are names of claims that are made for it."""
    if mount.problem:
        return Led(Kind.DOUBT, mount.problem)
    if volume is None and mount.volume in templates:
        return Led(Kind.DOUBT, "is on a claim that is made for each replica")
    if not isinstance(volume, Mapping):
        return Led(Kind.DOUBT, f"is on the volume {mount.volume}, which is not in the object")
    rest = path[len(mount.path.rstrip("/")) :]
    below = "/".join(part for part in (mount.below, rest.strip("/")) if part)
    kinds = [key for key, value in volume.items() if key != "name" and value is not None]
    if len(kinds) > 1:
        return Led(Kind.DOUBT, f"is on the volume {mount.volume}, which is of two kinds")
    kind = kinds[0] if kinds else "emptyDir"
    return _by_kind(kind, volume.get(kind), below, mount)


def _by_kind(kind: str, source: Json, below: str, mount: Mount) -> Led:
    said = source if isinstance(source, Mapping) else {}
    if kind == "emptyDir":
        return Led(Kind.EMPTY, mount.volume)
    if kind == "image":
        return Led(Kind.SAID, mount.volume)
    if kind == "csi" and _is_modelpack(said):
        return Led(Kind.SAID, mount.volume)
    if kind == "persistentVolumeClaim":
        return _uri(f"pvc://{_text(said.get('claimName'))}/{below}")
    if kind == "hostPath":
        host = _text(said.get("path"))
        return _uri(f"file://{host.rstrip('/')}/{below}")
    return Led(Kind.DOUBT, f"is on a volume of the kind {kind}, which holds nothing that is signed")


def _is_modelpack(source: Mapping[str, Json]) -> bool:
    attributes = source.get("volumeAttributes")
    return isinstance(attributes, Mapping) and attributes.get(MODELPACK) is not None


def _uri(text: str) -> Led:
    try:
        return Led(Kind.URI, uris.read(text).text)
    except DoubtError as doubt:
        return Led(Kind.DOUBT, f"is on a volume that {doubt}")


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _mount(item: Json, environment: Environment) -> Mount | None:
    if not isinstance(item, Mapping):
        return None
    name, path = item.get("name"), item.get("mountPath")
    if not isinstance(name, str) or not isinstance(path, str):
        return None
    try:
        path = uris.plain_path(path if path.startswith("/") else f"/{path}")
    except DoubtError:
        return None
    below, problem = _below(item, environment)
    return Mount(path, name, below, item.get("readOnly") is True, problem)


def _below(item: Mapping[str, Json], environment: Environment) -> tuple[str, str]:
    expression = item.get("subPathExpr")
    text = expression if expression else item.get("subPath")
    if text is None or text == "":
        return "", ""
    if not isinstance(text, str):
        return "", "is on a volume whose subPath is no text"
    text = environment.expand(text) if expression else text
    if UNKNOWN in text:
        return "", "is on a volume whose subPath comes from what is not in the object"
    try:
        return uris.plain_path(f"/{text}").strip("/"), ""
    except DoubtError as doubt:
        return "", f"is on a volume whose subPath {doubt}"

"""A pod's specification: its volumes, its containers, and where the paths in them lead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aiverify.core.jsonvalue import Json
from aiverify.webhook.extractors import containers, filling, mounts, uris
from aiverify.webhook.extractors.containers import Container
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.mounts import MODELPACK, Kind, Led
from aiverify.webhook.extractors.named import NOT_TOLD, Named
from aiverify.webhook.extractors.options import CACHE, HOME, Form
from aiverify.webhook.extractors.uris import DoubtError, doubtful, found_image
from aiverify.webhook.extractors.variables import Budget

MAX_CACHES = 16
"""Caches that one container may have."""

HOLDERS = ("initContainers", "containers", "ephemeralContainers")

MODELS = "/mnt/models"
"""Where KServe puts what `storageUri` names."""

_WEIGHTS = re.compile(r".*\.(?:gguf|ggml|safetensors|bin|pt|pth|onnx|engine|llamafile)", re.DOTALL)
_DIRECTORIES = ("/", "/vllm-workspace", "/workspace", "/app", "/sgl-workspace", "/usr/src")
"""Where servers' images start, so that a name could be a directory there."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a pod's specification.

    `served` says that KServe puts models at `/mnt/models` there; `is_kserve` that a name in one
    word is what a model is served by; `is_told` that another member says what is loaded.
    `templates` are claims made for each replica, `volumes` the volumes by their names.
    """

    served: bool = False
    is_kserve: bool = False
    is_told: bool = False
    templates: frozenset[str] = frozenset()
    volumes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class _Pod:
    around: Around
    mounting: dict[str, list[Container]] = field(default_factory=dict)
    filled: dict[str, bool] = field(default_factory=dict)


def extract(
    spec: Mapping[str, Json], where: str, around: Around, budget: Budget
) -> Iterator[Found]:
    """Every reference in a pod's specification, whatever its members' types are."""
    read: list[Container] = []
    for holder in HOLDERS:
        stated, place = spec.get(holder), f"{where}/{holder}"
        if stated is not None and not isinstance(stated, list):
            yield doubtful(holder, place, What.MODEL, "is no list of containers")
        for index, value in enumerate(stated if isinstance(stated, list) else ()):
            at = f"{place}/{index}"
            if isinstance(value, Mapping):
                yield from containers.image_of(value, at)
                read.append(containers.read(value, at, budget, init=holder == HOLDERS[0]))
            else:
                yield doubtful("container", at, What.MODEL, "is no object")
    volumes, place = spec.get("volumes"), f"{where}/volumes"
    yield from _of_volumes(volumes, place)
    yield from _resolved(read, around)


def volumes_of(stated: Json) -> Mapping[str, Json]:
    """Volumes by their names; of two with one name, none that can be told."""
    found: dict[str, Json] = {}
    for volume in stated if isinstance(stated, list) else ():
        name = volume.get("name") if isinstance(volume, Mapping) else None
        if isinstance(name, str):
            found[name] = None if name in found else volume
    return found


def extract_container(
    value: Mapping[str, Json], where: str, around: Around, budget: Budget
) -> Iterator[Found]:
    """Every reference in a container that stands alone, as a custom resource may have it."""
    if isinstance(value.get("image"), str):
        yield from containers.image_of(value, where)
    read = [containers.read(value, where, budget)]
    yield from _resolved(read, replace(around, is_told=True))


def _resolved(read: Sequence[Container], around: Around) -> Iterator[Found]:
    pod = _Pod(around)
    for container in read:
        for name in {mount.volume for mount in container.mounts.by_path.values()}:
            pod.mounting.setdefault(name, []).append(container)
    all_named = [(container, list(containers.named(container))) for container in read]
    told = around.is_kserve or any(
        not _is_served_name(item) and item.form is not Form.CACHE
        for _, items in all_named
        for item in items
    )
    for container, items in all_named:
        kept = [item for item in items if not (told and _is_served_name(item))]
        if around.is_told:
            kept = [item for item in kept if item.problem != NOT_TOLD]
        yield from _opened(container, kept)
        for item in _once(kept):
            yield from _found(item, container, pod)
        if any(_is_hub(item) for item in kept):
            yield from _default_caches(container, pod)


def _once(named: Sequence[Named]) -> Iterator[Named]:
    """Each cache once: it takes long to see where one leads, and nobody has many."""
    seen: set[str] = set()
    for item in named:
        if item.form is not Form.CACHE:
            yield item
        elif item.text not in seen and len(seen) < MAX_CACHES:
            seen.add(item.text)
            yield item
        elif item.text not in seen:
            yield replace(item, form=Form.PLAIN, problem="is one cache of too many")


def _opened(container: Container, named: Sequence[Named]) -> Iterator[Found]:
    """Variables that come from elsewhere all at once can change what a server loads."""
    if container.environment.open and any(item.form is not Form.CACHE for item in named):
        yield doubtful(
            "envFrom",
            f"{container.where}/envFrom",
            What.MODEL,
            "sets variables that are not in the object, and could change the model that is "
            "loaded; name each of them in env",
        )


def _is_served_name(item: Named) -> bool:
    return item.form is Form.WEAK and not item.problem and "/" not in item.text


def _is_hub(item: Named) -> bool:
    text = item.text
    return not item.problem and (text.startswith("hf://") or uris.is_hub_name(text))


def _of_volumes(volumes: Json, place: str) -> Iterator[Found]:
    if volumes is not None and not isinstance(volumes, list):
        yield doubtful("volumes", place, What.MODEL, "is no list of volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        if isinstance(volume, Mapping):
            yield from _of_volume(volume, f"{place}/{index}")
        else:
            yield doubtful("volume", f"{place}/{index}", What.MODEL, "is no object")


def _of_volume(volume: Mapping[str, Json], where: str) -> Iterator[Found]:
    for kind in ("persistentVolumeClaim", "hostPath", "image", "csi"):
        if volume.get(kind) is not None and not isinstance(volume[kind], Mapping):
            yield doubtful(kind, f"{where}/{kind}", What.MODEL, "is no object")
    image, csi = volume.get("image"), volume.get("csi")
    if isinstance(image, Mapping):
        yield from _image(image.get("reference"), f"{where}/image/reference")
    attributes = csi.get("volumeAttributes") if isinstance(csi, Mapping) else None
    place = f"{where}/csi/volumeAttributes"
    if attributes is not None and not isinstance(attributes, Mapping):
        yield doubtful("volumeAttributes", place, What.MODEL, "is no object")
    if isinstance(attributes, Mapping) and MODELPACK in attributes:
        yield from _image(attributes[MODELPACK], f"{place}/{MODELPACK.replace('/', '~1')}")


def _image(value: Json, where: str) -> Iterator[Found]:
    text = value if isinstance(value, str) else ""
    yield found_image(text.removeprefix(uris.OCI), where, What.MODEL)


def _found(item: Named, container: Container, pod: _Pod) -> Iterator[Found]:
    text = item.text
    if item.problem:
        yield doubtful(text, item.where, item.what, item.problem)
    elif item.form is Form.QUANTIZED:
        yield from _hub(item, text.partition(":")[0], container)
    elif text.startswith("file:///"):
        yield from _path(item, text.removeprefix("file://"), container, pod)
    elif uris.has_scheme(text):
        yield uris.found(text, item.where, item.what, revision=item.revision)
    elif text.startswith("/"):
        yield from _path(item, text, container, pod)
    elif item.form is Form.CACHE or _is_relative(text):
        yield from _relative(item, container, pod)
    else:
        yield from _hub(item, text, container)


def _is_relative(text: str) -> bool:
    leads_on = text.startswith((".", "~")) or text.count("/") > 1
    return leads_on or _WEIGHTS.fullmatch(text) is not None


def _hub(item: Named, text: str, container: Container) -> Iterator[Found]:
    """A name on Hugging Face, unless a directory of that name would be taken before it."""
    if not uris.is_hub_name(text.partition("@")[0]):
        reason = "is no name on Hugging Face, no path and no URI"
        yield doubtful(item.text, item.where, item.what, reason)
        return
    starts = (container.directory,) if container.directory else _DIRECTORIES
    for start in starts:
        local = f"{start.rstrip('/')}/{text}"
        covering = container.mounts.covering(local)
        if covering or next(container.mounts.within(local), None):
            reason = "may be a directory on a volume; write it as hf:// or as a path"
            yield doubtful(item.text, item.where, item.what, reason)
            return
    yield uris.found(text, item.where, item.what, revision=item.revision, scheme="hf")


def _relative(item: Named, container: Container, pod: _Pod) -> Iterator[Found]:
    if container.directory.startswith("/") and not item.text.startswith("~"):
        yield from _path(item, f"{container.directory}/{item.text}", container, pod)
    elif item.form is not Form.CACHE:
        reason = "is a path from a directory that the object does not name; write all of it"
        yield doubtful(item.text, item.where, item.what, reason)


def _path(item: Named, text: str, container: Container, pod: _Pod) -> Iterator[Found]:
    try:
        path = uris.plain_path(text)
    except DoubtError as doubt:
        yield doubtful(item.text, item.where, item.what, str(doubt))
        return
    covering = container.mounts.covering(path)
    within = list(container.mounts.within(path))
    leads = [(covering, path)] if covering else []
    leads += [(mount, mount.path) for mount in within]
    for mount, place in leads:
        volume = pod.around.volumes.get(mount.volume)
        led = mounts.lead(mount, place, volume, pod.around.templates)
        yield from _led(led, item, container, pod)
    if not leads and item.form is not Form.CACHE:
        yield from _unmounted(item, path, container, pod)


def _led(led: Led, item: Named, container: Container, pod: _Pod) -> Iterator[Found]:
    if led.kind is Kind.URI:
        yield Found(led.text, item.where, item.what)
    elif led.kind is Kind.DOUBT:
        yield doubtful(item.text, item.where, item.what, led.text)
    elif led.kind is Kind.EMPTY:
        mounting = pod.mounting.get(led.text, [])
        if item.form is Form.CACHE and len(mounting) == 1 and mounting[0] is container:
            return
        if led.text not in pod.filled:
            known = filling.filled(led.text, mounting)
            yield from filling.fetched(mounting) if known is None else known
            pod.filled[led.text] = known is not None
        if pod.filled[led.text]:
            return
        reason = "is on an empty volume, and what fills it is not checked"
        yield doubtful(item.text, item.where, item.what, reason)


def _unmounted(item: Named, path: str, container: Container, pod: _Pod) -> Iterator[Found]:
    """A path in no volume: it is in the image, which then is the model."""
    if pod.around.served and (path == MODELS or path.startswith(f"{MODELS}/")):
        return
    if container.image:
        yield found_image(container.image, item.where, item.what)
    else:
        reason = "is on no volume, and there is no image that it could be in"
        yield doubtful(item.text, item.where, item.what, reason)


def _default_caches(container: Container, pod: _Pod) -> Iterator[Found]:
    """Hugging Face's cache, when a volume is mounted where it is by itself."""
    if container.environment.get("HF_HOME", "HF_HUB_CACHE"):
        return
    path = f"{container.environment.get('HOME') or HOME}/{CACHE}"
    item = Named(path, f"{container.where}/volumeMounts", Form.CACHE)
    yield from _path(item, path, container, pod)

"""What fills a volume that is empty when its pod starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aiverify.webhook.extractors import uris
from aiverify.webhook.extractors.containers import Container
from aiverify.webhook.extractors.interface import Found, What
from aiverify.webhook.extractors.uris import found_image

_FETCHED = re.compile(r"(?:hf|s3|gs|oci|oci\+native|pvc|https?|hdfs|webhdfs)://.*", re.DOTALL)
_LINKS = re.compile(r"ln -sf /proc/\$\$(?:/root)/models /mnt(?:/[a-z]+)? && sleep infinity")


def filled(volume: str, mounting: Sequence[Container]) -> tuple[Found, ...] | None:
    """What KServe's own containers put into an empty volume; None if others may write to it."""
    found: list[Found] = []
    for container in mounting:
        mounted = [m for m in container.mounts.by_path.values() if m.volume == volume]
        if all(mount.read_only for mount in mounted):
            continue
        sources = _initializer(container)
        if sources is None:
            return None
        found += sources
    return tuple(found) or None


def _initializer(container: Container) -> list[Found] | None:
    texts = [word.text for word in container.words]
    image = container.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if container.name == "modelcar" and len(texts) == 3 and _LINKS.fullmatch(texts[2]):
        return [found_image(container.image, f"{container.where}/image", What.MODEL)]
    if not container.init or container.name != "storage-initializer" or container.has_command:
        return None
    if image != "storage-initializer" or not texts or len(texts) % 2:
        return None
    sources = [uris.found(word.text, word.where) for word in container.words[::2]]
    return sources if all(text.startswith("/") for text in texts[1::2]) else None


def fetched(mounting: Sequence[Container]) -> Iterator[Found]:
    """What those fetch who mount a volume, as far as their command lines have it as a word."""
    for container in mounting:
        for word in container.words:
            if _FETCHED.fullmatch(word.text):
                yield uris.found(word.text, word.where)

"""What goes along when an artifact moves: its manifests, their blobs, and all that speaks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiverify.bundle.store import Store, document
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor, ImageIndex
from aiverify.errors import MalformedError
from aiverify.files.progress import Progress
from aiverify.operations.attaching import put_referrers
from aiverify.registry.repository import Repository

WORKERS = 4
"""Blobs that are on their way at a time."""

MAX_DEPTH = 4
"""Indexes within indexes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A manifest or index as it stands: what it is, and its bytes."""

    descriptor: Descriptor
    data: bytes
    subject: Digest | None = None
    artifact_type: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """An artifact with everything that belongs to it.

    `manifests` come in an order in which each is there before another names it, the artifact's
    own last; `referrers` speak of it, or of a part of it. `blobs` are all that any of them needs,
    each once; `attached` are those that the referrers need.
    """

    manifests: tuple[Packed, ...]
    referrers: tuple[Packed, ...]
    blobs: tuple[Descriptor, ...]
    attached: frozenset[Digest]

    @property
    def main(self) -> Packed:
        """The artifact's own manifest or index."""
        return self.manifests[-1]

    @property
    def size(self) -> int:
        """Bytes of all blobs together."""
        return sum(blob.size for blob in self.blobs)


def gather(
    store: Store, main: Descriptor, referrers: Callable[[Digest], Iterable[Descriptor]]
) -> Shipment:
    """All that belongs to an artifact in a store; `referrers` tells what may speak of a manifest.

    Raises:
        MalformedError: a manifest is none, or indexes are nested deeper than `MAX_DEPTH`.
        DeniedError: one is not what its digest promises.
    """
    own: dict[Digest, Descriptor] = {}
    manifests = tuple(_below(store, main, own, 0))
    attached: dict[Digest, Descriptor] = {}
    speaking: dict[Digest, Packed] = {}
    for item in manifests:
        for listed in referrers(item.descriptor.digest):
            blobs: dict[Digest, Descriptor] = {}
            found = list(_below(store, listed, blobs, 0))
            if found[-1].subject == item.descriptor.digest:
                speaking.update((each.descriptor.digest, each) for each in found)
                attached.update(blobs)
    return Shipment(
        manifests,
        tuple(speaking.values()),
        tuple({**own, **attached}.values()),
        frozenset(attached),
    )


def _below(
    store: Store, descriptor: Descriptor, blobs: dict[Digest, Descriptor], depth: int
) -> Iterator[Packed]:
    """What a descriptor leads to, from below; the blobs are added to those that are known."""
    if depth > MAX_DEPTH:
        raise MalformedError(f"{store.shown} has indexes nested deeper than {MAX_DEPTH}")
    found = document(store, descriptor)
    if isinstance(found, ImageIndex):
        for listed in found.manifests:
            yield from _below(store, listed, blobs, depth + 1)
    else:
        for blob in (found.config, *found.layers):
            blobs.setdefault(blob.digest, blob)
    subject = found.subject.digest if found.subject else None
    yield Packed(descriptor, store.read(descriptor), subject, found.artifact_type)


def deliver(
    shipment: Shipment,
    repository: Repository,
    send: Callable[[Descriptor, Progress], object],
    tag: str,
    progress: Progress,
) -> None:
    """Put a shipment into a repository: whoever sees its tag sees all that belongs to it.

    What speaks of the artifact is listed while the artifact's own blobs are on their way: a list
    that clients keep takes a while to settle. `send` sees that the repository has a blob.

    Raises:
        DeniedError, UndecidedError: as the repository.
    """
    first = [blob for blob in shipment.blobs if blob.digest in shipment.attached]
    rest = [blob for blob in shipment.blobs if blob.digest not in shipment.attached]
    for_each(first, lambda blob: send(blob, progress))
    with ThreadPoolExecutor(1) as aside:
        listed = aside.submit(_list, repository, shipment.referrers)
        for_each(rest, lambda blob: send(blob, progress))
        listed.result()
    for item in shipment.manifests:
        repository.put_manifest(item.data, item.descriptor.media_type, str(item.descriptor.digest))
    if tag:
        main = shipment.main
        repository.put_manifest(main.data, main.descriptor.media_type, tag)


def _list(repository: Repository, referrers: Sequence[Packed]) -> None:
    """Put what speaks of something, and see that the registry lists it there."""
    speaking: dict[Digest, list[Packed]] = {}
    for item in referrers:
        if item.subject is None:  # a manifest in an index that speaks of something
            digest = str(item.descriptor.digest)
            repository.put_manifest(item.data, item.descriptor.media_type, digest)
        else:
            speaking.setdefault(item.subject, []).append(item)
    for subject, items in speaking.items():
        put_referrers(
            repository, subject, [(it.descriptor, it.data, it.artifact_type) for it in items]
        )


def for_each(blobs: Sequence[Descriptor], work: Callable[[Descriptor], object]) -> None:
    """Do something with each blob, several at a time and the largest first.

    The first error ends it, once those on their way are done.
    """
    ordered = sorted(blobs, key=lambda blob: (-blob.size, str(blob.digest)))
    with ThreadPoolExecutor(WORKERS) as pool:
        started = [pool.submit(work, blob) for blob in ordered]
        try:
            for each in started:
                each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise

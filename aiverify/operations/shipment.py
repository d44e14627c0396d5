"""What goes along when an artifact moves: its manifests, their blobs, and all that speaks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiverify.bundle.store import Store, document
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor, ImageIndex
from aiverify.errors import DeniedError, InputError, MalformedError
from aiverify.files.progress import ABANDONED, Progress
from aiverify.operations.attaching import listed, put_referrers
from aiverify.registry.repository import Repository

WORKERS = 4
"""Blobs that are on their way at a time."""

MAX_DEPTH = 4
"""Indexes within indexes."""

MAX_MANIFESTS = 10_000
"""Manifests that one of them may hold, all in all."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A manifest or index as it stands: how it is listed, its bytes, and what it speaks of."""

    descriptor: Descriptor
    data: bytes
    subject: Digest | None = None


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

    A list may name what is gone or broken, as anybody may write to it: such is left behind.

    Raises:
        MalformedError: a manifest is none, or indexes are nested deeper than `MAX_DEPTH`.
        DeniedError: one is not what its digest promises.
    """
    own = _Below(store)
    own.walk(main)
    attached: dict[Digest, Descriptor] = {}
    speaking: dict[Digest, Packed] = {}
    for item in own.manifests.values():
        for entry in referrers(item.descriptor.digest):
            found = _Below(store)
            try:
                found.walk(entry)
            except (InputError, DeniedError):
                continue
            if found.manifests[entry.digest].subject == item.descriptor.digest:
                speaking.update(found.manifests)
                attached.update(found.blobs)
    return Shipment(
        tuple(own.manifests.values()),
        tuple(speaking.values()),
        tuple({**own.blobs, **attached}.values()),
        frozenset(attached),
    )


class _Below:
    """What a manifest leads to: manifests, from below and each once, and their blobs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.manifests: dict[Digest, Packed] = {}
        self.blobs: dict[Digest, Descriptor] = {}

    def walk(self, descriptor: Descriptor, depth: int = 0) -> None:
        """Take in a manifest, once what it names is there."""
        if descriptor.digest in self.manifests:
            return
        if depth > MAX_DEPTH or len(self.manifests) >= MAX_MANIFESTS:
            raise MalformedError(
                f"{self._store.shown} has indexes nested deeper than {MAX_DEPTH}, or more than "
                f"{MAX_MANIFESTS} manifests in them"
            )
        found = document(self._store, descriptor)
        if isinstance(found, ImageIndex):
            for entry in found.manifests:
                self.walk(entry, depth + 1)
        else:
            for blob in (found.config, *found.layers):
                self.blobs.setdefault(blob.digest, blob)
        subject = found.subject.digest if found.subject else None
        packed = listed(self._store.read(descriptor), found, descriptor.media_type)
        self.manifests[descriptor.digest] = Packed(*packed, subject)


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
        listing = aside.submit(_list, repository, shipment.referrers)
        for_each(rest, lambda blob: send(blob, progress))
        listing.result()
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
        put_referrers(repository, subject, [(item.descriptor, item.data) for item in items])


def for_each(blobs: Sequence[Descriptor], work: Callable[[Descriptor], object]) -> None:
    """Do something with each blob, several at a time and the largest first.

    The first error ends it, once those on their way are done.
    """
    ordered = sorted(blobs, key=lambda blob: (-blob.size, str(blob.digest)))
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=ABANDONED)
    started = [pool.submit(work, blob) for blob in ordered]
    try:
        for each in started:
            each.result()
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()

"""Seeing that a registry has a blob: it may have it, take it from elsewhere, or be sent it."""

from __future__ import annotations

from contextlib import closing
from enum import Enum
from pathlib import Path

from aiverify.core.oci import Descriptor
from aiverify.errors import DeniedError
from aiverify.files.progress import Progress
from aiverify.registry.blobs import Blobs
from aiverify.registry.feed import Feed
from aiverify.registry.memory import slot
from aiverify.registry.reach import Reach
from aiverify.registry.session import Session
from aiverify.registry.sources import Source
from aiverify.registry.transfer import Transfer, is_small


class Uploaded(Enum):
    """How a registry came to have a blob."""

    EXISTED = "existed"
    MOUNTED = "mounted"
    SENT = "sent"


class Uploads:
    """Sends blobs to one repository."""

    def __init__(self, session: Session, blobs: Blobs, folder: Path | None) -> None:
        self._session = session
        self._blobs = blobs
        self._folder = folder

    def upload(
        self, descriptor: Descriptor, source: Source, progress: Progress, mount_from: str
    ) -> Uploaded:
        """See that the registry has a blob. Raises as `Repository.upload`."""
        if source.size != descriptor.size:
            raise DeniedError(
                f"what was to be sent as {descriptor.digest} is of {source.size} bytes, "
                f"not of {descriptor.size}"
            )
        reach = Reach(progress)
        if self._blobs.has(descriptor):
            reach.at(descriptor.size)
            return Uploaded.EXISTED
        name = f"{self._session.host}/{self._session.name}/{descriptor.digest}"
        folder = None if is_small(descriptor) else self._folder
        feed = Feed(source, descriptor.digest, reach)
        with slot(folder, name) as place, closing(feed):
            transfer = Transfer(self._session, self._blobs, descriptor, feed, place)
            if mount_from and transfer.mount(mount_from):
                reach.at(descriptor.size)
                return Uploaded.MOUNTED
            transfer.run()
        return Uploaded.SENT

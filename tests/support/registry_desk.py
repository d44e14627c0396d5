"""What tests of the registry client need beside a registry: somebody who asks, and descriptors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core import oci
from aiverify.core.digest import Digest
from aiverify.core.mediatypes import OCI_MANIFEST
from aiverify.core.oci import Descriptor
from aiverify.core.reference import Reference
from aiverify.registry.interface import Authorizer
from aiverify.registry.place import Place
from aiverify.registry.repository import Repository, open_repository
from aiverify.registry.retrying import Backoff
from tests.support.small_registry import SmallRegistry

BLOB = "application/octet-stream"


@dataclass
class Tokens:
    """An authorizer that has some headers to give, one after the other."""

    headers: list[str] = field(default_factory=list)
    challenges: list[tuple[str, str, str]] = field(default_factory=list)
    forgotten: int = 0

    def authorize(self, challenge: str, repository: str, actions: str) -> str:
        self.challenges.append((challenge, repository, actions))
        return self.headers[0] if self.headers else ""

    def forget(self, repository: str, actions: str) -> None:
        self.forgotten += 1
        del self.headers[:1]


class Tally:
    """Somebody who wants to know how far it is."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def begin(self, label: str, total: int) -> None:
        """Nothing is counted yet."""

    def advance(self, count: int) -> None:
        with self._lock:
            self.count += count


@dataclass
class Waits:
    """The seconds that nobody had to wait."""

    seconds: list[float] = field(default_factory=list)

    def backoff(self, **changes: object) -> Backoff:
        return Backoff(pause=self.seconds.append, jitter=lambda: 0.5, **changes)


@contextmanager
def opened(
    registry: SmallRegistry,
    name: str = "acme/x",
    *,
    authorizer: Authorizer | None = None,
    state: Path | None = None,
    backoff: Backoff | None = None,
) -> Iterator[Repository]:
    """A repository of a registry, asked without waiting."""
    place = Place(plain_http=True, state=state, backoff=backoff or Waits().backoff())
    with open_repository(Reference(registry.host, name), place, authorizer or Tokens()) as found:
        yield found


def blob(data: bytes, media_type: str = BLOB) -> Descriptor:
    return Descriptor(media_type, Digest.of(data), len(data))


def manifest(about: str, subject: Descriptor | None = None) -> bytes:
    config = Descriptor("application/vnd.oci.empty.v1+json", Digest.of(b"{}"), 2)
    layer = blob(about.encode())
    return oci.ImageManifest(f"application/vnd.{about}", config, (layer,), subject).to_bytes()


def described(data: bytes, media_type: str = OCI_MANIFEST) -> Descriptor:
    return Descriptor(media_type, Digest.of(data), len(data))

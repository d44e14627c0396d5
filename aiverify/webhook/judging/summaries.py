"""Where signed summaries of verdicts lie: in directories, and in repositories.

A directory is one of files, as a ConfigMap is mounted: each name a link into `..data`, which is
replaced as a whole. In a repository the summaries of a URI lie under the tag `uri-<hex>`, the
SHA-256 of the URI, as layers of one manifest.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from aiverify.core import reference
from aiverify.core.names import printable
from aiverify.core.reference import SCHEME, Reference
from aiverify.errors import AiverifyError, InputError, MalformedError
from aiverify.registry.place import Place
from aiverify.signing import signature_file
from aiverify.verify.evidence import Context
from aiverify.verify.summary import uri_in
from aiverify.verify.target import SignatureSource

if TYPE_CHECKING:
    from aiverify.registry.repository import Repository

MAX_FILES = 10_000
MAX_SIZE = 1 << 20
"""Bytes that a summary may have."""

MAX_LAYERS = 32

LOOK_EVERY = 1.0
"""Seconds between two looks at whether a directory changed."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """The files of a directory with what tells one version from another."""

    files: tuple[tuple[str, int, int, int], ...] = ()


class Directory:
    """The summaries in a directory by the URI that they speak of. Any thread may use it.

    What cannot be read, or is by nobody who is trusted, is passed over: whoever can write there
    may add to it and take away, and vouches for nothing by that.
    """

    def __init__(self, path: Path, context: Context, clock: Callable[[], int]) -> None:
        self._path = path
        self._context = context
        self._clock = clock
        self._lock = Lock()
        self._looked = -LOOK_EVERY
        self._listing: _Listing | None = None
        self._by_uri: dict[str, tuple[SignatureSource, ...]] = {}

    def about(self, uri: str) -> Sequence[SignatureSource]:
        """The summaries that speak of a URI.

        Raises:
            UndecidedError: Sigstore's keys are needed and out of reach.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= LOOK_EVERY:
                listing = _listing(self._path)
                if listing != self._listing:
                    self._by_uri = self._read(listing)
                    self._listing = listing
                self._looked = now
            return self._by_uri.get(uri, ())

    def _read(self, listing: _Listing) -> dict[str, tuple[SignatureSource, ...]]:
        found: dict[str, tuple[SignatureSource, ...]] = {}
        context = replace(self._context, now_ns=self._clock())
        for name, *_ in listing.files:
            try:
                source = _read(self._path / name)
                uri = uri_in(source, context)
            except AiverifyError as error:
                if not isinstance(error, InputError) and error.exit_code != 10:
                    raise
                continue
            found[uri] = (*found.get(uri, ()), source)
        return found


class InRepository:
    """The summaries in a repository, asked for by URI."""

    def __init__(self, word: str, place: Place) -> None:
        self._reference = reference.parse(word)
        self._place = place

    @property
    def host(self) -> str:
        """The registry's host."""
        return self._reference.host

    def about(self, uri: str) -> Sequence[SignatureSource]:
        """The summaries under the URI's tag; none where there is no such tag.

        Raises:
            UndecidedError: the registry is out of reach.
            DeniedError: it refuses, or what it gives is not what it says.
        """
        from aiverify.registry.repository import open_repository

        tag = tag_of(uri)
        with open_repository(self._at(tag), self._place) as repository:
            if repository.head(tag) is None:
                return ()
            data = repository.fetch(tag).data
            return tuple(_layers(data, repository, str(self._at(tag))))

    def _at(self, tag: str) -> Reference:
        return replace(self._reference, tag=tag, digest=None)


def tag_of(uri: str) -> str:
    """The tag under which a repository has the summaries of a URI."""
    return f"uri-{sha256(uri.encode()).hexdigest()}"


def places_of(
    words: Sequence[str],
    directory: Path,
    context: Context,
    place: Place,
    clock: Callable[[], int],
) -> tuple[Directory | InRepository, ...]:
    """The places that a profile names. A path is relative to the profile's directory.

    Raises:
        UsageError: one begins with `oci://` and is no reference.
    """
    return tuple(
        InRepository(word, place)
        if word.startswith(SCHEME)
        else Directory(directory / word, context, clock)
        for word in words
    )


def _listing(path: Path) -> _Listing:
    """The files, by their own names. What begins with two dots is Kubernetes' own."""
    files: list[tuple[str, int, int, int]] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith("..") or len(files) >= MAX_FILES:
                    continue
                try:
                    found = entry.stat()
                except OSError:
                    continue
                if stat.S_ISREG(found.st_mode):
                    files.append((entry.name, found.st_ino, found.st_mtime_ns, found.st_size))
    except OSError:
        return _Listing()
    return _Listing(tuple(sorted(files)))


def _read(path: Path) -> SignatureSource:
    from aiverify.files.extent import Extent

    data = Extent.of_named(path).read(MAX_SIZE)
    shown = printable(path.name)
    return SignatureSource(shown, signature_file.parse(data, shown))


def _layers(data: bytes, repository: Repository, shown: str) -> Iterator[SignatureSource]:
    from aiverify.core import oci

    try:
        manifest = oci.parse_manifest(data, shown)
    except MalformedError:
        return
    for layer in manifest.layers[:MAX_LAYERS]:
        try:
            source = f"{shown}, {layer.digest}"
            content = repository.read_blob(layer, MAX_SIZE)
            yield SignatureSource(source, signature_file.parse(content, source))
        except InputError:
            continue

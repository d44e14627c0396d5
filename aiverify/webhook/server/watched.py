"""What is looked at for new versions: the certificate, and the profile with all that it names."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import AiverifyError, InputError
from aiverify.webhook.server import certificates
from aiverify.webhook.server.certificates import Identity
from aiverify.webhook.server.judges import Judges, Seat
from aiverify.webhook.server.settings import Tls

MAX_FILES = 10_000
"""Files that a profile's directories may hold together."""

MAX_FILE = 64 << 20
"""Bytes of a file whose content is looked at; of larger ones it is size and time."""

MAX_NAME = 4096


class Certificate:
    """The certificate, and the authority of clients. `on_new` is told whether that is another."""

    what = "certificate"

    def __init__(self, tls: Tls, on_new: Callable[[Identity, bool], None]) -> None:
        self._tls = tls
        self._on_new = on_new
        self._authority = self._authority_now()
        self._now = certificates.identity(tls)

    @property
    def now(self) -> Identity:
        """What new connections are taken with."""
        return self._now

    def fingerprint(self) -> str:
        """The digest of the files."""
        return certificates.fingerprint(self._tls)

    def take(self) -> None:
        """Take the new one. Raises InputError where certificate and key are no pair yet."""
        authority = self._authority_now()
        self._now = certificates.identity(self._tls)
        other, self._authority = authority != self._authority, authority
        self._on_new(self._now, other)

    def _authority_now(self) -> str:
        return certificates.digest_of([self._tls.client_ca] if self._tls.client_ca else [])


class ProfileFiles:
    """A profile, its keys and its policies; `make` makes a judge of them."""

    what = "profile"

    def __init__(self, profile: Path, judges: Judges, make: Callable[[], Seat]) -> None:
        self._profile = profile
        self._judges = judges
        self._make = make

    def fingerprint(self) -> str:
        """The digest of the files."""
        return fingerprint(self._profile)

    def take(self) -> None:
        """Judge by the new ones. Raises AiverifyError, and then the old ones stay."""
        self._judges.replace(self._make())


def fingerprint(profile: Path) -> str:
    """The digest of a profile and of every file that a text in it names, below directories too.

    A text that happens to be a file's name and means something else costs a needless reload. Of
    the summaries that admission looks up nothing is read: they come and go.

    Raises:
        InputError: the profile cannot be read, or there is too much of it.
    """
    state = hashlib.sha256()
    data = _content(profile)
    state.update(data)
    left = MAX_FILES
    for name in sorted(set(_texts(_parsed(data)))):
        for path in _files(profile.parent / name):
            left -= 1
            if left < 0:
                raise InputError(f"{printable(str(profile))} names more than {MAX_FILES} files")
            state.update(os.fsencode(path) + b"\0" + _digest(path))
    return f"sha256:{state.hexdigest()}"


def _parsed(data: bytes) -> Json:
    from aiverify.core import yamlvalue

    try:
        return yamlvalue.parse(data.decode("utf-8-sig"), "the profile")
    except (AiverifyError, UnicodeError):
        return None  # whoever reads it says why


def _texts(value: Json, name: str = "") -> Iterator[str]:
    """The texts that may be names of files."""
    if isinstance(value, str):
        if value and len(value) <= MAX_NAME and "\0" not in value and "\n" not in value:
            yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if (name, key) != ("admission", "summaries"):
                yield from _texts(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)


def _files(path: Path) -> Iterator[Path]:
    """A file, or all that are below a directory; nothing where there is nothing."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if stat.S_ISREG(mode):
        yield path
    elif stat.S_ISDIR(mode):
        for where, below, names in os.walk(path):
            below.sort()
            yield from (Path(where) / name for name in sorted(names))


def _digest(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return b"none"
        if found.st_size > MAX_FILE:
            return f"{found.st_size} {found.st_mtime_ns}".encode()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return f"errno {error.errno}".encode()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE)
    except OSError as error:
        raise InputError(f"{printable(str(path))} cannot be read: {error.strerror}") from error

"""Files of credentials: docker's `config.json`, podman's `auth.json`, and the old `.dockercfg`.

    {"auths": {"registry.example": {"auth": "BASE64 OF USER:PASSWORD"},
               "registry.example/acme": {"identitytoken": "..."}},
     "credHelpers": {"other.example": "pass"}, "credsStore": "secretservice"}

containers-auth.json(5) has podman's; docker's differs in what stands in an entry, and has no
entries for a part of a registry. Both are read everywhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core.jsonvalue import Json, kind, load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.files.extent import Extent
from aiverify.registry.credentials.checked import checked
from aiverify.registry.credentials.helper import Helper
from aiverify.registry.interface import Credential

MAX_SIZE = 1 << 20
"""Bytes that a file may have."""

_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_HUB_KEY = "https://index.docker.io/v1/"
"""What docker calls its own registry, of whatever version."""


@dataclass(frozen=True, slots=True)
class AuthFile:
    """What a file has for whom. Nothing of it is shown, but for `where` it is."""

    where: str
    entries: Mapping[str, Json] = field(repr=False)
    helpers: Mapping[str, Json] = field(repr=False)
    store: str = ""

    def entry_for(self, host: str, repository: str) -> Credential | None:
        """The credential of the entry that names a repository most narrowly, or None.

        Entries that hold nothing are passed over.

        Raises:
            MalformedError: an entry that names the repository is not as it should be.
        """
        for key in _narrowest_first(self.entries, host, repository):
            found = _credential(self.entries[key], f"{self.where}: auths/{printable(key[:200])}")
            if found is not None:
                return found
        return None

    def helper_for(self, host: str) -> Helper | None:
        """The helper that is named for a host; its name may be empty, which turns off `store`.

        Raises:
            MalformedError: it is not named by a string, or by none that can be one's name.
        """
        for key in _narrowest_first(self.helpers, host, ""):
            place = f"{self.where}: credHelpers/{printable(key[:200])}"
            # The helper knows the host by what the file calls it.
            return Helper.named(_text(self.helpers[key], place), key, place)
        return None

    def store_for(self, host: str) -> Helper | None:
        """The helper that is named for all hosts, or None.

        Raises:
            MalformedError: as `helper_for`.
        """
        server = _HUB_KEY if host.lower() in _HUB else host
        return Helper.named(self.store, server, f"{self.where}: credsStore") if self.store else None


def read(path: Path, *, old_form: bool = False) -> AuthFile:
    """Read a file that is there. An empty one holds nothing.

    Raises:
        InputError: it cannot be read.
        MalformedError: it is too large, no JSON, or its members have other types.
    """
    data = Extent.of_named(path).read(MAX_SIZE)
    where = printable(str(path))
    members = load_object(data, where) if data.strip() else {}
    if old_form:
        return AuthFile(where, members, {})
    return AuthFile(
        where,
        _object(members.get("auths"), f"{where}: auths"),
        _object(members.get("credHelpers"), f"{where}: credHelpers"),
        _text(members.get("credsStore"), f"{where}: credsStore"),
    )


def _narrowest_first(keys: Mapping[str, Json], host: str, repository: str) -> Iterator[str]:
    names = _HUB if host.lower() in _HUB else {host.lower()}
    fitting = []
    for key in keys:
        own, path = _parts(key)
        if own in names and f"{repository}/".startswith(f"{path}/" if path else ""):
            fitting.append((-len(path), key.lower() != host.lower(), key))
    return (key for *_, key in sorted(fitting))


def _parts(key: str) -> tuple[str, str]:
    """The host that a key is for, and the part of it: `host/part`, or docker's `https://host/v1/`.

    A URL is for the whole host, whatever its path, as it is to docker and podman.
    """
    scheme, mark, rest = key.rpartition("://")
    if mark and scheme.lower() not in ("http", "https"):
        return "", ""
    host, _, path = rest.partition("/")
    return host.lower(), "" if mark or path in ("v1/", "v2/") else path.strip("/")


def _credential(value: Json, place: str) -> Credential | None:
    entry = _object(value, place)
    members = ("username", "password", "identitytoken", "registrytoken")
    stated = (_text(entry.get(name), f"{place}/{name}") for name in members)
    username, password, identity_token, registry_token = stated
    if auth := _text(entry.get("auth"), f"{place}/auth"):
        username, password = _decoded(auth, f"{place}/auth")
    return checked(Credential(username, password, identity_token, registry_token), place)


def _decoded(auth: str, place: str) -> tuple[str, str]:
    try:
        # Go, in which docker and podman are written, passes over line breaks.
        plain = base64.b64decode(auth.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        plain = b""
    username, colon, password = plain.partition(b":")
    if not colon:
        # Not raised from another error, which would have the text.
        raise MalformedError(
            f"{place} is not the base64 of a user's name, a colon and a password",
            hint="Log in again.",
        )
    names = username.decode("utf-8", "surrogateescape")
    return names, password.strip(b"\0").decode("utf-8", "surrogateescape")


def _object(value: Json, place: str) -> Mapping[str, Json]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise MalformedError(f"{place} must be an object, not {kind(value)}")
    return value


def _text(value: Json, place: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedError(f"{place} must be a string, not {kind(value)}")
    return value

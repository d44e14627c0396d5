"""A stage on which registries are used by the command line: what lies in them, and who asks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

from aiverify.bundle.layout import open_layout
from aiverify.cli.registries import Registries
from aiverify.core import mediatypes
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor
from aiverify.registry.place import Place
from aiverify.registry.retrying import Backoff
from tests.support.desk import Desk, Judged
from tests.support.small_registry import SmallRegistry, digest_of

NAME = "acme/llama"


@dataclass
class Waits:
    """How long commands wanted to wait; nobody waits longer than a moment."""

    seconds: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        """Wait, for a moment."""
        self.seconds.append(seconds)
        time.sleep(min(seconds, 0.01))


@contextmanager
def hurried() -> Iterator[Waits]:
    """Commands of this process wait for no registry longer than a moment."""
    waits, before = Waits(), Registries.place

    def place(self: Registries) -> Place:
        return replace(before(self), backoff=Backoff(pause=waits.pause))

    with mock.patch.object(Registries, "place", place):
        yield waits


@dataclass(frozen=True)
class Shelf:
    """Where an artifact lies in a registry, as it stands in a command line.

    `words` are the options by which its registry is reached.
    """

    host: str
    name: str = f"{NAME}:1"
    words: str = "--plain-http"

    def __str__(self) -> str:
        return f"{self.ref} {self.words}".rstrip()

    @property
    def ref(self) -> str:
        """The reference alone."""
        return f"{self.host}/{self.name}"

    @property
    def repository(self) -> str:
        """The repository's name, without a tag or digest."""
        return self.name.partition("@")[0].partition(":")[0]

    def at(self, name: str) -> Shelf:
        """Another name in the same registry, or a digest or tag of this repository."""
        if name[0] in ":@":
            name = self.repository + name
        return replace(self, name=name)


def registry_desk(place: Path, config: Path | None = None) -> Desk:
    """A desk whose commands keep what they remember on it, and know a docker configuration."""
    env = {
        "XDG_STATE_HOME": str(place / "state"),
        "XDG_RUNTIME_DIR": str(place / "run"),
        "HOME": str(place / "home"),
        "DOCKER_CONFIG": str(config or place / "docker"),
    }
    return Desk(place, env)


@dataclass(frozen=True)
class Liar:
    """A small registry whose owner puts into it whatever he likes.

    Every digest is that of the bytes, unless he says otherwise.
    """

    registry: SmallRegistry
    name: str = NAME

    @property
    def shelf(self) -> Shelf:
        """The artifact, by its tag."""
        return Shelf(self.registry.host, f"{self.name}:1")

    def put(self, bundle: Path, tag: str = "1") -> str:
        """Put a bundle in place, and say the digest of its manifest."""
        layout = open_layout(bundle)
        for listed in layout.manifests:
            self._put_below(layout.read, listed)
        main = layout.manifests[0]
        self.manifest(json.loads(layout.read(main)), tag, data=layout.read(main))
        return str(main.digest)

    def _put_below(self, read: Callable[[Descriptor], bytes], listed: Descriptor) -> None:
        data = read(listed)
        value = json.loads(data)
        self.manifest(value, data=data)
        for item in value.get("manifests", []):
            self._put_below(read, _descriptor(item))
        for item in (value.get("config"), *value.get("layers", [])):
            if item:
                self.blob(read(_descriptor(item)))

    def blob(self, data: bytes) -> dict[str, Any]:
        """Put a blob in place, and say its digest and size."""
        return {"digest": self.registry.add(data, self.name), "size": len(data)}

    def manifest(
        self, value: Mapping[str, Any], tag: str = "", *, data: bytes | None = None
    ) -> str:
        """Put a manifest in place, and say its digest."""
        data = json.dumps(value).encode() if data is None else data
        kind = str(value.get("mediaType", mediatypes.OCI_MANIFEST))
        for pointer in (digest_of(data), *([tag] if tag else [])):
            self.registry.manifests[self.name, pointer] = (kind, data)
        return digest_of(data)

    def read(self, pointer: str = "1") -> dict[str, Any]:
        """A manifest."""
        value: dict[str, Any] = json.loads(self.registry.manifests[self.name, pointer][1])
        return value

    def digest(self, pointer: str = "1") -> str:
        """The digest of a manifest."""
        return digest_of(self.registry.manifests[self.name, pointer][1])

    def described(self, pointer: str = "1") -> dict[str, Any]:
        """The descriptor of a manifest."""
        kind, data = self.registry.manifests[self.name, pointer]
        return {"mediaType": kind, "digest": digest_of(data), "size": len(data)}

    def change(self, edit: Callable[[dict[str, Any]], object], pointer: str = "1") -> str:
        """Alter a manifest under its tag; what speaks of the old one does not of the new one."""
        value = self.read(pointer)
        edit(value)
        return self.manifest(value, pointer)

    def referrers(self, pointer: str = "1") -> dict[str, dict[str, Any]]:
        """What speaks of a manifest, by digest."""
        about = self.digest(pointer)
        found = {
            key: json.loads(data)
            for (name, key), (_, data) in self.registry.manifests.items()
            if name == self.name and key.startswith("sha256:")
        }
        return {
            key: value
            for key, value in found.items()
            if (value.get("subject") or {}).get("digest") == about
        }

    def of_type(self, predicate: str) -> tuple[str, dict[str, Any]]:
        """The one thing attached of a predicate type (or artifact type): digest and manifest."""
        found = [
            (key, value)
            for key, value in self.referrers().items()
            if predicate
            in (value["artifactType"], value.get("annotations", {}).get(mediatypes.PREDICATE))
        ]
        [one] = found
        return one

    def attach(
        self,
        data: bytes,
        predicate: str = "",
        artifact_type: str = mediatypes.SIGNATURE,
        subject: str = "1",
        **members: Any,
    ) -> str:
        """Attach something to a manifest; `members` are others of the attaching manifest."""
        layer = {"mediaType": artifact_type, **self.blob(data)}
        value = {
            "schemaVersion": 2,
            "mediaType": mediatypes.OCI_MANIFEST,
            "artifactType": artifact_type,
            "config": {"mediaType": mediatypes.OCI_EMPTY, **self.blob(b"{}")},
            "layers": [layer],
            "subject": self.described(subject),
            "annotations": {mediatypes.PREDICATE: predicate} if predicate else {},
            **members,
        }
        return self.manifest(value)

    def drop(self, pointer: str) -> None:
        """Take a manifest away."""
        del self.registry.manifests[self.name, pointer]


def _descriptor(value: Mapping[str, Any]) -> Descriptor:
    return Descriptor(value["mediaType"], Digest.parse(value["digest"]), value["size"])


def findings(judged: Judged) -> Sequence[tuple[str, str, str]]:
    """Rule, severity and file of every finding, in order."""
    return [(one["rule"], one["severity"], one["file"]) for one in judged.findings]

"""The profile as an object of the cluster, put where the server looks for its profile's file.

While there is such an object, it counts, with the files of the mounted profile beside it. Without
one, the mounted profile counts. When the API server is out of reach, what counted last does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event as Flag

from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.names import printable
from aiverify.errors import AiverifyError, InputError, UndecidedError
from aiverify.webhook.cluster.client import Api, MissingError
from aiverify.webhook.cluster.files import read_all, write_together

NAME = "aiverify"
"""The one object that counts, and the only one that the webhook may read."""

FOLDER, FILE = "profile", "aiverify.yaml"
"""Where the profile lies in the directory."""

WATCH = 240
"""Seconds after which a watch begins anew."""

SOON = 0.5
"""Seconds between two looks at the least, however often something happens."""

AGAIN = 5.0
"""Seconds before asking anew after something went wrong, or while nothing is there."""


class Profiles:
    """Follows the object, and keeps a directory with the profile that counts.

    `mounted` is the directory of the profile that is mounted, under the name `FILE`.
    """

    def __init__(self, api: Api, mounted: Path, directory: Path) -> None:
        self._api = api
        self._mounted = mounted
        self._directory = directory

    @property
    def profile(self) -> Path:
        """The file that the server is to look at."""
        return self._directory / FOLDER / FILE

    @property
    def problem(self) -> str:
        """Why a server is not ready for want of this: never, once it has been looked at."""
        return ""

    def step(self) -> None:
        """Look once, and put what counts into its files.

        Raises:
            UndecidedError, DeniedError: as the client. The files stay what they were.
            InputError: what is mounted cannot be read.
            OutputError: the files cannot be written.
        """
        self._look()

    def _look(self) -> str:
        """As `step`. Returns the version to watch from, empty where there is nothing to watch."""
        path = f"{collection()}?fieldSelector=metadata.name%3D{NAME}"
        try:
            found = self._api.get(path)
        except MissingError:  # there is no such kind
            self._put(None)
            return ""
        metadata, items = found.get("metadata"), found.get("items")
        version = metadata.get("resourceVersion") if isinstance(metadata, Mapping) else None
        if not isinstance(version, str) or not isinstance(items, list):
            raise UndecidedError("the API server's list of profiles is none")
        ours = [item for item in items if _is_ours(item)]
        self._put(ours[0] if ours else None)
        return version

    def _put(self, found: Mapping[str, Json] | None) -> None:
        """Write the object, or without one the mounted profile."""
        try:
            files = read_all(self._mounted.resolve())
        except OSError as error:
            shown = printable(str(self._mounted))
            raise InputError(f"{shown} cannot be read: {error.strerror}") from error
        if found is not None:
            files[FILE] = _document(found)
        write_together(self._directory, {f"{FOLDER}/{name}": data for name, data in files.items()})

    def run(self, stop: Flag, tell: Callable[[AiverifyError], object]) -> None:
        """Follow until `stop` is set. What goes wrong is told, and tried anew."""
        while not stop.is_set():
            try:
                version = self._look()
                if version and self._follow(version, stop):
                    stop.wait(SOON)
                    continue
            except AiverifyError as error:
                tell(error)
            stop.wait(AGAIN)

    def _follow(self, version: str, stop: Flag) -> bool:
        """Watch until something happens to the object, and say whether it did.

        What happened is read anew: an event may be of a version that is past.
        """
        path = f"{collection()}?fieldSelector=metadata.name%3D{NAME}"
        for event in self._api.watch(path, version, WATCH):
            if stop.is_set():
                return False
            if event.kind != "BOOKMARK":
                return True
        return True


def collection() -> str:
    """The profiles in the API."""
    from aiverify.webhook.manifests.crd import GROUP, PLURAL, VERSION

    return f"/apis/{GROUP}/{VERSION}/{PLURAL}"


def _is_ours(item: Json) -> bool:
    metadata = item.get("metadata") if isinstance(item, Mapping) else None
    return isinstance(metadata, Mapping) and metadata.get("name") == NAME


def _document(found: Mapping[str, Json]) -> bytes:
    """The object as a file: what it says, and not how often it was written."""
    from aiverify.verify.profile import OBJECT_VERSION

    return pretty(
        {"apiVersion": OBJECT_VERSION, "kind": "Profile", "spec": found.get("spec")}
    ).encode()
